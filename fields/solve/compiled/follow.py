"""Compiled: trajectories of flows in ln w, many particles at once: see ``Law``.

The steps, their errors and their polynomials are those of ``march``, ``choose``, ``explicit``,
``implicit`` and ``dense``, operation by operation, and positions are equal to the last bit. What is
rare is left to them: particles at rest, on an axis, or with very short steps. Which those are
depends on the particle alone.

Each particle has a lane, with time, step and samples of its own. All lanes take a step, those of
one method at a time; who has arrived leaves its lane to the next particle. Nothing that is done to
a particle depends on its lane, or on the others. Every loop over lanes is short and has no branch,
so that it is done to four or more numbers at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.compiled import apart, inlined, kernel, shared
from fields.exponential import AT_ONCE, all_exponentials
from fields.flow import Flow
from fields.loss import Array
from fields.solve.bundle import GAIN, SHORT
from fields.solve.choose import STIFF
from fields.solve.compiled.explicit import LAST, bend, explicit
from fields.solve.compiled.implicit import derive, implicit
from fields.solve.compiled.lanes import (
    AT,
    COUNTS,
    DX,
    IS_STIFF,
    NOW,
    PROPOSED,
    ROWS,
    SAMPLE,
    STEP,
    TIME,
    UNTIL,
    WHO,
    X,
    choose,
    count,
    depart,
    enter,
    is_rare,
    leave,
)
from fields.solve.compiled.law import Law
from fields.solve.explicit import STABLE, grown
from fields.solve.march import OFTEN, RESOLVED

_LANES = 192  # in fewer, loops are too short; more gain little
_FAR = 1e290  # beyond lies the logarithm of 0


@inlined
def _begin(z, instants, out):
    """Write a particle's places, in the chart, at its first instants, those at 0; how many."""
    sample = np.int64(0)
    while sample < instants.shape[0] and instants[sample] == 0.0:
        out[2 * sample], out[2 * sample + 1] = z[0], z[1]
        sample += 1
    return sample


@inlined
def _evaluate(polynomial, k, part):
    """As ``dense.evaluate``."""
    x = y = 0.0
    for row in range(7):
        factor = part if row % 2 == 0 else 1.0 - part
        x = (x + polynomial[6 - row, 0, k]) * factor
        y = (y + polynomial[6 - row, 1, k]) * factor
    return x, y


@shared
def _reach(z, new, polynomial, k, time, h, instants, out):
    """Write places, in the chart, at the ``instants`` that the k-th step passes; how many."""
    apart()
    after, sample = time + h, np.int64(0)
    x, y, u, v = z[0, k], z[1, k], new[0, k], new[1, k]
    while sample < instants.shape[0] and instants[sample] <= after:
        instant = instants[sample]
        a, b = _evaluate(polynomial, k, (instant - time) / h)
        is_end = instant >= after
        out[2 * sample] = u if is_end else x + a
        out[2 * sample + 1] = v if is_end else y + b
        sample += 1
    return sample


@inlined
def _collect(lanes, some, n, z, slope, at, now, h, first):
    """Put what is in some lanes side by side."""
    for k in range(n):
        i = some[k]
        now[k], h[k] = lanes[NOW, i], lanes[STEP, i]
        for c in range(2):
            z[c, k] = lanes[X + c, i]
            slope[c, k] = first[c, k] = lanes[DX + c, i]
        for c in range(4):
            at[c, k] = lanes[AT + c, i]


@inlined
def _is_due(lanes, counts, i, h, elapsed):
    """Whether a step passes a sample."""
    sample, who = counts[SAMPLE, i], counts[WHO, i]
    return sample < elapsed.shape[1] and elapsed[who, sample] <= lanes[TIME, i] + h


@inlined
def _judge(lanes, counts, some, n, new, h, error, elapsed):
    """Whether a good step passes a sample; a step that ends too far away is none."""
    due = False
    for k in range(n):
        if not (error[k] < np.inf and abs(new[0, k]) < _FAR and abs(new[1, k]) < _FAR):
            error[k] = np.inf
        due = due or (error[k] <= 1.0 and _is_due(lanes, counts, some[k], h[k], elapsed))
    return due


@inlined
def _take(lanes, i, k, new, end, h, factor, resolved):
    """Put a particle where its step ends."""
    lanes[X, i], lanes[X + 1, i] = new[0, k], new[1, k]
    lanes[DX, i], lanes[DX + 1, i] = end[0, k], end[1, k]
    # a step that a break has shortened tells little about how long the next may be
    time, proposed = lanes[TIME, i], lanes[PROPOSED, i]
    grown = max(h * factor, proposed) if h < proposed else h * factor
    lanes[PROPOSED, i] = max(grown, 0.5 * resolved * time)
    lanes[TIME, i] = time + h


