"""What stays constant on the way to a line of best weights, with as many digits as that needs."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.polar import Polar
from fields.parameterization.power import NEAR_LOG, Power, anchored
from fields.theory.mirror import dual

_MOST_DIGITS = 800


def line_invariant(loss: LineLoss, parameterization: Power | Polar, w: ArrayLike) -> Array:
    """What is constant along the flow, shape (...).

    Powers: n₂ q(w₁) − n₁ q(w₂), q being ``dual``. Polar: r² + 2 ln|sin α|, α being the angle from
    the normal.
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
    """B q(w₁) − a q(w₂) at w (2,), q ``anchored``, with digits enough to be right to some 1e-16."""
    w, k = np.asarray(w, dtype=float), 1.0 - parameterization.exponent
    with np.errstate(all="ignore"):
        one, other = np.array([loss.b, loss.a]) * anchored(w, k)
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
    return np.nan if digits > _MOST_DIGITS else float(_difference(a, b, k, w0, digits))


def conserved_log(a: float, b: float, k: float, w0: Array) -> tuple[float, float]:
    """The sign of b q(w₁) − a q(w₂), and ln of k times its size, for k at which wᵏ is no number.

    Where the two terms cancel to the last of 800 digits, that is as if they were equal.
    """
    digits = 40
    while digits <= _MOST_DIGITS:  # until what is left of the two terms has digits
        exact = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
        value = _difference(a, b, k, w0, digits)
        size = exact.add(
            abs(_difference(a, 0.0, k, w0, digits)), abs(_difference(0.0, b, k, w0, digits))
        )
        if abs(value) > exact.scaleb(size, 20 - digits):
            log = exact.ln(exact.multiply(abs(value), Decimal(k)))
            return (1.0 if value > 0 else -1.0), float(log)
        digits *= 2
    return 0.0, 0.0


def _difference(a: float, b: float, k: float, w0: Array, digits: float) -> Decimal:
    exact = Context(prec=int(digits), Emax=MAX_EMAX, Emin=MIN_EMIN)

    def term(n: float, w: float) -> Decimal:
        if k == 0:
            return exact.multiply(Decimal(n), exact.ln(Decimal(w)))
        raised = exact.power(Decimal(abs(w)), Decimal(k)) if w else Decimal()
        signed = -raised if w < 0 else raised
        if abs(k) < NEAR_LOG:
            signed = exact.subtract(signed, Decimal(1))
        return exact.multiply(Decimal(n), exact.divide(signed, Decimal(k)))

    return exact.subtract(term(b, float(w0[0])), term(a, float(w0[1])))
