"""The best weights of a line by a norm: of all that fit, the one that is least."""

from __future__ import annotations

import math

import numpy as np

from fields.loss import Array, LineLoss


def least_norm(loss: LineLoss, order: float) -> Array:
    """The point of the line with the least ‖w‖ of ``order`` from 1 to ∞, shape (2,).

    |wᵢ| ∝ |nᵢ|^(1/(order − 1)): the foot of the perpendicular for 2, equal weights for ∞, and one
    weight alone for 1, w₂ where both would do. Training from nothing ends there with N = 2/order.
    """
    if not order >= 1:
        raise ValueError(f"least_norm: the order is {order!r}; a norm has one from 1 to ∞.")
    n = loss.normal
    size = np.abs(n) / np.max(np.abs(n))
    if order == 1:
        shape = np.array([0.0, 1.0]) if size[1] == 1 else np.array([1.0, 0.0])
    else:
        shape = size ** (0.0 if math.isinf(order) else 1.0 / (order - 1.0))
    shape = np.where(n == 0, 0.0, np.sign(n) * shape)
    return np.asarray(loss.distance * shape / np.sum(n * shape))
