"""How a loss bends: the matrix of its second derivatives."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, Loss

_STEPS = 10.0 ** -np.arange(1.0, 7.0)
"""Steps of differences, in parts of the weights: which one is best depends on the loss."""


@runtime_checkable
class Bent(Protocol):
    """A loss that knows its second derivatives."""

    def hessian(self, w: ArrayLike) -> Array:
        """∇²ℓ(w), shape (..., d, d)."""
        ...


def hessian(loss: Loss, w: ArrayLike) -> Array:
    """∇²ℓ(w), shape (..., d, d): the loss's own, else from differences of its gradient.

    These are to some 11 digits, where the loss does not change within a millionth of the weights.
    """
    if isinstance(loss, Bent):
        return loss.hessian(w)
    w = np.asarray(w, dtype=float)
    unit = np.maximum(np.max(np.abs(w), axis=-1, initial=0.0, keepdims=True), 1e-3)
    with np.errstate(all="ignore"):
        found = np.stack([_differences(loss, w, step * unit) for step in _STEPS])
        apart = np.max(np.abs(np.diff(found, axis=0)), axis=(-2, -1))
    # where two neighbours agree best, neither the step nor rounding counts
    apart = np.where(np.isfinite(apart), apart, np.inf)
    best = 1 + np.argmin(apart, axis=0)[None, ..., None, None]
    bent = np.take_along_axis(found, best, axis=0)[0]
    return np.asarray(0.5 * (bent + np.swapaxes(bent, -1, -2)))


def _differences(loss: Loss, w: Array, step: Array) -> Array:
    """By four gradients along each weight, with an error O(step⁴)."""
    columns = []
    for unit in np.eye(w.shape[-1]):
        by = step * unit
        near = loss.gradient(w + by) - loss.gradient(w - by)
        far = loss.gradient(w + 2 * by) - loss.gradient(w - 2 * by)
        columns.append((8 * near - far) / (12 * step))
    return np.stack(columns, axis=-1)
