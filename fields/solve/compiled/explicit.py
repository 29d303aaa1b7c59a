"""Compiled: explicit steps of many particles at once, and the polynomials through them.

All is as in ``fields.solve.explicit``, operation by operation. Arrays end in one number for each
particle, of which the first n count.
"""

from __future__ import annotations

import math

import numpy as np

from fields.compiled import apart, inlined, shared
from fields.solve.compiled.drift import drift, scale
from fields.solve.compiled.mix import mix, table
from fields.solve.methods.dop853 import DENSE, ERROR_3, ERROR_5, MATRIX, NODES, STAGES

_NODES, LAST = np.array(NODES), STAGES
_BEGINS, _COLUMNS, _FACTORS = table([*MATRIX, ERROR_5, ERROR_3, *DENSE])
_ERROR, _DENSE = np.int64(len(MATRIX)), np.int64(len(MATRIX) + 2)


@inlined
def _look(row, z, now, h, n, place, when):
    """Where and when a stage looks, from the sum of those before it."""
    for c in range(2):
        for i in range(n):
            place[c, i] = z[c, i] + h[i] * place[c, i]
    for i in range(n):
        when[i] = now[i] + _NODES[row] * h[i]


@shared
def explicit(law, z, now, h, rtol, n, stages, new, error, memory):
    """As ``attempt``, from the slope in the first stage on: where steps end, and their errors."""
    apart()
    when, high, low, rest = memory[0], memory[1:3], memory[3:5], memory[5:]
    for row in range(1, LAST + 1):
        mix(stages, row, _BEGINS, _COLUMNS, _FACTORS, n, new)
        _look(row, z, now, h, n, new, when)
        drift(law, new, when, n, rest, stages[row])
    mix(stages, _ERROR, _BEGINS, _COLUMNS, _FACTORS, n, high)
    mix(stages, _ERROR + 1, _BEGINS, _COLUMNS, _FACTORS, n, low)
    for i in range(n):
        p = rtol * max(scale(z[0, i]), scale(new[0, i]))
        q = rtol * max(scale(z[1, i]), scale(new[1, i]))
        a, b, c, d = high[0, i], high[1, i], low[0, i], low[1, i]
        five, three = max(abs(a) / p, abs(b) / q), max(abs(c) / p, abs(d) / q)
        found = h[i] * five * five / math.sqrt(five * five + 0.01 * three * three)
        found = 0.0 if five == 0.0 and three == 0.0 else found
        error[i] = found if math.isfinite(a + b + c + d) else np.inf


@shared
def bend(law, z, new, now, h, n, stages, polynomial, memory):
    """As ``bend``."""
    apart()
    when, place, rest = memory[0], memory[1:3], memory[3:]
    for row in range(LAST + 1, _NODES.shape[0]):
        mix(stages, row, _BEGINS, _COLUMNS, _FACTORS, n, place)
        _look(row, z, now, h, n, place, when)
        drift(law, place, when, n, rest, stages[row])
    for c in range(2):
        for i in range(n):
            change = new[c, i] - z[c, i]
            polynomial[0, c, i] = change
            polynomial[1, c, i] = h[i] * stages[0, c, i] - change
            polynomial[2, c, i] = 2.0 * change - h[i] * (stages[LAST, c, i] + stages[0, c, i])
    for k in range(4):
        to = polynomial[3 + k]
        mix(stages, _DENSE + k, _BEGINS, _COLUMNS, _FACTORS, n, to)
        for c in range(2):
            for i in range(n):
                to[c, i] = h[i] * to[c, i]
