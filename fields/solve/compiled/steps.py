"""Compiled: steps of many particles at once, by either method, and the polynomials through them.

All is as in ``explicit``, ``implicit`` and ``dense``, operation by operation. Arrays end in one
number for each particle, of which the first n count; stages are (stage, 2, n).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import alone, inlined, shared
from fields.loss import Array
from fields.solve import dop853, rodas5p
from fields.solve.compiled.drift import drift, scale


def _table(rows: Any) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Where each row begins in the columns and the coefficients that follow."""
    begins = np.cumsum([0, *map(len, rows)])
    columns = np.array([k for row in rows for k in row], dtype=np.intp)
    return begins, columns, np.array([c for row in rows for c in row.values()])


NODES, LAST = np.array(dop853.NODES), dop853.STAGES
_B, _C, _F = _table([*dop853.MATRIX, dop853.ERROR_5, dop853.ERROR_3, *dop853.DENSE])
_ERROR, _DENSE = np.int64(len(dop853.MATRIX)), np.int64(len(dop853.MATRIX) + 2)
_SOFT_NODES, _SLOPES = np.array(rodas5p.NODES), np.array(rodas5p.SLOPES)
_GAMMA, _MANY_STAGES = rodas5p.GAMMA, len(rodas5p.PULLS)
_PB, _PC, _PF = _table([*rodas5p.PLACES, *rodas5p.PULLS, *rodas5p.DENSE])
_PULL = np.int64(len(rodas5p.PLACES))
_SMOOTH = np.int64(_PULL + len(rodas5p.PULLS))


@shared
def _mix(stages, row, begins, columns, factors, n, to):
    """As ``explicit.mix``."""
    alone()
    end = begins[row + 1]
    for c in range(2):
        total, k = to[c], begins[row]
        f, a = factors[k], stages[columns[k], c]
        for i in range(n):
            total[i] = f * a[i]
        k += 1
        while k + 3 < end:
            f, a = factors[k], stages[columns[k], c]
            g, b = factors[k + 1], stages[columns[k + 1], c]
            p, d = factors[k + 2], stages[columns[k + 2], c]
            q, e = factors[k + 3], stages[columns[k + 3], c]
            for i in range(n):
                total[i] = total[i] + f * a[i] + g * b[i] + p * d[i] + q * e[i]
            k += 4
        while k < end:
            f, a = factors[k], stages[columns[k], c]
            for i in range(n):
                total[i] = total[i] + f * a[i]
            k += 1


@shared
def _error(z, new, rtol, h, high, low, n, error):
    """As ``explicit``'s of a step, from the sums of its two error rows."""
    alone()
    for i in range(n):
        p = rtol * max(scale(z[0, i]), scale(new[0, i]))
        q = rtol * max(scale(z[1, i]), scale(new[1, i]))
        a, b, c, d = high[0, i], high[1, i], low[0, i], low[1, i]
        five, three = max(abs(a) / p, abs(b) / q), max(abs(c) / p, abs(d) / q)
        found = h[i] * five * five / math.sqrt(five * five + 0.01 * three * three)
        found = 0.0 if five == 0.0 and three == 0.0 else found
        error[i] = found if math.isfinite(a + b + c + d) else np.inf


@shared
def explicit(law, z, now, h, rtol, n, stages, new, error, memory):
    """As ``explicit.attempt``, from the slope in the first stage on."""
    alone()
    when, high, low, rest = memory[0], memory[1:3], memory[3:5], memory[5:]
    for row in range(1, LAST + 1):
        _mix(stages, row, _B, _C, _F, n, new)
        for i in range(n):
            new[0, i] = z[0, i] + h[i] * new[0, i]
            new[1, i] = z[1, i] + h[i] * new[1, i]
            when[i] = now[i] + NODES[row] * h[i]
        drift(law, new, when, n, rest, stages[row])
    _mix(stages, _ERROR, _B, _C, _F, n, high)
    _mix(stages, _ERROR + 1, _B, _C, _F, n, low)
    _error(z, new, rtol, h, high, low, n, error)


