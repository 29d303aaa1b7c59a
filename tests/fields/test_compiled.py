"""Compiled trajectories: those of the flow's own Python, whoever goes along."""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    InversePower,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Slide,
    Turns,
)
from fields.particles.starts import starts
from fields.solve import integrate as module
from fields.solve.compiled.follow import follow
from fields.solve.compiled.law import law_of
from fields.solve.integrate import integrate_anew
from fields.solve.march import march

LOSS = PointLoss((3.0, 6.0))
LINE = LineLoss(-1.0, -2.0, 15.0)
SLIDES = [Slide(1.0, 0.0, 10.0, 40.0), Slide(1 / 6, 0.0, 4.0, 18.0), Slide(1.0, 0.25, 0.5, 1.5)]


def even(slide: Slide, loss=LOSS) -> EvenPace:
    return EvenPace(MorphingFlow(loss, slide, 4.24), 1.15)


def swarm(since: float, lifetime: float = 3.0):
    """Starts, and 49 times of each, some hundred particles born one after the other."""
    begin = starts(np.arange(400), 7, 10.0, 400)
    born = since + np.arange(400) * 0.01
    return begin, born[:, None] + np.linspace(0.0, lifetime, 49)


@pytest.mark.parametrize("since", [-3.0, 0.0, 9.0, 25.0, 39.0])
@pytest.mark.parametrize("slide", SLIDES)
def test_compiled_steps_are_those_of_python(monkeypatch, slide, since):
    flow, (begin, times) = even(slide), swarm(since)
    compiled = integrate_anew(flow, begin, times, 1e-6)
    monkeypatch.setattr(module, "law_of", lambda flow: None)
    python = integrate_anew(flow, begin, times, 1e-6)
    np.testing.assert_array_equal(compiled, python)


FLOWS = {
    "deep": GradientFlow(LOSS, Deep(4.0), 0.02),
    "exponential": GradientFlow(LINE, Deep(math.inf), 0.02),
    "half inverse": GradientFlow(LOSS, InversePower(2.0), 0.01),
    "morphing": MorphingFlow(LINE, Slide(1.0, 0.0, 1.0, 4.0), 4.24),
    "morphing beyond depth 1": MorphingFlow(LOSS, Slide(1.0, 2.0, 1.0, 4.0)),
}


@pytest.mark.parametrize("pace", ["true", "by flow", "by loss"])
@pytest.mark.parametrize("name", FLOWS)
@pytest.mark.parametrize("rtol", [1e-6, 1e-10])
def test_every_flow_that_is_compiled_is_that_of_python(monkeypatch, name, pace, rtol):
    """Each loss, depth and pace, to the last bit."""
    flow, (begin, times) = FLOWS[name], swarm(0.0)
    if pace != "true":
        flow = EvenPace(flow, 1.15, 0.3, flow.loss if pace == "by loss" else None)
    begin, times = begin[:60], times[:60]
    compiled, out = integrate_anew(flow, begin, times, rtol), np.empty((60, 49, 2))
    law = law_of(flow)
    assert law is not None
    assert len(follow(flow, law, np.log(begin), times, rtol, out)) < 6
    monkeypatch.setattr(module, "law_of", lambda flow: None)
    np.testing.assert_array_equal(compiled, integrate_anew(flow, begin, times, rtol))


def test_nearly_all_of_a_swarm_is_compiled():
    flow, (begin, times) = even(SLIDES[0]), swarm(5.0)
    law, out = law_of(flow), np.empty((400, 49, 2))
    assert law is not None
    assert len(follow(flow, law, np.log(begin), times, 1e-6, out)) < 8


@pytest.mark.parametrize("start", [(0.0, 2.0), (3.0, 6.0), (1e-200, 8.0), (2.0, 0.0)])
def test_who_is_rare_is_followed_as_ever_among_others(monkeypatch, start):
    """On an axis, at the minimizer, and where the first steps are tiny."""
    flow, (begin, times) = even(SLIDES[0]), swarm(2.0, 8.0)
    begin[17] = start
    compiled = integrate_anew(flow, begin, times, 1e-6)[17]
    monkeypatch.setattr(module, "law_of", lambda flow: None)
    alone = integrate_anew(flow, begin[17:18], times[17:18], 1e-6)[0]
    np.testing.assert_array_equal(compiled, alone)


