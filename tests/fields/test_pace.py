"""Another pace leaves the curves, and rests where the loss does."""

from __future__ import annotations

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    HeldFlow,
    MorphingFlow,
    PointLoss,
    Polar,
    Slide,
    integrate,
)

LOSS = PointLoss((3.0, 6.0))
W = np.array([[0.4, 0.7], [9.0, 2.0], [2.9, 6.2], [3.001, 5.998]])


@pytest.mark.parametrize("parameterization", [Deep(1), Deep(4), Deep(np.inf), Deep(0.25), Polar()])
def test_a_pace_measured_by_the_loss(parameterization: object) -> None:
    flow = GradientFlow(LOSS, parameterization)
    paced = EvenPace(flow, 2.0, 0.3, LOSS).velocity(W)
    v = flow.velocity(W)
    assert paced[:, 0] * v[:, 1] == pytest.approx(paced[:, 1] * v[:, 0], rel=1e-12)
    g = np.linalg.norm(LOSS.gradient(W), axis=1)
    assert np.linalg.norm(paced, axis=1) == pytest.approx(2 * g / np.hypot(g, 0.3), rel=1e-12)
    assert np.all(np.sum(paced * v, axis=1) > 0)


@pytest.mark.parametrize("loss", [None, LOSS])
def test_a_morphing_flow_is_paced_as_one_that_is_asked_from_outside(loss: PointLoss | None) -> None:
    """To the last bit: ``EvenPace`` shares a morphing flow's weights, and not those of another."""
    flow = MorphingFlow(LOSS, Slide(1, 0, 0, 4), 1.7)
    z = flow.chart.enter(np.vstack([W, [0.0, 2.0]]))
    at_once = EvenPace(flow, 1.1, 0.3, loss).drift(z, 1.5)
    other = EvenPace(HeldFlow(flow, 9.0), 1.1, 0.3, loss).drift(z, 1.5)
    np.testing.assert_array_equal(at_once, other)


def test_a_paced_path_is_the_same_curve() -> None:
    flow = GradientFlow(LOSS, Deep(2))
    path = integrate(EvenPace(flow, 1.0, 0.3, LOSS), (0.5, 0.5), np.linspace(0, 8, 50), rtol=1e-11)
    # a first integral of N = 2: (ln x/(1 − x))₁/w₁* = (…)₂/w₂* + const
    x = path[:40] / LOSS.target
    level = np.log(x / (1 - x)) / LOSS.target
    assert np.ptp(level[:, 0] - level[:, 1]) < 1e-8


def test_a_speed_whose_square_is_no_number_keeps_its_direction():
    """Next to an axis, fields of depth below 1 are finite and larger than any square root."""
    flow = EvenPace(GradientFlow(PointLoss((0.0, 6.0)), Deep(0.2)), 2.0, 0.05)
    near = np.array([[1e-19, 1.0], [1e-19, 1e-19], [1e-39, 1.0]])
    v = flow.velocity(near)
    np.testing.assert_allclose(np.hypot(v[:, 0], v[:, 1]), 2.0, rtol=1e-12)
    assert v[0, 1] == 0.0 or abs(v[0, 1]) < 1e-100
