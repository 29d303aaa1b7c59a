"""Gradient descent itself, with a step size, and where it stops following the flow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.hessian import hessian
from fields.loss import Array, Loss
from fields.parameterization.base import Parameterization

_NOUGHT = 1e-9
"""Curvature that is none, in parts of the largest: differences know it to no more digits."""


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
    loss: Loss, parameterization: Parameterization, minimizer: ArrayLike
) -> Array:
    """The η below which gradient descent stays at a minimizer (..., d): 2/λ_max(Jᵀ H J), (...).

    H is ∇²ℓ there. Point loss: 2/maxᵢ(J Jᵀ)ᵢᵢ for powers, that is 2/max w*ᵖ; line: 2/(n·J Jᵀ n).
    Divide by N² for the post's scaling.
    0 where no step is short enough: where Jᵀ H J is infinite, as on an axis for N < 1, or where H
    has a direction downhill, for that is no minimizer.
    """
    w = np.asarray(minimizer, dtype=float)
    bent = np.broadcast_to(hessian(loss, w), (*w.shape, w.shape[-1]))
    known = np.asarray(np.isfinite(bent).all(axis=(-2, -1)))
    size, axes = np.linalg.eigh(np.where(known[..., None, None], bent, 0.0))
    largest = np.max(np.abs(size), axis=-1, keepdims=True, initial=0.0)
    known &= np.all(size >= -_NOUGHT * largest, axis=-1)
    # H = RᵀR, its rows without what is rounding, which may meet an infinite J
    bends = np.asarray(size > _NOUGHT * largest)
    R = np.where(bends, np.sqrt(np.maximum(size, 0.0)), 0.0)[..., None] * np.swapaxes(axes, -1, -2)
    with np.errstate(all="ignore"):
        steepest = _steepest(parameterization, w, R, bends)
        return np.asarray(np.where(known, 2.0 / steepest, 0.0))


def _steepest(
    parameterization: Parameterization, w: Array, R: Array, bends: NDArray[np.bool_]
) -> Array:
    """λ_max(R J Jᵀ Rᵀ), for the rows of R (..., d, d) that are not 0; ∞ where that is no number."""
    J = parameterization.jacobian(w)
    finite = np.asarray(np.isfinite(J).all(axis=(-2, -1)))
    size = np.linalg.norm(R @ np.where(finite[..., None, None], J, 0.0), 2, axis=(-2, -1)) ** 2
    if finite.all():
        return np.asarray(size)
    moved = parameterization.precondition(np.broadcast_to(w[..., None, :], R.shape), R)
    both = bends[..., :, None] & bends[..., None, :]
    gram = np.where(both, np.einsum("...ik,...jk->...ij", R, moved), 0.0)
    number = np.asarray(np.isfinite(gram).all(axis=(-2, -1)))
    largest = np.linalg.eigvalsh(np.where(number[..., None, None], gram, 0.0))[..., -1]
    return np.where(finite, size, np.where(number, largest, np.inf))
