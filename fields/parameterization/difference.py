"""The difference of squares: weights of either sign, and a start whose size alone sets the bias."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.parameterization.base import Parameterization


@dataclass(frozen=True)
class Difference(Parameterization):
    """wᵢ = uᵢ² − vᵢ² with uᵢ = vᵢ = α at w = 0: J Jᵀ = 4√(w² + 4α⁴), for weights of either sign.

    Twice as many numbers are trained as there are weights, (u₁, …, u_d, v₁, …, v_d); uᵢvᵢ = α² is
    conserved, so that w alone tells both. For large α the flow is that of the weights themselves
    (least ‖w‖₂, kernel regime), for small α it is sparse (least ‖w‖₁, rich regime). Domain: all w.

    Source: B. Woodworth et al., "Kernel and Rich Regimes in Overparametrized Models", 2020.
    Raises ValueError where α is not a finite number above 0.
    """

    scale: float = 1.0
    """The α."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise ValueError(f"Difference: the scale α is {self.scale!r}; give a number above 0.")

    def weights(self, u: ArrayLike) -> Array:
        """u² − v² of parameters (..., 2d), shape (..., d)."""
        u, v = np.split(np.asarray(u, dtype=float), 2, axis=-1)
        return np.asarray((u - v) * (u + v))

    def parameters(self, w: ArrayLike) -> Array:
        """The (u, v) with uv = α², shape (..., 2d): u² = (√(w² + 4α⁴) + w)/2."""
        half = 0.5 * np.arcsinh(np.asarray(w, dtype=float) / (2 * self.scale**2))
        return np.concatenate([self.scale * np.exp(half), self.scale * np.exp(-half)], axis=-1)

    def jacobian(self, w: ArrayLike) -> Array:
        """(2 diag u, −2 diag v), shape (..., d, 2d)."""
        u, v = np.split(self.parameters(w), 2, axis=-1)
        one = np.eye(u.shape[-1])
        return np.concatenate([2 * u[..., None] * one, -2 * v[..., None] * one], axis=-1)

    def pull(self, u: Array, g: Array) -> Array:
        """(2u g, −2v g), shape (..., 2d)."""
        first, second = np.split(u, 2, axis=-1)
        return np.concatenate([2 * first * g, -2 * second * g], axis=-1)

    def precondition(self, w: ArrayLike, g: ArrayLike) -> Array:
        """4√(w² + 4α⁴) g."""
        return np.asarray(4 * np.hypot(w, 2 * self.scale**2) * np.asarray(g, dtype=float))


@dataclass(frozen=True)
class HyperbolicChart:
    """z = asinh(w/2α²): the dual of mirror flow, in which ż = −4∇ℓ."""

    scale_of_start: float
    """The α."""

    def enter(self, w: Array) -> Array:
        """asinh(w/2α²)."""
        return np.asarray(np.arcsinh(w / (2 * self.scale_of_start**2)))

    def leave(self, z: Array) -> Array:
        """2α² sinh z."""
        return np.asarray(2 * self.scale_of_start**2 * np.sinh(z))

    def push(self, z: Array, dz: Array) -> Array:
        """2α² cosh z dz."""
        return np.asarray(2 * self.scale_of_start**2 * np.cosh(z) * dz)

    def pull(self, z: Array, g: Array) -> Array:
        """4 g."""
        return np.asarray(4 * g)

    def scale(self, z: Array) -> Array:
        """|tanh z| and a little more: an error of z in parts of that is a relative error of w."""
        return np.asarray(np.abs(np.tanh(z)) + 1e-12)
