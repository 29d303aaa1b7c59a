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
from fields.solve.cache import by_value
from fields.solve.integrate import AT_ONCE, at_once, integrate_anew

_BLOCK = 8192  # lives, at most, in a block
_LEAST = 2048  # and at least: where a flow is stiff a few take as long as all
_KEPT = 16  # blocks, of some 3 MB, that stay beside those alive; a film looks at neighbouring ones
_PLASTIC = 1.324717957244746  # x³ = x + 1: its powers spread points evenly in the plane


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
    """Particles that never stop: exactly ``count`` are alive at any time, each for ``lifetime``.

    Life k begins at time k·lifetime/count, so one is born whenever one dies, there is no instant at
    which all are reborn, and no sink empties the picture. Lives begin evenly all over [0, extent]²
    and a little beyond, drawn with ``seed``. With ``period``, which the flow must share, the lives
    repeat: the picture at ``time + period`` is the picture at ``time``, and a film of that length
    loops without a seam.

    With ``view``, what the flow moves are not the two weights of the picture: lives start where the
    view lifts places of the square, and what is seen of them is what it projects.

    The flow runs in film time, seconds. Lives are integrated when first looked at and kept for a
    while, so a long film needs no more memory than a short one.
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
                    f"Stream: the period {self.period!r} is no whole number of births; "
                    f"make it a multiple of the lifetime, {self.lifetime} s."
                )
        # A film's cache must see that a flow has changed, and the code of a class is not seen.
        times = np.linspace(0.0, 60.0, 61)
        places = starts(np.arange(61), self.seed, self.extent, self.count)
        begin = places if self.view is None else self.view.lift(places)
        object.__setattr__(self, "probe", np.asarray(self.flow.velocity(begin, times)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Stream:
        """A stream is a value: whoever copies it may share it."""
        return self

    def blocks(self, since: float, until: float) -> list[tuple[int, NDArray[np.float32]]]:
        """All lives that are alive at some time between two, and some that are not, by blocks.

        Of each block the number of its first life, and positions (m, 2, n): m samples from birth to
        death, evenly spaced in time, of n lives.
        """
        per_second = self.count / self.lifetime
        life = math.floor(since * per_second) - self.count + 1
        newest, found = math.floor(until * per_second), []
        while life <= newest:
            block, before = divmod(self._index(life), self._size)
            found.append((life - before, block))
            life += len(self._lives(block)) - before
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
        alive = [
            block[:, :, max(oldest - number, 0) : newest + 1 - number]
            for number, block in self.blocks(time, time)
        ]
        return _look_up(np.concatenate(alive, axis=2), self.age(time) / self.spacing)

    def age(self, time: float) -> Array:
        """For how long each has lived, (count,), in seconds."""
        oldest = math.floor(time * self.count / self.lifetime) - self.count + 1
        ages = time - (oldest + np.arange(self.count)) * (self.lifetime / self.count)
        return np.clip(ages, 0.0, self.lifetime)

    @property
    def spacing(self) -> float:
        """Seconds between the samples of a life."""
        return self.lifetime / self._steps

    @property
    def _steps(self) -> int:
        return max(3, math.ceil(self.lifetime * self.samples_per_second))

    @property
    def _size(self) -> int:
        """Lives in a block: those of half a lifetime, as far as they are followed at once."""
        return min(max(self.count // 2, _LEAST), _BLOCK)

    @property
    def _cycle(self) -> int | None:
        """Lives in a period."""
        return None if self.period is None else round(self.period * self.count / self.lifetime)

    def _lives(self, block: int) -> range:
        """The lives of a block; the last one of a period is shorter."""
        end = (block + 1) * self._size
        return range(block * self._size, end if self._cycle is None else min(end, self._cycle))

    def _index(self, life: int) -> int:
        return life if self._cycle is None else life % self._cycle


def starts(lives: NDArray[np.integer[Any]], seed: int, extent: float, count: int) -> Array:
    """Where consecutive lives begin, (n, 2): evenly over the square and 5 % beyond it.

    A low-discrepancy sequence (R₂ of M. Roberts, shifted by the seed), shuffled and loosened by the
    distance between neighbours among ``count``: even, and yet no lattice shows.
    """
    shift = np.random.default_rng(seed).random(2)
    even = shift + np.outer(lives, [1 / _PLASTIC, 1 / _PLASTIC**2])
    chance = np.random.default_rng([seed, int(lives[0]) % 2**32])
    loose = even + (chance.random(even.shape) - 0.5) / math.sqrt(count)
    order = np.arange(len(loose))
    chance.shuffle(order)
    return np.asarray(extent * (1e-3 + 1.049 * (loose[order] % 1.0)))


_blocks: OrderedDict[tuple[Hashable, int], NDArray[np.float32]] = OrderedDict()


def _samples(stream: Stream, blocks: set[int]) -> dict[int, NDArray[np.float32]]:
    """The lives of some blocks, followed unless those of an equal stream are still in memory."""
    name = _name(stream)
    keys = {block: (name, block) for block in blocks}
    missing = sorted(block for block, key in keys.items() if key not in _blocks)
    for block, lives in zip(missing, _follow_blocks(stream, missing), strict=True):
        _blocks[keys[block]] = lives
    for key in keys.values():
        _blocks.move_to_end(key)
    found = {block: _blocks[key] for block, key in keys.items()}
    while len(_blocks) > _KEPT + stream.count // stream._size:
        _blocks.popitem(last=False)
    return found


_names: WeakKeyDictionary[Stream, Hashable] = WeakKeyDictionary()  # told at every frame


def _name(stream: Stream) -> Hashable:
    """What its lives are kept by: its value, or else something that is equal to nothing."""
    if stream not in _names:
        try:
            _names[stream] = by_value(stream)
        except TypeError:
            _names[stream] = object()
    return _names[stream]


def _follow_blocks(stream: Stream, blocks: Sequence[int]) -> list[NDArray[np.float32]]:
    """Positions (m, 2, n) of the lives of each block; the few that take long do so together."""
    found: list[NDArray[np.float32]] = []
    lives = [np.array(stream._lives(block)) for block in blocks]
    together = max(1, AT_ONCE // stream._size)
    for first in range(0, len(blocks), together):
        part = lives[first : first + together]
        begin = [starts(some, stream.seed, stream.extent, stream.count) for some in part]
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


def hold_at_axes(places: Array) -> Array:
    """Trajectories (n, m, 2) that rest, from then on, where they first leave the quadrant."""
    out = (places[..., 0] < 0) | (places[..., 1] < 0)
    out[:, 0] = False  # whoever starts outside may move
    gone = np.flatnonzero(out.any(axis=1))
    first = np.argmax(out[gone], axis=1)
    before, after = places[gone, first - 1], places[gone, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(after < 0, before / (before - after), 1.0)
    exit_ = before + np.clip(np.min(parts, axis=1), 0, 1)[:, None] * (after - before)
    later = np.arange(places.shape[1]) >= first[:, None]
    held = places.copy()
    held[gone] = np.where(later[..., None], exit_[:, None, :], held[gone])
    return held


def _look_up(samples: NDArray[np.float32], at: Array) -> Array:
    """Positions (n, 2): the cubic through the four nearest samples (Catmull and Rom's).

    Beyond its first and last sample a life goes on as a parabola.
    """
    last = len(samples) - 1
    i = np.minimum(at.astype(int), last - 1)
    t = (at - i)[:, None]
    n = np.arange(len(i))
    a, b, c, d = (samples[np.clip(i + k, 0, last), :, n].astype(float) for k in (-1, 0, 1, 2))
    a = np.where((i == 0)[:, None], 3 * (b - c) + d, a)
    d = np.where((i == last - 1)[:, None], 3 * (c - b) + a, d)
    return np.asarray(
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    )
