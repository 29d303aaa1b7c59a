"""The curve that training on a line rides on: where its conserved quantity is what it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.loss import Array, LineLoss
from fields.parameterization.power import Power
from fields.theory.landing import landing
from fields.theory.mirror import dual, primal

_NEAREST = 1e-4  # of the extent: the closest to an axis, where q may be infinite
_DENSE = 400


def conserved_curve(
    loss: LineLoss,
    parameterization: Power,
    start: ArrayLike,
    *,
    extent: float = 10.0,
    count: int = 121,
) -> Array:
    """The curve n₂ q(w₁) − n₁ q(w₂) = const through ``start`` (2,), as far as [0, extent]² goes.

    It is w(E) = q⁻¹(q(w₀) − n E) for all E: (count, 2), evenly along it and away from the origin,
    to 1e-4 of the extent, and as near to the axes. From a start on an axis that is never left,
    it is the axis.
    """
    if _stays(parameterization, start).any():
        nearest = _NEAREST * extent
        ends = np.where(_stays(parameterization, start), 0.0, [[nearest], [extent]])
        return _evenly(ends, count)
    E = _range(loss, parameterization, start, extent)
    return _evenly(_at(loss, parameterization, start, E), count)


def landing_path(
    loss: LineLoss,
    parameterization: Power,
    start: ArrayLike,
    end: ArrayLike | None = None,
    *,
    count: int = 121,
) -> Array:
    """The path (count, 2) from ``start`` (2,) to where training lands, evenly along it.

    It is the part of the conserved curve between the two; its ends are exact. The ``landing`` is
    sought unless it is given as ``end``.
    """
    start = np.asarray(start, dtype=float)
    end = np.asarray(landing(loss, parameterization, start) if end is None else end)
    if not np.all(np.isfinite(end)):
        raise ValueError(f"landing_path: from {tuple(start)} training does not reach {loss}.")
    if _stays(parameterization, start).any():
        return _evenly(np.stack([start, end]), count)
    n = loss.normal
    i = int(np.argmax(np.abs(end - start) * (n != 0)))
    q0, q1 = (dual(parameterization, w)[i] for w in (start, end))
    last = (q0 - q1) / n[i]
    E = _range(loss, parameterization, start, 2.0 * float(np.max([start, end])))
    between = E[(np.minimum(0, last) < E) & (np.maximum(0, last) > E)]
    between = between if last > 0 else between[::-1]
    inner = _at(loss, parameterization, start, between)
    return _evenly(np.concatenate([start[None], inner, end[None]]), count)


def _stays(parameterization: Power, start: ArrayLike) -> NDArray[np.bool_]:
    """Which weights (2,) are 0 and stay so: for N ≥ 2 an axis is never left."""
    never_left = parameterization.exponent >= 1
    return np.asarray((np.asarray(start, dtype=float) == 0) & never_left)


def _at(loss: LineLoss, parameterization: Power, start: ArrayLike, E: Array) -> Array:
    q = dual(parameterization, start) - loss.normal * E[:, None]
    return np.asarray(primal(parameterization, q))


def _range(loss: LineLoss, parameterization: Power, start: ArrayLike, extent: float) -> Array:
    """All E for which the curve is in the square, dense wherever w₁ or w₂ moves."""
    start, n = np.asarray(start, dtype=float), loss.normal
    q0, found = dual(parameterization, start), []
    for i in np.flatnonzero(n):
        nearest = min(_NEAREST * extent, start[i]) or _NEAREST * extent
        near_axis = np.geomspace(nearest, 1e-2 * extent, _DENSE // 8)
        w = np.concatenate([near_axis, np.linspace(nearest, extent, _DENSE)])
        w = np.append(0.0, w) if start[i] == 0 else w  # N < 2: q is finite there
        E = (q0[i] - dual(parameterization, np.stack([w, w], -1))[:, 0]) / n[i]
        found.append(np.sort(E))
    low, high = max(E[0] for E in found), min(E[-1] for E in found)
    E = np.unique(np.concatenate(found))
    E = E[(low <= E) & (high >= E)]
    return np.asarray(E if np.sum(n) < 0 else E[::-1])


def _evenly(places: Array, count: int) -> Array:
    """``count`` points of a polyline (m, 2), evenly by its length."""
    way = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=-1)))
    stops = np.linspace(0.0, way[-1], count)
    return np.stack([np.interp(stops, way, places[:, i]) for i in (0, 1)], axis=-1)
