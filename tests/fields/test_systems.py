"""Systems beyond two weights of one sign: modes, regimes, and loss that falls for ever."""

import math

import numpy as np
import pytest

from fields import GradientDescent, GradientFlow, LineLoss, Turns, integrate, least_norm, train
from fields.data.classification import ExponentialLoss
from fields.data.examples import examples
from fields.parameterization.difference import Difference
from fields.systems.log_time import LogTimeFlow, one_datum
from fields.systems.margin import max_margin
from fields.systems.modes import mode, staircase, unbalanced_mode
from fields.systems.regime import (
    Exponential,
    RegimeFlow,
    hypentropy,
    regime_landing,
    regime_path,
)

LINE = LineLoss(-1, -2, 15)
TIMES = np.linspace(0.0, 3.0, 31)


def rk4(velocity, start, times, steps=400):
    """States (m, k) by small steps of the classical method."""
    out, z = [np.array(start, float)], np.array(start, float)
    for h in np.diff(times) / steps:
        for _ in range(steps):
            a = velocity(z)
            b = velocity(z + h / 2 * a)
            c = velocity(z + h / 2 * b)
            z = z + h / 6 * (a + 2 * b + 2 * c + velocity(z + h * c))
        out.append(z)
    return np.array(out)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_a_mode_is_what_balanced_layers_make_of_it(depth):
    s, first = 2.5, 0.2 ** (1 / depth)

    def velocity(layers):
        u = np.prod(layers)
        return (s - u) * u / layers

    layers = rk4(velocity, [first] * depth, TIMES[:11], 100)
    np.testing.assert_allclose(
        mode(s, 0.2, TIMES[:11], depth=depth), np.prod(layers, axis=1), rtol=1e-9
    )


