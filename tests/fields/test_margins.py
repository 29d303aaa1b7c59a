"""Margins: in ln t, of plain, diagonal and convolutional networks, and where no line parts."""

import math

import numpy as np
import pytest

from fields import Deep, GradientFlow, LineLoss, integrate
from fields.data.classification import ExponentialLoss, LogisticLoss, is_separable
from fields.data.examples import examples
from fields.parameterization.convolution import Convolutional
from fields.systems.log_time import LogTimeFlow, MarginPlaneFlow, log_time_path, one_datum
from fields.systems.margin import max_margin, remainder, support

TWO = examples([(1.0, 2.0), (-1.2, -1.5)], [1, -1])
THREE = examples([(1.0, 2.0), (2.0, 0.5), (-3.0, -1.0)], [1, 1, -1])
MIXED = examples([(1.0, 2.0), (2.0, 0.5), (-3.0, -1.0), (-1.0, -0.5)], [1, 1, -1, 1])
DEEP = LogTimeFlow(ExponentialLoss(TWO), Deep(2), 4.0)
LATE = np.array([-40.0, 20.0, 200.0, 1000.0])


def share(w):
    return w[..., 0] / w.sum(axis=-1)


def test_depth_picks_the_norm_of_the_margin():
    np.testing.assert_allclose(max_margin(TWO), (0.3252, 0.4065), atol=5e-5)
    np.testing.assert_allclose(max_margin(TWO, 1), (0.0, 2 / 3), atol=1e-9)
    np.testing.assert_allclose(max_margin(TWO, np.inf), (1 / 2.7, 1 / 2.7), rtol=1e-9)


def test_plain_weights_go_to_the_margin_of_least_size():
    w = integrate(LogTimeFlow(ExponentialLoss(TWO)), (0.09, 0.09), LATE)[1:]
    np.testing.assert_allclose(share(w)[[0, 2]], (0.4219, 0.4439), atol=1e-4)
    assert share(max_margin(TWO)) == pytest.approx(0.4444, abs=1e-4)


def test_the_deep_direction_creeps_to_the_sparse_one():
    w = integrate(DEEP, (0.09, 0.09), LATE)[1:]
    np.testing.assert_allclose(share(w), (0.17, 0.12, 0.089), atol=5e-3)


def test_the_deep_direction_falls_as_a_power_of_the_logarithm_of_time():
    """On an edge that w₂ keeps at one point x, w₁/w₂ falls as (ln t)^(x₁/x₂ − 1)."""
    flow = LogTimeFlow(ExponentialLoss(TWO), Deep(2))
    tau = np.array([1e3, 1e4])
    w = integrate(flow, (1e-6, 1e-6), np.append(-40.0, tau), rtol=1e-8)[1:]
    ratio = w[:, 0] / w[:, 1]
    slope = math.log(ratio[1] / ratio[0]) / math.log(tau[1] / tau[0])
    assert slope == pytest.approx(1.2 / 1.5 - 1, abs=2e-3)


@pytest.mark.parametrize("start", [(0.15, 0.2), (0.4, 0.1)])
def test_convolutions_go_to_one_frequency(start):
    w = integrate(LogTimeFlow(ExponentialLoss(TWO), Convolutional()), start, LATE)[1:]
    np.testing.assert_allclose(share(w)[-1], 0.5, atol=1e-3)
    assert np.all(np.diff(np.abs(share(w) - 0.5)) < 0)


def test_convolution_is_the_deep_field_turned_by_45_degrees():
    turn = np.array([[1.0, 1.0], [1.0, -1.0]]) / math.sqrt(2)
    w, g = np.array([(3.0, 1.0), (5.0, 0.2)]), np.array([(1.0, -2.0), (0.3, 0.7)])
    deep = Deep(2).precondition(w @ turn, g @ turn) @ turn
    np.testing.assert_allclose(Convolutional().precondition(w, g), 2 * math.sqrt(2) * deep)
    line = LineLoss(-1, -2, 15)
    end = integrate(GradientFlow(line, Convolutional()), (1e-5, 1.1e-5), [0.0, 100.0])[-1]
    np.testing.assert_allclose(end, (5.0, 5.0), atol=0.02)


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("d", [2, 3, 4])
def test_a_convolutional_network_is_what_it_says(layers, d):
    model, rng = Convolutional(layers), np.random.default_rng(3)
    w, g = rng.normal(size=(2, 5, d))
    u = model.parameters(w)
    np.testing.assert_allclose(model.weights(u), w, atol=1e-13)
    J = model.jacobian(w)
    np.testing.assert_allclose(
        model.precondition(w, g), np.einsum("kij,klj,kl->ki", J, J, g), atol=1e-12
    )
    np.testing.assert_allclose(model.pull(u, g), np.einsum("kij,ki->kj", J, g), atol=1e-12)
    first, second = rng.normal(size=(2, d))
    by_hand = [sum(first[j] * second[(i - j) % d] for j in range(d)) for i in range(d)]
    kernels = np.concatenate([first, second])
    np.testing.assert_allclose(Convolutional(2).weights(kernels), by_hand, atol=1e-13)
    h = 1e-6
    moved = [(model.weights(u[0] + h * e) - model.weights(u[0] - h * e)) / (2 * h)
             for e in np.eye(layers * d)]  # fmt: skip
    np.testing.assert_allclose(J[0].T, moved, atol=1e-8)


