"""A stream of particles is a pure function of time."""

import math
import weakref
from collections import OrderedDict
from functools import cache

import numpy as np
import pytest

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Slide,
    Stream,
    Turns,
    formula,
)
from fields.particles import starts as starts_module
from fields.particles import stream as stream_module
from fields.particles.starts import starts

FLOW = EvenPace(MorphingFlow(PointLoss(), Slide(1.0, 0.0, 1.0, 3.0), 18**0.5))


def stream(**changes):
    return Stream(**({"flow": FLOW, "count": 500, "lifetime": 2.0, "seed": 1} | changes))


@pytest.mark.parametrize("count", [1, 2, 7, 500, 2048, 5000])
def test_exactly_count_are_alive_at_any_time(count):
    some = stream(count=count)
    for time in (0.0, 1e-9, 0.3, 1.999999, 2.0, 17.3, 2.0 * 3 / count, -0.4):
        assert some.at(time).shape == (count, 2)
        ages = some.age(time)
        assert np.all((ages >= 0) & (ages <= 2.0))
        # one respawns whenever one ends
        np.testing.assert_allclose(np.diff(ages), -2.0 / count, rtol=1e-6, atol=1e-12)


def test_what_is_sought_is_what_is_reached():
    times = np.linspace(0, 6, 25)
    reached = [stream().at(t) for t in times]
    again = stream(seed=np.int64(1))
    order = np.random.default_rng(0).permutation(len(times))
    sought = {k: again.at(times[k]) for k in order}
    for k, picture in enumerate(reached):
        np.testing.assert_array_equal(sought[k], picture)


def test_another_process_sees_the_same_picture():
    import subprocess
    import sys

    code = (
        "from fields import *\nimport zlib\n"
        "f = EvenPace(MorphingFlow(PointLoss(), Slide(1.0, 0.0, 1.0, 3.0), 18**0.5))\n"
        "s = Stream(f, 500, 2.0, seed=1)\n"
        "print(zlib.crc32(s.at(3.7).tobytes()))"
    )
    import zlib

    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(seen.stdout) == zlib.crc32(stream().at(3.7).tobytes())


def test_a_periodic_stream_repeats_bit_for_bit():
    """The ages differ by the rounding of time alone, so whole numbers of births are compared."""
    loop = stream(flow=EvenPace(GradientFlow(PointLoss(), Deep(2))), count=512, period=4.0)
    for time in (0.0, 0.5, 1.25, 3.0):
        np.testing.assert_array_equal(loop.at(time), loop.at(time + 4.0))
        np.testing.assert_array_equal(loop.at(time), loop.at(time + 8.0))
        np.testing.assert_array_equal(loop.age(time), loop.age(time + 4.0))


def test_particles_follow_the_flow():
    flow = GradientFlow(PointLoss(), Deep(2), rate=0.1)
    some = Stream(flow, 200, 1.0, seed=4, rtol=1e-10, samples_per_second=64)
    w, age, time = some.at(5.0), some.age(5.0), 5.0
    newest = math.floor(time * 200 / 1.0)
    begin = starts(np.arange(2048), 4, 10.0, 200)[newest - 199 : newest + 1]
    target = np.array([3.0, 6.0])
    exact = target / (1 + (target / begin - 1) * np.exp(-0.1 * target * age[:, None]))
    # cubics through samples of single precision; first and last ones lack a neighbour
    inner = (age > some.spacing) & (age < 1.0 - some.spacing)
    np.testing.assert_allclose(w[inner], exact[inner], rtol=2e-5)
    np.testing.assert_allclose(w, exact, rtol=1e-3)


def test_trajectories_begin_well_spread():
    """Every cell of a 10 × 10 grid gets its part, for every seed and any run of trajectories."""
    for seed in range(5):
        for first in (0, 12345):
            begin = starts(np.arange(first, first + 1000), seed, 10.0, 1000)
            counts, _, _ = np.histogram2d(*begin.T, bins=10, range=[[0, 10.5], [0, 10.5]])
            assert counts.min() >= 5
            assert counts.max() <= 15
            assert begin.min() > 0


def test_trajectories_begin_evenly_where_parameters_reach():
    """w = u² + 1 is nowhere below 1; beyond, nobody begins elsewhere than under w = u²."""
    reaching = GradientFlow(PointLoss(), formula("u^2 + 1"))
    some = stream(flow=reaching, count=4000)
    begin, plain = (one.begin(np.arange(4000)) for one in (some, stream(count=4000)))
    assert (begin >= 1.0).all()
    reached = (plain >= 1.0).all(axis=1)
    assert np.array_equal(begin[reached], plain[reached])
    counts, _, _ = np.histogram2d(*begin.T, bins=5, range=[(1.0, 10.5)] * 2)
    assert np.all(np.abs(counts / 160 - 1) < 0.4)
    assert np.isfinite(some.at(1.3)).all() and (some.at(1.3) >= 1.0 - 1e-6).all()


def test_where_hardly_any_weights_are_reached_all_begin_there(monkeypatch):
    monkeypatch.setattr(starts_module, "_DRAWS", 1)
    reach = starts(np.arange(1000), 1, 10.0, 1000, lambda places: (places < 3.0).all(axis=1))
    assert (reach < 3.0).all()
    assert len(np.unique(reach, axis=0)) < 300, "those that stay behind begin where others do"


