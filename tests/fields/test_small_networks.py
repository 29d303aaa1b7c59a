"""What small ReLU networks learn first: lines, common features, straight pieces."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from fields.systems.network import ReluNetwork
from fields.systems.simplicity import (
    GAP,
    SimpleFirst,
    accuracy,
    likeness,
    linear_model,
    wave,
    wavy_classes,
    with_one,
)
from fields.systems.spline import SplineNetwork, kinks, places_of_bends
from fields.systems.starvation import PROBES, Starvation, sureness

POINTS, VALUES = np.linspace(-1, 1, 6), np.array([-0.6, -0.6, -0.6, 0.6, 0.6, 0.6])


def test_the_classes_lie_to_both_sides_of_the_wave():
    points, labels = wavy_classes(300, seed=2)
    assert points.shape == (300, 2)
    above = points[:, 1] - wave(points[:, 0])
    assert (labels * above > GAP).all()
    assert 0.3 < np.mean(labels > 0) < 0.7


def test_the_linear_model_has_no_slope_left():
    points, labels = wavy_classes(240, seed=2)
    w, x = linear_model(points, labels), with_one(points)
    pull = labels / (1 + np.exp(labels * (x @ w)))
    np.testing.assert_allclose(pull @ x / len(x), 0.0, atol=1e-5)


def test_likeness_is_a_correlation():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(3, 50)), rng.normal(size=50)
    expected = [np.corrcoef(row, other)[0, 1] for row in one]
    np.testing.assert_allclose(likeness(one, other), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", [8, 0])
def test_sgd_learns_the_line_first_and_leaves_it(seed):
    system = SimpleFirst(seed)
    points, labels = system.examples()
    straight = with_one(points) @ linear_model(points, labels)
    run = system.train([0, 3, 100, 300, 12_000])
    answers = run.outputs(with_one(points))
    alike, right = likeness(answers, straight), accuracy(answers, labels)
    assert abs(alike[0]) < 0.1
    assert alike[2:4].max() > 0.98, "first it answers as the line does"
    assert alike[-1] < alike.max() - 0.15, "and then it does not"
    line = accuracy(straight, labels)
    assert abs(right[2] - line) < 0.06
    assert right[-1] == 1.0 > line + 0.1


def test_a_common_feature_starves_a_rare_one():
    times = np.geomspace(3.0, 600.0, 60)
    learned = []
    for company in (1.0, 0.0):
        run = Starvation(7, company=company).train(times)
        sure = sureness(run, PROBES)
        learned.append(times[np.argmax(sure > 0.75, axis=0)])
        np.testing.assert_allclose(sureness(run, -PROBES), 1 - sure, atol=0.1)
        assert (sure[-1] > 0.9).all()
    common, rare = learned[0]
    assert rare > 4 * common
    assert rare > 2 * learned[1][1], "without the common feature beside it, it is learned sooner"
    assert learned[1][0] == pytest.approx(common, rel=0.2)


def test_both_features_tell_the_class():
    points, labels = Starvation(7).examples()
    places = np.round(points * labels[:, None])
    kinds, counts = np.unique(places, axis=0, return_counts=True)
    np.testing.assert_array_equal(kinds, [[0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(counts, [2, 178, 20])
    alone, _ = Starvation(7, company=0.0).examples()
    np.testing.assert_allclose((points - alone)[[0, 95, 99]], [[0, 0], [1, 0], [0, 0]], atol=1e-15)


@pytest.fixture(scope="module")
def splines():
    model = SplineNetwork(POINTS, VALUES, np.array([4.0, 0.5, 1 / 16]), seed=7)
    return model, model.train([0, 16_000])


def test_a_large_start_draws_a_cubic_and_a_small_one_straight_pieces(splines):
    model, run = splines
    x = np.linspace(-1, 1, 201)
    curves = run.outputs(model.inputs(x))[-1]
    cubic, straight = (
        CubicSpline(POINTS, VALUES, bc_type="natural")(x),
        np.interp(x, POINTS, VALUES),
    )
    np.testing.assert_allclose(run.outputs(model.inputs(POINTS))[-1], [VALUES] * 3, atol=2e-3)
    assert np.max(np.abs(curves[0] - cubic)) < 0.01
    assert np.max(np.abs(curves[2] - straight)) < 0.01
    assert np.max(np.abs(cubic - straight)) > 0.1
    assert not run.outer[0].any()


def test_kinks_stand_still_or_travel(splines):
    _, run = splines
    near = np.abs(kinks(run)[0, 0]) < 1
    travel = np.abs(kinks(run)[1] - kinks(run)[0])[:, near]
    assert travel[0].max() < 3e-3
    assert np.median(travel[2]) > 0.3
    assert places_of_bends(run)[1] == pytest.approx([11, 2.2, 2.0], abs=0.6)


def test_a_cubic_that_is_exact_for_ever_more_kinks():
    """From a large start the curve is the least of Σcⱼ² through the points, a cubic for many."""
    model = SplineNetwork(POINTS, VALUES, np.array([50.0]), seed=1, hidden=400)
    start, x = model.start(), model.inputs(POINTS)
    features = np.maximum(start.inner[0] @ x.T, 0.0)
    least = ReluNetwork(start.inner[0], features @ np.linalg.solve(features.T @ features, VALUES))
    fine = np.linspace(-1, 1, 201)
    cubic = CubicSpline(POINTS, VALUES, bc_type="natural")(fine)
    assert np.max(np.abs(least.outputs(model.inputs(fine)) - cubic)) < 0.01


@pytest.mark.parametrize(
    ("values", "scales"), [(VALUES[:4], [1.0]), (VALUES, [1.0, 0.0]), (VALUES, [-1.0])]
)
def test_what_makes_no_sense_is_said(values, scales):
    with pytest.raises(ValueError, match="SplineNetwork"):
        SplineNetwork(POINTS, values, np.array(scales), seed=1)
