"""Compiled: trajectories of the flow that swarms follow most, particle by particle.

The steps, their errors and their polynomials are those of ``march``, ``choose``, ``explicit``,
``implicit`` and ``dense``, operation by operation: positions are equal to the last bit where
NumPy's exponential is the C library's. What is rare is left to them: particles at rest, on an axis,
or with very short steps. Which those are depends on the particle alone.

All loops are in one file: compiled code is kept as long as the file of its kernel is what it was.
What other files may come to choose otherwise is handed to them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel
from fields.flow import Flow
from fields.loss import Array
from fields.solve import dop853, rodas5p
from fields.solve.bundle import GAIN, SHORT
from fields.solve.choose import STIFF
from fields.solve.compiled.law import Law
from fields.solve.explicit import STABLE
from fields.solve.march import OFTEN, RESOLVED

_FAR = 1e290  # beyond lies the logarithm of 0
_HAIR = 1e-9  # a millionth of a step of so many parts of the hour is more than time resolves
_LEAST = 745.0  # as in ``LogChart.scale``


def _table(rows: Any) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Where each row begins in the columns and the coefficients that follow."""
    begins = np.cumsum([0, *map(len, rows)])
    columns = np.array([k for row in rows for k in row], dtype=np.intp)
    return begins, columns, np.array([c for row in rows for c in row.values()])


_NODES, _LAST = np.array(dop853.NODES), dop853.STAGES
_B, _C, _F = _table([*dop853.MATRIX, dop853.ERROR_5, dop853.ERROR_3, *dop853.DENSE])
_ERROR, _DENSE = len(dop853.MATRIX), len(dop853.MATRIX) + 2
_SOFT_NODES, _SLOPES = np.array(rodas5p.NODES), np.array(rodas5p.SLOPES)
_GAMMA, _MANY_STAGES = rodas5p.GAMMA, len(rodas5p.PULLS)
_PB, _PC, _PF = _table([*rodas5p.PLACES, *rodas5p.PULLS, *rodas5p.DENSE])
_PULL = len(rodas5p.PLACES)
_SMOOTH = _PULL + len(rodas5p.PULLS)


@inlined
def _mix(stages, row, begins, columns, factors):
    """As ``explicit.mix``."""
    k = begins[row]
    f, c = factors[k], columns[k]
    x, y = f * stages[c, 0], f * stages[c, 1]
    for k in range(begins[row] + 1, begins[row + 1]):
        f, c = factors[k], columns[k]
        x += f * stages[c, 0]
        y += f * stages[c, 1]
    return x, y


@inlined
def _drift(law, x, y, time):
    """As ``EvenPace.drift`` of a ``MorphingFlow`` in ln w."""
    first, second, start, stop, begin, end, reference, speed, softness = law
    part = min(max((time - begin) / (end - begin), 0.0), 1.0)
    p = 2.0 - 2.0 * ((1.0 - part) * start + part * stop)
    u, v = math.exp(x), math.exp(y)
    dx = math.exp((p - 1.0) * x - p * reference) * -(u - first)
    dy = math.exp((p - 1.0) * y - p * reference) * -(v - second)
    across, up = u * dx, v * dy
    factor = speed / math.sqrt(across * across + up * up + softness)
    return factor * dx, factor * dy


@inlined
def _scale(z):
    return max(-z / _LEAST, 1.0)


@inlined
def _within(most, rate):
    limit = most / rate if rate > 0.0 else np.inf
    return limit if limit > 0.0 else np.inf


@inlined
def _grown(error, order):
    return min(max(0.9 * error ** (-1 / order), 0.2), 10.0)


@inlined
def _solve(columns, whole, x, y):
    """As ``Jacobian.solve``."""
    xx, yx, xy, yy = columns
    a, b = whole - xx, whole - yy
    determinant = a * b - xy * yx
    return (b * x + xy * y) / determinant, (yx * x + a * y) / determinant


@inlined
def _jacobian(law, x, y, now, dx, dy):
    """As ``implicit.jacobian``: its columns, one after the other."""
    a, b = 1e-7 * _scale(x), 1e-7 * _scale(y)
    right, above = _drift(law, x + a, y, now), _drift(law, x, y + b, now)
    return (right[0] - dx) / a, (right[1] - dy) / a, (above[0] - dx) / b, (above[1] - dy) / b


@inlined
def _chosen(at, long, most_stable, stiff):
    """As ``choose`` in the plane: how long the step is to be, and whether it is implicit."""
    xx, yx, xy, yy = at
    middle = 0.5 * (xx + yy)
    apart = math.sqrt(max(middle * middle - (xx * yy - xy * yx), 0.0))
    stable = _within(most_stable, -(middle - apart))
    if long > stiff * stable:
        most = min(long, _within(1.0, middle + apart))
        if most > stiff * stable:
            return most, True
    return min(long, stable), False


