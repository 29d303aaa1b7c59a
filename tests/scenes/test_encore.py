"""The numbers that the clips on what came after the post tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fields import LineLoss
from fields.parameterization.difference import Difference
from fields.systems.regime import regime_landing
from scenes.completion import Completion
from scenes.margin import MaxMargin
from scenes.margin_by_depth import MarginByDepth
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


def test_the_angle_of_the_line_tends_to_what_is_said():
    scene = MaxMargin(skip_animations=True)
    scene.integrate()
    assert scene.limit == pytest.approx(math.log(12) / 0.65, rel=1e-9)
    at_end = scene.turns[-1]
    assert float(scene.clock_at(at_end)) == pytest.approx(1000)
    assert float(scene.product_at(at_end)) == pytest.approx(scene.limit, rel=2e-3)
    assert float(scene.loss_at(at_end)) == pytest.approx(-1000, abs=1)
    half_a_billion = math.exp(scene.stops[4])
    assert half_a_billion == pytest.approx(5e8, rel=0.05)


def test_classes_that_no_line_parts_come_to_rest(tmp_path):
    rows = "x1,x2,label\n1,2,1\n2,0.5,1\n-3,-1,0\n-1,-0.5,1\n"
    (tmp_path / "mine.csv").write_text(rows)
    for chosen in ("mixed", str(tmp_path / "mine.csv")):
        scene = type("Mine", (MaxMargin,), {"examples": chosen})(skip_animations=True)
        scene.integrate()
        assert not scene.separable
        late = [float(scene.size_at(time)) for time in (26.0, 30.0)]
        assert late[0] == pytest.approx(late[1], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.csv", None, "is no file that there is"),
        ("points", None, "is not apart, mixed or the name of a .csv file"),
        ("a.csv", "1,2,3,1\n3,4,5,-1\n", "has rows that are not x1, x2, label"),
        ("a.csv", "1,2,1\n3,4,2\n", "give examples of two classes"),
        ("a.csv", "0,0,1\n0,0,-1\n", "has all its points at 0"),
        ("a.csv", "1,2,1\n-1,-2,-1\n" * 200, "has more than 300 points"),
    ],
)
def test_examples_that_are_none_are_named(tmp_path, name, text, message):
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    chosen = str(path) if name.endswith(".csv") else name
    with pytest.raises(ValueError, match=message):
        type("Mine", (MaxMargin,), {"examples": chosen})(skip_animations=True)


def test_each_network_has_the_share_that_is_printed():
    scene = MarginByDepth(skip_animations=True)
    scene.integrate()
    assert scene.creep == pytest.approx(0.2)
    plain, deep, convolved = scene.shares
    at = [int(np.argmin(np.abs(scene.log_time - tau))) for tau in (20, 200, 1000)]
    np.testing.assert_allclose(deep[at], (0.17, 0.12, 0.089), atol=5e-3)
    np.testing.assert_allclose((plain[-1], convolved[-1]), (0.444, 0.5), atol=1e-3)
    ends = [best[0] / best.sum() for best in scene.best]
    np.testing.assert_allclose(ends, (0.444, 0.0, 0.5), atol=5e-4)


def test_depth_fills_in_what_was_never_seen():
    scene = Completion(skip_animations=True)
    scene.integrate()
    assert scene.seen.sum() == 17
    errors = [error[-1] for error in scene.errors]
    assert errors[0] > 2 * errors[1] > 4 * errors[2] and errors[0] > 10 * errors[2]
    for run in scene.runs:
        np.testing.assert_allclose(run[-1][scene.seen], scene.matrix[scene.seen], atol=1e-7)
    gap = [run[-1, 1, 1] for run in scene.small]
    np.testing.assert_allclose(gap, (0.001, 1.0001, 1.0011), atol=6e-5)
