"""Motions: where particles are at a film's time, looked up and never stepped."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.integrate import integrate
from fields.loss import Array

_BLOCK = 4096  # lives, at most, that are integrated together
_LEAST = 2048  # and at least: where a flow is stiff a few take as long as all
_STRAIGHT = 1e-4  # of the extent: what a straight run may leave its chord by
_KEPT = 16  # blocks that stay in memory beside those alive; a film looks at neighbouring ones
_PLASTIC = 1.324717957244746  # x³ = x + 1: its powers spread points evenly in the plane


class Motion(Protocol):
    """Where n particles are at a time, a pure function."""

    def at(self, time: float) -> Array:
        """Positions (n, 2), in weights."""
        ...

    def age(self, time: float) -> Array:
        """For how long each has been moving, (n,), in seconds."""
        ...


class Lives(NamedTuple):
    """Some lives of a stream as they stand at one time."""

    samples: NDArray[np.float32]
    """Positions (n, m, 2), from birth to death, evenly spaced in time."""
    runs: NDArray[np.uint8]
    """How many samples before each the straight run began that leads to it, (n, m)."""
    ages: Array
    """(n,), in seconds."""


@dataclass(frozen=True, eq=False)
class Stream:
    """Particles that never stop: exactly ``count`` are alive at any time, each for ``lifetime``.

    Life k begins at time k·lifetime/count, so one is born whenever one dies, there is no instant at
    which all are reborn, and no sink empties the picture. Lives begin evenly all over [0, extent]²
    and a little beyond, drawn with ``seed``. With ``period``, which the flow must share, the lives
    repeat: the picture at ``time + period`` is the picture at ``time``, and a film of that length
    loops without a seam.

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
        object.__setattr__(self, "probe", np.asarray(self.flow.velocity(places, times)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Stream:
        """A stream is a value: whoever copies it may share it."""
        return self

    def alive(self, time: float) -> Lives:
        """All ``count`` lives at ``time``, oldest first."""
        oldest = math.floor(time * self.count / self.lifetime) - self.count + 1
        block, first = divmod(self._index(oldest), self._size)
        blocks, size = [block], len(self._lives(block)) - first
        while size < self.count:
            block = self._index(self._lives(block).stop) // self._size
            blocks.append(block)
            size += len(self._lives(block))
        samples, runs = _joined(self, tuple(blocks))
        alive = slice(first, first + self.count)
        ages = time - (oldest + np.arange(self.count)) * (self.lifetime / self.count)
        return Lives(samples[alive], runs[alive], np.clip(ages, 0.0, self.lifetime))

    def at(self, time: float) -> Array:
        """Positions (count, 2), in weights, oldest first."""
        return _look_up(self.alive(time), self.lifetime)

    def age(self, time: float) -> Array:
        """For how long each has lived, (count,), in seconds."""
        return self.alive(time).ages

    @property
    def spacing(self) -> float:
        """Seconds between the samples of a life."""
        return self.lifetime / self._steps

    @property
    def _steps(self) -> int:
        return max(3, math.ceil(self.lifetime * self.samples_per_second))

    @property
    def _size(self) -> int:
        """Lives in a block: those of half a lifetime, as far as they fit a processor's cache."""
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
    chance.shuffle(loose)
    return np.asarray(extent * (1e-3 + 1.049 * (loose % 1.0)))


Block = tuple[NDArray[np.float32], NDArray[np.uint8]]
_blocks: OrderedDict[tuple[Stream, int], Block] = OrderedDict()
_joins: WeakKeyDictionary[Stream, tuple[tuple[int, ...], Block]] = WeakKeyDictionary()


def _joined(stream: Stream, blocks: tuple[int, ...]) -> Block:
    """Some blocks of lives as one, which the next picture most likely needs again."""
    join = _joins.get(stream)
    if join is None or join[0] != blocks:
        samples, runs = zip(*(_block(stream, block) for block in blocks), strict=True)
        join = _joins[stream] = blocks, (np.concatenate(samples), np.concatenate(runs))
    return join[1]


def _block(stream: Stream, block: int) -> Block:
    """Samples and runs of the lives of a block, followed unless still in memory."""
    lives = _blocks.pop((stream, block), None)
    if lives is None:
        lives = _follow_block(stream, block)
    _blocks[stream, block] = lives
    while len(_blocks) > _KEPT + stream.count // stream._size:
        _blocks.popitem(last=False)
    return lives


def _follow_block(stream: Stream, block: int) -> Block:
    """Samples (n, m, 2) and runs (n, m) of the lives of a block."""
    lives = np.array(stream._lives(block))
    ages = np.linspace(0.0, stream.lifetime, stream._steps + 1)
    times = (lives * (stream.lifetime / stream.count))[:, None] + ages
    begin = starts(lives, stream.seed, stream.extent, stream.count)
    places = hold_at_axes(integrate(stream.flow, begin, times, rtol=stream.rtol))
    return places.astype(np.float32), straight_runs(places, _STRAIGHT * stream.extent)


def straight_runs(places: Array, tolerance: float, longest: int = 8) -> NDArray[np.uint8]:
    """How many samples before each of (n, m, 2) its straight run began, (n, m), 0 at the first.

    A run goes on for as long as the samples in it lie within ``tolerance`` of even parts of its
    chord: then its two ends say all, position and speed.
    """
    n, m = places.shape[:2]
    at = np.ascontiguousarray(np.moveaxis(places, 0, -1))  # (m, 2, n): one sample of all together
    began, first = np.zeros(n, dtype=int), at[0]
    runs = np.zeros((m, n), np.uint8)
    for sample in range(1, m):
        span = sample - began
        chord = at[sample] - first
        middle = np.take_along_axis(at, (began + span // 2)[None, None], axis=0)[0]
        # a bend shows in the middle, a kink beside the end
        off = np.maximum(
            np.abs(middle - first - (span // 2 / span) * chord),
            np.abs(at[sample - 1] - first - ((span - 1) / span) * chord),
        )
        ended = (np.maximum(off[0], off[1]) > tolerance) & (span > 1) | (span > longest)
        began = np.where(ended, sample - 1, began)
        first = np.where(ended, at[sample - 1], first)
        runs[sample] = sample - began
    return np.ascontiguousarray(runs.T)


def hold_at_axes(places: Array) -> Array:
    """Trajectories (n, m, 2) that rest, from then on, where they first leave the quadrant."""
    out = np.any(places < 0, axis=-1)
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


def _look_up(run: Lives, lifetime: float) -> Array:
    """Positions (n, 2): the cubic through the four nearest samples (Catmull and Rom's)."""
    last = run.samples.shape[1] - 1
    position = run.ages * (last / lifetime)
    i = np.minimum(position.astype(int), last - 1)
    t = (position - i)[:, None]
    n = np.arange(len(i))
    a, b, c, d = (run.samples[n, np.clip(i + k, 0, last)].astype(float) for k in (-1, 0, 1, 2))
    return np.asarray(
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    )
