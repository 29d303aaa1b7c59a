"""Losses of labelled points: the exponential and the logistic one, which only margins enter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.special import logsumexp

from fields.data.examples import Examples
from fields.data.regression import product
from fields.loss import Array


@dataclass(frozen=True, eq=False)
class MarginLoss(ABC):
    """A loss Σᵢ φ(yᵢ xᵢ·w) of labelled points, φ falling for ever: margins alone enter.

    Raises ValueError where the labels are not two classes.
    """

    examples: Examples
    points: Array = field(init=False, repr=False)
    """yᵢ xᵢ, shape (n, d)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", self.examples.signed(type(self).__name__))

    @property
    def dimension(self) -> int:
        """The number of weights, d."""
        return int(self.examples.inputs.shape[1])

    def margins(self, w: ArrayLike) -> Array:
        """yᵢ xᵢ·w, shape (..., n): above 0 for each point on its own side."""
        return product(w, self.points)

    @abstractmethod
    def value(self, w: ArrayLike) -> Array:
        """Σᵢ φ(yᵢ xᵢ·w), shape (...)."""

    @abstractmethod
    def pull(self, margins: Array, log_scale: Array) -> Array:
        """−φ′ eˢ at margins (..., n), s = ``log_scale`` (..., 1): how hard each point pulls.

        The scale is in the exponent, so that it may be e¹⁰⁰⁰ where the gradient is e⁻¹⁰⁰⁰.
        """

    @abstractmethod
    def bend(self, margins: Array) -> Array:
        """φ″ at margins (..., n)."""

    def hessian(self, w: ArrayLike) -> Array:
        """Σᵢ φ″ xᵢ xᵢᵀ, shape (..., d, d)."""
        bend = self.bend(self.margins(w))
        return np.asarray(np.einsum("...n,ni,nj->...ij", bend, self.points, self.points))

    def gradient(self, w: ArrayLike, log_scale: ArrayLike = 0.0) -> Array:
        """∇ℓ times eˢ, shape (..., d), s = ``log_scale`` (...)."""
        return self.gradient_by(self.margins(w), log_scale)

    def gradient_by(self, margins: Array, log_scale: ArrayLike = 0.0) -> Array:
        """The same where the ``margins`` (..., n) are known."""
        scale = np.asarray(log_scale, dtype=float)[..., None]
        return -product(self.pull(margins, scale), self.points.T)

    def minimizers(self, extent: float) -> Array:
        """None: (0, d)."""
        return np.empty((0, self.dimension))


class ExponentialLoss(MarginLoss):
    """ℓ(w) = Σᵢ e^(−yᵢ xᵢ·w): it falls for ever where a hyperplane through 0 separates the classes.

    Raises ValueError where the labels are not two classes.
    """

    def value(self, w: ArrayLike) -> Array:
        """Σᵢ e^(−yᵢ xᵢ·w), shape (...)."""
        with np.errstate(over="ignore"):
            return np.asarray(np.sum(np.exp(-self.margins(w)), axis=-1))

    def log_value(self, w: ArrayLike) -> Array:
        """Ln ℓ(w), shape (...): a number also where ℓ is e⁻¹⁰⁰⁰."""
        return np.asarray(logsumexp(-self.margins(w), axis=-1))

    def pull(self, margins: Array, log_scale: Array) -> Array:
        """e^(s − yᵢ xᵢ·w), shape (..., n)."""
        return np.asarray(np.exp(log_scale - margins))

    def bend(self, margins: Array) -> Array:
        """e^(−yᵢ xᵢ·w), shape (..., n)."""
        return np.asarray(np.exp(-margins))


class LogisticLoss(MarginLoss):
    """ℓ(w) = Σᵢ ln(1 + e^(−yᵢ xᵢ·w)).

    Raises ValueError where the labels are not two classes.
    """

    def value(self, w: ArrayLike) -> Array:
        """Σᵢ ln(1 + e^(−yᵢ xᵢ·w)), shape (...)."""
        return np.asarray(np.sum(np.logaddexp(0.0, -self.margins(w)), axis=-1))

    def pull(self, margins: Array, log_scale: Array) -> Array:
        """eˢ/(1 + e^(yᵢ xᵢ·w)), shape (..., n)."""
        return np.asarray(np.exp(log_scale - np.logaddexp(0.0, margins)))

    def bend(self, margins: Array) -> Array:
        """1/((1 + e^(yᵢ xᵢ·w))(1 + e^(−yᵢ xᵢ·w))), shape (..., n)."""
        return np.asarray(np.exp(-np.logaddexp(0.0, margins) - np.logaddexp(0.0, -margins)))


def is_separable(examples: Examples) -> bool:
    """Whether some hyperplane through 0 has each class on its own side: yᵢ xᵢ·w ≥ 1 for some w."""
    points = examples.signed("is_separable")
    # each in a unit of its size: for the solver of linear programs 1e-9 is nothing
    size = np.max(np.abs(points), axis=1, keepdims=True)
    points = points / np.where(size > 0, size, 1.0)
    found = linprog(np.zeros(points.shape[1]), -points, -np.ones(len(points)), bounds=(None, None))
    return bool(found.status == 0)
