"""What was computed is found again by its value, and is nobody's to change."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientDescent,
    GradientFlow,
    Log,
    MorphingFlow,
    PointLoss,
    Turns,
    integrate,
    races_by_depth,
    train,
)
from fields.solve.cache import Memory, by_value
from fields.solve.integrate import integrate_anew
from fields.theory.family import _race

TIMES = np.linspace(0, 2, 21)
START = np.array([0.1, 0.2])


def flow(depths=(1.0, 0.5)):
    return EvenPace(MorphingFlow(PointLoss(), Turns([0.0, 1.0], np.array(depths))))


def test_a_remembered_trajectory_is_a_fresh_one_and_not_its_callers_to_change():
    fresh = integrate_anew(flow(), START, TIMES, 1e-10)
    for _ in range(3):
        found = integrate(flow(), START, TIMES)
        np.testing.assert_array_equal(found, fresh)
        found += 1.0


def test_whatever_makes_another_trajectory_is_seen():
    asked = [
        integrate(flow(), START, TIMES),
        integrate(flow((1.0, 0.25)), START, TIMES),
        integrate(flow(), START + 0.1, TIMES),
        integrate(flow(), START, 0.5 * TIMES),
        integrate(flow(), START, TIMES, rtol=1e-4),
    ]
    for k, one in enumerate(asked):
        assert not any(np.array_equal(one, other) for other in asked[:k])


def test_remembered_races_are_fresh_ones_and_not_their_callers_to_change():
    depths, start = np.array([1.0, 0.4, 0.0]), np.array([0.5, 9.0])
    asked = dict(loss=PointLoss(), depths=depths, begin=start, samples=20, done=0.9)
    fresh = _race(**asked)
    for _ in range(2):
        found = races_by_depth(PointLoss(), depths, start, samples=20, done=0.9)
        np.testing.assert_array_equal(found, fresh)
        found += 1.0
    others = [
        races_by_depth(PointLoss((4, 6)), depths, start, samples=20, done=0.9),
        races_by_depth(PointLoss(), depths / 2, start, samples=20, done=0.9),
        races_by_depth(PointLoss(), depths, start / 2, samples=20, done=0.9),
        races_by_depth(PointLoss(), depths, start, samples=21, done=0.9),
        races_by_depth(PointLoss(), depths, start, samples=20, done=0.8),
    ]
    assert not any(np.array_equal(fresh, other) for other in others)


def test_what_was_changed_in_place_is_another_value():
    depths, start = np.array([1.0, 0.5]), START.copy()
    morph = MorphingFlow(PointLoss(), Turns([0.0, 1.0], depths))
    before = integrate(morph, start, TIMES)
    depths[1] = 0.25
    np.testing.assert_array_equal(
        integrate(morph, start, TIMES), integrate_anew(morph, start, TIMES, 1e-10)
    )
    assert not np.array_equal(integrate(morph, start, TIMES), before)


class Growing:
    """A flow that whoever wrote it may change at any time."""

    chart = GradientFlow(PointLoss(), Log()).chart
    rate = 1.0

    def velocity(self, w, time=0.0):
        return self.rate * np.asarray(w)

    def drift(self, z, time=0.0):
        return self.velocity(z)


def test_a_flow_that_is_no_value_is_followed_anew():
    growing = Growing()
    assert integrate(growing, [1.0, 2.0], [0, 1])[-1] == pytest.approx([math.e, 2 * math.e])
    growing.rate = 2.0
    assert integrate(growing, [1.0, 2.0], [0, 1])[-1] == pytest.approx([math.e**2, 2 * math.e**2])


stiffness = 1.0


@dataclass(frozen=True)
class Spring:
    """A loss that speaks of a number of its module."""

    def value(self, w):
        return 0.5 * stiffness * np.sum(np.square(w), axis=-1)

    def gradient(self, w):
        return stiffness * np.asarray(w, dtype=float)

    def minimizers(self, extent):
        return np.zeros((1, 2))


def test_what_a_loss_of_ones_own_speaks_of_may_change(monkeypatch):
    def run():
        flow, rule = GradientFlow(Spring(), Deep(1)), GradientDescent(0.1)
        trained = train(Spring(), Deep(1), rule, START, steps=10)
        return integrate(flow, START, [0.0, 1.0])[-1], trained.end[0]

    np.testing.assert_allclose(run(), START * np.array([[math.exp(-1)], [0.9**10]]))
    monkeypatch.setitem(globals(), "stiffness", 3.0)
    np.testing.assert_allclose(run(), START * np.array([[math.exp(-3)], [0.7**10]]))


@dataclass(frozen=True)
class Deeper(Deep):
    """Another class with the same fields."""


def test_values_are_told_apart_by_all_that_they_are():
    things = [0, 0.0, -0.0, False, None, "0", np.float64(0), (), (0,), Deep(2), Deep(3), Deeper(2)]
    things += [np.zeros(2), np.zeros((2, 1)), np.zeros(2, dtype=int), np.array([0.0, -0.0])]
    assert len({by_value(thing) for thing in things}) == len(things)
    assert by_value(math.nan) == by_value(math.nan)
    assert by_value(flow()) == by_value(flow())


def kind(thing):
    """The same in every process."""
    return type(thing).__name__


@pytest.mark.parametrize("thing", [len, [1.0], {}, Deep, Growing(), np.array([None])], ids=kind)
def test_what_may_change_has_no_value(thing):
    with pytest.raises(TypeError, match="not known by its value"):
        by_value((1.0, thing))


def test_what_is_remembered_lies_in_memory_as_what_was_made():
    memory = Memory(1 << 10)
    made, again = (memory.recall("a", lambda: np.ones((2, 3, 4)).T) for _ in range(2))
    assert made.strides == again.strides


def test_what_was_not_asked_for_the_longest_is_forgotten_first():
    memory, made = Memory(4 * 80), []

    def ask(k, size=10):
        return memory.recall(k, lambda: (made.append(k), np.full(size, float(k)))[1])

    for k in (0, 1, 2, 3, 0, 4, 0, 1):
        assert np.all(ask(k) == k)
    assert made == [0, 1, 2, 3, 4, 1]
    ask(5, size=41)
    ask(0)
    assert made[-1] == 5, "what has no room at all leaves it to others"
