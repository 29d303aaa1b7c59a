"""Small ReLU networks: gradients, training that is the same to the bit, kinks and bends."""

import numpy as np
import pytest

from fields.systems import network as module
from fields.systems.network import ReluNetwork, logistic, squared, train_network
from fields.systems.spline import bends, kinks, places_of_bends

RNG = np.random.default_rng(4)
INPUTS, TARGETS = RNG.normal(size=(9, 3)), np.sign(RNG.normal(size=9))


def drawn(*leading):
    return ReluNetwork(RNG.normal(size=(*leading, 5, 3)), RNG.normal(size=(*leading, 5)))


def loss(network, slope):
    f = network.outputs(INPUTS)
    each = {squared: (f - TARGETS) ** 2 / 2, logistic: np.logaddexp(0, -TARGETS * f)}
    return each[slope].sum(axis=-1)


@pytest.mark.parametrize("slope", [squared, logistic])
@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
def test_gradient_is_how_the_loss_changes(slope, leading):
    network, way, h = drawn(*leading), drawn(*leading), 1e-6
    gradient = network.gradient(INPUTS, slope(network.outputs(INPUTS), TARGETS))
    along = np.sum(gradient.inner * way.inner, axis=(-2, -1)) + np.sum(
        gradient.outer * way.outer, axis=-1
    )
    ends = [loss(network.moved(way, np.full(leading, step)), slope) for step in (h, -h)]
    np.testing.assert_allclose(along, (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-8)


def test_outputs_are_sums_over_units():
    network = drawn()
    by_hand = [
        sum(c * max(0.0, float(a @ x)) for a, c in zip(network.inner, network.outer, strict=True))
        for x in INPUTS
    ]
    np.testing.assert_allclose(network.outputs(INPUTS), by_hand, rtol=1e-13)


@pytest.mark.parametrize("leading", [(4,), (4, 3)])
def test_outputs_are_the_same_however_many_networks_are_in_memory_together(leading, monkeypatch):
    network = drawn(*leading)
    together = network.outputs(INPUTS)
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    alone = network.outputs(INPUTS)
    assert alone.shape == (*leading, len(INPUTS))
    np.testing.assert_array_equal(alone, together)


def test_one_step_goes_down_the_gradient():
    network, weights = drawn(2), RNG.random(9)
    steps = np.array([0.1, 0.3])
    run = train_network(network, INPUTS, TARGETS, squared, step=steps, keep=[0, 1], weights=weights)
    np.testing.assert_array_equal(run.inner[0], network.inner)
    down = network.gradient(INPUTS, weights * (network.outputs(INPUTS) - TARGETS))
    np.testing.assert_allclose(
        run.inner[1], network.inner - steps[:, None, None] * down.inner, rtol=1e-13
    )
    np.testing.assert_allclose(run.outer[1], network.outer - steps[:, None] * down.outer)


def stretched(stretch):
    """The slope of a multiple of the squared loss, under one name for all of them."""

    def own(f, y):
        return stretch * (f - y)

    return own


def test_a_loss_of_ones_own_is_not_taken_for_another_of_its_name():
    network, runs = drawn(), []
    for stretch in (1.0, 3.0):
        own = stretched(stretch)
        runs.append(train_network(network, INPUTS, TARGETS, own, step=0.1 / stretch, keep=[1, 9]))
        runs.append(train_network(network, INPUTS, TARGETS, own, step=0.1, keep=[1, 9]))
    np.testing.assert_allclose(runs[0].inner, runs[2].inner, rtol=1e-12)
    assert not np.allclose(runs[1].inner, runs[3].inner)
    ours = train_network(network, INPUTS, TARGETS, squared, step=0.1, keep=[1, 9])
    np.testing.assert_array_equal(ours.inner, runs[0].inner)


def test_sgd_is_the_same_to_the_bit_and_another_with_another_seed():
    network, look = drawn(), {"step": 0.1, "keep": [0, 7, 7, 50], "batch": 4}
    runs = []
    for seed in (1, 1, 2):
        module._trained._kept.clear()  # or the second run would only be recalled
        runs.append(train_network(network, INPUTS, TARGETS, logistic, seed=seed, **look))
    np.testing.assert_array_equal(runs[0].inner, runs[1].inner)
    np.testing.assert_array_equal(runs[0].inner[1], runs[0].inner[2])
    assert not np.array_equal(runs[0].inner[-1], runs[2].inner[-1])
    losses = loss(runs[0], logistic)
    assert losses[-1] < losses[0]


def test_a_balanced_unit_stays_balanced():
    """|aⱼ|² − cⱼ² is conserved by the flow: by steps η up to a drift in proportion to η."""
    network = drawn()
    drifts = []
    for step in (2e-3, 1e-3):
        run = train_network(network, INPUTS, TARGETS, logistic, step=step, keep=[0, int(1 / step)])
        kept = np.sum(run.inner**2, axis=-1) - run.outer**2
        drifts.append(np.max(np.abs(kept[1] - kept[0])))
    assert 1e-7 < drifts[0] < 1e-2
    assert drifts[1] == pytest.approx(drifts[0] / 2, rel=0.1)


@pytest.mark.parametrize("keep", [[], [3, 2], [-1, 2]])
def test_steps_that_fall_are_declined(keep):
    with pytest.raises(ValueError, match="numbers of steps from 0 on, none falling"):
        train_network(drawn(), INPUTS, TARGETS, squared, step=0.1, keep=keep)


def test_kinks_are_where_the_slope_jumps_by_the_bend():
    network = ReluNetwork(np.array([[2.0, 1.0], [-1.0, 0.25], [3.0, 0.0]]), np.array([1.0, 2, -1]))
    places, jumps = kinks(network), bends(network)
    np.testing.assert_allclose(places, [-0.5, 0.25, 0.0])

    def f(x):
        return network.outputs(np.column_stack([x, np.ones_like(x)]))

    h = 1e-3
    jump = (f(places + h) - 2 * f(places) + f(places - h)) / h
    np.testing.assert_allclose(jumps, jump, rtol=1e-9)
    assert places_of_bends(network) == pytest.approx((2 + 2 + 3) ** 2 / (4 + 4 + 9))


def test_kinks_at_one_place_count_once():
    a = np.column_stack([np.ones(6), [0.5, 0.5, 0.49, -0.5, -0.5, -0.51]])
    assert places_of_bends(ReluNetwork(a, np.ones(6))) == pytest.approx(2.0)
    assert places_of_bends(ReluNetwork(a, np.zeros(6))) == 0.0
