"""Where a loss of two weights is least in a square: places, and curves along which it stays so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, Loss

_GRID, _STEPS = 20, 60
"""Places that the search begins at, each way, and its steps."""
_CORRECTIONS, _NEAR = 8, 1e-10
"""Steps back onto a curve, at most, and one too short to need another, in parts of the square."""
_ALONG = 0.1
"""Weights from one place of a curve to the next, for a square of side 10."""
_NUDGE = 1e-5
_FLAT, _STILL = 1e-5, 1e-8
"""Curvature along a curve, in parts of that across it, and slope, in parts of the steepest."""
_EQUAL = 1e-9
"""By how much a value may be above the least, in parts of the largest."""
_MOST = 2000


@dataclass(frozen=True)
class Best:
    """Places (k, 2) that stand alone, and curves (m, 2) in which neighbours are joined."""

    places: Array
    curves: tuple[Array, ...]


def best(loss: Loss, extent: float) -> Best:
    """The minimizers of ``loss`` in [0, ``extent``]², as found by Newton's method from a grid.

    ∇ℓ is the loss's own, its derivatives are differences of it. A minimizer counts where ∇ℓ is 0
    to 8 digits, ℓ the least of all that is found, to 9, and where at least one curvature is above
    0; a curve goes on along the direction without curvature. So what is least on the border alone
    is not found, nor what is least in an area.
    """
    side = (np.arange(_GRID) + 0.5) * (extent / _GRID)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        slope = float(np.nanmax(np.abs(loss.gradient(grid)), initial=0.0))
        values = loss.value(grid)
        size = float(np.nanmax(np.abs(values), initial=0.0))
        found = grid
        for _ in range(_STEPS):
            found = found + (moved := _newton(loss, found, extent))
            if np.nanmax(np.abs(moved), initial=0.0) <= _NEAR * extent:
                break
        still = np.abs(loss.gradient(found)).max(axis=1) <= _STILL * slope
        found = found[_within(found, extent) & still]
        if not len(found):
            return Best(np.empty((0, 2)), ())
        least = min(float(loss.value(found).min()), float(np.nanmin(values)))
        found = found[loss.value(found) <= least + _EQUAL * size]
        return _joined(loss, found, extent, slope)


def _joined(loss: Loss, found: Array, extent: float, slope: float) -> Best:
    """Curves through what was found, and what stands alone."""
    curves: list[Array] = []
    places: list[Array] = []
    apart = 1.5 * _ALONG * extent / 10
    for place, curvature in zip(found, _curvatures(loss, found), strict=True):
        known = [*curves, *(one[None] for one in places)]
        if any(np.min(np.hypot(*(one - place).T)) < apart for one in known):
            continue
        low, high = np.linalg.eigvalsh(curvature)
        if high <= 0 or low < -_FLAT * high:
            continue
        if low > _FLAT * high:
            places.append(place)
            continue
        on = _along(loss, place, 1.0, extent, slope)
        closes = len(on) > 0 and np.array_equal(on[-1], place)
        back = on[:0] if closes else _along(loss, place, -1.0, extent, slope)
        curves.append(np.concatenate([back[::-1], place[None], on]))
    return Best(np.array(places).reshape(-1, 2), tuple(curves))


def _along(loss: Loss, begin: Array, sign: float, extent: float, slope: float) -> Array:
    """The places of a curve from ``begin`` on, one way, until it leaves the square or closes."""
    whole = step = _ALONG * extent / 10
    made: list[Array] = []
    here = begin
    way = sign * np.linalg.eigh(_curvatures(loss, begin[None])[0])[1][:, 0]
    while len(made) < _MOST and step > 1e-5 * extent:
        there = (here + step * way)[None]
        for _ in range(_CORRECTIONS):
            there = there + (moved := _newton(loss, there, extent))
            if np.abs(moved).max() <= _NEAR * extent:
                break
        if not _within(there, extent)[0]:
            step /= 2  # towards where it leaves
            continue
        far = float(np.hypot(*(there[0] - here)))
        if not np.abs(loss.gradient(there)).max() <= _STILL * slope or not far > 0.2 * step:
            break
        way, here = (there[0] - here) / far, there[0]
        made.append(here)
        if len(made) > 3 and np.hypot(*(here - begin)) < whole:
            made.append(begin)
            break
    return np.asarray(np.clip(np.array(made).reshape(-1, 2), 0.0, extent))


def _within(places: Array, extent: float) -> Array:
    return np.asarray(np.all((places >= -1e-9) & (places <= extent + 1e-9), axis=1))


def _newton(loss: Loss, w: Array, extent: float) -> Array:
    """A step of Newton's method that goes downhill, none along what has no curvature."""
    g, (size, axes) = loss.gradient(w), np.linalg.eigh(np.nan_to_num(_curvatures(loss, w)))
    along = np.einsum("nki,nk->ni", axes, np.nan_to_num(g))
    bent = np.abs(size)
    flat = bent <= _FLAT * bent.max(axis=1, keepdims=True)
    moved = np.where(flat, 0.0, -along / np.where(flat, 1.0, bent))
    step = np.einsum("nki,ni->nk", axes, moved)
    far = np.linalg.norm(step, axis=1, keepdims=True)
    most = extent / 20
    return np.asarray(step * np.minimum(1.0, most / np.maximum(far, 1e-300)))


def _curvatures(loss: Loss, w: ArrayLike) -> Array:
    """The Hessians at places (n, 2), by differences of ∇ℓ: (n, 2, 2)."""
    w = np.asarray(w, dtype=float)
    rows = [
        (loss.gradient(w + nudge) - loss.gradient(w - nudge)) / (2 * _NUDGE)
        for nudge in _NUDGE * np.eye(2)
    ]
    bent = np.stack(rows, axis=1)
    return np.asarray(0.5 * (bent + bent.transpose(0, 2, 1)))
