"""Closed forms, against integration, invariants, the specification's tables and an optimiser."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from fields import (
    Deep,
    Difference,
    GradientDescent,
    GradientFlow,
    InversePower,
    LineLoss,
    Monomial,
    PointLoss,
    Polar,
    Power,
    integrate,
    train,
)
from fields.parameterization.power import anchored
from fields.theory.descent import gradient_descent, stability_threshold
from fields.theory.line.arrival import arrival_time, exit_time
from fields.theory.line.invariant import line_invariant
from fields.theory.line.landing import landing, landing_condition
from fields.theory.mirror import divergence, dual, norm_order, potential, primal
from fields.theory.point.elapsed import learned
from fields.theory.point.learning import learning_time, point_invariant, point_solution

POINT = PointLoss((3, 6))
LINE = LineLoss(-1, -2, 15)
DEPTHS = [1, 4 / 3, 1.5, 2, 3, 4, 6, 50, math.inf, 0.5, 0.25, 0.2, 2 / 3]
STARTS = np.array([(0.5, 0.7), (0.05, 0.02), (8.0, 0.3), (9.5, 9.0)])


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("ends", [(0.1, 0.6), (0.4, 0.97), (1.2, 3.0), (1.05, 20.0)])
def test_the_learning_integral_is_that_of_its_definition(depth, ends):
    p = Deep(depth).exponent
    area, _ = quad(lambda x: 1 / (x**p * (1 - x)), *ends, epsabs=1e-14, epsrel=1e-13)
    np.testing.assert_allclose(np.diff(learned(ends, p))[0], area, rtol=1e-10)


@pytest.mark.parametrize(
    "parameterization", [*map(Deep, DEPTHS), InversePower(1), InversePower(3)], ids=repr
)
def test_point_solutions_are_the_trajectories(parameterization):
    """To 1e-10 and what a start of 0.02 loses: its condition is (w*/w₀)^(p−1)."""
    times = np.array([0.0, 1e-3, 0.01, 0.1, 0.5]) / max(1.0, 6.0 ** (parameterization.exponent - 2))
    flow = GradientFlow(POINT, parameterization)
    with np.errstate(over="raise"):
        integrated = integrate(flow, STARTS, times, rtol=1e-13)
    closed = point_solution(POINT, parameterization, STARTS, times)
    np.testing.assert_allclose(closed, integrated, rtol=1e-10)


@pytest.mark.parametrize("depth", [2, 3, 4, math.inf])
def test_tiny_starts_and_large_weights(depth):
    """From 1e-8 to (1, 1000): the time is where the condition shows, so compare places at times."""
    loss, flow_rate = PointLoss((1.0, 1e3)), 1e3 ** -Deep(depth).exponent
    flow = GradientFlow(loss, Deep(depth), rate=flow_rate)
    start = np.array([1e-8, 1e-8])
    until = float(learning_time(1e3, 1e-8, 0.5, Deep(depth)) / flow_rate)
    times = np.array([0.0, 0.3, 0.8, 0.95]) * until
    w = integrate(flow, start, times, rtol=1e-13)
    closed = point_solution(loss, Deep(depth), start, times, rate=flow_rate)
    np.testing.assert_allclose(w, closed, rtol=1e-10)


def test_learning_times_are_in_inverse_proportion_from_depth_two_on():
    for depth in (2, 3, 6, math.inf):
        one, two = learning_time([3, 6], 1e-9, 0.5, Deep(depth))
        assert abs(one / two - 2) < (0.08 if depth == 2 else 0.02)
    w = point_solution(POINT, Deep(4), [0.1, 0.1], learning_time([3, 6], 0.1, 0.95, Deep(4)))
    np.testing.assert_allclose([w[0, 0], w[1, 1]], [0.95 * 3, 0.95 * 6], rtol=1e-12)


def test_when_the_large_weight_is_learned_the_small_one_is_small():
    """Table of section 7: the value of w₁ when w₂ is at 95 %, for starts of 1e-2 and 1e-4."""
    for depth, expected in [
        (2, (0.789, 0.103)),
        (3, (0.0837, 8.1e-4)),
        (4, (0.0432, 4.04e-4)),
        (6, (0.0295, 2.84e-4)),
        (math.inf, (0.0202, 2.0e-4)),
    ]:
        for alpha, value in zip((1e-2, 1e-4), expected, strict=True):
            time = learning_time(6, alpha, 0.95, Deep(depth))
            w = point_solution(POINT, Deep(depth), [alpha, alpha], [float(time)])
            np.testing.assert_allclose(w[0, 0], value, rtol=6e-3)


def test_degenerate_points():
    np.testing.assert_array_equal(point_solution(POINT, Deep(4), [0, 6], [0.0, 9.0]), [[0, 6]] * 2)
    k = 3  # N = ½: from the axis, w³/3 = g t at first
    w = point_solution(POINT, Deep(0.5), [0, 0], [1e-9])
    np.testing.assert_allclose(w[0], (k * np.array([3, 6]) * 1e-9) ** (1 / k), rtol=1e-3)
    gone = point_solution(PointLoss((0, 6)), Deep(0.5), [1.0, 6.0], [0.4, 0.6])
    np.testing.assert_allclose(gone[:, 0], [0.2**0.5, 0.0], rtol=1e-14)
    with pytest.raises(ValueError, match="below 0"):
        point_solution(POINT, Deep(2), [-1, 1], [0.0])


@pytest.mark.parametrize("depth", [1, 1.5, 2, 4, math.inf, 0.5])
def test_point_invariants(depth):
    start = np.array([(0.5, 0.7), (8.0, 0.3), (9.0, 9.9)])
    w = integrate(GradientFlow(POINT, Deep(depth)), start, np.linspace(0, 0.1, 6), rtol=1e-13)
    kept = point_invariant(POINT, Deep(depth), w)
    np.testing.assert_allclose(kept, np.broadcast_to(kept[:, :1], kept.shape), rtol=1e-9, atol=1e-9)


LINES = [LINE, LineLoss(-1, -1, 10), LineLoss(3, 1, -12), LineLoss(1, 0, -4), LineLoss(0, 2, -6)]
LANDERS = [*map(Deep, (1, 1.5, 2, 3, 4, 6, math.inf, 0.5, 0.25)), InversePower(2), Polar()]


@pytest.mark.parametrize("loss", LINES, ids=repr)
@pytest.mark.parametrize("parameterization", LANDERS, ids=repr)
def test_landing_points_are_where_the_flow_ends(loss, parameterization):
    starts = np.array([(0.5, 0.3), (1.1, 2.0), (4.0, 1.5), (6.0, 7.0)])
    ends = landing(loss, parameterization, starts)
    # many times as long as the slowest takes for an e-fold, at its beginning or its end
    slow = [stability_threshold(loss, parameterization, w) for w in (starts, ends)]
    until = 20 * min(np.max(slow), 1e7) + 20
    w = integrate(
        GradientFlow(loss, parameterization), starts, np.linspace(0, until, 9), rtol=1e-12
    )
    np.testing.assert_allclose(loss.residual(ends), 0, atol=1e-11)
    np.testing.assert_allclose(w[:, -1], ends, rtol=2e-8, atol=2e-8)
    kept = line_invariant(loss, parameterization, w)
    if isinstance(parameterization, Polar):  # where α is tiny, its logarithm tells nothing
        n, r = loss.normal, np.hypot(*w.T).T
        kept = np.where(np.abs(n[0] * w[..., 1] - n[1] * w[..., 0]) > 1e-3 * r, kept, kept[:, :1])
    kept0 = np.broadcast_to(kept[:, :1], kept.shape)
    np.testing.assert_allclose(kept, kept0, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("loss", LINES, ids=repr)
def test_landing_points_of_several_powers_are_those_of_each(loss):
    powers = [how for how in LANDERS if isinstance(how, Power)]
    starts = np.random.default_rng(9).uniform(0.1, 9.0, (len(powers), 2))
    for begin in (starts, np.broadcast_to(starts[0], starts.shape)):
        alone = [landing(loss, *each) for each in zip(powers, begin, strict=True)]
        np.testing.assert_allclose(landing(loss, powers, begin), alone, rtol=1e-13)
    np.testing.assert_array_equal(landing(loss, powers, starts[0]), landing(loss, powers, begin))


WEIGHT = st.floats(0.2, 9.0)


@settings(derandomize=True, max_examples=40)
@given(
    depth=st.sampled_from([1, 1.5, 2, 3, 6, 20, math.inf]),
    start=st.tuples(WEIGHT, WEIGHT),
    line=st.tuples(st.floats(0.3, 3), st.floats(0.3, 3), st.floats(4, 20)),
)
def test_the_landing_point_is_the_argmin_of_the_divergence(depth, start, line):
    loss = LineLoss(-line[0], -line[1], line[2])
    ends = loss.minimizers(1e3)
    end = landing(loss, Deep(depth), start)
    assume(np.all(end > 1e-3))  # not beyond an axis, nor too close to one to search

    def place(s):
        return ends[0] + s * (ends[1] - ends[0])

    best = minimize_scalar(
        lambda s: float(divergence(Deep(depth), place(s), start)),
        bounds=(1e-9, 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-12},
    )
    np.testing.assert_allclose(place(best.x), end, atol=2e-6 * np.max(ends))
    np.testing.assert_allclose(loss.residual(end), 0, atol=1e-9)


def test_the_landing_of_the_exponential_solves_the_quadratic():
    rng = np.random.default_rng(8)
    (n1, n2), d = -LINE.normal, -LINE.distance
    for w0 in rng.uniform(0.2, 9, (20, 2)):
        A1, A2 = 1 / w0
        roots = np.roots(
            [
                d * n1 * n2,
                d * (A1 * n2 + A2 * n1) - 2 * n1 * n2,
                d * A1 * A2 - n1 * A2 - n2 * A1,
            ]
        )
        w = [1 / np.array([A1 + n1 * E, A2 + n2 * E]) for E in roots]
        (positive,) = [one for one in w if np.all(one > 0)]
        np.testing.assert_allclose(landing(LINE, Deep(math.inf), w0), positive, rtol=1e-10)


def test_small_starts_land_where_a_norm_is_least():
    for depth, expected in [
        (1, (3, 6)),
        (0.5, (4.261555, 5.369223)),
        (0.25, (4.675550, 5.162225)),
        (0.2, (4.746656, 5.126672)),
    ]:
        np.testing.assert_allclose(landing(LINE, Deep(depth), [1e-8, 3e-8]), expected, rtol=3e-7)
    for alpha, value in [(1e-2, 0.2714), (1e-4, 0.02736), (1e-8, 2.739e-4)]:
        w = landing(LINE, Deep(2), [alpha, alpha])
        np.testing.assert_allclose(w[0], value, rtol=2e-4)
    np.testing.assert_allclose(landing(LINE, Deep(4), [3e-8, 1e-8]), [0, 7.5], atol=1e-5)
    np.testing.assert_allclose(landing(LINE, Deep(6), [3e-8, 1e-8]), [15, 0], atol=1e-5)
    np.testing.assert_allclose(
        landing(LineLoss(-1, -1, 10), Deep(2), [1, 2]), [10 / 3, 20 / 3], rtol=1e-14
    )
    assert [norm_order(Deep(N)) for N in (0.2, 0.5, 1, 2, 6, math.inf)] == [10, 4, 2, 1, 1, 1]


def test_polar_lands_at_its_own_radius_or_straight_on():
    far = landing(LINE, Polar(), [60.0, 2.0])
    np.testing.assert_allclose(np.hypot(*far), np.hypot(60.0, 2.0), rtol=2e-3)
    near = landing(LINE, Polar(), [0.02, 0.01])
    np.testing.assert_allclose(near, [3, 6], atol=1e-8)
    np.testing.assert_allclose(landing(LINE, Polar(), [1.0, 2.0]), [3, 6], rtol=1e-14)
    np.testing.assert_allclose(landing(LineLoss(1, 0, 0), Polar(), [0.3, 0.1]), [0, 0], atol=1e-14)


def test_a_line_that_misses_the_quadrant_has_no_landing_point():
    assert np.isnan(landing(LineLoss(1, 1, 5), Deep(math.inf), [1.0, 2.0])).all()
    assert np.isnan(landing(LineLoss(1, 1, 5), Deep(2), [1.0, 2.0])).all()


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_potential_bends_as_the_inverse_preconditioner(depth):
    w, h, family = np.array([0.7, 3.0]), 1e-4, Deep(depth)
    slope = (
        np.array([potential(family, w + h * e) - potential(family, w - h * e) for e in np.eye(2)])
        / 2
        / h
    )
    np.testing.assert_allclose(slope, dual(family, w), rtol=1e-6)
    np.testing.assert_allclose(primal(family, dual(family, w)), w, rtol=1e-12)
    bend = (dual(family, w + h) - dual(family, w - h)) / (2 * h)
    np.testing.assert_allclose(bend, w**-family.exponent, rtol=1e-5)


def test_thresholds_of_gradient_descent():
    for parameterization, scale, expected in [
        (Deep(1), 1, 2),
        (Deep(2), 4, 0.083333),
        (Deep(4), 16, 8.505e-3),
        (Deep(6), 36, 2.804e-3),
        (Deep(math.inf), 1, 0.055556),
        (Deep(0.5), 0.25, 72),
        (Deep(0.2), 0.04, 328050),
        (Polar(), 1, 0.044444),
    ]:
        limit = stability_threshold(POINT, parameterization, POINT.target)
        np.testing.assert_allclose(limit / scale, expected, rtol=2e-4)
        close = np.add(POINT.target, [2e-6, 1e-6])
        for factor, stays in [(0.97, True), (1.03, False)]:
            w = gradient_descent(POINT, parameterization, close, step=factor * limit, steps=600)
            apart = np.linalg.norm(w - POINT.target, axis=-1)
            assert (apart[-1] < 0.1 * apart[0]) == stays
    n, w = LINE.normal, np.array([3.0, 6.0])
    limit = stability_threshold(LINE, Deep(4), w)
    np.testing.assert_allclose(limit, 2 / np.sum(n**2 * w**1.5), rtol=1e-14)


def test_gradient_descent_follows_the_flow_at_first_order():
    for parameterization in (Deep(2), Deep(math.inf), Polar()):
        flow = integrate(GradientFlow(POINT, parameterization), [1.0, 2.0], [0.0, 0.1])[-1]
        errors = []
        for step in (1e-3, 5e-4, 2.5e-4):
            path = gradient_descent(
                POINT, parameterization, [1.0, 2.0], step=step, steps=round(0.1 / step)
            )
            errors.append(np.linalg.norm(path[-1] - flow))
        np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 2, rtol=0.05)


def test_the_exponential_is_the_limit_at_first_order_in_one_over_depth():
    times = np.linspace(0, 1.5, 40)
    limit = point_solution(POINT, Deep(math.inf), [0.5, 0.7], times)
    apart = [
        np.max(np.linalg.norm(point_solution(POINT, Deep(N), [0.5, 0.7], times) - limit, axis=-1))
        for N in (1e3, 2e3, 4e3)
    ]
    np.testing.assert_allclose(np.divide(apart[:-1], apart[1:]), 2, rtol=0.01)


@settings(derandomize=True, max_examples=30)
@given(
    depth=st.sampled_from([0.5, 1, 1.5, 2, 3, 6, math.inf]),
    start=st.tuples(WEIGHT, WEIGHT),
    normal=st.tuples(st.floats(-3, 3), st.floats(0.3, 3)),
    offset=st.floats(-20, -1),
)
def test_line_invariants_of_any_line(depth, start, normal, offset):
    loss = LineLoss(*normal, offset)
    rate = 0.1 * float(stability_threshold(loss, Deep(depth), start))
    w = integrate(GradientFlow(loss, Deep(depth), rate), start, np.linspace(0, 1, 4), rtol=1e-12)
    kept = line_invariant(loss, Deep(depth), w)
    size = np.max(np.abs(dual(Deep(depth), w)))
    np.testing.assert_allclose(kept, np.full_like(kept, kept[0]), atol=1e-10 * (1 + size))
    away = np.abs(loss.residual(w))
    assert np.all(np.diff(away) <= 1e-11 * (1 + away[0]))


def test_landing_is_smooth_in_the_depth_of_a_dial():
    depths = 1 / np.linspace(5.0, 1e-3, 400)
    places = landing(LINE, [Deep(depth) for depth in depths], (0.1, 0.1))
    assert np.max(np.abs(LINE.residual(places))) < 1e-12
    assert np.all(np.diff(places[:, 0]) < 0), "w₁ does ever less of the work"
    assert places[-1] == pytest.approx(landing(LINE, Deep(np.inf), (0.1, 0.1)), abs=2e-3)


def test_a_remembered_solution_is_nobodys_to_change_and_of_its_problem_alone():
    loss, start, times = PointLoss((3, 6)), (0.1, 0.2), np.linspace(0.0, 2.0, 5)
    first = point_solution(loss, Deep(3), start, times)
    kept = first.copy()
    first += 1.0
    np.testing.assert_array_equal(point_solution(loss, Deep(3), start, times), kept)
    others = [
        point_solution(PointLoss((4, 5)), Deep(3), start, times),
        point_solution(loss, Deep(4), start, times),
        point_solution(loss, Deep(3), (0.15, 0.25), times),
        point_solution(loss, Deep(3), start, times, rate=2.0),
    ]
    for k, other in enumerate(others):
        assert not np.any(np.all(other[1:] == kept[1:], axis=0)), k


def test_a_weight_at_nought_stays_there_however_late():
    w = point_solution(PointLoss((3, 6)), Deep(2), (0.0, 1.0), [0.0, 1e3, math.inf])
    np.testing.assert_array_equal(w, [(0, 1), (0, 6), (0, 6)])


def test_the_way_to_nought_of_any_size():
    """From ẇ = −w³ follows w = w₀/√(1 + 2 w₀² t), squares being numbers or not."""
    times = np.array([0.0, 1.0, 1e3])
    w = point_solution(PointLoss((0, 0)), Deep(math.inf), (1e-200, 1e200), times)
    np.testing.assert_allclose(w[:, 0], 1e-200, rtol=1e-14)
    np.testing.assert_allclose(w[1:, 1], 1 / np.sqrt(2 * times[1:]), rtol=1e-14)
    assert w[0, 1] == 1e200


def test_a_target_whose_square_is_no_number():
    w = point_solution(PointLoss((1e200, 1.0)), Deep(math.inf), (1e199, 1.0), [0.0, 1.0])
    np.testing.assert_allclose(w[:, 0], [1e199, 1e200])


@pytest.mark.parametrize("size", [1e-200, 1e200, 2.0**-1000])
def test_a_line_may_be_written_in_any_unit(size):
    one, other = LineLoss(1, 2, -3), LineLoss(size, 2 * size, -3 * size)
    for model in (Deep(1), Deep(2), Deep(3), Deep(1.5)):
        found = [landing(line, model, (0.1, 0.2)) for line in (one, other)]
        np.testing.assert_allclose(*found, rtol=1e-12)
        found = [landing_condition(line, model, (0.1, 0.2)) for line in (one, other)]
        np.testing.assert_allclose(*found, rtol=1e-12)
        assert arrival_time(other, model, (0.1, 0.2), 0.1) == pytest.approx(
            arrival_time(one, model, (0.1, 0.2), 0.1)
        )


@pytest.mark.parametrize("depth", [2, 3, math.inf])
def test_a_weight_that_stays_at_nought_adds_nothing_to_the_divergence(depth):
    alone = divergence(Deep(depth), (5.0, 1.0), (5.0, 2.0))
    assert divergence(Deep(depth), (0.0, 1.0), (0.0, 2.0)) == alone > 0


@pytest.mark.parametrize("depth", [2.0, 2.001, 3.0, 1e6, math.inf])
def test_no_place_off_an_axis_is_near_one_on_it_from_depth_two_on(depth):
    assert divergence(Deep(depth), [(1e-9, 1.0), (5.0, 3.0)], (0.0, 1.0)).tolist() == [np.inf] * 2
    assert math.isfinite(divergence(Deep(1.999), (5.0, 3.0), (0.0, 1.0)))


def test_when_a_weight_gets_where_it_is_and_where_it_only_tends_to():
    times = learning_time(3.0, [1.0, 3.0, 5.0], 1.0, Deep(2))
    np.testing.assert_array_equal(times, [np.inf, 0.0, np.inf])
    assert np.isnan(learning_time(3.0, 3.0, [0.5, 2.0], Deep(2))).all()


@pytest.mark.parametrize("depth", [0.5, 1, 1.5, 2, math.inf])
def test_the_point_invariant_of_a_weight_that_is_to_vanish(depth):
    loss = PointLoss((0, 3))
    w = point_solution(loss, Deep(depth), (1.0, 0.5), [0.0, 0.1, 0.3])
    kept = point_invariant(loss, Deep(depth), w)
    np.testing.assert_allclose(kept, kept[0], rtol=1e-12)


def test_no_step_is_short_enough_where_the_slope_is_infinite():
    steep = stability_threshold(PointLoss((0, 3)), Deep(0.5), [(0.0, 3.0), (1.0, 3.0)])
    np.testing.assert_allclose(steep, [0.0, 2.0])
    assert stability_threshold(LineLoss(1, 0, -4), Deep(0.5), (4.0, 0.0)) == pytest.approx(32.0)


@pytest.mark.parametrize(
    ("model", "start", "step"),
    [
        (Polar(), (1.0, 0.01), 0.5),
        (Monomial(2), (0.6, 19.0), 0.04),
        (Monomial(3), (0.6, 14.0), 0.0176),
        (Difference(0.5), (0.6, 19.0), 0.04),
    ],
)
def test_gradient_descent_is_that_of_what_is_trained_also_beyond_nought(model, start, step):
    """Steps so long that a radius, or a root, changes its sign; J by differences."""
    loss = PointLoss((3, 6))
    w = gradient_descent(loss, model, start, step=step, steps=6)
    u, h = model.parameters(start), 1e-6
    signs = [np.sign(u)]
    for expected in w[1:]:
        away = [loss.value(model.weights(u + h * e)) for e in np.eye(len(u))]
        back = [loss.value(model.weights(u - h * e)) for e in np.eye(len(u))]
        u = u - step * (np.array(away) - back) / (2 * h)
        signs.append(np.sign(u))
        np.testing.assert_allclose(expected, model.weights(u), rtol=1e-4)
    assert np.min(signs) < 0
    trained = train(loss, model, GradientDescent(step), start, steps=6).weights[:, 0]
    np.testing.assert_allclose(trained, w, rtol=1e-12)


def test_a_start_on_an_axis_that_is_pushed_out_leaves_at_once():
    assert exit_time(LineLoss(1, -1, 3), Deep(1), (0.0, 1.0)) == 0.0
    assert exit_time(LineLoss(1, -1, 3), Deep(1), (1e-9, 1.0)) == pytest.approx(1e-9)


@pytest.mark.parametrize(
    ("depth", "target", "start", "fraction", "time"),
    [
        (0.02, 1e4, 10.0, 0.01, 1.0202010102000115e192),
        (0.004, 6.0, 0.06, 0.5, 8.080129101046335e234),
        (math.inf, 1e150, 1e147, 0.5, 1.0049067547786487e-297),
    ],
)
def test_times_are_known_where_a_power_of_the_target_is_no_number(
    depth, target, start, fraction, time
):
    # B(f) − B(w₀/w*) for p < 0 is x^(1−p)/(1−p) + x^(2−p)/(2−p) + …
    p, x = Deep(depth).exponent, fraction
    if p < 0:
        terms = [x**k / (k - p) for k in range(1, 60)]
        logarithm = math.log(sum(terms)) - p * math.log(x) - p * math.log(target)
        assert math.log(time) == pytest.approx(logarithm, rel=1e-14)
    deep = Deep(depth)
    assert learning_time(target, start, fraction, deep) == pytest.approx(time, rel=1e-11)
    (found,) = point_solution(PointLoss((target, target)), deep, (start, start), [time])
    np.testing.assert_allclose(found, fraction * target, rtol=1e-8)


@pytest.mark.parametrize("model", [Deep(0.004), InversePower(0.004)], ids=repr)
def test_powers_of_one_side_of_the_target_are_not_summed_for_the_other(model, monkeypatch):
    asked = []

    def counted(w, k):
        asked.append(k)
        return anchored(w, k)

    monkeypatch.setattr("fields.theory.point.elapsed.anchored", counted)
    for start in (0.9, 0.5), (1.2, 1.5):
        w = point_solution(PointLoss((1.1, 0.8)), model, start, [0.0, 0.01])
        np.testing.assert_allclose(w[0], start)
        flow = integrate(GradientFlow(PointLoss((1.1, 0.8)), model), start, [0.0, 0.01])
        np.testing.assert_allclose(w[1], flow[1], rtol=1e-7)
    assert len(asked) < 10
