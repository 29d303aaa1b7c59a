"""The max margin: where the direction of weights goes when loss falls for ever."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize, nnls

from fields.data.examples import Examples
from fields.loss import Array


def max_margin(examples: Examples, order: float = 2.0) -> Array:
    """The ŵ = argmin ‖w‖_q with yᵢ xᵢ·w ≥ 1 for all i, shape (d,), q = ``order`` in [1, ∞].

    Gradient flow on exponential or logistic loss goes to its direction: with q = 2 for plain
    weights, q = 1 for w = u², and for convolutions with q = 1 in frequency.

    Source: D. Soudry et al., 2018; S. Gunasekar et al., "Implicit Bias of Gradient Descent on
    Linear Convolutional Networks", 2018.
    Raises ValueError where no hyperplane through 0 separates the classes, and for q below 1.
    """
    points = examples.signed("max_margin")
    # in a unit of their size: for the solver of linear programs 1e-9 is nothing
    unit = float(np.exp2(np.ceil(np.log2(np.max(np.abs(points)) or 1.0))))
    points = points / unit
    n, d = points.shape
    if not order >= 1:
        raise ValueError(f"max_margin: the order q is {order!r}; give a number from 1 on, or inf.")
    # linear programs: split w = a − b for q = 1, bound |w| ≤ t for q = ∞
    one, many = np.ones(n), np.eye(d)
    if order == 1:
        cost, rows, sides = np.ones(2 * d), np.hstack([-points, points]), -one
    else:
        cost = np.append(np.zeros(d), 1.0)
        column = -np.ones((d, 1))
        rows = np.vstack(
            [
                np.hstack([-points, np.zeros((n, 1))]),
                np.hstack([many, column]),
                np.hstack([-many, column]),
            ]
        )
        sides = np.append(-one, np.zeros(2 * d))
    bounds = (0, None) if order == 1 else (None, None)
    found = linprog(cost, rows, sides, bounds=bounds)
    if found.status != 0:
        raise ValueError(
            "max_margin: no hyperplane through 0 has each class on its own side; "
            "take other examples, or a loss that has a minimizer."
        )
    w = found.x[:d] - found.x[d:] if order == 1 else found.x[:d]
    if order in (1.0, np.inf):
        return np.asarray(w / unit)
    scale = float(np.max(np.abs(w)))
    solved = minimize(
        lambda v: float(np.sum(np.abs(v) ** order)) / order,
        w / scale,
        jac=lambda v: np.sign(v) * np.abs(v) ** (order - 1),
        constraints={
            "type": "ineq",
            "fun": lambda v: scale * (points @ v) - 1,
            "jac": lambda v: scale * points,
        },
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    return np.asarray(scale * solved.x / unit)


def support(examples: Examples) -> NDArray[np.intp]:
    """Which examples hold the max margin ŵ, yᵢ xᵢ·ŵ = 1: the support vectors, (k,)."""
    margins = examples.signed("support") @ max_margin(examples)
    return np.flatnonzero(margins < 1 + 1e-6)


def remainder(examples: Examples) -> Array:
    """The w̃ (d,) of w(t) = ŵ ln t + w̃ + o(1), for plain weights and the exponential loss.

    The pull of each support vector settles, e^(−yᵢ xᵢ·w̃) = αᵢ with ŵ = Σ αᵢ yᵢ xᵢ. So the angle
    between w and ŵ, times ln t, tends to the size of w̃ across ŵ in parts of ‖ŵ‖.

    Source: D. Soudry et al., 2018.
    Raises ValueError where there are not d support vectors, all of which pull: then w̃ depends on
    the start.
    """
    points = examples.signed("remainder")[support(examples)]
    pulls, _ = nnls(points.T, max_margin(examples))
    if points.shape != (points.shape[1],) * 2 or not np.all(pulls > 1e-9):
        raise ValueError(
            f"remainder: {len(points)} support vectors in {points.shape[1]} dimensions, of which "
            f"{np.sum(pulls > 1e-9)} pull; where it is not all of as many, the rest depends on the "
            "start: follow it with log_time_path."
        )
    return np.asarray(np.linalg.solve(points, -np.log(pulls)))
