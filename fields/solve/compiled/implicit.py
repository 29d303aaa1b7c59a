"""Compiled: implicit steps of many particles at once, and the polynomials through them.

All is as in ``fields.solve.implicit``, operation by operation. Arrays end in one number for each
particle, of which the first n count.
"""

from __future__ import annotations

import math

import numpy as np

from fields.compiled import apart, inlined, shared
from fields.solve.compiled.drift import drift, scale
from fields.solve.compiled.mix import mix, table
from fields.solve.methods.rodas5p import DENSE, GAMMA, NODES, PLACES, PULLS, SLOPES

_NODES, _SLOPES, _STAGES = np.array(NODES), np.array(SLOPES), len(PULLS)
_BEGINS, _COLUMNS, _FACTORS = table([*PLACES, *PULLS, *DENSE])
_CHANGE, _PULL = np.int64(len(PLACES) - 1), np.int64(len(PLACES))
_SMOOTH = np.int64(len(PLACES) + len(PULLS))


@shared
def derive(law, z, now, slope, n, at, memory):
    """As ``jacobian``: its columns, one after the other, (4, n)."""
    apart()
    place, beside, size, rest = memory[0:2], memory[2:4], memory[4], memory[5:]
    for k in range(2):
        moved, kept = place[k], place[1 - k]
        for i in range(n):
            size[i] = 1e-7 * scale(z[k, i])
            moved[i], kept[i] = z[k, i] + size[i], z[1 - k, i]
        drift(law, place, now, n, rest, beside)
        for c in range(2):
            for i in range(n):
                at[2 * k + c, i] = (beside[c, i] - slope[c, i]) / size[i]


@shared
def _solve(at, h, force, n, to):
    """As ``Jacobian.solve``."""
    apart()
    for i in range(n):
        whole = 1.0 / (GAMMA * h[i])
        a, b = whole - at[0, i], whole - at[3, i]
        yx, xy = at[1, i], at[2, i]
        x, y = force[0, i], force[1, i]
        determinant = a * b - xy * yx
        to[0, i] = (b * x + xy * y) / determinant
        to[1, i] = (yx * x + a * y) / determinant


@inlined
def _after(part, now, h, n, when):
    """When a part of each step has gone by."""
    for i in range(n):
        when[i] = now[i] + part * h[i]


@inlined
def _add(z, n, place):
    for c in range(2):
        for i in range(n):
            place[c, i] = z[c, i] + place[c, i]


@inlined
def _push(k, h, n, slope, turn, pull, force):
    """Write what a stage is solved for; ``force`` is the drift where it looks."""
    part = _SLOPES[k]
    for c in range(2):
        for i in range(n):
            f = force[c, i] + pull[c, i] / h[i] if k > 0 else slope[c, i]
            force[c, i] = f + part * h[i] * turn[c, i] if part != 0.0 else f


@inlined
def _half_way(z, n, polynomial, place):
    """Where the polynomial is half way."""
    change, one, two, three = polynomial[0], polynomial[1], polynomial[2], polynomial[3]
    for c in range(2):
        for i in range(n):
            middle = z[c, i] + 0.5 * change[c, i] + 0.25 * one[c, i]
            place[c, i] = middle + 0.125 * two[c, i] + 0.0625 * three[c, i]


@inlined
def _judge(z, new, rtol, n, last, off, error):
    for i in range(n):
        p = rtol * max(scale(z[0, i]), scale(new[0, i]))
        q = rtol * max(scale(z[1, i]), scale(new[1, i]))
        a, b, c, d = last[0, i], last[1, i], off[0, i], off[1, i]
        found = max(max(abs(a), abs(c)) / p, max(abs(b), abs(d)) / q)
        error[i] = found if math.isfinite(a + b + c + d) else np.inf


@inlined
def _bend(z, new, n, polynomial):
    """As ``bend``: the polynomial of what has been mixed into its first rows."""
    for c in range(2):
        for i in range(n):
            polynomial[0, c, i] = new[c, i] - z[c, i]
            polynomial[2, c, i] += polynomial[3, c, i]
            polynomial[3, c, i] = -polynomial[3, c, i]
            for k in range(4, 7):
                polynomial[k, c, i] = 0.0


@shared
def implicit(law, z, now, h, rtol, n, slope, at, stages, new, end, polynomial, error, memory):
    """As ``attempt`` and ``bend``: where steps end, the drift there, and their errors."""
    apart()
    turn, force, pull, place = memory[0:2], memory[2:4], memory[4:6], memory[6:8]
    when, rest = memory[8], memory[9:]
    _after(1e-6, now, h, n, when)
    drift(law, z, when, n, rest, turn)
    for c in range(2):
        for i in range(n):
            turn[c, i] = (turn[c, i] - slope[c, i]) / (when[i] - now[i])
    for k in range(_STAGES):
        if k > 0:
            mix(stages, k, _BEGINS, _COLUMNS, _FACTORS, n, place)
            mix(stages, _PULL + k, _BEGINS, _COLUMNS, _FACTORS, n, pull)
            _add(z, n, place)
            _after(_NODES[k], now, h, n, when)
            drift(law, place, when, n, rest, force)
        _push(k, h, n, slope, turn, pull, force)
        _solve(at, h, force, n, stages[k])
    for k in range(4):
        row = _CHANGE if k == 0 else _SMOOTH + k - 1
        mix(stages, row, _BEGINS, _COLUMNS, _FACTORS, n, polynomial[k])
    _half_way(z, n, polynomial, place)
    _after(0.5, now, h, n, when)
    drift(law, place, when, n, rest, force)
    for c in range(2):
        for i in range(n):
            bent = 0.25 * (polynomial[2, c, i] + polynomial[3, c, i])
            force[c, i] -= (polynomial[0, c, i] + bent) / h[i]
            new[c, i] = z[c, i] + polynomial[0, c, i]
    _solve(at, h, force, n, pull)
    _judge(z, new, rtol, n, stages[_STAGES - 1], pull, error)
    _after(1.0, now, h, n, when)
    drift(law, new, when, n, rest, end)
    _bend(z, new, n, polynomial)
