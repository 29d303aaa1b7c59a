"""Trajectories at chosen times, of many particles at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.flow import Flow, departure
from fields.loss import Array, place
from fields.pace import EvenPace
from fields.solve.bundle import Leap
from fields.solve.cache import Memory
from fields.solve.compiled.follow import follow
from fields.solve.compiled.law import law_of
from fields.solve.dense import evaluate, interpolant, part_of
from fields.solve.explicit import rows
from fields.solve.march import march
from fields.solve.seen import Seen, own_time

AT_ONCE = 24576
"""Particles in the plane that are followed together, with more weights so many numbers: arithmetic,
not calling NumPy, is to take the time, and the stages of a step are to stay near the processor."""
DRAWN = 1e-7
"""The ``rtol`` of what is only drawn: far finer than a picture shows."""
_AHEAD = 8  # samples that are looked for at once in a step; few steps hold more
_ROOM = 32 * 2**20  # bytes; the paths of a scene take some 100 kB, and it is made several times

_memory = Memory(_ROOM)


def integrate(flow: Flow, starts: ArrayLike, times: ArrayLike, *, rtol: float = 1e-10) -> Array:
    """Positions of particles that follow ``flow``, shape (..., m, d).

    ``starts`` (..., d) are where the particles are at the first time; ``times`` (m,), or (..., m)
    for times of their own, never decrease, in flow time. ``rtol`` bounds the relative error of
    each step. A position is the same to the last bit whatever else is asked for beside it.
    Trajectories are remembered for as long as there is room, if the flow is a value: made of our
    frozen dataclasses, numbers and arrays. What has code of your own is followed anew each time.

    A span of time may be of any length: what decays, by whatever law, is followed in steps that
    grow with time, and what is at rest to its last digits rests. Where rounding decides where a
    particle goes, as at even pace where one weight has settled, errors are some 1e-16 times the
    condition of its place, whatever ``rtol``. A particle takes at most ``bundle.STEPS``, 3,000,
    steps while its time grows tenfold, anew after each of the flow's ``breaks``.

    At even pace, particles of a formula that take many steps are followed in its own time. What
    comes ever nearer to a place that it never reaches, as 1 in w = tanh u, is there soon, and
    rests.

    A start on an axis stays there from N = 2 on, and leaves it at once for N < 2.
    What reaches an axis in finite time (N < 2 alone) crosses it where that is the one continuation,
    ẇ = |w|ᵖ g, that is in a ``GradientFlow``; in a ``MorphingFlow`` it rests there.

    Source: the explicit Runge–Kutta pair DOP853 in the flow's chart, stepped per particle; where
    a flow is stiff, the Rosenbrock method Rodas5P.
    Raises ValueError for starts off the flow's domain and for times that decrease,
    ArithmeticError, with the particle, its time and its place, where one cannot be followed, or
    takes more steps than that.
    """
    starts, times = np.asarray(starts, dtype=float), np.asarray(times, dtype=float)
    source = flow, starts, times, rtol
    return _memory.recall(source, lambda: integrate_anew(*source))


def integrate_anew(flow: Flow, starts: Array, times: Array, rtol: float) -> Array:
    """The same, and not remembered: for what is large, or kept by who asks."""
    if times.ndim == 0 or times.shape[-1] == 0:
        raise ValueError("integrate: there are no times; give at least one, such as [0.0].")
    check_accuracy("integrate", rtol)
    begin = enter(flow, starts, times[..., 0])
    shape, m = begin.shape[:-1], times.shape[-1]
    begin = begin.reshape(-1, begin.shape[-1])
    instants = np.broadcast_to(times, (*shape, m)).reshape(-1, m)
    if not (np.isfinite(instants).all() and np.all(np.diff(instants, axis=1) >= 0)):
        raise ValueError("integrate: the times must be finite and must not decrease.")
    out = np.empty((len(begin), m, starts.shape[-1]))
    together = at_once(begin.shape[-1])
    for first in range(0, len(begin), together):
        part = slice(first, first + together)
        _fill(flow, begin[part], instants[part], rtol, out[part], first)
    return out.reshape(*shape, m, starts.shape[-1])


def at_once(dimension: int) -> int:
    """Particles that are followed together, of so many coordinates."""
    return AT_ONCE if dimension == 2 else max(1, AT_ONCE // dimension)


def check_accuracy(who: str, rtol: float) -> None:
    """Raise ValueError, for ``who`` asks, where no step is as accurate as ``rtol``, or any is."""
    if not 0 < rtol < math.inf:
        raise ValueError(f"{who}: rtol is {rtol!r}; give a finite number above 0, such as 1e-10.")


def enter(flow: Flow, starts: ArrayLike, time: ArrayLike) -> Array:
    """The starts (..., d), at their first ``time``, in the flow's chart.

    Raises ValueError where the flow is one of other weights, or the chart has no such place.
    """
    starts = np.asarray(starts, dtype=float)
    d = getattr(flow, "dimension", None)
    if starts.ndim == 0 or d not in (None, starts.shape[-1]):
        weights = "(w₁, w₂)" if d == 2 else "w₁, w₂, …" if d is None else f"the {d} weights"
        raise ValueError(
            f"integrate: the starts have shape {starts.shape}; the last axis must be {weights}."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        begin = flow.chart.enter(starts)
    bad = ~np.all(np.isfinite(begin) & np.isfinite(starts), axis=-1)
    if bad.any():
        k = int(np.argmax(bad))
        w = place(starts.reshape(-1, starts.shape[-1])[k])
        raise ValueError(
            f"integrate: particle {k} starts at {w}, which no parameters reach; "
            "start inside the parameterization's domain (for powers: w₁ ≥ 0 and w₂ ≥ 0)."
        )
    return departure(flow, begin, np.broadcast_to(time, begin.shape[:-1]))


def _fill(flow: Flow, begin: Array, instants: Array, rtol: float, out: Array, offset: int) -> None:
    """Write the positions at ``instants`` (n, m) to ``out`` (n, m, d), by compiled code if it can.

    Whether a particle is followed by compiled code, or at even pace in its flow's own time, depends
    on the flow and on itself alone.
    """
    law = law_of(flow)
    if law is not None:
        left = follow(flow, law, begin, instants, rtol, out)
        if len(left) == 0:
            return
        rest = np.empty((len(left), *out.shape[1:]))
        with suppress(ArithmeticError):  # which would call the particle by another number
            _follow(flow, begin[left], instants[left], rtol, rest, 0)
            out[left] = rest
            return
    pace = own_time(flow)
    noted: list[int] = []
    _follow(flow, begin, instants, rtol, out, offset, hard=None if pace is None else noted)
    if pace is not None and noted:
        hard = np.sort(noted)
        rest = np.empty((len(hard), *out.shape[1:]))
        _follow(pace.flow, begin[hard], instants[hard], rtol, rest, offset + hard, pace)
        out[hard] = rest


def _follow(
    flow: Flow,
    begin: Array,
    instants: Array,
    rtol: float,
    out: Array,
    first: int | NDArray[np.intp],
    pace: EvenPace | None = None,
    hard: list[int] | None = None,
) -> None:
    """Write the positions at ``instants`` (n, m) to ``out`` (n, m, d).

    With a ``pace``, whose curves the flow is, instants are those at which places are seen. Those of
    particles that are noted in ``hard`` are missing.
    """
    n, m = instants.shape
    wide = m + _AHEAD
    elapsed = np.full((n, wide), np.inf)  # what never comes ends every row
    np.subtract(instants, instants[:, :1], out=elapsed[:, :m])
    turn = np.arange(n) * wide + np.sum(elapsed == 0, axis=1)  # the sample that each is at
    k = begin.shape[1]
    z = np.empty((k, n * wide))  # in the chart, column by column
    known = elapsed == 0 if hard is None else np.ones_like(elapsed, dtype=bool)
    np.copyto(z.reshape(k, n, wide), begin.T[..., None], where=known)
    flat, origin = elapsed.ravel(), instants[:, 0]
    span, seen = elapsed[:, m - 1], None
    if pace is not None:
        span, seen = np.full(n, np.inf), Seen(pace, span, rtol)
    for leap in march(flow, begin, origin, span, rtol=rtol, first=first, seen=seen, hard=hard):
        due = np.flatnonzero(leap.good & (flat.take(turn.take(leap.who)) <= leap.end))
        if len(due) == 0:
            continue
        polynomial = interpolant(flow, leap, origin.take(leap.who.take(due)), due)
        for one, instant, sample in _reached(flat, turn, leap, due):
            which = due.take(one)
            part = part_of(leap, which, instant)
            there = rows(leap.z, which) + evaluate(
                [rows(c, one) for c in polynomial], part[:, None]
            )
            done = np.flatnonzero(instant >= leap.end.take(which))
            there[done] = leap.new[which[done]]
            for column, values in zip(z, there.T, strict=True):
                column[sample] = values
    out[:] = flow.chart.leave(np.moveaxis(z.reshape(k, n, wide)[:, :, :m], 0, -1))


def _reached(
    flat: Array, turn: NDArray[np.intp], leap: Leap, due: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], Array, NDArray[np.intp]]]:
    """The samples that a step passes, some of each particle at a time, and each once.

    Whose they are, by their place in ``due``; when they are; and where they stand in ``flat``.
    """
    left = np.arange(len(due))  # those that may have samples left in this step
    while len(left):
        who, after = leap.who.take(due.take(left)), leap.end.take(due.take(left))
        ahead = turn.take(who)[:, None] + np.arange(_AHEAD)
        instants = flat.take(ahead)
        reached = instants <= after[:, None]
        found = np.flatnonzero(reached)
        yield left.take(found // _AHEAD), instants.take(found), ahead.take(found)
        written = np.count_nonzero(reached, axis=1)
        turn[who] += written
        left = left[written == _AHEAD]
