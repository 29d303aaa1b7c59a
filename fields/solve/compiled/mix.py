"""Compiled: sums of stages, which both methods are made of.

Stages are (stage, 2, n), of which the first numbers count: one for each particle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import apart, shared
from fields.loss import Array

Table = tuple[NDArray[np.intp], NDArray[np.intp], Array]


def table(rows: Any) -> Table:
    """Where each row begins in the columns and the coefficients that follow."""
    begins = np.cumsum([0, *map(len, rows)])
    columns = np.array([k for row in rows for k in row], dtype=np.intp)
    return begins, columns, np.array([c for row in rows for c in row.values()])


@shared
def mix(stages, row, begins, columns, factors, n, to):
    """Write what ``explicit.mix`` makes of a row, (2, n)."""
    apart()
    end = begins[row + 1]
    for c in range(2):
        total, k = to[c], begins[row]
        f, a = factors[k], stages[columns[k], c]
        for i in range(n):
            total[i] = f * a[i]
        k += 1
        while k + 3 < end:  # four at a time: sums are fetched and put back less often
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
