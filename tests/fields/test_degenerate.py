"""Axes, the origin, and what lies beyond: each has a convention, and this is where it is kept."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    InversePower,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Polar,
    Slide,
    arrival_time,
    conserved_curve,
    follow,
    formula,
    integrate,
    landing,
    landing_path,
    learning_time,
    point_solution,
)

POINT = PointLoss((3, 6))
LINE = LineLoss(-1, -2, 15)


def test_fields_on_the_axes():
    w = [0.0, 2.0]
    np.testing.assert_array_equal(GradientFlow(POINT, Deep(1)).velocity(w), [3, 4])
    np.testing.assert_array_equal(GradientFlow(POINT, Deep(2)).velocity(w), [0, 8])
    np.testing.assert_array_equal(GradientFlow(POINT, Deep(math.inf)).velocity(w), [0, 16])
    np.testing.assert_array_equal(GradientFlow(POINT, Deep(0.5)).velocity(w), [math.inf, 1])
    np.testing.assert_array_equal(GradientFlow(POINT, InversePower(1)).velocity(w), [0, 64])


def test_even_pace_is_finite_where_the_field_is_not():
    pace = EvenPace(GradientFlow(POINT, Deep(0.5)), speed=2.0)
    np.testing.assert_allclose(pace.velocity([0.0, 2.0]), [2, 0], rtol=1e-15)
    np.testing.assert_allclose(pace.velocity([0.0, 0.0]), [2**0.5, 2**0.5], rtol=1e-15)
    np.testing.assert_allclose(pace.velocity([1e-9, 2.0]), [2, 0], atol=1e-15)
    np.testing.assert_allclose(pace.velocity([1e-200, 2.0]), [2, 0], atol=1e-15)
    w = integrate(pace, [(0.0, 2.0), (1e-12, 2.0), (0, 0)], np.linspace(0, 1, 5))
    np.testing.assert_allclose(w[0], w[1], rtol=1e-9, atol=1e-11)
    assert np.all(w[2, 1:] > 0.3)


def test_below_nought_the_size_of_the_weight_counts():
    """X^(2 − 2/N) would be no number, or climb: |w|ᵖ descends."""
    for depth in (0.5, 2 / 3, 1.5, 2, 3, 4):
        velocity = GradientFlow(POINT, Deep(depth)).velocity([-2.0, -1.0])
        p = 2 - 2 / depth
        np.testing.assert_allclose(velocity, [2**p * 5, 7], rtol=1e-14)


@pytest.mark.parametrize("depth", [0.2, 0.5, 1, 1.5])
@pytest.mark.parametrize("begin", [0.0, 5.0])
def test_a_start_on_an_axis_leaves_it_where_it_can(depth, begin):
    """For N < 2 the dual is regular, q = g t at first: also for 1 < N < 2, where it might stay."""
    k = 2 / depth - 1
    times = begin + np.array([0.0, 1e-9, 1e-6])
    w = integrate(GradientFlow(POINT, Deep(depth)), [0.0, 0.0], times)
    exact = (k * np.outer(times - begin, [3, 6])) ** (1 / k)
    np.testing.assert_allclose(w[1:], exact[1:], rtol=0.12)
    at_last = integrate(GradientFlow(PointLoss((1, 2)), Deep(depth)), [0.0, 0.0], [0.0, 200.0])[-1]
    if depth >= 0.5:
        np.testing.assert_allclose(at_last, [1, 2], rtol=1e-8)


@pytest.mark.parametrize("depth", [2, 2.5, 3, 17, math.inf])
def test_an_axis_is_invariant_from_depth_two_on(depth):
    """w₁ = 0 stays, and w₂ is learned as ever: at depth 2 to 6/(1 + 5e^(−6t)), 1.6025 at 0.1."""
    times = np.array([0.0, 0.1, 2.0])
    flow = GradientFlow(POINT, Deep(depth))
    w = integrate(flow, [(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)], times)
    alone = integrate(flow, (5.0, 1.0), times)[:, 1]
    np.testing.assert_array_equal(w[0, :, 0], 0.0)
    np.testing.assert_array_equal(w[1], 0.0)
    np.testing.assert_array_equal(w[2, :, 1], 0.0)
    np.testing.assert_allclose(w[0, :, 1], alone, rtol=1e-9)
    if depth == 2:
        np.testing.assert_allclose(w[0, :, 1], 6 / (1 + 5 * np.exp(-6 * times)), rtol=1e-9)
        assert w[0, 1, 1] == pytest.approx(1.6025, abs=5e-5)
    path = follow(flow, (0.0, 1.0), 2.0)
    np.testing.assert_array_equal([path.at(t) for t in times], w[0])
    w = integrate(GradientFlow(PointLoss((0, 0)), Deep(depth)), [1e-3, 2.0], [0, 50.0])
    assert np.all(w > 0)


@pytest.mark.parametrize(
    ("loss", "s"),
    # so near to where an axis is left no more, 0.55, a start takes thousands of steps
    [(POINT, s) for s in (3.0, 1.0, 0.8, 0.55, 0.5, 0.3, 0.0)]
    + [(LINE, s) for s in (3.0, 1.0, 0.8, 0.7, 0.5, 0.3, 0.0)],
    ids=lambda value: value if isinstance(value, float) else type(value).__name__,
)
def test_a_morphing_flow_leaves_an_axis_or_not_as_the_flow_of_its_depth(loss, s):
    times, depth = np.linspace(0, 1.5, 7), 1 / s if s else math.inf
    begin = [(0.0, 0.5), (2.0, 0.0), (0.0, 0.0)]
    for wrap in (lambda flow: flow, lambda flow: EvenPace(flow, 1.0, 0.3, loss), EvenPace):
        morph = wrap(MorphingFlow(loss, Slide(s, s, 0.0, 9.0)))
        alone = wrap(GradientFlow(loss, Deep(depth)))
        # both are within a tenth of the tolerance
        w, as_one = (integrate(flow, begin, times, rtol=1e-8) for flow in (morph, alone))
        np.testing.assert_allclose(w, as_one, rtol=1e-6, atol=1e-6)
        assert np.any(w[0, 1:, 0] > 0) == (s > 0.5)


@pytest.mark.parametrize("text", ["u^2", "u^4"])
def test_a_formula_that_is_flat_at_nought_stays_on_its_axis(text):
    w = integrate(GradientFlow(POINT, formula(text)), [(0.0, 1.0), (0.0, 0.0)], [0.0, 1.0, 50.0])
    np.testing.assert_array_equal(w[:, :, 0], 0.0)
    np.testing.assert_array_equal(w[1], 0.0)
    np.testing.assert_allclose(w[0, -1, 1], 6.0, rtol=1e-8)


@pytest.mark.parametrize("depth", [0.5, 1, 1.5])
def test_the_path_from_an_axis_that_is_left_begins_on_it(depth):
    path = landing_path(LINE, Deep(depth), [0.0, 1.0])
    np.testing.assert_array_equal(path[0], [0.0, 1.0])
    np.testing.assert_allclose(LINE.residual(path[-1]), 0, atol=1e-12)
    k, n = 2 / depth - 1, LINE.normal
    q = path**k / k
    kept = n[1] * q[:, 0] - n[0] * q[:, 1]
    np.testing.assert_allclose(kept, kept[0], atol=2e-3 * np.max(np.abs(q)))


def test_closed_forms_know_axes():
    for depth in (2, 4, math.inf):
        family = Deep(depth)
        np.testing.assert_allclose(landing(LINE, family, [0.0, 1.0]), [0, 7.5], rtol=1e-12)
        exact = integrate(GradientFlow(POINT, family), [0.0, 1.0], [0.0, 0.05, 0.3], rtol=1e-12)
        closed = point_solution(POINT, family, [0.0, 1.0], np.array([0.0, 0.05, 0.3]))
        np.testing.assert_allclose(closed, exact, rtol=1e-9)
        assert learning_time(3.0, 0.0, 0.9, family) == math.inf
        assert np.isfinite(arrival_time(LINE, family, [0.0, 1.0], 0.1))
        path = landing_path(LINE, family, [0.0, 1.0])
        np.testing.assert_array_equal(path[:, 0], 0.0)
        np.testing.assert_allclose(path[[0, -1], 1], [1.0, 7.5], rtol=1e-9)
        curve = conserved_curve(LINE, family, [0.0, 1.0])
        np.testing.assert_array_equal(curve[:, 0], 0.0)
        assert np.ptp(curve[:, 1]) > 9


def test_the_way_to_nought_is_algebraic():
    """ẇ = −w^(p+1): w = (w₀^−p + p t)^(−1/p)."""
    for depth in (2, 3, 4, math.inf):
        p = 2 - 2 / depth
        w = integrate(GradientFlow(PointLoss((0, 6)), Deep(depth)), [2.0, 6.0], [0, 3.0, 30.0])
        exact = (2.0**-p + p * np.array([0, 3.0, 30.0])) ** (-1 / p)
        np.testing.assert_allclose(w[:, 0], exact, rtol=1e-8)


@pytest.mark.parametrize("depth", [0.5, 1, 1.5])
def test_a_gradient_flow_crosses_an_axis_that_it_reaches(depth):
    """Above the line and close to an axis: q(t) = q₀ − n E goes through 0, and lands beyond."""
    start = np.array([0.1 if depth <= 1 else 1e-4, 9.9])
    w = integrate(GradientFlow(LINE, Deep(depth)), start, np.linspace(0, 4000.0, 5))
    assert w[-1, 0] < 0
    np.testing.assert_allclose(LINE.residual(w[-1]), 0, atol=1e-7)
    k, n = 2 / depth - 1, LINE.normal
    q, q0 = np.sign(w) * np.abs(w) ** k / k, start**k / k
    np.testing.assert_allclose(
        n[1] * q[:, 0] - n[0] * q[:, 1], n[1] * q0[0] - n[0] * q0[1], rtol=1e-8
    )


def test_a_morphing_flow_rests_on_an_axis_that_it_reaches():
    flow = MorphingFlow(LINE, Slide(1.0, 0.9, 0.0, 100.0))
    w = integrate(flow, [0.1, 9.9], [0.0, 0.05, 5.0, 9.0])
    assert w[1, 0] > 0
    np.testing.assert_array_equal(w[2], w[3])
    assert w[2, 0] == 0
    np.testing.assert_allclose(w[2, 1], 9.7, atol=0.02)  # nearly along the normal (1, 2)


def test_the_origin_has_no_polar_field_but_flow_lines_go_through_it():
    """(r, θ) → r changes its sign and θ goes on evenly: the line is straight at the origin."""
    line = LineLoss(1, 0, -2)  # w₁ = 2; n = (1, 0)
    flow = GradientFlow(line, Polar())
    w = integrate(flow, [(-1.0, 0.0), (-1.0, 1e-6), (-0.5, 0.05)], np.linspace(0, 30, 301))
    np.testing.assert_allclose(w[0, -1], [2, 0], atol=1e-8)
    np.testing.assert_allclose(w[1, -1], [2, 0], atol=1e-5)
    # conserved along all of it: r² + 2 ln|sin α|
    r, sine = np.hypot(*w[2].T), np.abs(w[2, :, 1]) / np.hypot(*w[2].T)
    kept = r**2 + 2 * np.log(sine)
    np.testing.assert_allclose(kept, kept[0], atol=1e-7)
    assert w[2, 0, 1] > 0 > w[2, -1, 1]


def test_a_polar_start_at_the_origin_looks_along_the_first_weight():
    w = integrate(GradientFlow(POINT, Polar()), [0.0, 0.0], [0.0, 1e-4])
    np.testing.assert_allclose(w[1], [3e-4, 0], rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(GradientFlow(POINT, Polar()).velocity([0.0, 0.0]), [3, 0])


def test_lines_of_every_kind():
    for a, b, c in [(1, 0, -4), (0, 2, -6), (1, -1, 0), (-1, -1, 10), (3, 4, -20)]:
        loss = LineLoss(a, b, c)
        ends = loss.minimizers(10.0)
        assert ends.shape == (2, 2)
        np.testing.assert_allclose(loss.value(ends), 0, atol=1e-20)
        w = np.random.default_rng(1).uniform(0.1, 10, (50, 2))
        foot = w - loss.gradient(w)
        np.testing.assert_allclose(loss.residual(foot), 0, atol=1e-14)
        # the sign of the equation does not matter
        np.testing.assert_allclose(LineLoss(-a, -b, -c).gradient(w), loss.gradient(w), rtol=1e-15)
    assert LineLoss(1, 1, 5).minimizers(10.0).shape == (0, 2)
    np.testing.assert_array_equal(LineLoss(1, 1, 0).minimizers(10.0), [[0, 0]])


def test_a_weight_that_is_learned_on_a_singular_axis_rests_there():
    """For w* on an axis and N below 1 the field there is infinite times nought: nothing moves."""
    flow = GradientFlow(PointLoss((0.0, 6.0)), Deep(0.2))
    assert flow.velocity((0.0, 3.0))[0] == 0.0
    assert flow.velocity((0.0, 3.0))[1] == pytest.approx(3.0**-8 * 3.0)