@inlined
def _explicit(law, x, y, now, h, rtol, stages):
    """As ``explicit.attempt``: where it ends, and its error."""
    u, v = x, y
    for row in range(1, _LAST + 1):
        a, b = _mix(stages, row, _B, _C, _F)
        u, v = x + h * a, y + h * b
        stages[row, 0], stages[row, 1] = _drift(law, u, v, now + _NODES[row] * h)
    p, q = rtol * max(_scale(x), _scale(u)), rtol * max(_scale(y), _scale(v))
    a, b = _mix(stages, _ERROR, _B, _C, _F)
    c, d = _mix(stages, _ERROR + 1, _B, _C, _F)
    high, low = max(abs(a) / p, abs(b) / q), max(abs(c) / p, abs(d) / q)
    if not math.isfinite(a + b + c + d):
        return u, v, np.inf
    if high == 0.0 and low == 0.0:
        return u, v, 0.0
    return u, v, h * high * high / math.sqrt(high * high + 0.01 * low * low)


@inlined
def _implicit(law, x, y, now, h, rtol, slope, at, stages, polynomial):
    """As ``implicit.attempt``: where it ends, and its error."""
    hair = 1e-6 * h
    dx, dy = slope
    later, whole = now + hair, 1.0 / (_GAMMA * h)
    a, b = _drift(law, x, y, later)
    turn_x, turn_y = (a - dx) / (later - now), (b - dy) / (later - now)
    for k in range(_MANY_STAGES):
        f, g = dx, dy
        if k > 0:
            a, b = _mix(stages, k, _PB, _PC, _PF)
            f, g = _drift(law, x + a, y + b, now + _SOFT_NODES[k] * h)
            a, b = _mix(stages, _PULL + k, _PB, _PC, _PF)
            f, g = f + a / h, g + b / h
        part = _SLOPES[k]
        if part != 0.0:
            f, g = f + part * h * turn_x, g + part * h * turn_y
        stages[k, 0], stages[k, 1] = _solve(at, whole, f, g)
    a, b = _mix(stages, _PULL - 1, _PB, _PC, _PF)
    one, two, three = polynomial[1], polynomial[2], polynomial[3]
    one[0], one[1] = _mix(stages, _SMOOTH, _PB, _PC, _PF)
    two[0], two[1] = _mix(stages, _SMOOTH + 1, _PB, _PC, _PF)
    three[0], three[1] = _mix(stages, _SMOOTH + 2, _PB, _PC, _PF)
    u = x + 0.5 * a + 0.25 * one[0] + 0.125 * two[0] + 0.0625 * three[0]
    v = y + 0.5 * b + 0.25 * one[1] + 0.125 * two[1] + 0.0625 * three[1]
    f, g = _drift(law, u, v, now + 0.5 * h)
    f -= (a + 0.25 * (two[0] + three[0])) / h
    g -= (b + 0.25 * (two[1] + three[1])) / h
    f, g = _solve(at, whole, f, g)
    u, v = x + a, y + b
    p, q = rtol * max(_scale(x), _scale(u)), rtol * max(_scale(y), _scale(v))
    last = stages[_MANY_STAGES - 1]
    if not math.isfinite(last[0] + last[1] + f + g):
        return u, v, np.inf
    polynomial[0, 0], polynomial[0, 1] = u - x, v - y
    two[0], two[1] = two[0] + three[0], two[1] + three[1]
    three[0], three[1] = -three[0], -three[1]
    polynomial[4:] = 0.0
    return u, v, max(max(abs(last[0]), abs(f)) / p, max(abs(last[1]), abs(g)) / q)


@inlined
def _bend(law, x, y, now, h, change, stages, polynomial):
    """As ``explicit.bend``."""
    for row in range(_LAST + 1, _NODES.shape[0]):
        a, b = _mix(stages, row, _B, _C, _F)
        stages[row, 0], stages[row, 1] = _drift(law, x + h * a, y + h * b, now + _NODES[row] * h)
    for c in range(2):
        polynomial[0, c] = change[c]
        polynomial[1, c] = h * stages[0, c] - change[c]
        polynomial[2, c] = 2.0 * change[c] - h * (stages[_LAST, c] + stages[0, c])
    for k in range(4):
        a, b = _mix(stages, _DENSE + k, _B, _C, _F)
        polynomial[3 + k, 0], polynomial[3 + k, 1] = h * a, h * b


