"""From the kernel to the rich regime: w = u² − v², whose start alone turns ℓ₂ into ℓ₁."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from fields.loss import Array, LineLoss
from fields.parameterization.difference import Difference


def hypentropy(model: Difference, w: ArrayLike) -> Array:
    """Q(w) = Σᵢ α²(2 − √(4 + zᵢ²) + zᵢ asinh(zᵢ/2)), z = w/α², shape (...): least at the landing.

    About ‖w‖₂²/(4α²) for large α, and ln(1/α²)‖w‖₁ for small.
    Source: B. Woodworth et al., 2020; U. Ghai, E. Hazan, Y. Singer, "Exponentiated Gradient Meets
    Gradient Descent", 2020.
    """
    z = np.asarray(w, dtype=float) / model.scale**2
    # 2 − √(4 + z²) = −z²/(2 + √(4 + z²)), which does not cancel for small z
    parts = z * (np.arcsinh(z / 2) - z / (2 + np.hypot(2, z)))
    return np.asarray(model.scale**2 * np.sum(parts, axis=-1))


def regime_landing(loss: LineLoss, model: Difference) -> Array:
    """Where gradient flow from w = 0 lands on the line, (2,): wᵢ = 2α² sinh(−nᵢE).

    E is the root of Σ nᵢ wᵢ = d, found in a logarithm, so that α may be as small as numbers go.
    """
    n, d = loss.normal, loss.distance
    if d == 0:
        return np.zeros(2)
    size = 2 * model.scale**2

    def missing(reach: float) -> float:
        return float(np.sum(np.abs(n) * np.sinh(np.abs(n) * reach)) - abs(d) / size)

    high = np.arcsinh(abs(d) / size / np.max(np.abs(n))) / np.max(np.abs(n))
    reach = brentq(missing, 0.0, float(high) * (1 + 1e-12) + 1e-300, xtol=1e-300, rtol=8.9e-16)
    w = np.sign(d) * np.sign(n) * size * np.sinh(np.abs(n) * reach)
    # what E tells worst, the line tells best
    worst = int(np.argmax(np.abs(n) * np.abs(w)))
    w[worst] = (d - n[1 - worst] * w[1 - worst]) / n[worst]
    return np.asarray(w)