def test_a_stream_of_which_nothing_is_reached_is_refused():
    with pytest.raises(ValueError, match=r"^Stream: no parameters reach any .* up to 10; give"):
        stream(flow=GradientFlow(PointLoss(), formula("-1 - u^2")))


def test_a_stream_over_a_line_that_misses_no_axis_goes_on():
    """Some particles reach an axis in finite time: they go on, or rest there, and nothing stops."""
    line = LineLoss(-1, -2, 15)
    for flow in (
        GradientFlow(line, Deep(1)),
        GradientFlow(line, Deep(1.5)),
        GradientFlow(line, Deep(0.5)),
        EvenPace(GradientFlow(line, Deep(0.2))),
        MorphingFlow(line, Slide(1.0, 0.0, 0.0, 4.0)),
        EvenPace(MorphingFlow(line, Slide(2.0, 0.0, 0.0, 4.0))),
    ):
        places = Stream(flow, 600, 3.0, seed=2).at(4.0)
        assert np.isfinite(places).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": 0}, "count is 0"),
        ({"count": 2.5}, "count is 2.5"),
        ({"lifetime": 0}, "lifetime is 0"),
        ({"lifetime": math.nan}, "lifetime is nan"),
        ({"extent": -1.0}, "extent is -1.0"),
        ({"samples_per_second": 0}, "samples_per_second is 0"),
        ({"period": 0.001}, "make it a multiple of the lifetime"),
    ],
)
def test_what_cannot_be_is_said(changes, words):
    with pytest.raises(ValueError, match=words):
        stream(**changes)


def test_what_is_seen_is_integrated_once(monkeypatch):
    made = []
    follow_blocks = stream_module._follow_blocks
    monkeypatch.setattr(stream_module, "_BLOCK", 16)
    monkeypatch.setattr(stream_module, "_KEPT", 4)
    monkeypatch.setattr(stream_module, "_blocks", OrderedDict())
    monkeypatch.setattr(
        stream_module, "_follow_blocks", lambda s, ks: (made.extend(ks), follow_blocks(s, ks))[1]
    )
    some = stream(count=200)
    for time in np.linspace(5, 5.5, 7):
        some.at(time)
    assert len(made) == len(set(made))
    for time in np.linspace(6, 60, 100):
        some.at(time)
    assert len(stream_module._blocks) <= 4 + 200 // 16, "and forgotten in time"


def test_equal_streams_share_their_trajectories_and_others_do_not():
    """Also when the flow holds arrays; not when it is known by nothing but itself."""
    depths = np.array([1.0, 0.5])
    flow = EvenPace(MorphingFlow(PointLoss(), Turns([0.0, 1.0], depths)))
    same = EvenPace(MorphingFlow(PointLoss(), Turns([0.0, 1.0], depths.copy())))
    other = EvenPace(MorphingFlow(PointLoss(), Turns([0.0, 1.0], 2 * depths)))
    own = (lambda time: 0 * time + 1.0), (lambda time: 0 * time + 0.5)

    def paths(flow, **changes):
        return stream(flow=flow, **changes).blocks(5.0, 5.0)[0][1]

    assert paths(flow) is paths(same)
    for changed in (paths(other), paths(flow, seed=2), paths(flow, rtol=1e-7)):
        assert not np.array_equal(paths(flow), changed)
    one, two = (paths(EvenPace(MorphingFlow(PointLoss(), depth))) for depth in own)
    assert not np.array_equal(one, two)


def test_trajectories_outlast_a_stream_that_nobody_holds():
    """It goes at once, and with it whatever light is kept for it."""
    flows = FLOW, EvenPace(MorphingFlow(PointLoss(), lambda time: 0 * time + 1.0))
    for flow in flows:
        some = stream(flow=flow, seed=3)
        some.at(1.0)
        held = weakref.ref(some)
        del some
        assert held() is None


@pytest.mark.parametrize("period", [1.0, 3.0, 7.0])
def test_a_period_that_is_no_whole_number_of_blocks_is_none_the_worse(monkeypatch, period):
    """Each trajectory is what it is when it is followed alone, over the seam and over several."""
    monkeypatch.setattr(stream_module, "_BLOCK", 16)
    monkeypatch.setattr(stream_module, "AT_ONCE", 40)
    monkeypatch.setattr(stream_module, "_blocks", OrderedDict())
    some = stream(count=60, lifetime=3.0, period=period)
    cycle = round(period * 20)

    @cache
    def alone(block):
        return stream_module._follow_blocks(some, [block])[0]

    for time in (0.3, period - 0.01, period, 2.6 * period):
        seen = {
            number + n: block[:, :, n]
            for number, block in some.blocks(time, time)
            for n in range(block.shape[2])
        }
        newest = math.floor(time * 20)
        for number in range(newest - 59, newest + 1):
            block, place = divmod(number % cycle, 16)
            assert np.array_equal(seen[number], alone(block)[:, :, place])


def test_between_its_samples_a_trajectory_is_where_the_flow_is():
    """From begin to end, also beyond its first and last but one samples."""
    flow = GradientFlow(PointLoss(), Deep(2), rate=0.1)
    some = Stream(flow, 200, 1.0, seed=4, rtol=1e-10)
    fine = Stream(flow, 200, 1.0, seed=4, rtol=1e-10, samples_per_second=240)
    off = np.abs(some.at(5.0) - fine.at(5.0))
    assert off.max() < 2e-3, "two tenths of a pixel, of ten units"