@inlined
def _evaluate(polynomial, part):
    """As ``dense.evaluate``."""
    x = y = 0.0
    for k in range(7):
        factor = part if k % 2 == 0 else 1.0 - part
        x, y = (x + polynomial[6 - k, 0]) * factor, (y + polynomial[6 - k, 1]) * factor
    return x, y


@inlined
def _attempt(law, x, y, now, h, is_stiff, rtol, slope, at, stages, polynomial):
    """A step by either method: where it ends, the drift there, and its error."""
    if is_stiff:
        u, v, error = _implicit(law, x, y, now, h, rtol, slope, at, stages, polynomial)
        end = _drift(law, u, v, now + h)
    else:
        stages[0, 0], stages[0, 1] = slope
        u, v, error = _explicit(law, x, y, now, h, rtol, stages)
        end = stages[_LAST, 0], stages[_LAST, 1]
    if not (error < np.inf and abs(u) < _FAR and abs(v) < _FAR):
        error = np.inf
    return u, v, end, error


@inlined
def _reach(law, x, y, u, v, now, time, h, is_stiff, instants, stages, polynomial, out):
    """Write the places at the ``instants`` that a step passes; how many these are."""
    m, after, sample = len(instants), time + h, 0
    if not is_stiff:
        _bend(law, x, y, now, h, (u - x, v - y), stages, polynomial)
    while sample < m and instants[sample] <= after:
        instant = instants[sample]
        a, b = _evaluate(polynomial, (instant - time) / h)
        a, b = (u, v) if instant >= after else (x + a, y + b)
        out[sample, 0], out[sample, 1] = math.exp(a), math.exp(b)
        sample += 1
    return sample


@inlined
def _follow_one(law, limits, x, y, origin, instants, breaks, rtol, stages, polynomial, out):
    """Write the places (m, 2) of a particle at ``instants`` since its ``origin``, the first one 0.

    Whether it could be followed.
    """
    most_stable, stiff, short, gain, often, resolved = limits
    m, sample = len(instants), 0
    while sample < m and instants[sample] == 0.0:
        out[sample, 0], out[sample, 1] = math.exp(x), math.exp(y)
        sample += 1
    slope = _drift(law, x, y, origin)
    pace = max(abs(slope[0]) / _scale(x), abs(slope[1]) / _scale(y))
    proposed = 1.0 if pace == 0.0 else 0.01 / min(max(pace, 1e-300), 1e300)
    time = mark = decade = 0.0
    piece = tries = since = 0
    while time < instants[m - 1]:
        now, before = origin + time, piece
        piece = np.searchsorted(breaks, now + 1e-13 * (1.0 + abs(now)), side="right")
        tries += 1
        if piece != before or time > 10.0 * decade:
            tries, decade = 0, time
        since += 1
        if time > gain * mark:
            since, mark = 0, time
        at = _jacobian(law, x, y, now, slope[0], slope[1])
        h, is_stiff = _chosen(at, min(proposed, breaks[piece] - now), most_stable, stiff)
        after = time + h
        least = max(resolved * time, _HAIR * abs(now) if is_stiff else 0.0)
        is_tiny = after == time or not h > least
        if since >= short or tries >= often or is_tiny:
            return False
        u, v, end, error = _attempt(
            law, x, y, now, h, is_stiff, rtol, slope, at, stages, polynomial
        )
        factor = _grown(error, 5 if is_stiff else 8)
        if not error <= 1.0:
            proposed = max(h * min(factor, 0.9), 0.5 * resolved * time)
            continue
        if sample < m and instants[sample] <= after:
            sample += _reach(
                law, x, y, u, v, now, time, h, is_stiff,
                instants[sample:], stages, polynomial, out[sample:],
            )  # fmt: skip
        x, y, time, slope = u, v, after, end
        # a step that a break has shortened tells little about how long the next may be
        grown = max(h * factor, proposed) if h < proposed else h * factor
        proposed = max(grown, 0.5 * resolved * time)
    return True


@kernel
def _follow(left, law, limits, begin, origin, elapsed, breaks, rtol, stages, polynomial, out):
    """Say of each particle whether it is left to be followed."""
    for n in range(len(begin)):
        x, y = begin[n, 0], begin[n, 1]
        one = x, y, origin[n], elapsed[n], breaks, rtol, stages, polynomial, out[n]
        inside = abs(x) < _FAR and abs(y) < _FAR
        left[n] = not (inside and _follow_one(law, limits, *one))


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
    left, memory = np.zeros(len(begin), np.bool_), (np.empty((16, 2)), np.empty((7, 2)))
    _follow(left, tuple(law), limits, *times, breaks, float(rtol), *memory, out)
    return np.flatnonzero(left)
