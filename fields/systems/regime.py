"""From the kernel to the rich regime: w = u² − v², whose start alone turns ℓ₂ into ℓ₁."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from fields.chart import PlaneChart
from fields.loss import Array, LineLoss, Loss
from fields.parameterization.difference import Difference
from fields.theory.curve import evenly


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


@dataclass(frozen=True)
class RegimeFlow:
    """ẇ = 4√(w² + 4α⁴)(−∇ℓ) with α given by time: w = u² − v² whose start changes as time passes.

    At every instant it equals ``GradientFlow(loss, Difference(α))``. Domain: all w.
    """

    loss: Loss
    scale: Callable[[ArrayLike], Array]
    """Time to α, of its shape."""

    @property
    def chart(self) -> PlaneChart:
        """The weights themselves."""
        return PlaneChart()

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the scale, if it says when it turns."""
        return tuple(getattr(self.scale, "breaks", ()))

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ, shape (..., d)."""
        size = 2 * np.asarray(self.scale(time))[..., None] ** 2
        return np.asarray(4 * np.hypot(w, size) * -self.loss.gradient(w))

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same."""
        return self.velocity(z, time)


@dataclass(frozen=True)
class Exponential:
    """e to the power of another function of time: a scale that goes evenly through its decades."""

    logarithm: Callable[[ArrayLike], Array]

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the logarithm."""
        return tuple(getattr(self.logarithm, "breaks", ()))

    def __call__(self, time: ArrayLike) -> Array:
        """The number at ``time``, of its shape."""
        return np.asarray(np.exp(self.logarithm(time)))


def regime_path(loss: LineLoss, model: Difference, *, count: int = 121) -> Array:
    """The way (count, 2) from w = 0 to the landing, evenly along it: wᵢ = 2α² sinh(−nᵢE)."""
    end = regime_landing(loss, model)
    parts = np.linspace(0.0, 1.0, 2001)
    z = np.arcsinh(end / (2 * model.scale**2)) * parts[:, None]
    places = 2 * model.scale**2 * np.sinh(z)
    places[-1] = end
    return evenly(places, count)


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
