"""Any number of weights, and trained variables that outnumber them."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

from fields import (
    AffinePlane,
    Deep,
    Difference,
    EvenPace,
    GradientFlow,
    MatrixProduct,
    MorphingFlow,
    OfWeights,
    Own,
    ParameterFlow,
    PointLoss,
    Slide,
    Stream,
    TargetLoss,
    TwoWeights,
    follow,
    integrate,
    point_solution,
)
from fields.data.examples import examples
from fields.data.regression import SquaredLoss
from fields.solve.march import march
from fields.systems.factorization import Completion

TIMES = np.linspace(0.0, 40.0, 41)


def exact(target, family, starts, times, rate):
    """Each weight on its own, in closed form."""
    columns = []
    for k, goal in enumerate(target):
        pair = np.repeat(starts[:, k, None], 2, axis=1)
        columns.append(
            point_solution(PointLoss((goal, goal)), family, pair, times, rate=rate)[..., 0]
        )
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("depth", [0.5, 1, 2, 4, math.inf])
@pytest.mark.parametrize("d", [1, 3, 12])
def test_each_weight_follows_its_closed_form(d, depth):
    target, family = tuple(np.linspace(6.0, 1.0, d)), Deep(depth)
    starts = np.random.default_rng(d).uniform(0.02, 8.0, (20, d))
    flow = GradientFlow(TargetLoss(target), family, rate=1 / 18)
    w = integrate(flow, starts, TIMES)
    assert w.shape == (20, len(TIMES), d)
    np.testing.assert_allclose(w, exact(target, family, starts, TIMES, 1 / 18), rtol=2e-9)
    np.testing.assert_array_equal(follow(flow, starts, 40.0).at(7.0), w[:, 7])


def test_who_goes_along_changes_no_bit():
    flow = GradientFlow(TargetLoss(tuple(np.linspace(5.0, 1.0, 40))), Deep(2))
    starts = np.random.default_rng(1).uniform(0.1, 6.0, (1300, 40))  # more than go together
    w = integrate(flow, starts, [0.0, 1.0, 3.0])
    np.testing.assert_array_equal(integrate(flow, starts[1234], [0.0, 1.0, 3.0]), w[1234])


@pytest.mark.parametrize("d", [3, 40])
def test_squared_loss_in_many_weights_is_a_matrix_exponential(d):
    rng = np.random.default_rng(d)
    data = examples(rng.normal(size=(2 * d, d)), rng.normal(size=2 * d))
    start = rng.normal(size=d)
    w = integrate(GradientFlow(SquaredLoss(data), Deep(1)), np.abs(start), [0.0, 0.3, 2.0, 30.0])
    A = data.inputs.T @ data.inputs / (2 * d)
    best = np.linalg.solve(A, data.inputs.T @ data.labels / (2 * d))
    for time, place in zip([0.3, 2.0, 30.0], w[1:], strict=True):
        there = best + expm(-A * time) @ (np.abs(start) - best)
        np.testing.assert_allclose(place, there, atol=1e-8)


def test_a_stiff_flow_of_three_weights_takes_few_steps():
    """Rates of 10⁶ and 1: an explicit method would need a million steps."""
    scales = np.array([1e3, 3.0, 1.0])
    data = examples(
        np.diag(scales) * math.sqrt(3), scales * math.sqrt(3) * np.array([3.0, 2.0, 1.0])
    )
    flow = GradientFlow(SquaredLoss(data), Deep(1))
    start, span = np.array([1.0, 5.0, 4.0]), 3.0
    z = flow.chart.enter(start[None])
    leaps = list(march(flow, z, np.zeros(1), np.full(1, span), rtol=1e-9))
    assert len(leaps) < 400
    assert any(leap.implicit for leap in leaps)
    w = integrate(flow, start, [0.0, 1e-6, 1.0, span], rtol=1e-9)
    truth = np.array([3.0, 2.0, 1.0])
    for time, place in zip([1e-6, 1.0, span], w[1:], strict=True):
        there = truth + np.exp(-(scales**2) * time) * (start - truth)
        np.testing.assert_allclose(place, there, rtol=1e-7)


def test_even_pace_and_a_morph_of_four_weights():
    loss = TargetLoss((6.0, 4.0, 2.5, 1.0))
    flow = EvenPace(MorphingFlow(loss, Slide(1.0, 0.0, 0.0, 5.0), 3.0), speed=2.0, softness=1e-9)
    w = integrate(flow, [0.5, 0.4, 0.3, 0.2], np.linspace(0, 2.0, 2001))
    speed = np.linalg.norm(np.diff(w, axis=0), axis=-1) / 1e-3
    np.testing.assert_allclose(speed, 2.0, rtol=1e-4)


def test_more_parameters_than_weights():
    """u² − v² followed in (u, v) is what the flow of the weights says."""
    loss, model = TargetLoss((3.0, -2.0, 0.5)), Difference(0.3)
    start = np.array([0.1, 0.0, -0.2])
    times = np.linspace(0.0, 2.0, 9)
    u = integrate(ParameterFlow(loss, model), model.parameters(start), times)
    assert u.shape == (9, 6)
    w = integrate(GradientFlow(loss, model), start, times)
    np.testing.assert_allclose(model.weights(u), w, atol=1e-8)


def test_a_function_of_ones_own_may_have_more_parameters():
    own = Own(lambda u: u[..., :2] * u[..., 2:], guess=(1.0, 1.0, 1.0, 1.0))
    w = np.array([[3.0, 2.0], [0.5, 4.0]])
    np.testing.assert_allclose(own.weights(own.parameters(w)), w, rtol=1e-9)
    three = Own(lambda u: u**3 + u)
    w = np.array([3.0, 2.0, 10.0])
    np.testing.assert_allclose(three.parameters(w), [1.2134116627622296, 1.0, 2.0], rtol=1e-12)


@pytest.mark.parametrize("widths", [(3, 3), (4, 3, 2), (2, 2, 2, 2), (3, 4, 5)])
def test_a_product_of_matrices(widths):
    model, rng = MatrixProduct(widths), np.random.default_rng(sum(widths))
    u = rng.normal(size=sum(a * b for a, b in model.shapes))
    g = rng.normal(size=widths[0] * widths[-1])
    each = 1e-6
    change = [
        (model.weights(u + each * e) - model.weights(u - each * e)) @ g / (2 * each)
        for e in np.eye(len(u))
    ]
    np.testing.assert_allclose(model.pull(u, g), change, atol=1e-8)
    narrow = min(widths)
    w = (rng.normal(size=(widths[-1], narrow)) @ rng.normal(size=(narrow, widths[0]))).ravel()
    balanced = model.parameters(w)
    np.testing.assert_allclose(model.weights(balanced), w, atol=1e-12)
    for before, after in zip(model.layers(balanced), model.layers(balanced)[1:], strict=False):
        np.testing.assert_allclose(after.T @ after, before @ before.T, atol=1e-12)
    J = model.jacobian(w)
    np.testing.assert_allclose(J.T @ g, model.pull(balanced, g), atol=1e-12)


def test_a_rank_that_the_layers_cannot_have_is_no_number():
    assert np.isnan(MatrixProduct((2, 1, 2)).parameters(np.eye(2).ravel())).all()
    with pytest.raises(ValueError, match="MatrixProduct: the widths are"):
        MatrixProduct((3,))


def test_matrices_are_followed_like_any_weights():
    """Completion by SciPy's solver, and the same layers as places of ours."""
    target, seen = np.array([[1.0, 2.0], [0.5, 0.0]]), np.array([[True, True], [True, False]])
    task = Completion(target, seen, depth=2, scale=1e-3)
    times = np.array([0.0, 2.0, 8.0, 40.0])

    class Entries:
        def gradient(self, w):
            return np.where(seen.ravel(), w - target.ravel(), 0.0)

    flow = ParameterFlow(Entries(), MatrixProduct((2, 2, 2)))
    u = integrate(flow, task.start(), times)
    w = MatrixProduct((2, 2, 2)).weights(u)
    np.testing.assert_allclose(w.reshape(-1, 2, 2), task.path(times), atol=1e-7)


