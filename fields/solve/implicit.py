"""A step where the flow is stiff: what has settled need not be followed down to its own rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array
from fields.solve.explicit import STABLE, Trial, growth, larger, mix, rows
from fields.solve.methods.rodas5p import DENSE, GAMMA, NODES, PLACES, PULLS, SLOPES


class Jacobian:
    """The derivatives of the drift in z, of n particles: k columns ∂ż/∂zⱼ, each (n, k)."""

    def __init__(self, columns: list[Array]) -> None:
        self.columns = columns

    def of(self, which: NDArray[np.intp]) -> Jacobian:
        """That of some particles."""
        return Jacobian([rows(column, which) for column in self.columns])

    def put(self, which: NDArray[np.intp], other: Jacobian) -> Jacobian:
        """The same, with that of some particles in place."""
        columns = [column.copy(order="K") for column in self.columns]
        for column, values in zip(columns, other.columns, strict=True):
            column[which] = values
        return Jacobian(columns)

    def stable(self) -> Array:
        """How long an explicit step may be so that what has settled stays settled, (n,)."""
        return _within(STABLE, -self._rates()[0])

    def telling(self) -> Array:
        """How long an implicit step may be so that what takes off is not held back, (n,).

        Beyond λ h ≈ 1, with λ the most positive rate, the method shrinks what should grow, and as
        long as that is tiny no error tells.
        """
        return _within(1.0, self._rates()[1])

    def solve(self, step: Array, force: Array) -> Array:
        """The x with (1/(γh) − J) x = ``force``, (n, k)."""
        whole = 1.0 / (GAMMA * step)
        if len(self.columns) != 2:
            matrix = whole[:, None, None] * np.eye(len(self.columns)) - self._matrix()
            known = np.asarray(np.isfinite(matrix).all(axis=(1, 2)))[:, None]
            matrix = np.where(known[..., None], matrix, np.eye(len(self.columns)))
            return np.where(known, np.linalg.solve(matrix, force[..., None])[..., 0], np.nan)
        (xx, yx), (xy, yy) = (column.T for column in self.columns)
        x, y = whole - xx, whole - yy
        determinant = x * y - xy * yx
        found = np.empty_like(force)
        found[:, 0] = (y * force[:, 0] + xy * force[:, 1]) / determinant
        found[:, 1] = (yx * force[:, 0] + x * force[:, 1]) / determinant
        return found

    def _rates(self) -> tuple[Array, Array]:
        """The real parts of the rates, the lowest and the highest."""
        with np.errstate(all="ignore"):
            if len(self.columns) != 2:
                matrix = self._matrix()
                known = np.asarray(np.isfinite(matrix).all(axis=(1, 2)))
                rates = np.linalg.eigvals(np.where(known[:, None, None], matrix, 0.0)).real
                rates = np.where(known[:, None], rates, np.nan)
                return rates.min(axis=1), rates.max(axis=1)
            (xx, yx), (xy, yy) = (column.T for column in self.columns)
            middle = 0.5 * (xx + yy)
            product = xx * yy - xy * yx
            apart = np.sqrt(np.maximum(middle * middle - product, 0.0))
            return middle - apart, middle + apart

    def _matrix(self) -> Array:
        return np.stack(self.columns, axis=-1)


def _within(most: float, rate: Array) -> Array:
    """The longest step with ``rate`` · h ≤ ``most``; any, where there is no such rate."""
    with np.errstate(all="ignore"):
        limit = np.where(rate > 0, most / rate, np.inf)
    return np.asarray(np.where(limit > 0, limit, np.inf))


def jacobian(flow: Flow, z: Array, time: Array, slope: Array) -> Jacobian:
    """By differences, right to about seven digits; ``slope`` is the drift at z, (n, k)."""
    size = 1e-7 * flow.chart.scale(z)
    with np.errstate(all="ignore"):
        return Jacobian(
            [
                (flow.drift(z + size * e, time) - slope) / size[:, k, None]
                for k, e in enumerate(np.eye(z.shape[1]))
            ]
        )


def refined(at: Jacobian, flow: Flow, z: Array, time: Array) -> Jacobian:
    """The same derivatives with differences as fine as each column asks for.

    Beside a thin layer, where the drift turns within less than 1e-7 of z, plain differences see it
    flattened. They are made finer until two sizes, one a hundredth of the other, agree.
    """
    scale, derivatives = flow.chart.scale(z), []
    with np.errstate(all="ignore"):
        for k, coarse in enumerate(at.columns):
            found, unsure = coarse, np.ones(len(z), dtype=bool)
            for size in 10.0 ** -np.arange(9, 17, 2):
                finer = _quotient(flow, z, time, k, size * scale[:, k])
                # what is far below the largest one of its column is rounding
                apart = np.abs(finer - found) > 0.1 * np.abs(finer)
                apart &= np.abs(finer) > 1e-6 * larger(np.abs(finer))[:, None]
                unsure &= apart.any(axis=1) & np.isfinite(finer).all(axis=1)
                if not unsure.any():
                    break
                found = np.where(unsure[:, None], finer, found)
            derivatives.append(found)
    return Jacobian(derivatives)


def _quotient(flow: Flow, z: Array, time: Array, k: int, size: Array) -> Array:
    """The change of the drift with coordinate k, in parts of the coordinate's change, (n, k).

    To both sides: z may be on the very edge of a layer.
    """
    above, below = z.copy(), z.copy()
    above[:, k] = np.maximum(z[:, k] + size, np.nextafter(z[:, k], np.inf))
    below[:, k] = np.minimum(z[:, k] - size, np.nextafter(z[:, k], -np.inf))
    change = flow.drift(above, time) - flow.drift(below, time)
    return np.asarray(change / (above - below)[:, k, None])


def attempt(
    flow: Flow,
    z: Array,
    time: Array,
    step: Array,
    slope: Array,
    rtol: float,
    at: Jacobian,
    noise: Array | float = 0.0,
) -> Trial:
    """One step of Rodas5P; no rate, however negative, makes it grow what should shrink.

    Its error is that of its end, or of its polynomial half way, where the flow is to be met: what
    has settled is far better at the end than between.
    """
    # late in a long time, a millionth of a step may be less than time resolves
    h, hair = step[:, None], np.maximum(1e-6 * step, np.spacing(np.abs(time)))
    turn = (flow.drift(z, time + hair) - slope) / ((time + hair) - time)[:, None]
    stages: list[Array] = []
    for place, pull, node, part in zip(PLACES[:-1], PULLS, NODES, SLOPES, strict=True):
        force = slope
        if stages:
            force = flow.drift(z + mix(stages, place), time + node * step) + mix(stages, pull) / h
        if part:
            force = force + part * h * turn
        stages.append(at.solve(step, force))
    change = mix(stages, PLACES[-1])
    first, second, third = (mix(stages, row) for row in DENSE)
    middle = z + 0.5 * change + 0.25 * first + 0.125 * second + 0.0625 * third
    pace = (change + 0.25 * (second + third)) / h
    off = at.solve(step, flow.drift(middle, time + 0.5 * step) - pace)
    new = z + change
    scale = rtol * np.maximum(flow.chart.scale(z), flow.chart.scale(new))
    scale = scale + step[:, None] * noise
    error = larger(np.maximum(np.abs(stages[-1]), np.abs(off)) / scale)
    error[~np.isfinite(error)] = np.inf
    slope = flow.drift(new, time + step)
    return Trial(new, slope, error, growth(error, 5), [first, second, third], implicit=True)


def bend(stages: list[Array], change: Array) -> list[Array]:
    """The step's polynomial, of order 4, as the coefficients that ``evaluate`` nests."""
    first, second, third = stages
    nought = np.zeros_like(change)
    return [change, first, second + third, -third, nought, nought, nought]
