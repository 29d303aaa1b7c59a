"""The curve that training rides on, against what it conserves and where integration ends."""

import math

import numpy as np
import pytest

from fields import Deep, GradientFlow, LineLoss, integrate, landing, line_invariant
from fields.theory.line.conserved import conserved_curve, landing_path

LINE = LineLoss(-1, -2, 15)
DEPTHS = [0.2, 0.5, 1, 2, 4, math.inf]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("start", [(0.1, 0.1), (2.0, 0.5)])
def test_the_curve_conserves_what_training_conserves(depth, start):
    curve = conserved_curve(LINE, Deep(depth), start)
    assert np.all(np.diff(curve, axis=0) >= 0), "away from the origin"
    kept = line_invariant(LINE, Deep(depth), curve)
    sides = line_invariant(LINE, Deep(depth), curve[:, None] + 2e-3 * np.array([[1, -1], [-1, 1]]))
    inside = np.all(curve > 0.05, axis=1)
    constant = line_invariant(LINE, Deep(depth), start)
    assert np.all((sides.min(axis=1) < constant) & (constant < sides.max(axis=1)) | ~inside)
    assert np.isfinite(kept[inside]).all()
    assert curve.max() == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_path_is_the_trajectory(depth):
    path = landing_path(LINE, Deep(depth), (0.1, 0.1), count=400)
    np.testing.assert_array_equal(path[0], (0.1, 0.1))
    np.testing.assert_array_equal(path[-1], landing(LINE, Deep(depth), (0.1, 0.1)))
    flow = GradientFlow(LINE, Deep(depth), rate=5 ** -Deep(depth).exponent)
    passed = integrate(flow, (0.1, 0.1), np.geomspace(1e-3, 1e3, 60))
    away = np.min(np.linalg.norm(passed[:, None] - path, axis=-1), axis=1)
    step = np.max(np.linalg.norm(np.diff(path, axis=0), axis=-1))
    assert np.all(away < 0.51 * step + 1e-3)


def test_from_beyond_the_line_it_comes_back():
    path = landing_path(LINE, Deep(4), (9.0, 9.0))
    np.testing.assert_array_equal(path[0], (9.0, 9.0))
    assert np.all(np.diff(path, axis=0) < 0)


def test_a_line_that_is_never_reached_is_named():
    with pytest.raises(ValueError, match="does not reach"):
        landing_path(LineLoss(1, 1, 3), Deep(4), (1.0, 1.0))