@shared
def _advance(law, lanes, counts, some, n, is_stiff, rtol, resolved, elapsed, spaces, out):
    """A step of the n particles in ``some`` lanes, all by one method."""
    apart()
    stages, polynomial, state, memory = spaces
    z, slope, new, end, at = state[0:2], state[2:4], state[4:6], state[6:8], state[8:12]
    now, h, error = state[12], state[13], state[14]
    _collect(lanes, some, n, z, slope, at, now, h, stages[0])
    if is_stiff:
        implicit(law, z, now, h, rtol, n, slope, at, stages, new, end, polynomial, error, memory)
    else:
        explicit(law, z, now, h, rtol, n, stages, new, error, memory)
        end = stages[LAST]
    if _judge(lanes, counts, some, n, new, h, error, elapsed) and not is_stiff:
        bend(law, z, new, now, h, n, stages, polynomial, memory)
    for k in range(n):
        i, factor = some[k], grown(error[k], 5 if is_stiff else 8)
        if not error[k] <= 1.0:
            shorter = h[k] * min(factor, 0.9)
            lanes[PROPOSED, i] = max(shorter, 0.5 * resolved * lanes[TIME, i])
            continue
        if _is_due(lanes, counts, i, h[k], elapsed):
            who, sample, time = counts[WHO, i], counts[SAMPLE, i], lanes[TIME, i]
            to_come = elapsed[who, sample:], out[who, 2 * sample :]
            counts[SAMPLE, i] += _reach(z, new, polynomial, k, time, h[k], *to_come)
        _take(lanes, i, k, new, end, h[k], factor, resolved)


@inlined
def _arrive(lanes, counts, n, four, out):
    """Let those leave that have been at their last instant; how many stay."""
    i = np.int64(0)
    while i < n:
        if lanes[TIME, i] < lanes[UNTIL, i]:
            i += 1
        else:
            all_exponentials(out[counts[WHO, i]], four)
            n -= 1
            leave(lanes, counts, i, n)
    return n


@inlined
def _leave_rare(left, lanes, counts, n, short, often, resolved):
    """Let those leave that are to be followed otherwise; how many stay."""
    i = np.int64(0)
    while i < n:
        if is_rare(lanes, counts, i, short, often, resolved):
            left[counts[WHO, i]] = True
            n -= 1
            leave(lanes, counts, i, n)
        else:
            i += 1
    return n


@inlined
def _pick(lanes, n, is_stiff, some):
    """Write which lanes take a step by one method; how many."""
    chosen = np.int64(0)
    for i in range(n):
        if (lanes[IS_STIFF, i] > 0.0) == is_stiff:
            some[chosen] = i
            chosen += 1
    return chosen


@kernel
def _follow(
    left, law, limits, rtol, begin, origin, elapsed, breaks, lanes, counts, some, spaces, out
):
    """Write ``out`` (particles, 2 m); say of each particle whether it is left to be followed."""
    most_stable, stiff, short, gain, often, resolved = limits
    memory = spaces[3]
    n = following = np.int64(0)
    while True:
        n = before = _arrive(lanes, counts, n, memory[0], out)
        while n < lanes.shape[1] and following < len(begin):
            z, instants = begin[following], elapsed[following]
            left[following] = not (abs(z[0]) < _FAR and abs(z[1]) < _FAR)
            sample = _begin(z, instants, out[following])
            if instants[-1] == 0.0:
                all_exponentials(out[following], memory[0])
            elif not left[following]:
                enter(
                    lanes, counts, n, following, z[0], z[1], origin[following], instants[-1], sample
                )
                n += 1
            following += 1
        if n == 0:
            break
        if n > before:
            depart(law, lanes, before, n, memory)
        count(lanes, counts, n, breaks, gain)
        derive(law, lanes[X : X + 2], lanes[NOW], lanes[DX : DX + 2], n, lanes[AT : AT + 4], memory)
        choose(lanes, n, most_stable, stiff)
        n = _leave_rare(left, lanes, counts, n, short, often, resolved)
        for is_stiff in range(2):
            chosen = _pick(lanes, n, is_stiff == 1, some)
            if chosen > 0:
                how = is_stiff == 1, rtol, resolved
                _advance(law, lanes, counts, some, chosen, *how, elapsed, spaces, out)


def follow(
    flow: Flow, law: Law, begin: Array, instants: Array, rtol: float, out: Array
) -> NDArray[np.intp]:
    """Write the positions at ``instants`` (n, m) to ``out`` (n, m, 2); who is left to be followed.

    They start at z = ``begin`` (n, 2), in ln w.
    """
    breaks = np.append(np.unique(getattr(flow, "breaks", ())), np.inf)
    limits = STABLE, STIFF, SHORT, GAIN, OFTEN, RESOLVED
    start, origin = np.ascontiguousarray(begin), np.ascontiguousarray(instants[:, 0])
    times = start, origin, instants - instants[:, :1], breaks
    left = np.zeros(len(begin), np.bool_)
    n = min(_LANES, len(begin) + -len(begin) % AT_ONCE)
    lanes, counts, some = np.zeros((ROWS, n)), np.zeros((COUNTS, n), int), np.zeros(n, int)
    spaces = tuple(np.zeros((*rows, n)) for rows in ((16, 2), (7, 2), (15,), (16,)))
    flat = np.reshape(out, (len(begin), 2 * instants.shape[1]), copy=False)
    _follow(left, tuple(law), limits, float(rtol), *times, lanes, counts, some, spaces, flat)
    return np.flatnonzero(left)
