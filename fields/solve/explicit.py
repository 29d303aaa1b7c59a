"""A step of the explicit method, and the polynomial through it: wherever a flow is not stiff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel
from fields.flow import Flow
from fields.loss import Array
from fields.solve.methods.dop853 import DENSE, ERROR_3, ERROR_5, MATRIX, NODES, STAGES

STABLE = 4.0
"""Largest |λ| h of a step, λ the drift's most negative rate.

Near a minimizer a step of any length may be nearly right, but the method damps rounding, and its
dense output is as good as its steps, only up to there.
"""


class Trial(NamedTuple):
    """A step that was tried from z, by whatever method; arrays are (n, k)."""

    new: Array
    """Where it ends."""
    slope: Array
    """The drift there."""
    error: Array
    """Its estimated error in parts of what is tolerated, (n,)."""
    growth: Array
    """How many times as long the next one, or else the next try, may be, (n,)."""
    stages: list[Array]
    """What its polynomial is made of."""
    implicit: bool


def attempt(
    flow: Flow,
    z: Array,
    time: Array,
    step: Array,
    slope: Array,
    rtol: float,
    noise: Array | float = 0.0,
) -> Trial:
    """One step of DOP853; ``slope`` is the drift at its beginning, of which ``noise`` is rounding.

    What rounding moves in a step is no error of it, which a shorter step would not have.
    """
    stages = rk_step(flow, z, time, step, slope)
    new = z + step[:, None] * mix(stages, MATRIX[STAGES])
    scale = rtol * np.maximum(flow.chart.scale(z), flow.chart.scale(new))
    scale = scale + step[:, None] * noise
    error = _error(step, stages, scale)
    return Trial(new, stages[STAGES], error, growth(error, 8), stages, implicit=False)


def rk_step(flow: Flow, z: Array, time: Array, step: Array, slope: Array) -> list[Array]:
    """The stages of one step, the drift at each node; the last is at the step's end."""
    stages = [slope]
    for row, node in zip(MATRIX[1 : STAGES + 1], NODES[1 : STAGES + 1], strict=True):
        stages.append(flow.drift(z + step[:, None] * mix(stages, row), time + node * step))
    return stages


def bend(
    flow: Flow, z: Array, time: Array, step: Array, stages: list[Array], change: Array
) -> list[Array]:
    """The step's polynomial, of order 7, as the coefficients that ``evaluate`` nests."""
    h, stages = step[:, None], list(stages)
    for row, node in zip(MATRIX[STAGES + 1 :], NODES[STAGES + 1 :], strict=True):
        stages.append(flow.drift(z + h * mix(stages, row), time + node * step))
    return [
        change,
        h * stages[0] - change,
        2 * change - h * (stages[STAGES] + stages[0]),
        *(h * mix(stages, row) for row in DENSE),
    ]


def growth(error: Array, order: int) -> Array:
    """How many times as long a step may be whose error was that, by the method's order."""
    factor = np.array(error, order="C")
    _grow(factor, order)
    return factor


@kernel
def _grow(error: Array, order: int) -> None:
    # by the C library's power: NumPy's is another one on some processors
    for i in range(len(error)):
        error[i] = grown(error[i], order)


@inlined
def grown(error: float, order: int) -> float:
    """The same of one error, also for compiled code."""
    return float(min(max(0.9 * error ** (-1 / order), 0.2), 10.0))


def mix(stages: list[Array], row: dict[int, float]) -> Array:
    """The sum of some stages, each times its coefficient."""
    (k, coefficient), *rest = row.items()
    total, term = coefficient * stages[k], np.empty_like(stages[k])
    for k, coefficient in rest:
        total += np.multiply(coefficient, stages[k], out=term)
    return total


def rows(values: Array, which: NDArray[np.intp]) -> Array:
    """Some rows of (n, k), kept column by column: what is done to all is then one long loop."""
    return np.asarray(values.T.take(which, axis=-1).T)


def larger(of: Array) -> Array:
    """The largest of each row, (n, k) → (n,): of two, much faster than along an axis."""
    if of.shape[1] == 2:
        return np.asarray(np.maximum(of[:, 0], of[:, 1]))
    return np.asarray(np.maximum.reduce(of.T))


def _error(step: Array, stages: list[Array], scale: Array) -> Array:
    """Estimated error of each particle's step in parts of ``scale``, shape (n,)."""
    high = larger(np.abs(mix(stages, ERROR_5)) / scale)
    low = larger(np.abs(mix(stages, ERROR_3)) / scale)
    joint = step * high * high / np.sqrt(high * high + 0.01 * low * low)
    joint[(high == 0) & (low == 0)] = 0.0
    joint[~np.isfinite(joint)] = np.inf
    return np.asarray(joint)
