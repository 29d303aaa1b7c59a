"""What stays constant on the way to a line of best weights, with as many digits as that needs."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.polar import Polar
from fields.parameterization.power import Power
from fields.theory.mirror import dual

_MOST_DIGITS = 800


def line_invariant(loss: LineLoss, parameterization: Power | Polar, w: ArrayLike) -> Array:
    """What is constant along the flow, shape (...).

    Powers: n₂ q(w₁) − n₁ q(w₂). Polar: r² + 2 ln|sin α|, α being the angle from the normal.
    """
    w, n = np.asarray(w, dtype=float), loss.normal
    if isinstance(parameterization, Polar):
        r = np.hypot(w[..., 0], w[..., 1])
        aside = n[0] * w[..., 1] - n[1] * w[..., 0]
        with np.errstate(divide="ignore"):
            return np.asarray(r**2 + 2 * (np.log(np.abs(aside)) - np.log(r)))
    q = dual(parameterization, w)
    return np.asarray(n[1] * q[..., 0] - n[0] * q[..., 1])


def conserved(loss: LineLoss, parameterization: Power, w: ArrayLike) -> float:
    """B q(w₁) − a q(w₂) at w (2,), with as many digits as it needs to be right to some 1e-16."""
    w, k = np.asarray(w, dtype=float), 1.0 - parameterization.exponent
    with np.errstate(all="ignore"):
        one, other = np.array([loss.b, loss.a]) * signed_dual(w, np.full(2, k))
    value, size = float(one - other), float(abs(one) + abs(other))
    if not (np.isfinite(size) and 0 < size) or abs(value) > 1e-2 * size:
        return value
    digits = 40.0
    while digits <= _MOST_DIGITS:  # until what is left of the two terms has all its digits
        value = conserved_exactly(loss.a, loss.b, k, w, digits)
        if value == 0 or abs(value) > size * 10.0 ** (20 - digits):
            return value
        digits *= 2
    return value


def conserved_exactly(a: float, b: float, k: float, w0: Array, digits: float) -> float:
    """B q(w₁) − a q(w₂) with so many digits, rounded once; NaN where that are too many."""
    if digits > _MOST_DIGITS:
        return np.nan
    exact = Context(prec=int(digits), Emax=MAX_EMAX, Emin=MIN_EMIN)

    def term(n: float, w: float) -> Decimal:
        if k == 0:
            q = exact.ln(Decimal(w))
        else:
            q = (
                exact.divide(exact.power(Decimal(abs(w)), Decimal(k)), Decimal(k))
                if w
                else Decimal()
            )
        return exact.multiply(Decimal(n), -q if w < 0 else q)

    return float(exact.subtract(term(b, float(w0[0])), term(a, float(w0[1]))))


def signed_dual(w: Array, k: Array) -> Array:
    """q(w) = w^k/k, ln w for k = 0; signed below 0 where k > 0, −∞ at 0 where k ≤ 0."""
    raised = np.power(np.abs(w), k) / np.where(k == 0, 1.0, k)
    q = np.where(k == 0, np.log(np.abs(w)), np.where(w < 0, -raised, raised))
    return np.asarray(np.where((k <= 0) & (w <= 0), -np.inf, q))
