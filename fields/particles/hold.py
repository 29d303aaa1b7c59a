"""A hold: a stream whose flow rests from an instant on, and whose picture from then on repeats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fields.ease import smoothstep
from fields.flow import Flow
from fields.pace import HeldFlow
from fields.particles.stream import Stream

_NEAR = 1e-4
"""Seconds before and after an instant that tell whether a number moves there."""
_FAR = 600.0
_STEP = 0.05
"""For how long, and how finely, a number that names no breaks is asked when it rests."""


@dataclass(frozen=True, eq=False)
class _OfStream:
    """What has its measures from a stream."""

    stream: Stream

    @property
    def lifetime(self) -> float:
        """Seconds."""
        return self.stream.lifetime

    @property
    def count(self) -> int:
        """How many particles of the stream are seen at a time."""
        return self.stream.count

    @property
    def spacing(self) -> float:
        """Seconds between two samples."""
        return self.stream.spacing


@dataclass(frozen=True, eq=False)
class BegunBetween(_OfStream):
    """Those trajectories of a stream that begin after an instant, and not after another one."""

    after: float
    until: float

    def blocks(self, since: float, until: float) -> list[tuple[int, NDArray[np.float32]]]:
        """As those of the stream, without the trajectories that are left out."""
        first, last = (
            math.floor(end * self.count / self.lifetime + 1e-6) for end in (self.after, self.until)
        )
        found = []
        for number, samples in self.stream.blocks(since, until):
            begin, end = max(first + 1 - number, 0), min(last + 1 - number, samples.shape[2])
            if begin < end:
                found.append((number + begin, self._part(samples, begin, end)))
        return found

    def _part(self, samples: NDArray[np.float32], begin: int, end: int) -> NDArray[np.float32]:
        """A part of a block as a block; the copy is kept until another block needs one."""
        if (begin, end) == (0, samples.shape[2]):
            return samples
        kept = _parts.setdefault(self, {})
        source, part = kept.get((begin, end), (None, samples))
        if source is not samples:
            part = np.ascontiguousarray(samples[:, :, begin:end])
            kept[begin, end] = samples, part
        return part


# Here, where the hash behind Manim's cache does not come.
_Parts = dict[tuple[int, int], tuple[NDArray[np.float32], NDArray[np.float32]]]
_parts: WeakKeyDictionary[BegunBetween, _Parts] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class HeldStream(_OfStream):
    """A stream until ``since``; from then on its flow rests, and a picture repeats each ``period``.

    Trajectories that begin in the hold repeat, one ``period`` later, those that begin in the
    ``period`` before it. The cohort that moves at its begin goes on under the flow as it is at that
    instant. Where the period is shorter than a lifetime and a ``trail``, some of it would still be
    seen at its end: those fade, and in their place come those of the same age a ``period`` earlier.
    So as many are seen as ever, and at the end all light is that of the time before ``since``, to
    the last bit.

    ``since`` and ``period`` are whole numbers of slices of time, of which there are ``rate`` in a
    second; all light that is left in one of them fades alike.
    """

    since: float
    period: float
    trail: float
    """Seconds until light is dark."""
    rate: int = 60

    def __post_init__(self) -> None:
        if not self.period > self.trail:
            raise ValueError(
                f"HeldStream: a period of {self.period!r} s is no longer than a trail, "
                f"{self.trail!r} s; what was seen at its begin would be seen at its end."
            )
        since, begin = self.since, self.since - self.lifetime
        gone = min(begin + self.period - self.trail, since)  # begun until then: dark at the end
        cohort, new, first = self._going_on(), self.stream, since - self.period
        kinds = (
            BegunBetween(cohort, begin, gone),
            BegunBetween(cohort, gone, since),
            BegunBetween(new, first, since),
            BegunBetween(new, begin - self.trail, first),
        )
        object.__setattr__(self, "kinds", kinds)

    def __deepcopy__(self, memo: dict[int, Any]) -> HeldStream:
        """It is a value, as the stream."""
        return self

    def strands(
        self, since: float, until: float
    ) -> Iterator[tuple[Stream | BegunBetween, float, float, float, float]]:
        """Who leaves light between two times, when, how much later than then, and what part of it.

        What ends ``later`` seconds after the time given is the same, picture by picture.
        """
        first, stop = (round((time - self.since) * self.rate) for time in (since, until))
        whole = round(self.period * self.rate)
        if first < 0:
            yield self.stream, since, min(until, self.since), 0.0, 1.0
        for number in range(max(first, 0), stop):
            lap, slice_ = divmod(number, whole)
            yield from self._slice(slice_, lap * self.period)

    def _slice(
        self, number: int, later: float
    ) -> Iterator[tuple[Stream | BegunBetween, float, float, float, float]]:
        """What is left in a slice of the first period."""
        comes = self._share(number)
        then = self.since + number / self.rate, self.since + (number + 1) / self.rate
        before = then[0] - self.period, then[1] - self.period
        for kind, share, (begin, end), after in zip(
            vars(self)["kinds"],
            (1.0, 1.0 - comes, 1.0, comes),
            (then, then, before, before),
            (later, later, later + self.period, later + self.period),
            strict=True,
        ):
            if share > 0.0 and kind.after < kind.until:
                yield kind, begin, end, after, share

    def _share(self, number: int) -> float:
        """How much is seen of those that come, in a slice of a period."""
        part = min(number / round((self.period - self.trail) * self.rate), 1.0)
        return float(smoothstep(part))

    def _going_on(self) -> Stream:
        """The stream under the flow as it is from the instant on."""
        stream = self.stream
        begin = stream.lifted(stream.begin(np.arange(61)))
        instants = self.since + np.linspace(0.0, stream.lifetime, 9)
        later = np.array([stream.flow.velocity(begin, np.full(61, time)) for time in instants])
        if np.array_equal(later, np.broadcast_to(later[:1], later.shape)):
            return stream
        held = HeldFlow(stream.flow, self.since)
        named = {f.name: getattr(stream, f.name) for f in fields(stream)}
        return Stream(**(named | {"flow": held, "period": None}))


class Moving(NamedTuple):
    """A number of a flow that is not at rest."""

    name: str
    rests_from: float | None
    """Seconds; None if it never is, for all we can see."""


def moving(flow: Flow, time: float) -> list[Moving]:
    """The numbers that move in a flow before and after a time: depth, or whatever else it has."""
    return [
        Moving(name.replace("_", " "), _rest(number, time))
        for name, number in _numbers(flow)
        if _moves(number, time, -_NEAR) and _moves(number, time, _NEAR)
    ]


def _numbers(thing: object) -> Iterator[tuple[str, Callable[[float], object]]]:
    """Functions of time, with their names, in a flow or in what it is made of."""
    if not is_dataclass(thing):
        return
    for field in fields(thing):
        value = getattr(thing, field.name)
        if isinstance(value, type) or field.name == "function":
            continue
        if callable(value):
            yield field.name, value
        else:
            yield from _numbers(value)


def _moves(number: Callable[[float], object], time: float, by: float) -> bool:
    return not np.array_equal(np.asarray(number(time)), np.asarray(number(time + by)))


def _rest(number: Callable[[float], object], time: float) -> float | None:
    """From when on a number is at rest."""
    known = sorted(getattr(number, "breaks", ()))
    for moment in known or time + np.arange(_STEP, _FAR, _STEP):
        if moment > time and not _moves(number, float(moment), _NEAR):
            return float(moment)
    return None
