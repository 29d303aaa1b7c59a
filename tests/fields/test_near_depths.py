"""Depths that are nearly 1 or 2, where a power hardly differs from its logarithm."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    PointLoss,
    arrival_time,
    conserved_curve,
    divergence,
    dual,
    exit_time,
    integrate,
    landing,
    landing_path,
    learned,
    learning_time,
    line_invariant,
    point_solution,
    potential,
    primal,
)

LINE, POINT = LineLoss(-1, -2, 15), PointLoss((3, 6))
START = 0.1, 0.2
SLIGHT = [1e-16, -1e-16, 1e-15, -1e-14, 1e-12, -1e-10, 1e-9]
"""What is added to 1/N; answers move by no more than some twenty times as much."""


def near(whole: float, slight: float) -> Deep:
    return Deep(1 / (1 / whole + slight))


two = pytest.mark.parametrize("slight", SLIGHT)


def is_near(answer, limit, slight):
    np.testing.assert_allclose(answer, limit, rtol=20 * abs(slight) + 3e-11)


@two
def test_a_flow_of_nearly_depth_two_is_that_of_depth_two(slight):
    for loss in (LINE, POINT):
        flows = [GradientFlow(loss, model) for model in (near(2, slight), Deep(2))]
        is_near(*(integrate(flow, START, [0, 0.3, 1, 4]) for flow in flows), slight)


@two
def test_closed_forms_of_nearly_depth_two_are_those_of_depth_two(slight):
    model, times = near(2, slight), [0.0, 0.3, 1.0, 4.0]
    for start in (START, (8.0, 7.0)):
        one, other = (point_solution(POINT, deep, start, times) for deep in (model, Deep(2)))
        is_near(one, other, slight)
        one, other = (landing(LINE, deep, start) for deep in (model, Deep(2)))
        is_near(one, other, slight)
        one, other = (divergence(deep, (4.0, 1.5), start) for deep in (model, Deep(2)))
        is_near(one, other, slight)
        one, other = (arrival_time(LINE, deep, start, 0.1) for deep in (model, Deep(2)))
        is_near(one, other, slight)
        one, other = (landing_path(LINE, deep, start) for deep in (model, Deep(2)))
        np.testing.assert_allclose(one, other, atol=1e-6)
        one, other = (conserved_curve(LINE, deep, start) for deep in (model, Deep(2)))
        np.testing.assert_allclose(one, other, atol=1e-6)


@two
def test_closed_forms_of_nearly_depth_one_are_those_of_depth_one(slight):
    model = near(1, slight)
    for target in ((3, 6), (0, 0)):
        loss = PointLoss(target)
        for start in (START, (8.0, 7.0)):
            pair = (point_solution(loss, deep, start, [0.0, 0.5, 2.0]) for deep in (model, Deep(1)))
            is_near(*pair, slight)
    one, other = (learning_time([3, 6], [9, 7], 1.1, deep) for deep in (model, Deep(1)))
    is_near(one, other, slight)


WEIGHTS = np.array([1e-9, 0.02, 0.7, 1.0, 1.3, 9.0, 4e6])
NEAR_AND_FAR = [*SLIGHT, 1e-6, -1e-4, 1e-3, -0.0049, 0.0049, 0.0051, -0.02]


def exactly(model: Deep, w: float, anchor: int) -> tuple[Decimal, Decimal]:
    """(wᵏ − anchor)/k and its integral from 0, k = 1 − p, with digits to spare."""
    k, w = 1 - Decimal(model.exponent), Decimal(w)
    if not k:
        return w.ln(), w * w.ln() - w
    raised = w**k
    return (raised - anchor) / k, (w * raised / (1 + k) - anchor * w) / k


@pytest.mark.parametrize("slight", NEAR_AND_FAR)
def test_duals_and_potentials_of_nearly_depth_two_keep_their_digits(slight):
    model = near(2, slight)
    pairs = np.stack([WEIGHTS, WEIGHTS[::-1]], axis=-1)
    with localcontext(prec=80):
        anchor = int(abs(1 - model.exponent) < 0.01)
        q, each = np.array([exactly(model, w, anchor) for w in WEIGHTS], dtype=object).T
        n = [Decimal(part) for part in LINE.normal.tolist()]
        kept = [float(n[1] * one - n[0] * other) for one, other in zip(q, q[::-1], strict=True)]
        both = [float(one + other) for one, other in zip(each, each[::-1], strict=True)]
    size = np.abs(q.astype(float))
    np.testing.assert_allclose(dual(model, WEIGHTS), q.astype(float), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(primal(model, dual(model, WEIGHTS)), WEIGHTS, rtol=1e-12)
    np.testing.assert_allclose(potential(model, pairs), both, rtol=1e-13)
    error = line_invariant(LINE, model, pairs) - kept
    assert np.all(np.abs(error) <= 1e-14 * (size + size[::-1]))


@two
def test_duals_and_potentials_of_nearly_depth_two_are_those_of_depth_two(slight):
    model, w = near(2, slight), np.array([(0.1, 0.2), (4.0, 1.5), (8.0, 7.0)])
    for what in (dual, potential, lambda model, w: line_invariant(LINE, model, w)):
        is_near(what(model, w), what(Deep(2), w), slight)
    is_near(primal(model, dual(Deep(2), w)), w, slight)


@two
def test_potentials_of_nearly_infinite_depth_are_those_of_the_exponential(slight):
    deep, infinite = Deep(1 / abs(slight)), Deep(math.inf)
    for w in ((4.0, 1.5), (0.1, 0.2), (1e-6, 30.0)):
        is_near(potential(deep, w), potential(infinite, w), slight)


@pytest.mark.parametrize("depth", [2 / (1 + 1e-9), 2 / (1 - 1e-9), 2, 2.01, 1.5, 1e6, math.inf])
def test_a_divergence_is_that_of_the_potential(depth):
    model, w, start = Deep(depth), np.array((4.0, 1.5)), np.array(START)
    slope = np.sum(dual(model, start) * (w - start))
    told = potential(model, w) - potential(model, start) - slope
    assert divergence(model, w, start) == pytest.approx(told, rel=1e-12)


def test_below_nothing_there_is_a_dual_only_for_depths_that_cross():
    for depth in (2.0, 2 + 1e-6, 4.0, math.inf):
        assert np.all(np.isnan(dual(Deep(depth), (-1.0, -2.0))))
        assert np.isnan(potential(Deep(depth), (-1.0, 2.0)))
    crossing = Deep(2 - 1e-6)
    w = np.array([-2.0, -0.5, 0.0, 3.0])
    np.testing.assert_allclose(primal(crossing, dual(crossing, w)), w, rtol=1e-8)


@two
def test_the_divergence_of_nearly_infinite_depth_is_that_of_the_exponential(slight):
    deep = Deep(1 / abs(slight))
    is_near(divergence(deep, (4, 1.5), START), divergence(Deep(math.inf), (4, 1.5), START), slight)


def test_the_learning_integral_is_right_where_its_first_power_is_nearly_none():
    """Against ∫dx/(xᵖ(1 − x)) with x = eᵘ, which needs no power apart."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for p in (0.9901, 0.9899, 1.0099, 1.0101, 1.5, 2.0099, 2.0101, -0.0099, 0.0099, 0.0101):
        for ends in ((0.02, 0.3), (1.5, 9.0)):
            low, high = np.log(ends)
            u = 0.5 * (low + high + (high - low) * nodes)
            area = 0.5 * (high - low) * np.sum(weights * np.exp((1 - p) * u) / -np.expm1(u))
            assert np.diff(learned(ends, p))[0] == pytest.approx(area, rel=1e-12)


@pytest.mark.parametrize("k", [0.0098, 0.0102])
def test_an_axis_is_left_and_crossed_at_its_time_on_both_sides_of_the_change(k):
    """From 0, w₁ is (k E)^(1/k) at first."""
    model = Deep(1 / (0.5 + k / 2))
    flow = GradientFlow(LineLoss(-1, 0, 2), model)
    w = integrate(flow, (0.0, 1.0), [0.0, 0.4 / k])[-1]  # E = 2 t, for w₁ is nearly 0
    assert w[0] == pytest.approx(0.8 ** (1 / k), rel=1e-6)
    away = LineLoss(1, 0, 2)
    time = exit_time(away, model, (0.3, 1.0))
    w = integrate(GradientFlow(away, model), (0.3, 1.0), [0.0, 0.99 * time, 1.01 * time])
    assert w[1, 0] >= 0 >= w[2, 0]
    paced = integrate(EvenPace(GradientFlow(LINE, model)), (0.0, 1.0), [0.0, 1.0])[-1]
    assert np.linalg.norm(paced - (0, 1)) == pytest.approx(1.0, abs=0.05)