def test_a_stream_shows_two_of_many_weights():
    """A third weight that minds its own business changes nothing that is seen."""
    plane = Stream(GradientFlow(PointLoss((3, 6)), Deep(2), rate=0.1), 300, 4.0, seed=2)
    more = Stream(
        GradientFlow(TargetLoss((1.0, 3.0, 6.0)), Deep(2), rate=0.1),
        300, 4.0, seed=2, view=TwoWeights((0.3, 0.0, 0.0), 1, 2),
    )  # fmt: skip
    for time in (0.0, 1.3, 5.1):
        assert more.at(time).shape == (300, 2)
        np.testing.assert_allclose(more.at(time), plane.at(time), rtol=1e-4)


def test_a_stream_of_parameters_shows_their_weights():
    model, loss = Difference(0.5), PointLoss((3, 6))
    seen = OfWeights(model, TwoWeights((0.0, 0.0)))
    trained = Stream(ParameterFlow(loss, model, rate=0.05), 200, 4.0, seed=2, view=seen)
    weights = Stream(GradientFlow(loss, model, rate=0.05), 200, 4.0, seed=2)
    np.testing.assert_allclose(trained.at(2.5), weights.at(2.5), atol=1e-3)


def test_a_plane_that_lies_aslant():
    a, b = np.array([1.0, 1.0, 0.0]) / math.sqrt(2), np.array([0.0, 0.0, 1.0])
    plane = AffinePlane(np.array([1.0, 0.0, 0.0]), np.array([a, b]))
    places = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_allclose(plane.project(plane.lift(places)), places, atol=1e-14)
    with pytest.raises(ValueError, match="orthonormal"):
        AffinePlane(np.zeros(3), np.array([a, a]))
    with pytest.raises(ValueError, match="no two of them"):
        TwoWeights((1.0, 2.0), 0, 2)


def test_starts_of_other_weights_are_named():
    flow = GradientFlow(TargetLoss((1.0, 2.0, 3.0)), Deep(2))
    with pytest.raises(ValueError, match=r"shape \(2,\); the last axis must be the 3 weights"):
        integrate(flow, [1.0, 2.0], [0, 1])
    with pytest.raises(ValueError, match="TargetLoss: the target"):
        TargetLoss((1.0, math.nan))
