"""Scalings of time, by which depths are compared: the post's own, and an even one."""

from __future__ import annotations

import math

from fields.loss import LineLoss, Loss, PointLoss
from fields.parameterization.power import Power


def post_rate(parameterization: Power) -> float:
    """The rate N² (M² for inverse powers) of the post's own uᴺ; 1 for eᵘ, which it is divided by.

    Speeds of two depths cannot be compared with it: at w = 1 they are as N² to one.
    """
    s = parameterization.inverse_depth
    return 1.0 if s == 0 else 1.0 / s**2


def even_rate(parameterization: Power, reference: float) -> float:
    """The rate w_ref⁻ᵖ, so that J Jᵀ = (w/w_ref)ᵖ is 1 at w_ref for every depth.

    Raises ValueError where w_ref is not above 0.
    """
    if not 0 < reference < math.inf:
        raise ValueError(f"even_rate: w_ref is {reference!r}; give a finite number above 0.")
    return float(reference**-parameterization.exponent)


def reference_weight(loss: Loss) -> float:
    """w_ref = √(w₁ w₂) of the best place, where all depths are given the same speed.

    Of a line that is the place nearest to the origin; 1 where none is inside the quadrant.
    """
    if isinstance(loss, PointLoss):
        first, second = loss.target
    elif isinstance(loss, LineLoss):
        first, second = loss.distance * loss.normal
    else:
        return 1.0
    return math.sqrt(first * second) if min(first, second) > 0 else 1.0
