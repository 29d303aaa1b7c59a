"""What stands on a plane of weights, at its places."""

import numpy as np
import pytest

from stage.plane.plane import WeightPlane, pull_arrow
from stage.theme import DARK


@pytest.mark.parametrize("length", [0.02, 0.1, 0.31, 0.33, 1.0, 5.0])
def test_a_pull_leaves_a_gap_at_both_ends_however_short_it_is(length):
    plane, w, way = WeightPlane(DARK), np.array([8.0, 5.0]), np.array([-0.6, 0.8])
    unit = np.linalg.norm(plane.at(w + way) - plane.at(w))
    arrow = pull_arrow(plane, w, way * length / unit, DARK)
    foot, on = plane.at(w), np.array([*way, 0.0])
    gap, drawn = min(0.16, length / 4), min(length, 2.0)
    assert arrow.get_start() == pytest.approx(foot + gap * on, abs=1e-6)
    assert arrow.get_end() == pytest.approx(foot + (drawn - gap) * on, abs=1e-6)
