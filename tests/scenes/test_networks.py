"""What the clips of trained networks show and print is what was computed, and true."""

from __future__ import annotations

import numpy as np
import pytest

from scenes.linear_network import Modes
from scenes.simple_first import BEGIN, RUN, SimpleFirst
from scenes.splines import Splines
from scenes.starvation import TwoClasses
from stage.clock import Clock


def made(kind):
    scene = kind(skip_animations=True)
    scene.integrate()
    return scene


def test_modes_are_on_the_curves_and_end_as_a_staircase():
    scene = made(Modes)
    assert scene.miss < 1e-6
    end = 30.0  # δ = 16
    rows = zip(scene.strengths, scene.exact_at(end), strict=True)
    half = [np.interp(s / 2, row, scene.tau) for s, row in rows]
    np.testing.assert_allclose(half, 1 / np.array(scene.strengths), rtol=0.06)
    scene.clock = Clock(34.0)
    np.testing.assert_allclose(scene.matrix(34.0), scene.target, atol=2e-2)
    scene.clock.set_value(0.0)
    start = np.linalg.svd(scene.matrix(0.0), compute_uv=False)
    np.testing.assert_allclose(start[:4], np.exp(-4.0), rtol=1e-9)


def test_the_likeness_rises_and_falls_back():
    scene = made(SimpleFirst)
    assert abs(scene.alike[0]) < 0.05
    top = int(np.argmax(scene.alike))
    assert scene.alike[top] > 0.99
    assert scene.alike[-1] < 0.85
    assert scene.right[top] - scene.line_right < 0.06
    assert scene.right[-1] == 1.0
    assert BEGIN + scene.times[-1] == BEGIN + RUN


def test_the_second_curve_comes_far_later():
    scene = made(TwoClasses)
    common, rare, alone = scene.learned(0, 0), scene.learned(0, 1), scene.learned(1, 1)
    assert [f"{time:.0f}" for time in (common, rare, alone)] == ["15", "86", "31"]
    pulls = scene.pull_at(18.0)  # the common feature is learned, and the rare one is not
    both, rare_alone = pulls[89:99], pulls[99]
    assert rare_alone > 10 * both.max(), "what has both hardly pulls any more"


def test_kinks_stand_still_and_then_travel():
    scene = made(Splines)
    assert scene.travel(8.0) < 1e-3
    assert scene.places(12.0) == pytest.approx(11, abs=1.5)
    assert scene.travel(29.5) > 0.35
    assert scene.places(29.5) == pytest.approx(2.0, abs=0.05)
    heads = scene.kinks_at(float(scene.log_at(29.5)))[-1]
    bends = np.abs(scene.bends_at(float(scene.log_at(29.5))))
    near = np.min(np.abs(heads[:, None] - [-0.2, 0.2]), axis=1) < 0.01
    assert bends[near].sum() > 0.95 * bends.sum(), "two of the points have nearly all of the bend"
