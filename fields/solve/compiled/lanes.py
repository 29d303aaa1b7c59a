"""Compiled: the particles that are being followed, as ``Bundle`` has them, each in a lane.

A lane has a number in each row of ``lanes``, and a whole number in each row of ``counts``.
"""

from __future__ import annotations

import math

import numpy as np

from fields.compiled import apart, inlined, shared
from fields.solve.compiled.drift import drift, scale

X, DX, NOW, STEP = 0, 2, 4, 5
"""The place, (2, n), and the drift there, (2, n); when it is, and how long a step is to be."""
TIME, ORIGIN, PROPOSED, MARK, DECADE = range(6, 11)
"""As in ``Bundle``; the step that is proposed."""
AT, IS_STIFF, UNTIL = 11, 15, 16
"""The derivatives of the drift, (4, n); whether the step is implicit; the last sample's time."""
ROWS = 17

WHO, SAMPLE, PIECE, TRIES, SINCE = range(5)
"""Which particle it is, the sample that it is at, and as in ``Bundle``."""
COUNTS = 5

_HAIR = 1e-9  # a millionth of a step of so many parts of the hour is more than time resolves


@inlined
def enter(lanes, counts, lane, who, x, y, origin, until, sample):
    """Put a particle into a lane."""
    lanes[UNTIL, lane] = until
    lanes[X, lane], lanes[X + 1, lane], lanes[ORIGIN, lane] = x, y, origin
    lanes[TIME, lane] = lanes[MARK, lane] = lanes[DECADE, lane] = 0.0
    counts[WHO, lane], counts[SAMPLE, lane] = who, sample
    counts[PIECE, lane] = counts[TRIES, lane] = counts[SINCE, lane] = 0


@inlined
def leave(lanes, counts, lane, last):
    """Move what is in the last lane to another."""
    for row in range(ROWS):
        lanes[row, lane] = lanes[row, last]
    for row in range(COUNTS):
        counts[row, lane] = counts[row, last]


@shared
def depart(law, lanes, since, until, memory):
    """The drift where particles begin, and how long their first steps are to be."""
    apart()
    place, slope, time, rest = memory[0:2], memory[2:4], memory[4], memory[5:]
    for i in range(since, until):
        k = i - since
        place[0, k], place[1, k], time[k] = lanes[X, i], lanes[X + 1, i], lanes[ORIGIN, i]
    drift(law, place, time, until - since, rest, slope)
    for i in range(since, until):
        dx, dy = slope[0, i - since], slope[1, i - since]
        pace = max(abs(dx) / scale(lanes[X, i]), abs(dy) / scale(lanes[X + 1, i]))
        lanes[DX, i], lanes[DX + 1, i] = dx, dy
        lanes[PROPOSED, i] = 1.0 if pace == 0.0 else 0.01 / min(max(pace, 1e-300), 1e300)


@shared
def count(lanes, counts, n, breaks, gain):
    """As ``Bundle.count``; when it is for each particle, and how long a step may be."""
    apart()
    for i in range(n):
        time = lanes[TIME, i]
        now = lanes[ORIGIN, i] + time
        piece = counts[PIECE, i]
        while piece < breaks.shape[0] - 1 and breaks[piece] <= now + 1e-13 * (1.0 + abs(now)):
            piece += 1
        counts[TRIES, i] += 1
        if piece != counts[PIECE, i] or time > 10.0 * lanes[DECADE, i]:
            counts[TRIES, i], lanes[DECADE, i] = 0, time
        counts[PIECE, i] = piece
        counts[SINCE, i] += 1
        if time > gain * lanes[MARK, i]:
            counts[SINCE, i], lanes[MARK, i] = 0, time
        lanes[NOW, i] = now
        lanes[STEP, i] = min(lanes[PROPOSED, i], breaks[piece] - now)


@inlined
def _within(most, rate):
    """As in ``implicit``: the longest step with rate · h ≤ ``most``."""
    limit = most / rate if rate > 0.0 else np.inf
    return limit if limit > 0.0 else np.inf


@shared
def choose(lanes, n, most_stable, stiff):
    """As ``choose`` in the plane: how long steps are to be, and whether they are implicit."""
    apart()
    for i in range(n):
        xx, yx, xy, yy = lanes[AT, i], lanes[AT + 1, i], lanes[AT + 2, i], lanes[AT + 3, i]
        middle = 0.5 * (xx + yy)
        aside = math.sqrt(max(middle * middle - (xx * yy - xy * yx), 0.0))
        stable, telling = _within(most_stable, -(middle - aside)), _within(1.0, middle + aside)
        long = lanes[STEP, i]
        most = min(long, telling)
        is_stiff = long > stiff * stable and most > stiff * stable
        lanes[STEP, i] = most if is_stiff else min(long, stable)
        lanes[IS_STIFF, i] = 1.0 if is_stiff else 0.0


@inlined
def is_rare(lanes, counts, i, short, often, resolved):
    """Whether a particle is to be left to be followed otherwise."""
    time, h = lanes[TIME, i], lanes[STEP, i]
    hair = _HAIR * abs(lanes[NOW, i]) if lanes[IS_STIFF, i] > 0.0 else 0.0
    is_tiny = time + h == time or not h > max(resolved * time, hair)
    return counts[SINCE, i] >= short or counts[TRIES, i] >= often or is_tiny
