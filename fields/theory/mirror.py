"""Gradient flow as mirror flow: d∇Q(w)/dt = −∇ℓ(w), and the norm that each depth minimizes.

Source: S. Gunasekar et al. 2018, B. Woodworth et al. 2019; here Q″ = w⁻ᵖ is 1/(J Jᵀ).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.power import NEAR_LOG, Power, anchored, power, unanchored

_GAUSS = leggauss(24)


def exponents(parameterization: Power | Sequence[Power]) -> Array:
    """The p of J Jᵀ = wᵖ, shape (), or of several powers, one for each place, shape (k, 1)."""
    if isinstance(parameterization, Power):
        return np.array(parameterization.exponent)
    return np.array([[one.exponent] for one in parameterization])


def dual(parameterization: Power | Sequence[Power], w: ArrayLike) -> Array:
    """Q = Q′(w) = w^(1−p)/(1−p), ln w for p = 1: (..., 2). Signed below 0 where p < 1, else NaN.

    Where p is within 0.01 of 1 it is (w^(1−p) − 1)/(1−p), nearly ln w: another constant, which no
    flow sees, and with 1/(1−p) added no digits would be left for w.
    """
    w, k = np.asarray(w, dtype=float), 1.0 - exponents(parameterization)
    return np.asarray(np.where((k <= 0) & (w < 0), np.nan, anchored(w, k)))


def primal(parameterization: Power | Sequence[Power], q: ArrayLike) -> Array:
    """The weights w with ``dual`` w = q, (..., 2); ∞ where there are none, for p > 1."""
    return unanchored(q, 1.0 - exponents(parameterization))


def potential(parameterization: Power, w: ArrayLike) -> Array:
    """Q_N(w) = Σ w^(2−p)/((2−p)(1−p)); Σ w ln w − w for N = 2; −Σ ln w for w = eᵘ; (...).

    Where p is within 0.01 of 1 or 2 it is that less a linear part or a constant, and nearly as for
    N = 2 or eᵘ, so that digits are left for w: an integral of ``dual`` everywhere. Below 0 it is
    NaN for p ≥ 1.
    """
    w, p = np.asarray(w, dtype=float), parameterization.exponent
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        each = np.where((p >= 1) & (w < 0), np.nan, _anchored_potentials(w, p))
    return np.asarray(np.sum(each, axis=-1))


def _potentials(w: Array, p: float) -> Array:
    """Q of each weight, of its shape."""
    if p == 1:
        return np.asarray(np.where(w == 0, 0.0, w * np.log(w)) - w)
    if p == 2:
        return np.asarray(-np.log(w))
    return np.asarray(power(w, 2 - p) / ((2 - p) * (1 - p)))


def _anchored_potentials(w: Array, p: float) -> Array:
    """The integral of the ``anchored`` dual of each weight: Q, less what is constant or linear."""
    k = 1.0 - p
    if abs(k) < NEAR_LOG:
        return np.asarray(np.where(w == 0, 0.0, w * (anchored(w, k) - 1.0)) / (1.0 + k))
    if abs(1.0 + k) < NEAR_LOG:
        return np.asarray(anchored(w, 1.0 + k) / k)
    return _potentials(w, p)


def divergence(parameterization: Power, w: ArrayLike, start: ArrayLike) -> Array:
    """D_Q(w, w₀) = Q(w) − Q(w₀) − ∇Q(w₀)·(w − w₀), which the landing point minimizes, (...).

    Near the start, where the three cancel, it is Σ δ² ∫(1 − s)(w₀ + sδ)^−p ds, δ = w − w₀, by
    Gauss's quadrature, to some 1e-15 of itself. ∞ where a weight leaves an axis that no flow
    leaves, for p ≥ 1.
    """
    w, start = np.broadcast_arrays(np.asarray(w, dtype=float), np.asarray(start, dtype=float))
    p, away = parameterization.exponent, w - start
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = anchored(start, 1.0 - p) * away
        far = _anchored_potentials(w, p) - _anchored_potentials(start, p) - slope
        far = np.where((start == 0) & (p >= 1), np.inf, far)  # ∇Q falls without end towards an axis
        nodes, weights = _GAUSS
        s = 0.5 * (1 + nodes)
        bend = 0.5 * weights * (1 - s) * (start[..., None] + away[..., None] * s) ** -p
        near = away * away * np.sum(bend, axis=-1)
        parts = np.where(np.abs(away) < 0.5 * start, near, far)
    return np.asarray(np.sum(np.where(away == 0, 0.0, parts), axis=-1))


def norm_order(parameterization: Power) -> float:
    """The order of the norm that is least where training from nearly nothing ends: max(2/N, 1).

    ℓ₂ for N = 1, ℓ₄ for N = ½, towards ℓ∞ as N → 0; ℓ₁ from N = 2 on (beyond 2, and for w = eᵘ,
    weighted by the shape of the start, Σ vᵢ^−(1−2/N) wᵢ: plain only from equal starts).
    """
    return max(2.0 * parameterization.inverse_depth, 1.0)


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
