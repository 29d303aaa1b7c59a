"""The numbers that the clips on what came after the post tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fields import LineLoss
from fields.parameterization.difference import Difference
from fields.systems.regime import regime_landing
from scenes.modes import OneByOne, half_way_times, in_words, third_at_half
from scenes.regimes import KernelToRich
from scenes.steps import Steps


@pytest.mark.parametrize(
    ("depth", "times", "third"),
    [
        (2, (1.43, 2.16, 4.76), "0.067"),
        (3, None, "0.0058"),
        (math.inf, (1.50, 2.40, 6.02), "0.0011"),
    ],
)
def test_weights_are_learned_one_by_one(depth, times, third):
    halves = half_way_times(OneByOne.targets, OneByOne.small, 1 / depth)
    if times is not None:
        np.testing.assert_allclose(halves, (1.0, *times), atol=5e-3)
    assert in_words(third_at_half(OneByOne.targets, OneByOne.small, 1 / depth)) == third


def test_the_deeper_the_sharper():
    third = [third_at_half(OneByOne.targets, OneByOne.small, s) for s in (1.0, 0.5, 0.25, 0.0)]
    assert all(np.diff(third) < 0)


def test_the_bead_of_the_regimes_is_at_the_printed_places():
    line = LineLoss(*KernelToRich.line)
    for scale, place in ((3.0, (2.97, 6.02)), (1.0, (2.17, 6.41)), (0.1, (0.27, 7.36))):
        np.testing.assert_allclose(regime_landing(line, Difference(scale)), place, atol=5e-3)


def test_steps_shift_the_landing_by_what_is_printed():
    scene = Steps(skip_animations=True)
    scene.integrate()
    assert scene.end[0] == pytest.approx(0.8414, abs=5e-5)
    for size, shift in ((0.01, 0.0392), (0.02, 0.0775), (0.04, 0.1519)):
        k = int(np.argmin(np.abs(scene.sizes - size)))
        assert scene.ends[k, 0] - scene.end[0] == pytest.approx(shift, abs=5e-4)
    past = int(np.argmin(np.abs(scene.sizes - 0.1)))
    assert scene.limit == pytest.approx(0.0857, abs=6e-5)
    assert scene.limit < scene.sizes[past]
    flat = 4 * (0.2 * scene.ends[past, 0] + 0.8 * scene.ends[past, 1])
    assert 2 / flat > scene.sizes[past], "where it comes to rest the valley is flat enough"
