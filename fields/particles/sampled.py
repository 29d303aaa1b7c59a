"""Trajectories as evenly spaced samples: where they end at the axes, and what is between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.loss import Array


def hold_at_axes(places: Array) -> Array:
    """Trajectories (n, m, 2) that rest, from then on, where they first leave the quadrant.

    Where none does, these very ``places``.
    """
    if not (places < 0).any():
        return places
    out = (places[..., 0] < 0) | (places[..., 1] < 0)
    out[:, 0] = False  # whoever starts outside may move
    gone = np.flatnonzero(out.any(axis=1))
    first = np.argmax(out[gone], axis=1)
    before, after = places[gone, first - 1], places[gone, first]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(after < 0, before / (before - after), 1.0)
    exit_ = before + np.clip(np.min(parts, axis=1), 0, 1)[:, None] * (after - before)
    later = np.arange(places.shape[1]) >= first[:, None]
    held = places.copy()
    held[gone] = np.where(later[..., None], exit_[:, None, :], held[gone])
    return held


def interpolated(samples: NDArray[np.float32], at: Array) -> Array:
    """Positions (n, 2): the cubic through the four nearest samples (Catmull and Rom's).

    Beyond its first and last sample a trajectory goes on as a parabola.
    """
    last = len(samples) - 1
    i = np.minimum(at.astype(int), last - 1)
    t = (at - i)[:, None]
    n = np.arange(len(i))
    a, b, c, d = (samples[np.clip(i + k, 0, last), :, n].astype(float) for k in (-1, 0, 1, 2))
    a = np.where((i == 0)[:, None], 3 * (b - c) + d, a)
    d = np.where((i == last - 1)[:, None], 3 * (c - b) + a, d)
    return np.asarray(
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    )
