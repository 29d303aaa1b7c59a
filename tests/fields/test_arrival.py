"""Times on the way to the line, and three scalings of time."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    GradientFlow,
    InversePower,
    LineLoss,
    PointLoss,
    arrival_time,
    even_rate,
    exit_time,
    integrate,
    post_rate,
)

LINE = LineLoss(-1, -2, 15)


@pytest.mark.parametrize("depth", [1, 1.5, 2, 4, math.inf, 0.5])
@pytest.mark.parametrize("start", [(0.5, 0.7), (6.0, 8.0)])
def test_arrival_times_are_those_of_the_flow(depth, start):
    for fraction in (0.5, 0.01):
        time = arrival_time(LINE, Deep(depth), start, fraction)
        w = integrate(GradientFlow(LINE, Deep(depth)), start, [0.0, time], rtol=1e-13)
        e = LINE.residual(w)
        np.testing.assert_allclose(e[1] / e[0], fraction, rtol=1e-8)


def test_the_identity_arrives_exponentially():
    np.testing.assert_allclose(arrival_time(LINE, Deep(1), [1, 1], 1e-3), math.log(1e3), rtol=1e-10)


@pytest.mark.parametrize("depth", [0.5, 1, 1.5])
def test_exit_times_are_where_a_weight_is_nought(depth):
    start = np.array([0.1 if depth <= 1 else 1e-4, 9.9])
    time = exit_time(LINE, Deep(depth), start)
    w = integrate(GradientFlow(LINE, Deep(depth)), start, time * np.array([0, 1 - 1e-6, 1 + 1e-6]))
    assert w[1, 0] > 0 > w[2, 0]


def test_most_starts_never_leave():
    assert exit_time(LINE, Deep(1), [1.0, 1.0]) == math.inf
    assert exit_time(LINE, Deep(2), [1e-9, 9.9]) == math.inf
    assert exit_time(LINE, Deep(math.inf), [1e-9, 9.9]) == math.inf
    with pytest.raises(ValueError, match="the fraction is 2"):
        arrival_time(LINE, Deep(2), [1, 1], 2)


def test_three_scalings():
    loss, w = PointLoss(), np.array([2.0, 5.0])
    for parameterization, power in ((Deep(3), 3), (Deep(0.5), 0.5), (InversePower(2), -2)):
        post = GradientFlow(loss, parameterization, post_rate(parameterization)).velocity(w)
        slope = power * w ** (1 - 1 / power)  # of u ↦ uᵏ
        np.testing.assert_allclose(post, slope**2 * (loss.target - w), rtol=1e-13)
    assert post_rate(Deep(math.inf)) == 1.0
    at = [4.0, 4.0]
    for depth in (0.5, 1, 2, 7, math.inf):
        even = GradientFlow(loss, Deep(depth), even_rate(Deep(depth), 4.0)).velocity(at)
        np.testing.assert_allclose(even, [-1, 2], rtol=1e-14)
