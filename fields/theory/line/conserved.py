"""The curve that training on a line rides on: where its conserved quantity is what it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.loss import Array, LineLoss
from fields.parameterization.power import NEAR_LOG, Power, anchored, unanchored
from fields.theory.curve import between, evenly
from fields.theory.line.invariant import conserved
from fields.theory.line.landing import landing

_NEAREST = 1e-4  # of the extent: the closest to an axis, where q may be infinite
_DENSE = 400
_CANCELLED = 1e-6  # of its terms: where so little is left, the other weight tells more


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
    if (stays := _stays(parameterization, start)).any():
        ends = np.where(stays, 0.0, [[_NEAREST * extent], [extent]])
        return evenly(ends, count)
    loss, start = loss.evened, np.asarray(start, dtype=float)
    n = np.array([loss.a, loss.b])
    k = 1.0 - parameterization.exponent
    kept, nearest = conserved(loss, parameterization, start), _NEAREST * extent
    found = [start[None]]
    for i in np.flatnonzero(n):
        w = _dense(min(nearest, float(start[i])), extent)
        q = anchored(w, k)
        # b q(w₁) − a q(w₂) = const tells the other weight, or that it stays
        beside = (kept + n[0] * q) / n[1] if i else (n[1] * q - kept) / n[0]
        sure = np.abs(beside) > _CANCELLED * np.abs(q)
        if abs(k) < NEAR_LOG:  # an error of a logarithm is one in parts
            sure[:] = True
        pair = [unanchored(beside, k), w]
        if n[1 - i] == 0:
            pair[0], sure = np.full_like(w, start[1 - i]), np.full(w.shape, True)
        found.append(np.stack(pair if i else pair[::-1], axis=-1)[sure])
    places = np.concatenate(found)
    low, hair = np.minimum(nearest, start), 1e-12
    places = places[((places >= low * (1 - hair)) & (places <= extent * (1 + hair))).all(axis=-1)]
    if len(places) < 2:
        return np.empty((0, 2))
    away = places @ np.abs(n) if n[0] * n[1] >= 0 else places[:, int(np.argmax(n))]
    return evenly(places[np.argsort(away)], count)


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
        return evenly(np.stack([start, end]), count)
    k = 1.0 - parameterization.exponent
    q0, q1 = anchored(start, k), anchored(end, k)
    done, left = [], []
    for i in np.flatnonzero((q0 != q1) & np.isfinite(q0) & np.isfinite(q1)):
        low, high = sorted((float(start[i]), float(end[i])))
        w = _dense(max(low, _NEAREST * high), high) if low > 0 else np.linspace(low, high, _DENSE)
        w = w[(low < w) & (w < high)]
        q = anchored(w, k)
        done.append((q0[i] - q) / (q0[i] - q1[i]))
        left.append((q - q1[i]) / (q0[i] - q1[i]))
    if not done:  # it is there already
        return np.tile(start, (count, 1))
    s, r = np.concatenate(done), np.concatenate(left)
    order = np.lexsort([-r, s])
    inner = between(loss, parameterization, start, end, s[order], r[order])
    return evenly(np.concatenate([start[None], inner, end[None]]), count)


def _stays(parameterization: Power, start: ArrayLike) -> NDArray[np.bool_]:
    """Which weights begin on an axis that is never left, (2,): N ≥ 2."""
    return np.asarray((np.asarray(start) == 0) & (parameterization.exponent >= 1))


def _dense(nearest: float, most: float) -> Array:
    """Weights from one to the other, denser where a curve may come near to an axis."""
    even = np.linspace(nearest, most, _DENSE)
    if nearest >= 1e-2 * most:
        return even
    return np.union1d(np.geomspace(nearest, 1e-2 * most, _DENSE // 8), even)
