"""What every parameterization promises. To add yours, add its name to the list."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    Elementwise,
    EvenPace,
    Frozen,
    GradientFlow,
    InversePower,
    LineLoss,
    Log,
    Monomial,
    Own,
    PointLoss,
    Polar,
    formula,
    integrate,
)
from fields.chart import spot

PARAMETERIZATIONS = [
    Deep(1),
    Deep(1.5),
    Deep(2),
    Deep(3),
    Deep(4),
    Deep(6),
    Deep(1000),
    Deep(math.inf),
    Deep(0.5),
    Deep(0.2),
    InversePower(1),
    Monomial(1),
    Monomial(2),
    Monomial(3),
    InversePower(2.5),
    Log(),
    Polar(),
    formula("u^3 + u"),
    formula("exp(u)"),
    formula("2 u^2", guess=(2, 2)),
    formula("r cos(t), r sin(t)", guess=(3.0, 0.8)),
    Own(lambda u: u**3),
]

LOSSES = [PointLoss((3, 6)), PointLoss((0, 2)), LineLoss(-1, -2, 15), LineLoss(1, 0, -4)]

PLACES = np.array([(0.3, 0.2), (1, 1), (0.5, 4), (3, 6), (2.5, 0.7), (7, 2)])
"""Weights of each of the regimes: below one and above it, balanced and not."""


def name(value: object) -> str:
    """Short, and the same in every process."""
    kind, depth = type(value).__name__, getattr(value, "depth", None)
    return kind if depth is None else f"{kind}-{depth:.4g}"


every = pytest.mark.parametrize("parameterization", PARAMETERIZATIONS, ids=name)


def central(function, u, steps):
    """∂f/∂u of order 6, with a step for each u, shape (2, 2)."""
    columns = []
    for h, direction in zip(steps, np.eye(2), strict=True):
        odd = sum(
            weight * (function(u + k * h * direction) - function(u - k * h * direction))
            for k, weight in ((1, 45), (2, -9), (3, 1))
        )
        columns.append(odd / (60 * h))
    return np.stack(columns, axis=-1)


def small_steps(parameterization, w):
    """Steps of each u that move the weights by about a thousandth of themselves."""
    return 1e-3 * np.min(w) / np.max(np.abs(parameterization.jacobian(w)), axis=0)


@every
def test_there_and_back_again(parameterization):
    np.testing.assert_allclose(
        parameterization.weights(parameterization.parameters(PLACES)), PLACES, rtol=2e-13
    )


@every
def test_back_and_there_again(parameterization):
    u = parameterization.parameters(PLACES)
    again = parameterization.parameters(parameterization.weights(u))
    np.testing.assert_allclose(again, u, rtol=1e-12, atol=1e-12)


@every
def test_jacobian_is_how_weights_change_with_parameters(parameterization):
    for w in PLACES:
        numeric = central(
            parameterization.weights,
            parameterization.parameters(w),
            small_steps(parameterization, w),
        )
        J = parameterization.jacobian(w)
        np.testing.assert_allclose(numeric, J, rtol=1e-9, atol=1e-9 * np.max(np.abs(J)))


@every
def test_preconditioner_is_the_jacobian_times_its_transpose(parameterization):
    J = parameterization.jacobian(PLACES)
    for g in ([1.0, 0.0], [0.0, 1.0], [-2.0, 0.7]):
        expected = np.einsum("kij,klj,l->ki", J, J, g)
        np.testing.assert_allclose(
            parameterization.precondition(PLACES, g), expected, rtol=1e-13, atol=1e-13
        )


@every
def test_preconditioner_is_symmetric_and_positive(parameterization):
    rng = np.random.default_rng(3)
    g, h = rng.normal(size=(2, len(PLACES), 2))
    there = np.sum(h * parameterization.precondition(PLACES, g), axis=-1)
    back = np.sum(g * parameterization.precondition(PLACES, h), axis=-1)
    np.testing.assert_allclose(there, back, rtol=1e-12)
    assert np.all(np.sum(g * parameterization.precondition(PLACES, g), axis=-1) > 0)


ELEMENTWISE = [one for one in PARAMETERIZATIONS if isinstance(one, Elementwise)]


@pytest.mark.parametrize("parameterization", ELEMENTWISE, ids=name)
def test_an_elementwise_jacobian_is_diagonal(parameterization):
    J = parameterization.jacobian(PLACES)
    np.testing.assert_array_equal(J, parameterization.slope(PLACES)[..., None] * np.eye(2))


def train(parameterization, loss, w, duration, steps):
    """Where training u by its definition, u̇ = −∇ᵤ ℓ(w(u)), takes the weights: RK4 in u."""

    def pull(u):
        J = central(parameterization.weights, u, steps_of_u)
        return -np.einsum("ji,j->i", J, loss.gradient(parameterization.weights(u)))

    u, h = parameterization.parameters(w), duration / steps
    steps_of_u = small_steps(parameterization, w)
    for _ in range(steps):
        a = pull(u)
        b = pull(u + h / 2 * a)
        c = pull(u + h / 2 * b)
        d = pull(u + h * c)
        u = u + h / 6 * (a + 2 * b + 2 * c + d)
    return parameterization.weights(u)


@every
@pytest.mark.parametrize("loss", LOSSES, ids=name)
def test_training_the_parameters_moves_the_weights_as_the_field_says(parameterization, loss):
    flow = GradientFlow(loss, parameterization)
    for w in ([1.2, 0.8], [2.0, 3.0]):
        duration = 0.1 / max(1.0, np.max(np.abs(flow.velocity(w))))
        moved = integrate(flow, w, [0.0, duration])[-1]
        assert np.linalg.norm(moved - w) > 1e-3 * duration
        np.testing.assert_allclose(
            train(parameterization, loss, np.array(w), duration, 20), moved, rtol=1e-9
        )


@every
def test_drift_in_the_chart_is_the_velocity_of_the_weights(parameterization):
    flow = GradientFlow(PointLoss(), parameterization, rate=0.3)
    z = flow.chart.enter(PLACES)
    np.testing.assert_allclose(flow.chart.leave(z), PLACES, rtol=1e-13)
    np.testing.assert_allclose(
        flow.chart.push(z, flow.drift(z)), flow.velocity(PLACES), rtol=1e-12, atol=1e-12
    )


@every
def test_what_is_asked_of_a_spot_is_what_the_chart_answers(parameterization):
    """To the last bit, also on an axis, and so is the drift of a flow that asks more than that."""
    flow, loss = GradientFlow(PointLoss(), parameterization, rate=0.3), LineLoss(-1, -2, 15)
    chart = flow.chart
    w = PLACES
    if isinstance(parameterization, Deep):
        w = np.vstack([w, [(0.0, 2.0), (1.5, 0.0)]])
    z = chart.enter(w)
    dz, g, at = flow.drift(z), -flow.loss.gradient(w), spot(chart, z)
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(at.w, chart.leave(z))
        np.testing.assert_array_equal(at.push(dz), chart.push(z, dz))
        np.testing.assert_array_equal(at.pull(g), chart.pull(z, g))
        for paced in (None, loss):
            at_once = EvenPace(flow, 1.1, 0.3, paced).drift(z)
            one_by_one = EvenPace(Frozen(flow), 1.1, 0.3, paced).drift(z)
            np.testing.assert_array_equal(at_once, one_by_one)


@every
def test_places_batch_over_leading_axes(parameterization):
    w = PLACES.reshape(3, 2, 2)
    np.testing.assert_array_equal(
        parameterization.weights(parameterization.parameters(w)).reshape(-1, 2),
        parameterization.weights(parameterization.parameters(PLACES)),
    )
    assert parameterization.jacobian(w).shape == (3, 2, 2, 2)


@every
def test_whole_numbers_will_do(parameterization):
    np.testing.assert_array_equal(
        parameterization.precondition([2, 5], [1, -1]),
        parameterization.precondition([2.0, 5.0], [1.0, -1.0]),
    )


@every
@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_no_start_is_taken_that_is_no_number(parameterization, wrong):
    flow = GradientFlow(PointLoss(), parameterization)
    with pytest.raises(ValueError, match=r"particle 1 starts at .*, which no parameters reach"):
        integrate(flow, [PLACES[0], (wrong, 1.0)], [0.0, 1.0])
