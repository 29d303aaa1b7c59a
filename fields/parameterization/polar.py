"""The polar parameterization: what is trained is a radius and an angle."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, columns
from fields.parameterization.base import Parameterization, Spot


@dataclass(frozen=True)
class Polar(Parameterization):
    """w = (r cos θ, r sin θ): J Jᵀ keeps the radial part of a push, and multiplies the rest by r².

    Domain: the whole plane. The origin is a degenerate place: the field has no limit there, and
    every flow line through it keeps its own direction. Asked for the origin's angle, we say θ = 0.
    """

    def weights(self, u: ArrayLike) -> Array:
        """(r cos θ, r sin θ); r < 0 is allowed, and points backwards."""
        u = np.asarray(u, dtype=float)
        r, angle = u[..., 0], u[..., 1]
        return columns(r * np.cos(angle), r * np.sin(angle))

    def parameters(self, w: ArrayLike) -> Array:
        """(r, θ) with r ≥ 0 and θ in (−π, π]."""
        w = np.asarray(w, dtype=float)
        x, y = w[..., 0], w[..., 1]
        return columns(np.hypot(x, y), np.arctan2(y, x))

    def jacobian(self, w: ArrayLike) -> Array:
        """[[cos θ, −w₂], [sin θ, w₁]], shape (..., 2, 2)."""
        r, cos, sin = _turned(self.parameters(w))
        return np.stack([columns(cos, -r * sin), columns(sin, r * cos)], axis=-2)

    def pull(self, u: Array, g: Array) -> Array:
        """Jᵀ g at u, also where a step has made r < 0, of which w alone does not tell."""
        return _pull(*_turned(u), g)

    def precondition(self, w: ArrayLike, g: ArrayLike) -> Array:
        """ĉ(ĉ·g) + r²(g − ĉ(ĉ·g)) with ĉ = w/r: no angle is needed."""
        w, g = np.asarray(w, dtype=float), np.asarray(g, dtype=float)
        r = np.hypot(w[..., :1], w[..., 1:])
        along = np.where(r > 0, w / np.where(r > 0, r, 1.0), np.array([1.0, 0.0]))
        radial = along * (along[..., :1] * g[..., :1] + along[..., 1:] * g[..., 1:])
        return np.asarray(radial + r * r * (g - radial))


@dataclass(frozen=True)
class PolarChart:
    """z = (r, θ), where r may pass through 0 and change its sign: the flow is smooth there."""

    def enter(self, w: Array) -> Array:
        """(r, θ) with r ≥ 0."""
        return Polar().parameters(w)

    def leave(self, z: Array) -> Array:
        """(r cos θ, r sin θ)."""
        return Polar().weights(z)

    def push(self, z: Array, dz: Array) -> Array:
        """J dz."""
        return _push(*_turned(z), dz)

    def pull(self, z: Array, g: Array) -> Array:
        """Jᵀ g."""
        return _pull(*_turned(z), g)

    def at(self, z: Array) -> Spot:
        """With one sine and one cosine."""
        r, cos, sin = turned = _turned(z)
        w = columns(r * cos, r * sin)
        return Spot(z, w, partial(_push, *turned), partial(_pull, *turned))

    def scale(self, z: Array) -> Array:
        """|r| and 1."""
        # a radius that small is the origin, which is crossed and not approached
        return columns(np.abs(z[..., 0]) + 1e-6, 1.0)


def _push(r: Array, cos: Array, sin: Array, dz: Array) -> Array:
    along, around = dz[..., 0], dz[..., 1]
    return columns(cos * along + -r * sin * around, sin * along + r * cos * around)


def _pull(r: Array, cos: Array, sin: Array, g: Array) -> Array:
    x, y = g[..., 0], g[..., 1]
    return columns(cos * x + sin * y, -r * sin * x + r * cos * y)


def _turned(z: Array) -> tuple[Array, Array, Array]:
    """The radius, and the angle's cosine and sine, each (...)."""
    return z[..., 0], np.cos(z[..., 1]), np.sin(z[..., 1])
