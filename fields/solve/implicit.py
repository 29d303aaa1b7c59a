"""A step where the flow is stiff: what has settled need not be followed down to its own rate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fields.flow import Flow
from fields.loss import Array, columns
from fields.solve.explicit import Trial, growth, larger, mix
from fields.solve.rodas5p import DENSE, GAMMA, NODES, PLACES, PULLS, SLOPES


class Jacobian(NamedTuple):
    """The derivatives of the drift in z, Jᵢⱼ = ∂żᵢ/∂zⱼ, each (n,)."""

    xx: Array
    xy: Array
    yx: Array
    yy: Array

    def stable(self) -> Array:
        """How long an explicit step may be so that what has settled stays settled, (n,).

        Near a minimizer a step of any length may be nearly right, but the method damps rounding,
        and its dense output is as good as its steps, only up to |λ| h ≈ 4, with λ the drift's most
        negative rate.
        """
        return _within(4.0, -self._rates()[0])

    def telling(self) -> Array:
        """How long an implicit step may be so that what takes off is not held back, (n,).

        Beyond λ h ≈ 1, with λ the most positive rate, the method shrinks what should grow, and as
        long as that is tiny no error tells.
        """
        return _within(1.0, self._rates()[1])

    def _rates(self) -> tuple[Array, Array]:
        """The real parts of the two rates, the lower one first."""
        with np.errstate(all="ignore"):
            middle = 0.5 * (self.xx + self.yy)
            product = self.xx * self.yy - self.xy * self.yx
            apart = np.sqrt(np.maximum(middle * middle - product, 0.0))
            return middle - apart, middle + apart


def _within(most: float, rate: Array) -> Array:
    """The longest step with ``rate`` · h ≤ ``most``; any, where there is no such rate."""
    with np.errstate(all="ignore"):
        limit = np.where(rate > 0, most / rate, np.inf)
    return np.asarray(np.where(limit > 0, limit, np.inf))


def jacobian(flow: Flow, z: Array, time: Array, slope: Array) -> Jacobian:
    """By differences, right to about seven digits; ``slope`` is the drift at z, (n, 2)."""
    size = 1e-7 * flow.chart.scale(z)
    with np.errstate(all="ignore"):
        (xx, yx), (xy, yy) = (
            ((flow.drift(z + size * e, time) - slope) / size[:, k, None]).T
            for k, e in enumerate(np.eye(2))
        )
    return Jacobian(xx, xy, yx, yy)


def refined(at: Jacobian, flow: Flow, z: Array, time: Array) -> Jacobian:
    """The same derivatives with differences as fine as each column asks for.

    Beside a thin layer, where the drift turns within less than 1e-7 of z, plain differences see it
    flattened. They are made finer until two sizes, one a hundredth of the other, agree.
    """
    scale, derivatives = flow.chart.scale(z), []
    with np.errstate(all="ignore"):
        for k, coarse in enumerate((columns(at.xx, at.yx), columns(at.xy, at.yy))):
            found, unsure = coarse, np.ones(len(z), dtype=bool)
            for size in 10.0 ** -np.arange(9, 17, 2):
                finer = _quotient(flow, z, time, k, size * scale[:, k])
                # what is far below the other one of its column is rounding
                apart = np.abs(finer - found) > 0.1 * np.abs(finer)
                apart &= np.abs(finer) > 1e-6 * larger(np.abs(finer))[:, None]
                unsure &= apart.any(axis=1) & np.isfinite(finer).all(axis=1)
                if not unsure.any():
                    break
                found = np.where(unsure[:, None], finer, found)
            derivatives.append(found)
    (xx, yx), (xy, yy) = (column.T for column in derivatives)
    return Jacobian(xx, xy, yx, yy)


def _quotient(flow: Flow, z: Array, time: Array, k: int, size: Array) -> Array:
    """The change of the drift with coordinate k, in parts of the coordinate's change, (n, 2).

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
        stages.append(_solve(at, step, force))
    change = mix(stages, PLACES[-1])
    first, second, third = (mix(stages, row) for row in DENSE)
    middle = z + 0.5 * change + 0.25 * first + 0.125 * second + 0.0625 * third
    pace = (change + 0.25 * (second + third)) / h
    off = _solve(at, step, flow.drift(middle, time + 0.5 * step) - pace)
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


def _solve(at: Jacobian, step: Array, force: Array) -> Array:
    """The x with (1/(γh) − J) x = ``force``, (n, 2)."""
    whole = 1.0 / (GAMMA * step)
    x, y = whole - at.xx, whole - at.yy
    determinant = x * y - at.xy * at.yx
    found = np.empty_like(force)
    found[:, 0] = (y * force[:, 0] + at.xy * force[:, 1]) / determinant
    found[:, 1] = (at.yx * force[:, 0] + x * force[:, 1]) / determinant
    return found
