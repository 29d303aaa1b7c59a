"""Motions: where particles are at a film's time, looked up and never stepped."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array
from fields.particles.projection import Projection
from fields.particles.sampled import hold_at_axes, interpolated
from fields.particles.starts import starts
from fields.solve.cache import by_value
from fields.solve.integrate import AT_ONCE, at_once, integrate_anew

_BLOCK = 8192  # trajectories, at most, in a block
_LEAST = 2048  # and at least: where a flow is stiff a few take as long as all
_KEPT = 16  # blocks, of some 3 MB, that stay beside those seen; a film looks at neighbouring ones


class Motion(Protocol):
    """Where n particles are at a time, a pure function."""

    def at(self, time: float) -> Array:
        """Positions (n, 2), in weights."""
        ...

    def age(self, time: float) -> Array:
        """For how long each has been moving, (n,), in seconds."""
        ...


@dataclass(frozen=True, eq=False)
class Stream:
    """Particles that never stop: ``count`` at any time, each of which respawns after ``lifetime``.

    Trajectory k begins at time k·lifetime/count, as an older one ends: respawn is staggered, there
    is no instant at which all particles jump, and no sink empties the picture. Trajectories begin
    evenly all over [0, extent]² and a little beyond, as far as parameters reach it, drawn with
    ``seed``. With ``period``, which the flow must share, they repeat: the picture at
    ``time + period`` is the picture at ``time``, and a film of that length loops without a seam.

    With ``view``, what the flow moves are not the two weights of the picture: trajectories start
    where the view lifts places of the square, and what is seen of them is what it projects.

    The flow runs in film time, seconds. Trajectories are integrated when first looked at and kept
    for a while, so a long film needs no more memory than a short one.
    """

    flow: Flow
    count: int
    lifetime: float
    seed: int
    extent: float = 10.0
    period: float | None = None
    samples_per_second: float = 16.0
    rtol: float = 1e-6
    view: Projection | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.count, int | np.integer) and self.count >= 1):
            raise ValueError(f"Stream: the count is {self.count!r}; give a whole number from 1 on.")
        for name in ("lifetime", "extent", "samples_per_second"):
            number = getattr(self, name)
            if not (math.isfinite(number) and number > 0):
                raise ValueError(f"Stream: the {name} is {number!r}; give a number above 0.")
        if self.period is not None:
            cycles = self.period * self.count / self.lifetime
            if not (cycles >= 1 and abs(cycles - round(cycles)) < 1e-6):
                raise ValueError(
                    f"Stream: the period {self.period!r} is no whole number of respawns; "
                    f"make it a multiple of the lifetime, {self.lifetime} s."
                )
        # A film's cache must see that a flow has changed, and the code of a class is not seen.
        times = np.linspace(0.0, 60.0, 61)
        begin = self.lifted(self.begin(np.arange(61)))
        object.__setattr__(self, "probe", np.asarray(self.flow.velocity(begin, times)))

    def begin(self, numbers: NDArray[np.integer[Any]]) -> Array:
        """Where trajectories of consecutive numbers begin, (n, 2), in the picture."""
        return starts(numbers, self.seed, self.extent, self.count, self._reach)

    def _reach(self, places: Array) -> NDArray[np.bool_]:
        """From which places (n, 2) the flow can be followed."""
        with np.errstate(all="ignore"):
            begin = self.flow.chart.enter(self.lifted(places))
        return np.asarray(np.isfinite(begin).all(axis=-1))

    def lifted(self, places: Array) -> Array:
        """Where the flow is, at places (n, 2) of the picture."""
        return places if self.view is None else self.view.lift(places)

    def __deepcopy__(self, memo: dict[int, Any]) -> Stream:
        """A stream is a value: whoever copies it may share it."""
        return self

    def blocks(self, since: float, until: float) -> list[tuple[int, NDArray[np.float32]]]:
        """All trajectories that are seen at some time between two, and some others, by blocks.

        Of each block the number of its first trajectory, and positions (m, 2, n): m samples of n
        trajectories from begin to end, evenly spaced in time.
        """
        per_second = self.count / self.lifetime
        oldest = math.floor(since * per_second) - self.count + 1
        newest, found = math.floor(until * per_second), []
        while oldest <= newest:
            block, before = divmod(self._index(oldest), self._size)
            found.append((oldest - before, block))
            oldest += len(self._numbers(block)) - before
        samples = _samples(self, {block for _, block in found})
        return [(number, samples[block]) for number, block in found]

    def strands(
        self, since: float, until: float
    ) -> list[tuple[Stream, float, float, float, float]]:
        """Who leaves light between two times: itself, then, at once, and all of it."""
        return [(self, since, until, 0.0, 1.0)]

    def at(self, time: float) -> Array:
        """Positions (count, 2), in weights, oldest first."""
        newest = math.floor(time * self.count / self.lifetime)
        oldest = newest - self.count + 1
        seen = [
            block[:, :, max(oldest - number, 0) : newest + 1 - number]
            for number, block in self.blocks(time, time)
        ]
        return interpolated(np.concatenate(seen, axis=2), self.age(time) / self.spacing)

    def age(self, time: float) -> Array:
        """For how long each has been moving, (count,), in seconds."""
        oldest = math.floor(time * self.count / self.lifetime) - self.count + 1
        ages = time - (oldest + np.arange(self.count)) * (self.lifetime / self.count)
        return np.clip(ages, 0.0, self.lifetime)

    @property
    def spacing(self) -> float:
        """Seconds between the samples of a trajectory."""
        return self.lifetime / self._steps

    @property
    def _steps(self) -> int:
        return max(3, math.ceil(self.lifetime * self.samples_per_second))

    @property
    def _size(self) -> int:
        """Trajectories in a block: half a lifetime of them, as far as they are followed at once."""
        return min(max(self.count // 2, _LEAST), _BLOCK)

    @property
    def _cycle(self) -> int | None:
        """Trajectories in a period."""
        return None if self.period is None else round(self.period * self.count / self.lifetime)

    def _numbers(self, block: int) -> range:
        """The trajectories of a block, by number; the last block of a period is shorter."""
        end = (block + 1) * self._size
        return range(block * self._size, end if self._cycle is None else min(end, self._cycle))

    def _index(self, number: int) -> int:
        return number if self._cycle is None else number % self._cycle


_blocks: OrderedDict[tuple[Hashable, int], NDArray[np.float32]] = OrderedDict()


def _samples(stream: Stream, blocks: set[int]) -> dict[int, NDArray[np.float32]]:
    """The trajectories of some blocks; those of an equal stream may still be in memory."""
    name = _name(stream)
    keys = {block: (name, block) for block in blocks}
    missing = sorted(block for block, key in keys.items() if key not in _blocks)
    for block, paths in zip(missing, _follow_blocks(stream, missing), strict=True):
        _blocks[keys[block]] = paths
    for key in keys.values():
        _blocks.move_to_end(key)
    found = {block: _blocks[key] for block, key in keys.items()}
    while len(_blocks) > _KEPT + stream.count // stream._size:
        _blocks.popitem(last=False)
    return found


_names: WeakKeyDictionary[Stream, Hashable] = WeakKeyDictionary()  # asked for at every frame


def _name(stream: Stream) -> Hashable:
    """What its trajectories are kept by: its value, or else something that is equal to nothing."""
    if stream not in _names:
        try:
            _names[stream] = by_value(stream)
        except TypeError:
            _names[stream] = object()
    return _names[stream]


def _follow_blocks(stream: Stream, blocks: Sequence[int]) -> list[NDArray[np.float32]]:
    """Trajectories (m, 2, n) of each block; the few that take long do so together."""
    found: list[NDArray[np.float32]] = []
    numbers = [np.array(stream._numbers(block)) for block in blocks]
    together = max(1, AT_ONCE // stream._size)
    for first in range(0, len(blocks), together):
        part = numbers[first : first + together]
        begin = [stream.begin(some) for some in part]
        ages = np.linspace(0.0, stream.lifetime, stream._steps + 1)
        times = np.concatenate(part)[:, None] * (stream.lifetime / stream.count) + ages
        places = np.moveaxis(_seen(stream, np.concatenate(begin), times), 0, -1)
        ends = np.cumsum([len(some) for some in part])[:-1]
        for block in np.split(places, ends, axis=-1):
            found.append(np.ascontiguousarray(block, dtype=np.float32))
    return found


def _seen(stream: Stream, begin: Array, times: Array) -> Array:
    """What is seen, (n, m, 2), of particles that begin at places (n, 2), at ``times`` (n, m)."""
    if stream.view is None:
        return hold_at_axes(integrate_anew(stream.flow, begin, times, stream.rtol))
    states, seen = stream.view.lift(begin), np.empty((*times.shape, 2))
    # so many at a time that all their numbers are never together in memory
    some = at_once(states.shape[-1])
    for first in range(0, len(states), some):
        part = slice(first, first + some)
        paths = integrate_anew(stream.flow, states[part], times[part], stream.rtol)
        seen[part] = stream.view.project(paths)
    return seen