def test_trained_kernels_move_as_the_weights_do():
    """Small steps of both kernels, against the flow of w = u ∗ v alone."""
    line, model = LineLoss(-1, -2, 5), Convolutional()
    u, h = model.parameters([0.3, 0.8]), 1e-4
    for _ in range(2000):
        middle = u - h / 2 * model.pull(u, line.gradient(model.weights(u)))
        u = u - h * model.pull(middle, line.gradient(model.weights(middle)))
    end = integrate(GradientFlow(line, model), (0.3, 0.8), [0.0, 0.2])[-1]
    np.testing.assert_allclose(model.weights(u), end, rtol=1e-6)
    sizes = np.abs(np.fft.fft(u.reshape(2, 2)))
    np.testing.assert_allclose(sizes[0], sizes[1], rtol=1e-6)  # balanced as at first


def test_layers_are_a_whole_number():
    with pytest.raises(ValueError, match="the layers are 0; give a whole number"):
        Convolutional(0)


@pytest.mark.parametrize("kind", [ExponentialLoss, LogisticLoss])
def test_a_path_in_the_logarithm_of_time_is_that_of_its_flow(kind):
    loss, tau = kind(THREE), np.array([-40.0, 0.0, 3.0, 30.0])
    path = log_time_path(loss, [(0.0, 0.0), (1.0, -2.0)], tau[1:])
    for start, found in zip([(0.0, 0.0), (1.0, -2.0)], path, strict=True):
        expected = integrate(LogTimeFlow(loss), start, tau)[1:]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


def test_one_point_is_followed_to_all_digits():
    x, start, tau = (3.0, 4.0), (0.1, -0.2), np.array([0.0, 5.0, 900.0])
    twice = examples([x, (-3.0, -4.0)], [1, -1])  # in half the time
    path = log_time_path(ExponentialLoss(twice), start, tau)
    expected = one_datum(x, start, tau + math.log(2))
    np.testing.assert_allclose(path, expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("thin", [0.1, 1e-3])
def test_thin_margins_are_followed_too(thin):
    data = examples([(1.0, thin), (1.0, -thin)], [1, -1])
    w = log_time_path(ExponentialLoss(data), [(0.0, 0.0), (2.0, -1.0)], [1e3])[:, 0]
    np.testing.assert_allclose(w / 1e3, [max_margin(data)] * 2, rtol=0.02, atol=1e-3)


def test_the_angle_times_the_logarithm_of_time_is_known_beforehand():
    best, rest = max_margin(THREE), remainder(THREE)
    np.testing.assert_array_equal(support(THREE), [0, 1])
    w = log_time_path(ExponentialLoss(THREE), [(0.0, 0.0), (2.0, -3.0)], [1e3, 1e4])
    np.testing.assert_allclose(w[:, -1] - best * 1e4, [rest] * 2, atol=1e-3)
    angle = np.arctan2(w[..., 1], w[..., 0]) - np.arctan2(best[1], best[0])
    limit = (best[0] * rest[1] - best[1] * rest[0]) / (best @ best)
    assert limit == pytest.approx(0.506, abs=1e-3)
    np.testing.assert_allclose(angle[:, -1] * 1e4, limit, rtol=2e-3)


def test_what_depends_on_the_start_is_said():
    with pytest.raises(ValueError, match="1 support vectors in 2 dimensions"):
        remainder(TWO)


def test_where_no_line_parts_them_weights_come_to_rest():
    assert not is_separable(MIXED)
    loss = ExponentialLoss(MIXED)
    w = log_time_path(loss, [(0.0, 0.0), (2.0, 1.0)], [0.0, 8.0, 12.0])
    np.testing.assert_allclose(loss.gradient(w[:, -1]), 0.0, atol=1e-8)
    np.testing.assert_allclose(w[0, -1], w[1, -1], rtol=1e-6)
    assert np.log(loss.value(w[0, -1])) > 0


@pytest.mark.parametrize("model", [None, Deep(2), Convolutional()])
def test_the_plane_of_margins_is_the_flow_over_the_logarithm_of_time(model):
    loss, tau, h = ExponentialLoss(TWO), 20.0, 1e-4
    path = integrate(LogTimeFlow(loss, model), (0.15, 0.2), [-40.0, tau - h, tau, tau + h])[1:]
    y = path / np.array([[tau - h], [tau], [tau + h]])
    flow = MarginPlaneFlow(loss, lambda time: np.full(np.shape(time), tau), model)
    np.testing.assert_allclose(flow.velocity(y[1]), tau * (y[2] - y[0]) / (2 * h), atol=1e-5)


def test_the_plane_of_margins_at_its_ends():
    flow = MarginPlaneFlow(ExponentialLoss(TWO), lambda time: np.full(np.shape(time), 1000.0))
    np.testing.assert_allclose(flow.velocity([0.9, 0.9]), (-0.9, -0.9))  # all margins are kept
    low = flow.velocity([0.0, 0.0])  # none is: along both points alike
    assert np.isfinite(low).all() and low[1] / low[0] == pytest.approx(3.5 / 2.2)


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e-6, 1e6, 1e200])
@pytest.mark.parametrize("order", [1.0, 1.5, 2.0, 3.0, np.inf])
def test_a_margin_does_not_depend_on_the_unit_of_the_examples(size, order):
    points, labels = np.array([[1.0, 2.0], [1.2, 1.5], [-1.0, -2.5]]), [1.0, 1.0, -1.0]
    scaled = examples(size * points, labels)
    assert is_separable(scaled)
    wanted = max_margin(examples(points, labels), order)
    np.testing.assert_allclose(max_margin(scaled, order) * size, wanted, rtol=1e-6, atol=1e-7)


def test_one_small_example_among_large_ones_is_separated_as_well():
    assert is_separable(examples([[1.0, 0.0], [-1e-12, -1e-12]], [1.0, -1.0]))
    assert not is_separable(examples([[1.0, 0.0], [1e-12, 0.0]], [1.0, -1.0]))
