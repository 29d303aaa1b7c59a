"""Where a coordinate settles is found to the last bit, and soon, however near to 0 it is."""

import tracemalloc
from dataclasses import dataclass

import numpy as np
import pytest

from fields import Deep, GradientFlow, TargetLoss
from fields.solve.settle import rounding, settled


@dataclass
class Layer:
    """ż₁ = place − z₁, and looks are counted."""

    place: float
    looks: int = 0

    def drift(self, z, time=0.0):
        self.looks += 1
        return np.stack([self.place - z[:, 0], np.zeros(len(z))], axis=1)


@pytest.mark.parametrize("begin", [1.0, -1.0, 7e-3])
@pytest.mark.parametrize(
    "place", [0.25, -1e-9, 1e-40, 3e-250, -3e-250, 5e-324, -5e-324, 0.0, 1 / 3, 1e-17]
)
def test_the_place_is_found_to_the_last_bit_in_few_looks(begin, place):
    flow, side = Layer(place), 1.0 if place > begin else -1.0
    z, way = np.array([[begin, 2.0]]), np.array([[3.0 * side, 0.0]])
    slope = flow.drift(z)
    turned, found = settled(flow, z, slope, way, np.zeros(1))
    assert turned.tolist() == [[True, False]]
    assert found[0, 0] == place
    assert found[0, 1] == 2.0
    assert flow.looks < 140


def test_where_a_drift_turns_between_two_numbers_that_beyond_is_taken():
    """So that what settles has turned; whoever is looked for beside it."""

    class Step(Layer):
        def drift(self, z, time=0.0):
            self.looks += 1
            return np.stack([np.where(z[:, 0] > self.place, -1.0, 1.0), np.zeros(len(z))], axis=1)

    for place in (1e-300, 0.1, -2e-7, 0.0):
        flow = Step(place)
        z = np.array([[-1.0, 0.0], [-0.9, 0.0], [-1e-3, 0.0]])
        way = np.full((3, 2), [2.0, 0.0])
        turned, found = settled(flow, z, flow.drift(z), way, np.zeros(3))
        assert turned[:, 0].all()
        np.testing.assert_array_equal(found[:, 0], np.nextafter(place, 1.0))
        alone = settled(flow, z[:1], flow.drift(z[:1]), way[:1], np.zeros(1))[1]
        np.testing.assert_array_equal(alone, found[:1])


class Counted:
    """A flow that counts how often its drift is asked for."""

    def __init__(self, flow):
        self.flow, self.asked = flow, 0

    def drift(self, z, time):
        self.asked += 1
        return self.flow.drift(z, time)


@pytest.mark.parametrize("n", [1, 7])
def test_the_rounding_of_many_weights_is_found_by_few_drifts(n):
    target = np.linspace(0.1, 2.0, 60)
    flow = Counted(GradientFlow(TargetLoss(tuple(target)), Deep(2)))
    z = np.log(target * np.linspace(0.5, 1.5, n)[:, None])
    time = np.zeros(n)
    drift = flow.drift(z, time)
    flow.asked = 0
    found = rounding(flow, z, time, drift)
    assert flow.asked <= 6
    # of ż = w* − w it is 8 last bits of ln w times w, in the weight's own drift alone
    wanted = 8 * np.spacing(np.abs(z)) * np.exp(z)
    np.testing.assert_allclose(found, wanted, atol=4 * np.finfo(float).eps)


def test_rounding_of_many_weights_is_found_a_few_weights_at_a_time():
    """A matrix of all weights by all, made for each few of them, took nearly all of the time."""
    k = 3000
    flow = GradientFlow(TargetLoss(np.linspace(1.0, 10.0, k)), Deep(3))
    z = np.full((1, k), -1.0)
    drift = flow.drift(z)
    tracemalloc.start()
    try:
        found = rounding(flow, z, np.zeros(1), drift)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < k * k * 8 / 10
    some = [0, 1234, k - 1]
    few = GradientFlow(TargetLoss(np.linspace(1.0, 10.0, k)[some]), Deep(3))
    alone = rounding(few, z[:, some], np.zeros(1), drift[:, some])
    np.testing.assert_array_equal(found[:, some], alone)
