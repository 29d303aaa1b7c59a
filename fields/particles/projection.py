"""What is painted of places with more weights than two: a plane of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.parameterization.base import Parameterization


class Projection(Protocol):
    """From the plane that is painted to what a flow moves, and back."""

    def lift(self, places: Array) -> Array:
        """Where particles start that are seen at places (n, 2), shape (n, k)."""
        ...

    def project(self, states: Array) -> Array:
        """Where states (..., k) are seen, shape (..., 2)."""
        ...


@dataclass(frozen=True)
class TwoWeights:
    """Two of the weights as they are; the others start at ``base`` (d,).

    Raises ValueError where the two are not different ones of the base.
    """

    base: tuple[float, ...]
    first: int = 0
    second: int = 1

    def __post_init__(self) -> None:
        d = len(self.base)
        if self.first == self.second or not all(0 <= k < d for k in (self.first, self.second)):
            raise ValueError(
                f"TwoWeights: weights {self.first} and {self.second} of {d}, counted from 0, are "
                "no two of them."
            )

    def lift(self, places: Array) -> Array:
        """The base with the two in place."""
        states = np.broadcast_to(self.base, (len(places), len(self.base))).copy()
        states[:, [self.first, self.second]] = places
        return states

    def project(self, states: Array) -> Array:
        """The two."""
        return np.asarray(states[..., [self.first, self.second]])


@dataclass(frozen=True, eq=False)
class AffinePlane:
    """The plane ``origin`` + x a + y b of orthonormal directions a and b, the rows of (2, d).

    Raises ValueError where these are not orthonormal.
    """

    origin: Array
    directions: Array

    def __post_init__(self) -> None:
        origin, directions = (np.array(x, dtype=float) for x in (self.origin, self.directions))
        if directions.shape != (2, len(origin)) or not np.allclose(
            directions @ directions.T, np.eye(2), atol=1e-9
        ):
            raise ValueError(
                f"AffinePlane: directions {directions.shape} at an origin {origin.shape} are no "
                "two orthonormal rows of that length."
            )
        object.__setattr__(self, "origin", origin)
        object.__setattr__(self, "directions", directions)

    def lift(self, places: Array) -> Array:
        """The points of the plane."""
        return np.asarray(
            self.origin + places[:, :1] * self.directions[0] + places[:, 1:] * self.directions[1]
        )

    def project(self, states: Array) -> Array:
        """The nearest points of the plane."""
        return np.asarray((states - self.origin) @ self.directions.T)


@dataclass(frozen=True)
class OfWeights:
    """What is seen of the weights that parameters make, for a ``ParameterFlow``."""

    parameterization: Parameterization
    of: Projection

    def lift(self, places: ArrayLike) -> Array:
        """One u of the weights there."""
        return self.parameterization.parameters(self.of.lift(np.asarray(places)))

    def project(self, states: Array) -> Array:
        """That of w(u)."""
        return self.of.project(self.parameterization.weights(states))
