"""One start, many step sizes: where plain gradient descent goes as its steps grow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, Loss
from fields.parameterization.base import Parameterization


def descents(
    loss: Loss,
    parameterization: Parameterization,
    start: ArrayLike,
    step_sizes: ArrayLike,
    *,
    steps: int,
) -> Array:
    """Weights (k, steps + 1, d) after 0, 1, … steps u ← u − η Jᵀ∇ℓ from ``start`` (d,), for each η.

    ``step_sizes`` are (k,). What leaves for good is ∞ or NaN from then on.
    """
    sizes = np.asarray(step_sizes, dtype=float)[:, None]
    w = np.broadcast_to(np.asarray(start, dtype=float), (len(sizes), np.shape(start)[-1]))
    u = np.array(parameterization.parameters(w), dtype=float)
    out = np.empty((len(sizes), steps + 1, w.shape[-1]))
    out[:, 0] = w
    with np.errstate(all="ignore"):
        for k in range(1, steps + 1):
            u = u - sizes * parameterization.pull(u, loss.gradient(out[:, k - 1]))
            out[:, k] = parameterization.weights(u)
    return out
