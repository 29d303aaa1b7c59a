"""A trained linear network: its singular values are the modes of the closed form."""

import math

import numpy as np
import pytest

from fields.systems.factorization import singular_values
from fields.systems.linear_network import LinearNetwork, nested_pattern
from fields.systems.modes import mode, staircase

STRENGTHS = (4.0, 2.0, 1.25, 0.8)
NETWORK = LinearNetwork(nested_pattern(STRENGTHS), 4, 6, seed=3)
TIMES = np.linspace(0.0, 4.0, 9)


def test_the_pattern_has_the_strengths():
    values = singular_values(NETWORK.target)
    np.testing.assert_allclose(values, [*STRENGTHS, 0, 0, 0, 0], atol=1e-14)


def test_the_start_is_balanced_and_aligned():
    W1, W2 = NETWORK.start(0.01)
    np.testing.assert_allclose(W1 @ W1.T, W2.T @ W2, atol=1e-15)
    np.testing.assert_allclose(singular_values(W2 @ W1)[:4], 0.01, rtol=1e-12)


@pytest.mark.parametrize("seed", [0, 7, 99999999999])
def test_singular_values_are_on_the_exact_curves(seed):
    network = LinearNetwork(nested_pattern(STRENGTHS), 4, 6, seed)
    values = singular_values(network.path(0.02, TIMES))
    exact = mode(np.array(STRENGTHS), 0.02, TIMES)
    np.testing.assert_allclose(values[:, :4].T, exact, atol=1e-6)
    assert values[:, 4:].max() < 1e-12, "what is not in the data is not learned"


def test_starts_side_by_side_each_have_their_time():
    delta, tau = np.array([2.0, 5.0, 12.0]), np.linspace(0, 1.6, 9)
    values = singular_values(NETWORK.path(np.exp(-2 * delta), tau[:, None] * delta))
    for k, one in enumerate(delta):
        exact = staircase(STRENGTHS, tau, delta=float(one))
        np.testing.assert_allclose(values[:, k, :4].T, exact, atol=1e-6)


def test_runge_kutta_has_order_four():
    exact = mode(np.array(STRENGTHS), 0.02, TIMES[:5])
    misses = [
        np.max(np.abs(singular_values(NETWORK.path(0.02, TIMES[:5], longest=h))[:, :4].T - exact))
        for h in (0.1, 0.05)
    ]
    assert 12 < misses[0] / misses[1] < 20


def test_finite_steps_miss_the_flow_in_proportion():
    exact = mode(np.array(STRENGTHS), 0.02, [1.5])[:, 0]
    misses = []
    for step in (0.01, 0.005):
        count = round(1.5 / step)
        end = NETWORK.descent(0.02, step=step, count=count)[-1]
        misses.append(np.max(np.abs(singular_values(end)[:4] - exact)))
    assert misses[0] / misses[1] == pytest.approx(2.0, rel=0.1)


def test_a_random_small_start_learns_in_the_same_order():
    """From small layers that know nothing of the data, half-way times stand in the same order."""
    rng = np.random.default_rng(1)
    W1, W2 = 1e-3 * rng.normal(size=(6, 8)), 1e-3 * rng.normal(size=(8, 6))
    left, _, right = np.linalg.svd(NETWORK.target)
    half = np.full(4, math.inf)
    for k in range(4000):
        first, second = NETWORK.pull(W1, W2)
        W1, W2 = W1 + 0.005 * first, W2 + 0.005 * second
        learned = np.einsum("ni,nd,id->i", left[:, :4], W2 @ W1, right[:4])
        half = np.minimum(half, np.where(learned > 0.5 * np.array(STRENGTHS), k, math.inf))
    assert np.isfinite(half).all()
    assert (np.diff(half) > 0).all()
    np.testing.assert_allclose(half / half[0], 4.0 / np.array(STRENGTHS), rtol=0.2)


def test_too_few_units_are_named():
    with pytest.raises(ValueError, match="4 modes do not go through 3 hidden units"):
        LinearNetwork(NETWORK.target, 4, 3, seed=1)


def test_times_may_begin_later_than_at_0():
    times = np.array([0.0, 0.4, 0.4, 0.9])
    whole = NETWORK.path(0.02, times)
    np.testing.assert_allclose(NETWORK.path(0.02, times[1:]), whole[1:], rtol=1e-9)
    np.testing.assert_array_equal(whole[1], whole[2])
    assert NETWORK.path(0.02, []).shape == (0, *NETWORK.target.shape)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NETWORK.path(0.02, [1.0, 0.5]), "none falling"),
        (lambda: NETWORK.path(0.02, 1.0), "LinearNetwork: the times are 1.0"),
        (lambda: NETWORK.path(-0.02, [1.0]), "the start is .*; give strengths from 0 on"),
        (lambda: NETWORK.path(0.02, [1.0], longest=0.0), "longest is 0.0; give a number above 0"),
    ],
)
def test_what_makes_no_sense_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_remembered_path_is_a_fresh_one_and_of_one_network_alone():
    times = np.linspace(0.0, 0.5, 4)
    fresh = NETWORK._path(np.array(0.02), times, 0.01)
    for _ in range(2):
        found = NETWORK.path(0.02, times)
        np.testing.assert_array_equal(found, fresh)
        found += 1.0
    others = [LinearNetwork(NETWORK.target, 4, 6, seed=4), LinearNetwork(NETWORK.target, 4, 7, 3)]
    others.append(LinearNetwork(2 * NETWORK.target, 4, 6, seed=3))
    for other in others:
        np.testing.assert_array_equal(
            other.path(0.02, times), other._path(np.array(0.02), times, 0.01)
        )
    assert not np.array_equal(NETWORK.path(0.03, times), fresh)
    assert not np.array_equal(NETWORK.path(0.02, 2 * times), fresh)
    assert not np.array_equal(NETWORK.path(0.02, times, longest=0.2), fresh)
