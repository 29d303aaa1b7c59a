"""Compiled: trajectories of the flow that swarms follow most, some dozens of particles at once.

The steps, their errors and their polynomials are those of ``march``, ``choose``, ``explicit``,
``implicit`` and ``dense``, operation by operation: positions are equal to the last bit where
NumPy's exponential is that of ``exponential``. What is rare is left to them: particles at rest, on
an axis, or with very short steps. Which those are depends on the particle alone.

Each particle has a lane, with time, step and samples of its own. All lanes take a step, those of
one method at a time; who has arrived leaves its lane to the next particle. Nothing that is done to
a particle depends on its lane, or on the others.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fields.compiled import alone, inlined, kernel, shared
from fields.flow import Flow
from fields.loss import Array
from fields.solve.bundle import GAIN, SHORT
from fields.solve.choose import STIFF
from fields.solve.compiled.drift import drift, scale, within
from fields.solve.compiled.exponential import all_exponentials
from fields.solve.compiled.law import Law
from fields.solve.compiled.steps import LAST, bend, explicit, implicit
from fields.solve.explicit import STABLE
from fields.solve.march import OFTEN, RESOLVED

_LANES = 128  # all numbers of a step of so many are near the processor
_FAR = 1e290  # beyond lies the logarithm of 0
_HAIR = 1e-9  # a millionth of a step of so many parts of the hour is more than time resolves

# rows of numbers, each with one for every lane
_X, _Y, _DX, _DY, _TIME, _ORIGIN, _PROPOSED, _MARK, _DECADE = range(9)
_NOW, _STEP, _XX, _YX, _XY, _YY, _STIFF = range(9, 16)
_WHO, _SAMPLE, _PIECE, _TRIES, _SINCE = range(5)


@inlined
def _grown(error, order):
    return min(max(0.9 * error ** (-1 / order), 0.2), 10.0)


@inlined
def _enter(lanes, counts, lane, who, begin, origin, elapsed, out):
    """Put a particle into a lane, and write the places at its first instants, those at 0."""
    x, y, sample = begin[who, 0], begin[who, 1], np.int64(0)
    while sample < elapsed.shape[1] and elapsed[who, sample] == 0.0:
        out[who, 2 * sample], out[who, 2 * sample + 1] = x, y
        sample += 1
    lanes[_X, lane], lanes[_Y, lane] = x, y
    lanes[_TIME, lane] = lanes[_MARK, lane] = lanes[_DECADE, lane] = 0.0
    lanes[_ORIGIN, lane] = origin[who]
    counts[_WHO, lane], counts[_SAMPLE, lane] = who, sample
    counts[_PIECE, lane] = counts[_TRIES, lane] = counts[_SINCE, lane] = 0


@inlined
def _depart(law, lanes, since, until, memory):
    """The drift where particles begin, and how long their first steps are to be."""
    place, slope, time, rest = memory[0:2], memory[2:4], memory[4], memory[5:]
    for i in range(since, until):
        k = i - since
        place[0, k], place[1, k], time[k] = lanes[_X, i], lanes[_Y, i], lanes[_ORIGIN, i]
    drift(law, place, time, until - since, rest, slope)
    for i in range(since, until):
        dx, dy = slope[0, i - since], slope[1, i - since]
        pace = max(abs(dx) / scale(lanes[_X, i]), abs(dy) / scale(lanes[_Y, i]))
        lanes[_DX, i], lanes[_DY, i] = dx, dy
        lanes[_PROPOSED, i] = 1.0 if pace == 0.0 else 0.01 / min(max(pace, 1e-300), 1e300)


@inlined
def _leave(lanes, counts, lane, last):
    """Move what is in the last lane to another."""
    for row in range(lanes.shape[0]):
        lanes[row, lane] = lanes[row, last]
    for row in range(counts.shape[0]):
        counts[row, lane] = counts[row, last]


@shared
def _count(lanes, counts, n, breaks, gain):
    """As ``Bundle.count``, and the time at each particle."""
    alone()
    for i in range(n):
        time = lanes[_TIME, i]
        now = lanes[_ORIGIN, i] + time
        before = counts[_PIECE, i]
        piece = np.searchsorted(breaks, now + 1e-13 * (1.0 + abs(now)), side="right")
        counts[_PIECE, i] = piece
        counts[_TRIES, i] += 1
        if piece != before or time > 10.0 * lanes[_DECADE, i]:
            counts[_TRIES, i], lanes[_DECADE, i] = 0, time
        counts[_SINCE, i] += 1
        if time > gain * lanes[_MARK, i]:
            counts[_SINCE, i], lanes[_MARK, i] = 0, time
        lanes[_NOW, i] = now
        lanes[_STEP, i] = min(lanes[_PROPOSED, i], breaks[piece] - now)


@shared
def _derive(law, lanes, n, memory):
    """As ``implicit.jacobian``: its columns, one after the other."""
    alone()
    place, beside, size, rest = memory[0:2], memory[2:4], memory[4], memory[5:]
    for c in range(2):
        z, other, to = lanes[_X + c], lanes[_Y - c], lanes[_XX + 2 * c : _YX + 2 * c + 1]
        moved, kept = place[c], place[1 - c]
        for i in range(n):
            size[i] = 1e-7 * scale(z[i])
            moved[i] = z[i] + size[i]
            kept[i] = other[i]
        drift(law, place, lanes[_NOW], n, rest, beside)
        for k in range(2):
            slope = lanes[_DX + k]
            for i in range(n):
                to[k, i] = (beside[k, i] - slope[i]) / size[i]


@shared
def _choose(lanes, n, most_stable, stiff):
    """As ``choose`` in the plane: how long steps are to be, and whether they are implicit."""
    alone()
    for i in range(n):
        xx, yx, xy, yy = lanes[_XX, i], lanes[_YX, i], lanes[_XY, i], lanes[_YY, i]
        middle = 0.5 * (xx + yy)
        apart = math.sqrt(max(middle * middle - (xx * yy - xy * yx), 0.0))
        stable, telling = within(most_stable, -(middle - apart)), within(1.0, middle + apart)
        long = lanes[_STEP, i]
        most = min(long, telling)
        is_stiff = long > stiff * stable and most > stiff * stable
        lanes[_STEP, i] = most if is_stiff else min(long, stable)
        lanes[_STIFF, i] = 1.0 if is_stiff else 0.0


@inlined
def _is_rare(lanes, counts, i, short, often, resolved):
    """Whether a particle is to be left to be followed otherwise."""
    time, h = lanes[_TIME, i], lanes[_STEP, i]
    least = max(resolved * time, _HAIR * abs(lanes[_NOW, i]) if lanes[_STIFF, i] > 0.0 else 0.0)
    is_tiny = time + h == time or not h > least
    return counts[_SINCE, i] >= short or counts[_TRIES, i] >= often or is_tiny


@inlined
def _is_due(counts, i, after, elapsed):
    sample = counts[_SAMPLE, i]
    return sample < elapsed.shape[1] and elapsed[counts[_WHO, i], sample] <= after


@shared
def _reach(z, new, polynomial, k, time, h, instants, out):
    """Write the places at the ``instants`` that the k-th step passes; how many these are.

    As by ``dense.evaluate``.
    """
    alone()
    after, sample, m = time + h, 0, instants.shape[0]
    a0, a1, a2, a3 = polynomial[0, 0, k], polynomial[1, 0, k], polynomial[2, 0, k], polynomial[3, 0, k]
    a4, a5, a6 = polynomial[4, 0, k], polynomial[5, 0, k], polynomial[6, 0, k]
    b0, b1, b2, b3 = polynomial[0, 1, k], polynomial[1, 1, k], polynomial[2, 1, k], polynomial[3, 1, k]
    b4, b5, b6 = polynomial[4, 1, k], polynomial[5, 1, k], polynomial[6, 1, k]
    x, y, u, v = z[0, k], z[1, k], new[0, k], new[1, k]
    while sample < m and instants[sample] <= after:
        instant = instants[sample]
        s = (instant - time) / h
        r = 1.0 - s
        a = ((((((((0.0 + a6) * s + a5) * r + a4) * s + a3) * r + a2) * s) + a1) * r + a0) * s
        b = ((((((((0.0 + b6) * s + b5) * r + b4) * s + b3) * r + b2) * s) + b1) * r + b0) * s
        is_end = instant >= after
        out[2 * sample] = u if is_end else x + a
        out[2 * sample + 1] = v if is_end else y + b
        sample += 1
    return sample


@shared
def _advance(law, lanes, counts, some, n, is_stiff, rtol, resolved, elapsed, spaces, out):
    """A step of the n particles in ``some`` lanes, all by one method."""
    alone()
    stages, polynomial, state, memory = spaces
    z, slope, new, end, at = state[0:2], state[2:4], state[4:6], state[6:8], state[8:12]
    now, h, error = state[12], state[13], state[14]
    first = stages[0]
    for k in range(n):
        i = some[k]
        z[0, k], z[1, k], now[k], h[k] = lanes[_X, i], lanes[_Y, i], lanes[_NOW, i], lanes[_STEP, i]
        slope[0, k], slope[1, k] = lanes[_DX, i], lanes[_DY, i]
        if is_stiff:
            for c in range(4):
                at[c, k] = lanes[_XX + c, i]
        else:
            first[0, k], first[1, k] = slope[0, k], slope[1, k]
    if is_stiff:
        implicit(law, z, now, h, rtol, n, slope, at, stages, new, end, polynomial, error, memory)
    else:
        explicit(law, z, now, h, rtol, n, stages, new, error, memory)
        end = stages[LAST]
    due = False
    for k in range(n):
        i = some[k]
        if not (error[k] < np.inf and abs(new[0, k]) < _FAR and abs(new[1, k]) < _FAR):
            error[k] = np.inf
        due = due or error[k] <= 1.0 and _is_due(counts, i, lanes[_TIME, i] + h[k], elapsed)
    if due and not is_stiff:
        bend(law, z, new, now, h, n, stages, polynomial, memory)
    for k in range(n):
        i = some[k]
        factor, time, proposed = _grown(error[k], 5 if is_stiff else 8), lanes[_TIME, i], lanes[_PROPOSED, i]
        if not error[k] <= 1.0:
            lanes[_PROPOSED, i] = max(h[k] * min(factor, 0.9), 0.5 * resolved * time)
            continue
        if _is_due(counts, i, time + h[k], elapsed):
            who, sample = counts[_WHO, i], counts[_SAMPLE, i]
            reached = elapsed[who, sample:], out[who, 2 * sample:]
            counts[_SAMPLE, i] += _reach(z, new, polynomial, k, time, h[k], *reached)
        lanes[_X, i], lanes[_Y, i], lanes[_TIME, i] = new[0, k], new[1, k], time + h[k]
        lanes[_DX, i], lanes[_DY, i] = end[0, k], end[1, k]
        # a step that a break has shortened tells little about how long the next may be
        grown = max(h[k] * factor, proposed) if h[k] < proposed else h[k] * factor
        lanes[_PROPOSED, i] = max(grown, 0.5 * resolved * time)


@kernel
def _follow(left, law, limits, begin, origin, elapsed, breaks, rtol, lanes, counts, some, spaces, out):
    """Say of each particle whether it is left to be followed."""
    most_stable, stiff, short, gain, often, resolved = limits
    particles, m, memory = len(begin), elapsed.shape[1], spaces[3]
    n = following = nought = np.int64(0)
    while True:
        i = nought
        while i < n:
            who = counts[_WHO, i]
            if lanes[_TIME, i] < elapsed[who, m - 1]:
                i += 1
                continue
            all_exponentials(out[who], memory[0])
            n -= 1
            _leave(lanes, counts, i, n)
        before = n
        while n < lanes.shape[1] and following < particles:
            who = following
            following += 1
            left[who] = not (abs(begin[who, 0]) < _FAR and abs(begin[who, 1]) < _FAR)
            if left[who]:
                continue
            _enter(lanes, counts, n, who, begin, origin, elapsed, out)
            if not 0.0 < elapsed[who, m - 1]:
                all_exponentials(out[who], memory[0])
                continue
            n += 1
        if n == 0:
            break
        if n > before:
            _depart(law, lanes, before, n, memory)
        _count(lanes, counts, n, breaks, gain)
        _derive(law, lanes, n, memory)
        _choose(lanes, n, most_stable, stiff)
        i = nought
        while i < n:
            if _is_rare(lanes, counts, i, short, often, resolved):
                left[counts[_WHO, i]] = True
                n -= 1
                _leave(lanes, counts, i, n)
            else:
                i += 1
        for is_stiff in range(2):
            chosen = nought
            for i in range(n):
                if (lanes[_STIFF, i] > 0.0) == (is_stiff == 1):
                    some[chosen] = i
                    chosen += 1
            if chosen > 0:
                _advance(
                    law, lanes, counts, some, chosen, is_stiff == 1, rtol, resolved, elapsed,
                    spaces, out,
                )  # fmt: skip


def follow(
    flow: Flow, law: Law, begin: Array, instants: Array, rtol: float, out: Array
) -> NDArray[np.intp]:
    """Write the positions at ``instants`` (n, m) to ``out`` (n, m, 2); who is left to be followed.

    They start at z = ``begin`` (n, 2), in ln w.
    """
    breaks = np.append(np.unique(getattr(flow, "breaks", ())), np.inf)
    limits = STABLE, STIFF, SHORT, GAIN, OFTEN, RESOLVED
    start, origin = np.ascontiguousarray(begin), np.ascontiguousarray(instants[:, 0])
    times = start, origin, instants - instants[:, :1]
    n, left = _LANES, np.zeros(len(begin), np.bool_)
    lanes, counts, some = np.zeros((16, n)), np.zeros((5, n), np.int64), np.zeros(n, np.int64)
    spaces = np.empty((16, 2, n)), np.empty((7, 2, n)), np.empty((15, n)), np.empty((16, n))
    flat = out.reshape(len(begin), -1)
    _follow(left, tuple(law), limits, *times, breaks, float(rtol), lanes, counts, some, spaces, flat)
    return np.flatnonzero(left)
