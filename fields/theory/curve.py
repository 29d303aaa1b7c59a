"""Curves: their length, places evenly along them, and curves of mirror flow, right at both ends.

Along one of mirror flow qᵢ = qᵢ(0) − nᵢE. Counted from the beginning alone, that loses its digits
where q falls by orders of magnitude; so each weight counts from that end at which its q is smaller.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.power import Power, anchored, unanchored


def arc_length(places: ArrayLike) -> Array:
    """How far along a polyline (m, ...) each of its places is, (m,): the ℓ₂ norms summed."""
    steps = np.diff(np.asarray(places, dtype=float), axis=0)
    return np.append(0.0, np.cumsum(np.linalg.norm(steps.reshape(len(steps), -1), axis=-1)))


def evenly(places: Array, count: int) -> Array:
    """``count`` points of a polyline (m, d), evenly by its length."""
    way = arc_length(places)
    stops = np.linspace(0.0, way[-1], count)
    return np.stack([np.interp(stops, way, column) for column in places.T], axis=-1)


def length(loss: LineLoss, parameterization: Power, start: Array, end: Array) -> float:
    """The E from start to end, (2,) each: by the weight whose q changes most, in parts of it."""
    k = 1.0 - parameterization.exponent
    n, q0, q1 = loss.normal, anchored(start, k), anchored(end, k)
    with np.errstate(invalid="ignore"):
        change = np.abs(q0 - q1) / (np.abs(q0) + np.abs(q1))
    i = int(np.argmax(np.where((n == 0) | ~np.isfinite(change), -1.0, change)))
    return float((q0[i] - q1[i]) / n[i])


def between(
    loss: LineLoss, parameterization: Power, start: Array, end: Array, done: Array, left: Array
) -> Array:
    """Weights (m, 2) where a part ``done`` (m,) of the curve is behind, and ``left`` = 1 − done."""
    n, E = loss.normal, length(loss, parameterization, start, end)
    k = 1.0 - parameterization.exponent
    q0, q1 = anchored(start, k), anchored(end, k)
    first, last = q0 - n * E * done[:, None], q1 + n * E * left[:, None]
    return unanchored(np.where(np.abs(q0) <= np.abs(q1), first, last), k)
