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

_BLOCK = 2048  # lives that are integrated together
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
        block, first = divmod(self._index(oldest), _BLOCK)
        blocks, size = [block], len(self._lives(block)) - first
        while size < self.count:
            block = self._index(self._lives(block).stop) // _BLOCK
            blocks.append(block)
            size += len(self._lives(block))
        samples = _joined(self, tuple(blocks))[first : first + self.count]
        ages = time - (oldest + np.arange(self.count)) * (self.lifetime / self.count)
        return Lives(samples, np.clip(ages, 0.0, self.lifetime))

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
    def _cycle(self) -> int | None:
        """Lives in a period."""
        return None if self.period is None else round(self.period * self.count / self.lifetime)

    def _lives(self, block: int) -> range:
        """The lives of a block; the last one of a period is shorter."""
        end = (block + 1) * _BLOCK
        return range(block * _BLOCK, end if self._cycle is None else min(end, self._cycle))

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


_blocks: OrderedDict[tuple[Stream, int], NDArray[np.float32]] = OrderedDict()
_runs: WeakKeyDictionary[Stream, tuple[tuple[int, ...], NDArray[np.float32]]] = WeakKeyDictionary()


def _joined(stream: Stream, blocks: tuple[int, ...]) -> NDArray[np.float32]:
    """Some blocks of lives in one array, which the next picture most likely needs again."""
    run = _runs.get(stream)
    if run is None or run[0] != blocks:
        run = _runs[stream] = blocks, np.concatenate([_block(stream, block) for block in blocks])
    return run[1]


def _block(stream: Stream, block: int) -> NDArray[np.float32]:
    """The lives ``block``·2048 and on, integrated unless they still are in memory."""
    lives = _blocks.pop((stream, block), None)
    if lives is None:
        lives = _integrate_block(stream, block)
    _blocks[stream, block] = lives
    while len(_blocks) > _KEPT + stream.count // _BLOCK:
        _blocks.popitem(last=False)
    return lives


def _integrate_block(stream: Stream, block: int) -> NDArray[np.float32]:
    """Positions (n, m, 2) of the lives ``block``·2048 and on."""
    lives = np.array(stream._lives(block))
    ages = np.linspace(0.0, stream.lifetime, stream._steps + 1)
    times = (lives * (stream.lifetime / stream.count))[:, None] + ages
    begin = starts(lives, stream.seed, stream.extent, stream.count)
    places = integrate(stream.flow, begin, times, rtol=stream.rtol)
    return hold_at_axes(places).astype(np.float32)


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
