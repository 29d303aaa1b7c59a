"""Gradient descent itself, with a step size, and where it stops following the flow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss, Loss, PointLoss, TargetLoss
from fields.parameterization.base import Parameterization


def gradient_descent(
    loss: Loss, parameterization: Parameterization, starts: ArrayLike, *, step: float, steps: int
) -> Array:
    """The weights after 0, 1, …, ``steps`` of u ← u − η Jᵀ∇ℓ, shape (..., steps + 1, 2).

    ``step`` is η. It follows the flow at time kη with an error O(η), and may be NaN or ∞ where η is
    too large: see ``stability_threshold``.
    Raises ValueError where ``step`` is not above 0, or ``steps`` no whole number from 0 on.
    """
    if not step > 0:
        raise ValueError(f"gradient_descent: step is {step!r}; give a number above 0.")
    if not (isinstance(steps, int | np.integer) and steps >= 0):
        raise ValueError(f"gradient_descent: steps is {steps!r}; give a whole number from 0 on.")
    u = parameterization.parameters(starts)
    out = [np.asarray(starts, dtype=float)]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            u = u - step * parameterization.pull(u, loss.gradient(out[-1]))
            out.append(parameterization.weights(u))
    return np.stack(out, axis=-2)


def stability_threshold(
    loss: PointLoss | TargetLoss | LineLoss,
    parameterization: Parameterization,
    minimizer: ArrayLike,
) -> Array:
    """The η below which gradient descent stays at a minimizer (..., 2): 2/λ_max(Jᵀ H J), (...).

    Point loss: 2/maxᵢ(J Jᵀ)ᵢᵢ for powers, that is 2/max w*ᵖ; line: 2/(n·J Jᵀ n). Divide by N² for
    the post's scaling.
    0 where J is infinite, as on an axis for N < 1: no step is short enough there.
    Raises ValueError for another loss, whose curvature H is not known.
    """
    w = np.asarray(minimizer, dtype=float)
    if isinstance(loss, LineLoss):
        n = np.broadcast_to(loss.normal, w.shape)
        return np.asarray(2.0 / np.sum(n * parameterization.precondition(w, n), axis=-1))
    if not isinstance(loss, PointLoss | TargetLoss):
        raise ValueError(
            f"stability_threshold: the curvature of a {type(loss).__name__} is not known; give a "
            "PointLoss, a TargetLoss or a LineLoss."
        )
    with np.errstate(invalid="ignore"):
        J = parameterization.jacobian(w)
    known = np.asarray(np.isfinite(J).all(axis=(-2, -1)))  # on an axis J may be infinite
    size = np.linalg.norm(np.where(known[..., None, None], J, 0.0), 2, axis=(-2, -1))
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(known, 2.0 / size**2, 0.0))