@shared
def bend(law, z, new, now, h, n, stages, polynomial, memory):
    """As ``explicit.bend``."""
    alone()
    when, place, rest = memory[0], memory[1:3], memory[3:]
    for row in range(LAST + 1, NODES.shape[0]):
        _mix(stages, row, _B, _C, _F, n, place)
        for i in range(n):
            place[0, i] = z[0, i] + h[i] * place[0, i]
            place[1, i] = z[1, i] + h[i] * place[1, i]
            when[i] = now[i] + NODES[row] * h[i]
        drift(law, place, when, n, rest, stages[row])
    for c in range(2):
        for i in range(n):
            change = new[c, i] - z[c, i]
            polynomial[0, c, i] = change
            polynomial[1, c, i] = h[i] * stages[0, c, i] - change
            polynomial[2, c, i] = 2.0 * change - h[i] * (stages[LAST, c, i] + stages[0, c, i])
    for k in range(4):
        to = polynomial[3 + k]
        _mix(stages, _DENSE + k, _B, _C, _F, n, to)
        for c in range(2):
            for i in range(n):
                to[c, i] = h[i] * to[c, i]


@shared
def _solve(at, whole, force, n, to):
    """As ``Jacobian.solve``."""
    alone()
    for i in range(n):
        a, b = whole[i] - at[0, i], whole[i] - at[3, i]
        yx, xy = at[1, i], at[2, i]
        x, y = force[0, i], force[1, i]
        determinant = a * b - xy * yx
        to[0, i] = (b * x + xy * y) / determinant
        to[1, i] = (yx * x + a * y) / determinant


@shared
def implicit(law, z, now, h, rtol, n, slope, at, stages, new, end, polynomial, error, memory):
    """As ``implicit.attempt``, and the drift at its ``end``."""
    alone()
    when, whole, turn = memory[0], memory[1], memory[2:4]
    place, force, pull, rest = memory[4:6], memory[6:8], memory[8:10], memory[10:]
    for i in range(n):
        when[i] = now[i] + 1e-6 * h[i]
        whole[i] = 1.0 / (_GAMMA * h[i])
    drift(law, z, when, n, rest, turn)
    for c in range(2):
        for i in range(n):
            turn[c, i] = (turn[c, i] - slope[c, i]) / (when[i] - now[i])
    for k in range(_MANY_STAGES):
        if k > 0:
            _mix(stages, k, _PB, _PC, _PF, n, place)
            _mix(stages, _PULL + k, _PB, _PC, _PF, n, pull)
            for i in range(n):
                place[0, i] = z[0, i] + place[0, i]
                place[1, i] = z[1, i] + place[1, i]
                when[i] = now[i] + _SOFT_NODES[k] * h[i]
            drift(law, place, when, n, rest, force)
        part = _SLOPES[k]
        for c in range(2):
            for i in range(n):
                f = slope[c, i] if k == 0 else force[c, i] + pull[c, i] / h[i]
                force[c, i] = f + part * h[i] * turn[c, i] if part != 0.0 else f
        _solve(at, whole, force, n, stages[k])
    change, one, two, three = polynomial[0], polynomial[1], polynomial[2], polynomial[3]
    _mix(stages, _PULL - 1, _PB, _PC, _PF, n, change)
    _mix(stages, _SMOOTH, _PB, _PC, _PF, n, one)
    _mix(stages, _SMOOTH + 1, _PB, _PC, _PF, n, two)
    _mix(stages, _SMOOTH + 2, _PB, _PC, _PF, n, three)
    for c in range(2):
        for i in range(n):
            middle = z[c, i] + 0.5 * change[c, i] + 0.25 * one[c, i]
            place[c, i] = middle + 0.125 * two[c, i] + 0.0625 * three[c, i]
            when[i] = now[i] + 0.5 * h[i]
    drift(law, place, when, n, rest, force)
    for c in range(2):
        for i in range(n):
            force[c, i] -= (change[c, i] + 0.25 * (two[c, i] + three[c, i])) / h[i]
    _solve(at, whole, force, n, pull)
    last = stages[_MANY_STAGES - 1]
    for i in range(n):
        new[0, i], new[1, i] = z[0, i] + change[0, i], z[1, i] + change[1, i]
        when[i] = now[i] + h[i]
        p = rtol * max(scale(z[0, i]), scale(new[0, i]))
        q = rtol * max(scale(z[1, i]), scale(new[1, i]))
        a, b, c, d = last[0, i], last[1, i], pull[0, i], pull[1, i]
        found = max(max(abs(a), abs(c)) / p, max(abs(b), abs(d)) / q)
        error[i] = found if math.isfinite(a + b + c + d) else np.inf
    drift(law, new, when, n, rest, end)
    for c in range(2):
        for i in range(n):
            change[c, i] = new[c, i] - z[c, i]
            two[c, i] = two[c, i] + three[c, i]
            three[c, i] = -three[c, i]
            for k in range(4, 7):
                polynomial[k, c, i] = 0.0
