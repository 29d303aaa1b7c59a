"""Losses as code: ℓ and the pull g = −∇ℓ, for GPU and browser alike.

Expressions are of w1, w2 and of ``u_l0`` … ``u_l3``: a target's two weights, or a line's a, b, c
and ‖(a, b)‖.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fields import LineLoss, Loss, PointLoss
from fields.data.custom import CustomLoss
from fields.data.regression import SquaredLoss
from fields.parameterization.formula import Expression
from studio.live.expressions import code, derivative, literal


@dataclass(frozen=True)
class LossCode:
    """The value ℓ(w), and g1, g2 = −∇ℓ(w)."""

    value: str
    pull: tuple[str, str]


_RESIDUAL = "(f_across(u_l0, w1, u_l1, w2, u_l2) / u_l3)"

POINT = LossCode(
    "0.5 * ((w1 - u_l0) * (w1 - u_l0) + (w2 - u_l1) * (w2 - u_l1))", ("u_l0 - w1", "u_l1 - w2")
)
LINE = LossCode(
    f"0.5 * {_RESIDUAL} * {_RESIDUAL}",
    (f"-{_RESIDUAL} * (u_l0 / u_l3)", f"-{_RESIDUAL} * (u_l1 / u_l3)"),
)


def loss_code(loss: Loss) -> LossCode:
    """The code of a loss; ValueError where it is known as a Python function alone."""
    match loss:
        case PointLoss():
            return POINT
        case LineLoss():
            return LINE
        case SquaredLoss() if loss.examples.inputs.shape[1] == 2:
            return _squared(loss)
        case CustomLoss(function=Expression() as read, dimension=2):
            named = {
                name: f"w{column + 1}"
                for name, column in zip(read.names, read.columns, strict=True)
            }
            slopes = {
                column: derivative(read.tree, name)
                for name, column in zip(read.names, read.columns, strict=True)
            }
            pull = [code(("neg", slopes[k]), named) if k in slopes else "0.0" for k in (0, 1)]
            return LossCode(code(read.tree, named), (pull[0], pull[1]))
    raise ValueError(
        f"live: {type(loss).__name__} is known to Python alone, or has not two weights; "
        "give its formula, such as loss_formula('(w1 w2 - 4)^2')."
    )


def _squared(loss: SquaredLoss) -> LossCode:
    """½ w·A w − b·w + c of the examples, A = XᵀX/n, b = Xᵀy/n."""
    X, y = loss.examples.inputs, np.asarray(loss.examples.labels, dtype=float)
    A, b = X.T @ X / len(y), X.T @ y / len(y)
    (p, q), (_, r) = A.tolist()
    one, other = b.tolist()
    p_, q_, r_, one_, other_ = map(literal, (p, q, r, one, other))
    value = (
        f"0.5 * ({p_} * w1 * w1 + 2.0 * ({q_}) * w1 * w2 + {r_} * w2 * w2) "
        f"- ({one_}) * w1 - ({other_}) * w2 + {literal(0.5 * float(np.mean(y * y)))}"
    )
    pull = (
        f"-f_across({p_}, w1, {q_}, w2, {literal(-one)})",
        f"-f_across({q_}, w1, {r_}, w2, {literal(-other)})",
    )
    return LossCode(value, pull)
