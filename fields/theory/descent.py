"""Gradient descent itself, with a step size, and where it stops following the flow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss, Loss, PointLoss
from fields.parameterization.base import Parameterization, apply


def gradient_descent(
    loss: Loss, parameterization: Parameterization, starts: ArrayLike, *, step: float, steps: int
) -> Array:
    """The weights after 0, 1, …, ``steps`` of u ← u − η Jᵀ∇ℓ, shape (..., steps + 1, 2).

    ``step`` is η. It follows the flow at time kη with an error O(η), and may be NaN or ∞ where η is
    too large: see ``stability_threshold``.
    """
    u = parameterization.parameters(starts)
    out = [np.asarray(starts, dtype=float)]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            w = out[-1]
            transposed = np.swapaxes(parameterization.jacobian(w), -1, -2)
            u = u - step * apply(transposed, loss.gradient(w))
            out.append(parameterization.weights(u))
    return np.stack(out, axis=-2)


def stability_threshold(
    loss: PointLoss | LineLoss, parameterization: Parameterization, minimizer: ArrayLike
) -> Array:
    """The η below which gradient descent stays at a minimizer (..., 2): 2/λ_max(Jᵀ H J), (...).

    Point loss: 2/maxᵢ(J Jᵀ)ᵢᵢ for powers, that is 2/max w*ᵖ; line: 2/(n·J Jᵀ n). Divide by N² for
    the post's scaling.
    """
    J = parameterization.jacobian(minimizer)
    if isinstance(loss, LineLoss):
        pulled = apply(np.swapaxes(J, -1, -2), np.broadcast_to(loss.normal, J.shape[:-1]))
        return np.asarray(2.0 / np.sum(pulled**2, axis=-1))
    return np.asarray(2.0 / np.linalg.norm(J, 2, axis=(-2, -1)) ** 2)
