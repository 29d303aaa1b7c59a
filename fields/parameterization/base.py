"""Parameterizations: what is trained (u), what the model is (w), and how u moves w.

Training u by gradient flow, u̇ = −∇ᵤℓ, moves the weights by ẇ = J Jᵀ(−∇ℓ(w)) with J = ∂w/∂u.
(The post writes JᵀJ; the two are the same where J is diagonal, and differ for the polar one.)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array


class Spot(NamedTuple):
    """Places in a chart, for who asks more than one thing of them."""

    z: Array
    w: Array
    """The weights there."""
    push: Callable[[Array], Array]
    """∂w/∂z dz, for a dz (..., k)."""
    pull: Callable[[Array], Array] | None
    """∂z/∂u Jᵀ g, for a g (..., d), if the chart knows how training moves it."""


class Parameterization(ABC):
    """A map w(u) from k parameters (..., k), what is trained, to d weights (..., d), the model."""

    @abstractmethod
    def weights(self, u: ArrayLike) -> Array:
        """w(u), shape (..., d)."""

    @abstractmethod
    def parameters(self, w: ArrayLike) -> Array:
        """One u with w(u) = w, shape (..., k)."""

    @abstractmethod
    def jacobian(self, w: ArrayLike) -> Array:
        """J = ∂w/∂u at weights w, shape (..., d, k), J[..., i, j] = ∂wᵢ/∂uⱼ."""

    def pull(self, u: Array, g: Array) -> Array:
        """Jᵀ g at u: the gradient of the parameters, for a gradient g of the weights, (..., k)."""
        return apply(np.swapaxes(self.jacobian(self.weights(u)), -1, -2), g)

    def precondition(self, w: ArrayLike, g: ArrayLike) -> Array:
        """J Jᵀ g: how weights move when the parameters follow g = −∇ℓ, shape (..., d)."""
        J = self.jacobian(w)
        return apply(J, apply(np.swapaxes(J, -1, -2), np.asarray(g, dtype=float)))


def apply(matrix: Array, vector: Array) -> Array:
    """The product, (..., d), whose last bit is the same for one place and for thousands."""
    total = matrix[..., 0] * vector[..., :1]
    for j in range(1, matrix.shape[-1]):
        total = total + matrix[..., j] * vector[..., j : j + 1]
    return np.asarray(total)


class Elementwise(Parameterization):
    """Every weight has one parameter of its own: J is diagonal."""

    @abstractmethod
    def slope(self, w: ArrayLike) -> Array:
        """dwᵢ/duᵢ at weights w, shape (..., d)."""

    def jacobian(self, w: ArrayLike) -> Array:
        """The slopes as a diagonal matrix, shape (..., d, d)."""
        slope = self.slope(w)
        return np.asarray(slope[..., None] * np.eye(slope.shape[-1]))
