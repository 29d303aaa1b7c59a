"""Losses: how wrong a model with weights w is."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def columns(first: ArrayLike, second: ArrayLike) -> Array:
    """Two numbers (...) of each place as (..., 2), one after all of the other in memory.

    What is done to all first ones is then one long loop, and to both of each none of length two.
    """
    first = np.asarray(first)
    both = np.empty((*first.shape, 2), order="F")
    both[..., 0], both[..., 1] = first, second
    return both


def place(w: Array) -> str:
    """Weights (d,) in words, for errors: the first six."""
    more = ", …" if len(w) > 6 else ""
    return "(" + ", ".join(f"{float(x)}" for x in w[:6]) + more + ")"


class Loss(Protocol):
    """A differentiable loss of d weights w (..., d), the last axis being (w₁, w₂, …)."""

    def value(self, w: ArrayLike) -> Array:
        """ℓ(w), shape (...)."""
        ...

    def gradient(self, w: ArrayLike) -> Array:
        """∇ℓ(w), shape (..., d)."""
        ...

    def minimizers(self, extent: float) -> Array:
        """Corners (k, d) of all best places in [0, extent]ᵈ: one point, two ends, or none."""
        ...


@dataclass(frozen=True)
class _Quadratic(ABC):
    """ℓ(w) = ½‖w − w*‖²."""

    target: tuple[float, ...]

    def __post_init__(self) -> None:
        target = tuple(float(part) for part in np.atleast_1d(self.target).ravel())
        if not self.accepts(target):
            raise ValueError(
                f"{type(self).__name__}: the target w* is {self.target!r}; give {self.wanted}."
            )
        object.__setattr__(self, "target", target)

    wanted: ClassVar[str]
    """What a target must be, in words."""

    @abstractmethod
    def accepts(self, target: tuple[float, ...]) -> bool:
        """Whether it is that."""

    @property
    def dimension(self) -> int:
        """The number of weights, d."""
        return len(self.target)

    def value(self, w: ArrayLike) -> Array:
        """½‖w − w*‖², shape (...)."""
        away = np.asarray(w, dtype=float) - self.target
        return np.asarray(0.5 * np.sum(away * away, axis=-1))

    def gradient(self, w: ArrayLike) -> Array:
        """The way from the target, w − w*, shape (..., d)."""
        return np.asarray(w, dtype=float) - self.target

    def hessian(self, w: ArrayLike) -> Array:
        """The identity, shape (..., d, d)."""
        d = self.dimension
        return np.broadcast_to(np.eye(d), (*np.shape(w)[:-1], d, d))

    def minimizers(self, extent: float) -> Array:
        """The target (1, d), where it lies in [0, extent]ᵈ, else (0, d)."""
        inside = min(self.target) >= 0 and max(self.target) <= extent
        return np.array([self.target] if inside else np.empty((0, self.dimension)))


@dataclass(frozen=True)
class PointLoss(_Quadratic):
    """ℓ(w) = ½‖w − w*‖², which one point of the quadrant minimizes.

    Raises ValueError where w* is not two finite numbers ≥ 0: below zero no power of a weight gets.
    """

    target: tuple[float, float] = (3.0, 6.0)

    wanted = "two finite numbers, both at least 0, such as (3, 6)"

    def accepts(self, target: tuple[float, ...]) -> bool:
        """Whether it is a point of the quadrant."""
        return len(target) == 2 and all(math.isfinite(part) and part >= 0 for part in target)


@dataclass(frozen=True)
class TargetLoss(_Quadratic):
    """ℓ(w) = ½‖w − w*‖² for any number of weights, of either sign: what whitened data ask for.

    Raises ValueError where w* is no finite numbers.
    """

    wanted = "one finite number for each weight, such as (6, 4, 2.5, 1)"

    def accepts(self, target: tuple[float, ...]) -> bool:
        """Whether all are finite."""
        return len(target) > 0 and all(math.isfinite(part) for part in target)


@dataclass(frozen=True)
class LineLoss:
    """ℓ(w) = (a w₁ + b w₂ + c)² / (2(a² + b²)), half the squared distance to a line.

    Raises ValueError where a = b = 0 or a number is not finite: that is no line.
    """

    a: float
    b: float
    c: float

    dimension = 2
    """The number of weights, d."""

    def __post_init__(self) -> None:
        if not all(math.isfinite(x) for x in (self.a, self.b, self.c)) or self.a == self.b == 0:
            raise ValueError(
                f"LineLoss: {self.a!r} w₁ + {self.b!r} w₂ + {self.c!r} = 0 is no line; "
                "give three finite numbers, a and b not both 0, such as (-1, -2, 15)."
            )

    @property
    def _parts(self) -> tuple[float, float]:
        length = math.hypot(self.a, self.b)
        return self.a / length, self.b / length

    @property
    def normal(self) -> Array:
        """Unit normal n = (a, b)/√(a² + b²), shape (2,)."""
        return np.array(self._parts)

    @property
    def distance(self) -> float:
        """The signed distance d of the line n·w = d from the origin."""
        return -self.c / math.hypot(self.a, self.b)

    @property
    def evened(self) -> LineLoss:
        """The same line, the larger of a and b from ½ to 1, so that their products are numbers."""
        shift = -math.frexp(max(abs(self.a), abs(self.b)))[1]
        a, b, c = (float(np.ldexp(x, shift)) for x in (self.a, self.b, self.c))
        return LineLoss(a, b, c)

    def residual(self, w: ArrayLike) -> Array:
        """The signed distance to the line, e = n·w − d, shape (...)."""
        w = np.asarray(w, dtype=float)
        # from a, b, c: with a unit normal, whose parts are rounded, no place would be on the line;
        # and not w @ n, whose last bit depends on how many weights there are
        across = w[..., 0] * self.a + w[..., 1] * self.b + self.c
        return np.asarray(across / math.hypot(self.a, self.b))

    def value(self, w: ArrayLike) -> Array:
        """½e², shape (...)."""
        return np.asarray(0.5 * self.residual(w) ** 2)

    def gradient(self, w: ArrayLike) -> Array:
        """The residual along the normal, e n, shape (..., 2)."""
        e, n = self.residual(w), self._parts  # no array: many steps of training ask for it
        return columns(e * n[0], e * n[1])

    def hessian(self, w: ArrayLike) -> Array:
        """The outer product n nᵀ, shape (..., 2, 2)."""
        n = self.normal
        return np.broadcast_to(np.outer(n, n), (*np.shape(w)[:-1], 2, 2))

    labels = 1
    """One example, and its label: −c in units of ‖(a, b)‖."""

    def label_gradient(self, w: ArrayLike, noise: ArrayLike) -> Array:
        """The change of ∇ℓ when the label's distance d becomes d + ``noise`` (..., 1)."""
        noise = np.asarray(noise, dtype=float)
        return np.asarray(-noise * self.normal)

    def minimizers(self, extent: float) -> Array:
        """The two ends of the line within [0, extent]², or none."""
        n, d = self.normal, self.distance
        ends = []
        for i, j in ((0, 1), (1, 0)):
            for edge in (0.0, extent):
                if n[j] != 0:
                    other = (d - n[i] * edge) / n[j]
                    if -1e-12 * extent <= other <= extent * (1 + 1e-12):
                        point = [0.0, 0.0]
                        point[i], point[j] = edge, min(max(other, 0.0), extent)
                        ends.append(point)
        kept = np.unique(np.round(np.array(ends).reshape(-1, 2), 12), axis=0)
        return kept[[0, -1]] if len(kept) > 2 else kept
