"""Trajectories against closed forms, and against themselves when asked for differently."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import wrightomega

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Polar,
    Slide,
    Turns,
    field_distance,
    integrate,
    paths_by_depth,
    point_solution,
    reference_weight,
    share_at_half,
)

POINT = PointLoss((3, 6))
LINE = LineLoss(-1, -2, 15)
TARGET = np.array(POINT.target)
STARTS = np.array([(0.5, 0.7), (0.05, 0.02), (8.0, 0.3), (9.5, 9.0), (3.0, 9.9), (1e-2, 6.0)])
RATES = 3.0 * 6.0 ** np.arange(2)  # two speeds at once, as two targets have


def identity(w, t):
    return TARGET + (w - TARGET) * np.exp(-t)


def logistic(w, t):
    return TARGET / (1 + (TARGET / w - 1) * np.exp(-TARGET * t))


def lambert(w, t):
    """The solution with Lambert's W, W(eˡ) being ω(l), and −W(−eˡ) solved by Newton's method."""
    v = TARGET / w - 1
    y = np.where(v > 0, v, 1.0)
    above = wrightomega(y + np.log(y) - TARGET**2 * t)
    level = v + np.log(np.abs(np.where(v == 0, -0.5, v))) - TARGET**2 * t
    below = -np.exp(np.minimum(level, -1e-9))
    for _ in range(60):
        below = below - (below + np.log(-below) - level) / (1 + 1 / below)
        below = np.clip(below, -1 + 1e-16, -1e-300)
    return TARGET / (1 + np.where(v > 0, above, np.where(v == 0, 0.0, below)))


@pytest.mark.parametrize(
    ("depth", "closed"), [(1, identity), (2, logistic), (math.inf, lambert)], ids=["1", "2", "exp"]
)
def test_point_loss_trajectories_are_the_closed_ones(depth, closed):
    times = np.linspace(0, 2.0, 41)
    places = integrate(GradientFlow(POINT, Deep(depth)), STARTS, times, rtol=1e-12)
    for t, now in zip(times, places.swapaxes(0, 1), strict=True):
        np.testing.assert_allclose(now, closed(STARTS, t), rtol=1e-10)


def test_point_loss_trajectories_at_depth_four_obey_their_implicit_solution():
    """B(x) − B(x₀) = √w* ³ t with B = 2 artanh √x − 2/√x, and arcoth above the target."""

    def learned(x):
        root = np.sqrt(x)
        return np.log1p(root) - np.log(np.abs(1 - root)) - 2 / root

    times = np.linspace(0, 0.5, 21)
    w = integrate(GradientFlow(POINT, Deep(4)), STARTS, times, rtol=1e-12).swapaxes(0, 1)
    moving = np.broadcast_to(STARTS != TARGET, w.shape)
    x, x0 = np.where(moving, w / TARGET, 0.5), np.where(moving, STARTS / TARGET, 0.5)
    late = learned(x) - learned(x0) - TARGET**1.5 * times[:, None, None]
    # in time they may differ by what is 1e-10 of the weight
    apart = np.where(moving, late * x**0.5 * (1 - x), 0.0)
    assert np.max(np.abs(apart[1:])) < 1e-10


def test_field_values_are_exact():
    """w^(2 − 2/N)(w* − w) with forty digits."""
    with localcontext() as context:
        context.prec = 40
        for depth in (1, 2, 3, 4, 6, 17, 0.5, 0.25, math.inf):
            p = 2 - (Decimal(0) if depth == math.inf else 2 / Decimal(depth))
            for w in (0.001, 0.7, 2.5, 6.5, 9.9):
                exact = [Decimal(w) ** p * (target - Decimal(w)) for target in (3, 6)]
                velocity = GradientFlow(POINT, Deep(depth)).velocity([w, w])
                np.testing.assert_allclose(velocity, [float(e) for e in exact], rtol=1e-13)


def test_the_morph_begins_on_the_identity_and_ends_on_the_exponential_to_the_last_bit():
    rng = np.random.default_rng(5)
    w = rng.uniform(0, 10, (1000, 2))
    flow = MorphingFlow(POINT, Slide(1.0, 0.0, 2.0, 5.0))
    for time in (0.0, 2.0):
        np.testing.assert_array_equal(flow.velocity(w, time), TARGET - w)
    for time in (5.0, 60.0):
        exponential = GradientFlow(POINT, Deep(math.inf)).velocity(w)
        np.testing.assert_array_equal(flow.velocity(w, time), exponential)
        np.testing.assert_array_equal(exponential, w * w * (TARGET - w))


@pytest.mark.parametrize("reference", [1.0, reference_weight(POINT)])
def test_the_morph_passes_through_every_depth(reference):
    w = np.random.default_rng(6).uniform(0.1, 10, (100, 2))
    flow = MorphingFlow(POINT, Slide(1.0, 0.0, 0.0, 1.0), reference)
    for depth in (1, 2, 4, 8, math.inf):
        same = GradientFlow(POINT, Deep(depth), rate=reference ** -Deep(depth).exponent)
        np.testing.assert_allclose(
            flow.velocity(w, 1 - 1 / depth), same.velocity(w), rtol=3e-14, atol=1e-300
        )


def test_field_distance_is_that_of_the_table():
    depths = np.array([1, 2, 4, 6, 10, 100, 1e3, 1e6])
    expected = [798.2, 725.6, 551.3, 432.0, 297.5, 36.29, 3.704, 3.7128e-3]
    apart = field_distance(1 / depths, POINT)
    np.testing.assert_allclose(apart, expected, rtol=2e-4)


def test_field_distance_ends_at_nought_and_is_of_first_order():
    assert field_distance(0.0, POINT) == 0.0
    s = 10.0 ** -np.arange(3, 8)
    slopes = field_distance(s, POINT) / s
    # d/ds at the corner (10, 10): −2 ln 10 · 10² · (w* − 10)
    exact = 2 * math.log(10) * 100 * math.hypot(7, 4)
    np.testing.assert_allclose(slopes, exact * (1 - math.log(10) * s), rtol=1e-5)
    assert np.all(np.diff(field_distance(np.linspace(0, 1, 50), POINT)) > 0)


@pytest.mark.parametrize("rtol", [1e-6, 1e-8, 1e-10])
def test_between_steps_settled_weights_stay_settled(rtol):
    """One weight waits while the other has long arrived: steps must not be as long as the wait."""
    rate = reference_weight(POINT) ** -2.0
    starts = np.random.default_rng(0).uniform(0.05, 10, (300, 2))
    times = np.linspace(0, 60, 61)
    w = integrate(GradientFlow(POINT, Deep(math.inf), rate), starts, times, rtol=rtol)
    exact = point_solution(POINT, Deep(math.inf), starts, times, rate=rate)
    assert np.max(np.abs(w - exact) / exact) < 100 * rtol


@pytest.mark.parametrize("slide", [Slide(1.0, 0.0, -1.0, 5.0), Slide(1.0, 0.0, 0.5, 3.0)], ids=repr)
def test_a_morphing_trajectory_agrees_with_itself_at_every_tolerance(slide):
    flow = MorphingFlow(POINT, slide, reference_weight(POINT))
    times = np.linspace(0, 4, 9)
    fine = integrate(flow, STARTS, times, rtol=1e-13)
    for rtol in (1e-6, 1e-8, 1e-10):
        rough = integrate(flow, STARTS, times, rtol=rtol)
        assert np.max(np.abs(rough - fine) / fine) < 30 * rtol


def test_even_pace_leaves_the_curves_alone():
    flow = GradientFlow(POINT, Deep(2))
    places = integrate(EvenPace(flow, 2.0, 1e-3), STARTS[:4], np.linspace(0, 2.0, 20), rtol=1e-12)
    # invariant of the curves: (1/6) ln of the one odds is (1/3) ln of the other, but for a constant
    odds = np.log(np.abs(TARGET / places - 1)) / TARGET
    constant = odds[..., 1] - odds[..., 0]
    near = np.min(np.abs(places - TARGET), axis=-1) < 1e-3
    assert np.count_nonzero(~near) > 40
    np.testing.assert_allclose(
        np.where(near, 0, constant), np.where(near, 0, constant[:, :1]), atol=1e-9
    )
    steps = np.linalg.norm(np.diff(places, axis=1), axis=-1)
    assert np.max(steps) <= 2.0 * 2.0 / 19 * (1 + 1e-9)


FLOWS = [
    GradientFlow(POINT, Deep(2)),
    GradientFlow(LINE, Deep(0.5)),
    GradientFlow(LINE, Polar()),
    MorphingFlow(POINT, Slide(1.0, 0.0, 0.0, 1.0)),
    EvenPace(MorphingFlow(LINE, Slide(1.0, 0.0, 0.0, 1.0))),
    EvenPace(GradientFlow(POINT, Deep(0.2))),
]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: type(flow).__name__)
def test_a_trajectory_is_the_same_bits_in_any_company(flow):
    rng = np.random.default_rng(11)
    starts = rng.uniform(1.0, 6.0, (9001, 2))  # more than are followed at once
    starts[77] = (1e-4, 9.99)  # stiff among easy ones
    times = np.linspace(0.0, 0.2, 4)
    together = integrate(flow, starts, times)
    chosen = [0, 77, 1234, 8192, 9000]
    for k in chosen:
        np.testing.assert_array_equal(integrate(flow, starts[k], times), together[k])
    order = rng.permutation(len(starts))[:300]
    np.testing.assert_array_equal(integrate(flow, starts[order], times), together[order])


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: type(flow).__name__)
def test_a_trajectory_is_the_same_bits_whenever_it_is_looked_at(flow):
    starts = np.array([(1.0, 2.0), (5.0, 0.5), (2.0, 7.0)])
    some = integrate(flow, starts, [0.0, 0.3, 0.7])
    many = integrate(flow, starts, sorted({0.3, 0.7, *np.linspace(0, 2, 57)}))
    grid = sorted({0.3, 0.7, *np.linspace(0, 2, 57)})
    np.testing.assert_array_equal(some[:, 1], many[:, grid.index(0.3)])
    np.testing.assert_array_equal(some[:, 2], many[:, grid.index(0.7)])
    alone = integrate(flow, starts, [0.0, 0.7])[:, 1]
    np.testing.assert_array_equal(some[:, 2], alone)


def test_one_stiff_particle_is_not_lost_in_the_mean_of_thousands():
    starts = np.full((3000, 2), TARGET)  # all at rest, but one
    starts[1500] = (1e-3, 9.9)
    w = integrate(GradientFlow(POINT, Deep(math.inf)), starts, [0.0, 0.01, 0.3], rtol=1e-12)
    np.testing.assert_allclose(w[1500, 1], lambert(starts[1500], 0.01), rtol=1e-11)
    np.testing.assert_allclose(w[1500, 2], lambert(starts[1500], 0.3), rtol=1e-11)
    np.testing.assert_allclose(w[1499], [TARGET] * 3, rtol=1e-11)


def test_times_may_repeat_and_be_alone_and_the_same():
    flow = GradientFlow(POINT, Deep(2))
    np.testing.assert_array_equal(integrate(flow, [1, 2], [5.0]), [[1, 2]])
    np.testing.assert_array_equal(integrate(flow, [1, 2], [5.0, 5.0]), [[1, 2]] * 2)
    w = integrate(flow, [1, 2], [0, 1, 1, 2])
    np.testing.assert_array_equal(w[1], w[2])
    assert integrate(flow, np.ones((4, 3, 2)), [0, 1]).shape == (4, 3, 2, 2)
    assert integrate(flow, np.ones((0, 2)), [0, 1]).shape == (0, 2, 2)


def test_what_rests_stays():
    for flow in (GradientFlow(PointLoss((0, 0)), Deep(1)), GradientFlow(POINT, Deep(1))):
        w = integrate(flow, flow.loss.target, [0.0, 1.0, 1e6])
        np.testing.assert_array_equal(w, [flow.loss.target] * 3)


def test_many_times_of_their_own():
    flow = GradientFlow(POINT, Deep(2))
    times = np.array([[0.0, 0.1, 0.4], [7.0, 7.2, 7.3]])
    w = integrate(flow, STARTS[:2], times)
    np.testing.assert_allclose(w[0], logistic(STARTS[0], times[0][:, None]), rtol=1e-9)
    np.testing.assert_allclose(w[1], logistic(STARTS[1], times[1][:, None] - 7), rtol=1e-9)


WEIGHT = st.floats(0.3, 20.0)


@settings(derandomize=True, max_examples=25)
@given(
    depth=st.floats(0.5, 50) | st.just(math.inf),
    target=st.tuples(WEIGHT, WEIGHT),
    start=st.tuples(WEIGHT, WEIGHT),
)
def test_no_weight_ever_passes_its_target_and_the_loss_falls(depth, target, start):
    loss = PointLoss(target)
    w = integrate(GradientFlow(loss, Deep(depth)), start, np.linspace(0, 1, 9))
    side = (w - loss.target) * np.sign(np.subtract(start, target))
    assert np.all(side > -1e-8 * np.max(w))
    assert np.all(np.diff(loss.value(w)) <= 1e-8 * loss.value(w)[:-1] + 1e-17 * np.max(w) ** 2)


@settings(derandomize=True, max_examples=25)
@given(
    depth=st.floats(1.0, 30.0),
    start=st.tuples(WEIGHT, WEIGHT),
    factor=st.floats(0.2, 5.0),
)
def test_scaling_all_weights_scales_time_alone(depth, start, factor):
    """ẇ = wᵖ(w* − w): with w → kw and w* → kw*, time runs kᵖ times faster."""
    times, p = np.array([0.0, 0.05, 0.3]), Deep(depth).exponent
    w = integrate(GradientFlow(POINT, Deep(depth)), start, times, rtol=1e-12)
    scaled = GradientFlow(PointLoss(tuple(factor * TARGET)), Deep(depth))
    big = integrate(scaled, factor * np.array(start), times / factor**p, rtol=1e-12)
    np.testing.assert_allclose(big, factor * w, rtol=1e-9)


def test_turns_meet_their_stops_and_tell_when() -> None:
    depth = Turns([1.0, 2.0, 5.0], [1.0, 0.5, 0.0])
    np.testing.assert_array_equal(depth([0.0, 1.0, 1.5, 2.0, 5.0, 9.0]), [1, 1, 0.75, 0.5, 0, 0])
    assert MorphingFlow(POINT, depth).breaks == EvenPace(MorphingFlow(POINT, depth)).breaks
    assert MorphingFlow(POINT, depth).breaks == (1.0, 2.0, 5.0)
    with pytest.raises(ValueError, match="Turns: give as many values as times"):
        Turns([1.0, 1.0], [0.0, 1.0])


def test_paths_by_depth_are_those_of_each_depth_alone() -> None:
    depths = np.array([5.0, 1.0, 0.5, 0.0])
    paths = paths_by_depth(POINT, depths, (0.1, 0.1), rtol=1e-10)
    drawn = paths_by_depth(POINT, depths, (0.1, 0.1))
    assert np.max(np.abs(drawn - paths)) < 1e-5, "a thousandth of a pixel"
    for s, path in zip(depths, paths, strict=True):
        flow = GradientFlow(POINT, Deep(1 / s if s else math.inf))
        times = np.linspace(0, 10.5, 161)
        alone = integrate(EvenPace(flow, 1.0, 0.3, POINT), (0.1, 0.1), times)
        assert np.max(np.abs(path - alone)) < 1e-7
    # the closed forms at N = 1 and 2: a straight line, and w₂ = 3 where t = ln 59/6
    x = 3 / (1 + 29 * np.exp(-3 * np.log(59) / 6))
    expected = [(0.1 + 2.9 * 2.9 / 5.9) / 3, x / 3]
    assert share_at_half(paths[1:3], POINT.target) == pytest.approx(expected, abs=2e-4)


def test_paths_by_depth_from_several_starts_are_those_from_each() -> None:
    starts, depths = np.array([(0.1, 0.1), (0.1, 1.6), (9.0, 4.0)]), np.linspace(2.0, 0.0, 5)
    paths = paths_by_depth(POINT, depths, starts, samples=21)
    for start, some in zip(starts, paths, strict=True):
        np.testing.assert_array_equal(some, paths_by_depth(POINT, depths, start, samples=21))


def test_the_weight_at_which_depths_move_alike() -> None:
    assert reference_weight(PointLoss((2.0, 8.0))) == pytest.approx(4.0)
    assert reference_weight(LineLoss(-1, -2, 15)) == pytest.approx(18**0.5)
    assert reference_weight(LineLoss(1, 0, -4)) == reference_weight(PointLoss((0.0, 2.0))) == 1.0