def test_a_compiled_place_is_the_same_to_the_last_bit_whoever_goes_along():
    flow, (begin, times) = even(SLIDES[0]), swarm(8.0)
    whole = integrate_anew(flow, begin, times, 1e-6)
    assert np.array_equal(whole[40:43], integrate_anew(flow, begin[40:43], times[40:43], 1e-6))
    later = integrate_anew(flow, begin[:9], times[:9, ::4], 1e-6)
    assert np.array_equal(whole[:9, ::4], later), "whatever it is asked for besides"


def test_a_compiled_place_is_the_same_to_the_last_bit_in_any_order():
    """In another lane, among others, at another step of theirs, and alone."""
    flow, (begin, times) = even(SLIDES[1]), swarm(9.0)
    whole = integrate_anew(flow, begin, times, 1e-6)
    order = np.random.default_rng(5).permutation(400)
    assert np.array_equal(whole[order], integrate_anew(flow, begin[order], times[order], 1e-6))
    for who in (0, 1, 127, 128, 399):
        alone = integrate_anew(flow, begin[who : who + 1], times[who : who + 1], 1e-6)
        assert np.array_equal(whole[who : who + 1], alone)


def test_stiff_steps_are_compiled_and_the_same_in_any_company():
    flow, (begin, times) = even(Slide(1 / 6, 0.0, 4.0, 18.0)), swarm(39.0, 12.0)
    law, whole, few = law_of(flow), np.empty((400, 49, 2)), np.empty((40, 49, 2))
    assert law is not None
    left = follow(flow, law, np.log(begin), times, 1e-6, whole)
    stiff = np.setdiff1d(np.flatnonzero(implicit_steps(flow, begin, times) > 2), left)[:40]
    assert len(stiff) == 40
    follow(flow, law, np.log(begin[stiff]), times[stiff], 1e-6, few)
    assert np.array_equal(whole[stiff], few)


def implicit_steps(flow, begin, times):
    """How many steps of each particle are implicit."""
    made = np.zeros(len(begin), int)
    for leap in march(flow, np.log(begin), times[:, 0], np.ptp(times, axis=1), rtol=1e-6):
        made[leap.who] += leap.implicit
    return made


@pytest.mark.parametrize("instants", [1, 2, 3, 50])
def test_any_number_of_instants_is_looked_at(monkeypatch, instants):
    """Also the first one several times, and none beside it."""
    flow, (begin, _) = even(SLIDES[0]), swarm(2.0)
    times = np.maximum(np.linspace(-1.0, 2.0, instants), 0.0)
    compiled = integrate_anew(flow, begin, times, 1e-6)
    monkeypatch.setattr(module, "law_of", lambda flow: None)
    python = integrate_anew(flow, begin, times, 1e-6)
    np.testing.assert_array_equal(compiled, python)


def test_only_a_flow_that_is_known_whole_is_compiled():
    class Other(EvenPace):
        def drift(self, z, time=0.0):
            return 2 * super().drift(z, time)

    class Deeper(Deep):
        @property
        def inverse_depth(self):
            return 0.5 / self.depth

    class Doubled(PointLoss):
        def gradient(self, w):
            return 2 * super().gradient(w)

    flow = even(SLIDES[0])
    assert law_of(flow) is not None
    assert law_of(flow.flow) is not None
    assert law_of(EvenPace(flow.flow, 1.15, loss=PointLoss(LOSS.target))) is not None
    assert law_of(EvenPace(flow.flow, 1.15, loss=LINE)) is None, "there is another gradient in it"
    assert law_of(Other(flow.flow, 1.15)) is None
    assert law_of(EvenPace(flow, 1.15)) is None, "at even pace twice"
    assert law_of(even(SLIDES[0], Doubled((3.0, 6.0)))) is None
    assert law_of(GradientFlow(LOSS, Deeper(2.0))) is None
    assert law_of(GradientFlow(LOSS, Deep(2.0))) is not None
    assert law_of(GradientFlow(LOSS, Deep(1.9))) is None, "it is followed in the dual"
    turns = Turns(np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    assert law_of(EvenPace(MorphingFlow(LOSS, turns))) is None


def test_the_even_pace_is_kept():
    """Its speed times the time is the way, where the flow is not slow."""
    flow = even(Slide(0.5, 0.25, 1.0, 2.0))
    path = integrate_anew(flow, np.array([[9.0, 9.5]]), np.linspace(0.0, 2.0, 400), 1e-9)[0]
    way = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    assert math.isclose(way, 2 * 1.15, rel_tol=1e-3)
