"""Trajectories at chosen times, of many particles at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.chart import Chart
from fields.flow import Flow
from fields.loss import Array
from fields.march import evaluate, interpolant, march, rows

_AT_ONCE = 4096  # particles: what stays in a processor's cache
_AHEAD = 4  # samples that are looked for at once in a step


def integrate(flow: Flow, starts: ArrayLike, times: ArrayLike, *, rtol: float = 1e-10) -> Array:
    """Positions of particles that follow ``flow``, shape (..., m, 2).

    ``starts`` (..., 2) are where the particles are at the first time; ``times`` (m,), or (..., m)
    for times of their own, never decrease, in flow time. ``rtol`` bounds the relative error of
    each step. A position is the same to the last bit whatever else is asked for beside it.

    What reaches an axis in finite time (N < 2 alone) crosses it where that is the one continuation,
    ẇ = |w|ᵖ g, that is in a ``GradientFlow``; in a ``MorphingFlow`` it rests there.

    Source: the explicit Runge–Kutta pair DOP853 in the flow's chart, stepped per particle.
    Raises ValueError for starts off the flow's domain and for times that decrease,
    ArithmeticError where a particle cannot be followed.
    """
    starts, times = enter(flow.chart, starts), np.asarray(times, dtype=float)
    if times.ndim == 0 or times.shape[-1] == 0:
        raise ValueError("integrate: there are no times; give at least one, such as [0.0].")
    shape, m = starts.shape[:-1], times.shape[-1]
    begin = starts.reshape(-1, 2)
    instants = np.broadcast_to(times, (*shape, m)).reshape(-1, m)
    if not (np.isfinite(instants).all() and np.all(np.diff(instants, axis=1) >= 0)):
        raise ValueError("integrate: the times must be finite and must not decrease.")
    out = np.empty((len(begin), m, 2))
    for first in range(0, len(begin), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        _follow(flow, begin[part], instants[part], rtol, out[part], first)
    return out.reshape(*shape, m, 2)


def enter(chart: Chart, starts: ArrayLike) -> Array:
    """The starts (..., 2) in the chart; ValueError where the chart has no such place."""
    starts = np.asarray(starts, dtype=float)
    if starts.shape[-1:] != (2,):
        raise ValueError(
            f"integrate: the starts have shape {starts.shape}; the last axis must be (w₁, w₂)."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        begin = chart.enter(starts)
    bad = ~np.all(np.isfinite(begin) & np.isfinite(starts), axis=-1)
    if bad.any():
        k = int(np.argmax(bad))
        w = tuple(float(x) for x in starts.reshape(-1, 2)[k])
        raise ValueError(
            f"integrate: particle {k} starts at {w}, which no parameters reach; "
            "start inside the parameterization's domain (for powers: w₁ > 0 and w₂ > 0)."
        )
    return begin


def _follow(
    flow: Flow, begin: Array, instants: Array, rtol: float, out: Array, offset: int
) -> None:
    """Write the positions at ``instants`` (n, m) to ``out`` (n, m, 2)."""
    chart, last = flow.chart, instants.shape[1] - 1
    elapsed = instants - instants[:, :1]
    out[:] = chart.leave(begin)[:, None, :]
    turn = np.sum(elapsed == 0, axis=1)  # the sample that each will write next
    origin = instants[:, 0]
    for leap in march(flow, begin, origin, elapsed[:, -1], rtol=rtol, first=offset):
        turns = np.minimum(turn[leap.who], last)
        due = np.flatnonzero(leap.good & (elapsed[leap.who, turns] <= leap.after))
        if len(due) == 0:
            continue
        who = leap.who[due]
        polynomial = interpolant(flow, leap, origin[who], due)
        z, new = rows(leap.z, due), rows(leap.new, due)
        time, h, after = leap.time[due], leap.step[due], leap.after[due]
        left = np.arange(len(due))  # those that may have samples left in this step
        while len(left):
            ahead = turn[who[left], None] + np.arange(_AHEAD)
            instants = elapsed[who[left, None], np.minimum(ahead, last)]
            reached = (ahead <= last) & (instants <= after[left, None])
            one, instant = left[np.nonzero(reached)[0]], instants[reached]
            part = (instant - time[one]) / h[one]
            change = evaluate([rows(c, one) for c in polynomial], part[:, None])
            done = (instant >= after[one])[:, None]
            place = np.where(done, rows(new, one), rows(z, one) + change)
            out[who[one], ahead[reached]] = chart.leave(place)
            written = reached.sum(axis=1)
            turn[who[left]] += written
            left = left[written == _AHEAD]