def test_a_mode_of_two_layers_is_logistic():
    expected = 3.0 / (1 + (3.0 / 0.01 - 1) * np.exp(-6.0 * TIMES))
    np.testing.assert_allclose(mode(3.0, 0.01, TIMES), expected, rtol=1e-12)
    both = mode([3.0, 1.0], [[0.01], [0.1]], TIMES)
    assert both.shape == (2, 2, 31)
    np.testing.assert_allclose(both[0, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("layers", [(1.0, 0.1), (0.1, 1.0), (0.5, 0.3), (2.0, 2.0001), (1.0, -0.4)])
def test_unbalanced_layers_keep_the_difference_of_their_squares(layers):
    s = 1.5

    def velocity(z):
        return (s - z[0] * z[1]) * z[::-1]

    path = rk4(velocity, layers, TIMES[:16], 60)
    np.testing.assert_allclose(path[:, 0] ** 2 - path[:, 1] ** 2, layers[0] ** 2 - layers[1] ** 2)
    np.testing.assert_allclose(
        unbalanced_mode(s, layers, TIMES[:16]), path.prod(axis=1), rtol=2e-8, atol=1e-10
    )


@pytest.mark.parametrize("size", [0.3, 1e-4, 1e-8])
def test_layers_that_are_nearly_balanced_learn_as_balanced_ones(size):
    """With b = a(1 + ε) the mode is that of u₀ = ab, but for ε²."""
    s, times = 1.5, np.linspace(0.0, 40.0, 81)
    balanced = mode(s, size * size * (1 + 1e-9), times)
    found = unbalanced_mode(s, (size, size * (1 + 1e-9)), times)
    np.testing.assert_allclose(found, balanced, rtol=1e-12)
    assert found[-1] == pytest.approx(s, rel=1e-12)


def test_an_unbalanced_mode_begins_where_its_layers_are():
    for layers in [(1e-8, 2e-8), (3.0, -1e-9), (1e8, 1.0), (5.0, -5.0000001), (2.0, 0.0)]:
        begin, end = unbalanced_mode(3.0, layers, [0.0, 1e3])
        assert begin == pytest.approx(layers[0] * layers[1], rel=1e-14)
        assert end == pytest.approx(3.0, rel=1e-14)


def test_ever_smaller_starts_make_a_staircase():
    strengths, tau = [4.0, 2.0, 1.0], np.array([0.2, 0.3, 0.45, 0.6, 0.9, 1.1])
    steps = staircase(strengths, tau)
    np.testing.assert_array_equal(np.sum(steps > 0, axis=0), [0, 1, 1, 2, 2, 3])
    np.testing.assert_allclose(staircase(strengths, tau, delta=300.0), steps, atol=1e-12)
    delta = 3.0
    for s, row in zip(strengths, staircase(strengths, tau, delta=delta), strict=True):
        np.testing.assert_allclose(row, mode(s, math.exp(-2 * delta), delta * tau), rtol=1e-10)
    assert np.isfinite(staircase(strengths, [0.0, 1e6], delta=1e4)).all()


@pytest.mark.parametrize(
    ("scale", "first", "second"),
    [
        (3.0, 2.96794, 6.01603),
        (1.0, 2.17221, 6.41390),
        (0.1, 0.27101, 7.36450),
        (1e-3, 0.00274, 7.49863),
    ],
)
def test_the_size_of_the_start_alone_turns_one_norm_into_another(scale, first, second):
    model = Difference(scale)
    w = regime_landing(LINE, model)
    np.testing.assert_allclose(w, (first, second), atol=6e-6)
    assert abs(LINE.residual(w)) < 1e-14
    along = np.array([2.0, -1.0]) / math.sqrt(5)
    around = w + np.linspace(-0.5, 0.5, 11)[:, None] * along
    assert np.argmin(hypentropy(model, around)) == 5, "of the line's places it has the least Q"


def test_the_regimes_have_limits():
    np.testing.assert_allclose(
        regime_landing(LINE, Difference(1e3)), least_norm(LINE, 2), rtol=1e-6
    )
    assert regime_landing(LINE, Difference(1e-100))[0] < 1e-40
    w = np.array([[0.3, -2.0], [1.0, 4.0]])
    size = np.sum(w * w, axis=-1)
    np.testing.assert_allclose(hypentropy(Difference(1e3), w), size / 4e6, rtol=1e-6)
    ratio = hypentropy(Difference(1e-80), w) / (math.log(1e160) * np.abs(w).sum(axis=-1))
    np.testing.assert_allclose(ratio, 1.0, atol=0.01)


@pytest.mark.parametrize("scale", [2.0, 0.3])
def test_training_both_squares_lands_where_the_regime_says(scale):
    run = train(
        LINE, Difference(scale), GradientDescent(2e-4), (0.0, 0.0), steps=40_000, every=40_000
    )
    np.testing.assert_allclose(run.end[0], regime_landing(LINE, Difference(scale)), atol=4e-3)


def test_what_is_trained_tells_the_weights_of_either_sign():
    model, w = Difference(0.1), np.array([[3.0, -7.0], [0.0, 1e-6], [-1e4, 2.0]])
    u = model.parameters(w)
    np.testing.assert_allclose(model.weights(u), w, rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(u[:, :2] * u[:, 2:], 0.01, rtol=1e-13)
    g = np.array([[1.0, -2.0], [0.5, 3.0], [1.0, 1.0]])
    J = model.jacobian(w)
    np.testing.assert_allclose(
        model.precondition(w, g), np.einsum("kij,klj,kl->ki", J, J, g), rtol=1e-13
    )
    np.testing.assert_allclose(model.pull(u, g), np.einsum("kij,ki->kj", J, g), rtol=1e-12)


def test_one_datum_in_the_logarithm_of_time():
    x, start, tau = np.array([3.0, 4.0]), np.array([0.1, -0.2]), np.array([-40.0, 0.0, 5.0, 900.0])
    path = one_datum(x, start, tau)
    np.testing.assert_allclose(path[0], start, atol=1e-12)
    expected = np.log(25 * np.exp(tau[1:3]) + np.exp(x @ start))
    np.testing.assert_allclose(path[1:3] @ x, expected, rtol=1e-12)
    assert path[3] @ x == pytest.approx(900 + math.log(25), rel=1e-14)
    across = np.array([4.0, -3.0])
    np.testing.assert_allclose(path @ across, start @ across, atol=1e-9)


def test_the_direction_turns_to_the_max_margin_as_slowly_as_one_over_the_logarithm_of_time():
    data = examples([(1.0, 2.0), (2.0, 0.5), (-3.0, -1.0)], [1, 1, -1])
    flow, best = LogTimeFlow(ExponentialLoss(data)), max_margin(data)
    tau = np.array([-10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0])
    w = integrate(flow, (0.0, 0.0), tau)[1:]
    angles = np.arctan2(w[:, 1], w[:, 0]) - np.arctan2(best[1], best[0])
    product = angles * tau[1:]
    np.testing.assert_allclose(product[-2:], product[-1], rtol=0.02)
    assert 0.1 < abs(product[-1]) < 5
    np.testing.assert_allclose(w[-1] / 640.0, best, atol=0.01)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Difference(0.0), "the scale α is 0.0; give a number above 0"),
        (lambda: mode(0.0, 0.1, TIMES), "must be above 0"),
        (lambda: mode(1.0, 0.1, TIMES, depth=0), "the depth is 0"),
        (lambda: unbalanced_mode(1.0, (0.5, 0.5), TIMES), "give two layers of different sizes"),
        (lambda: unbalanced_mode(1.0, (math.inf, 0.5), TIMES), "all are to be finite"),
        (lambda: unbalanced_mode(1.0, (0.5, 0.4), -TIMES), "unbalanced_mode: the times are"),
        (lambda: mode(1.0, 0.1, 2.0), "mode: the times are 2.0; give numbers from 0 on"),
        (lambda: mode(1.0, 0.1, [0.0, math.nan]), "mode: the times are"),
        (lambda: staircase([2.0, 0.0], TIMES, delta=9.0), "strengths and δ must be above 0"),
        (lambda: staircase([2.0, 1.0], TIMES, delta=-1.0), "strengths and δ must be above 0"),
        (lambda: staircase([2.0, 1.0], 1.0), "staircase: the times are 1.0"),
        (lambda: one_datum((0.0, 0.0), (1.0, 1.0), TIMES), "one_datum: the datum is"),
    ],
)
def test_what_makes_no_sense_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("scale", [2.0, 0.3, 1e-3])
def test_the_flow_of_both_squares_lands_where_the_regime_says(scale):
    model = Difference(scale)
    flow = GradientFlow(LINE, model)
    end = integrate(flow, (0.0, 0.0), [0.0, 1e4])[-1]
    np.testing.assert_allclose(end, regime_landing(LINE, model), rtol=1e-8)
    path = regime_path(LINE, model, count=400)
    np.testing.assert_array_equal(path[[0, -1]], [(0, 0), regime_landing(LINE, model)])
    passed = integrate(flow, (0.0, 0.0), np.linspace(0.0, 2.0, 30))
    away = np.min(np.linalg.norm(passed[:, None] - path, axis=-1), axis=1)
    assert np.all(away < 0.51 * np.linalg.norm(path[1] - path[0]) + 1e-3)


def test_a_scale_that_changes_is_at_each_instant_that_of_its_flow():
    slide = Exponential(Turns([1.0, 3.0], np.log([3.0, 0.1])))
    flow = RegimeFlow(LINE, slide)
    for time, scale in ((0.0, 3.0), (2.0, math.sqrt(0.3)), (5.0, 0.1)):
        fixed = GradientFlow(LINE, Difference(scale))
        w = np.array([[0.3, -2.0], [1.0, 4.0]])
        np.testing.assert_allclose(flow.velocity(w, time), fixed.velocity(w), rtol=1e-12)
    assert flow.breaks == (1.0, 3.0)
