"""Losses of labelled points: the exponential and the logistic one, which only margins enter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from fields.data.examples import Examples
from fields.data.regression import product
from fields.loss import Array


@dataclass(frozen=True, eq=False)
class ExponentialLoss:
    """ℓ(w) = Σᵢ e^(−yᵢ xᵢ·w): it falls for ever where a hyperplane through 0 separates the classes.

    Raises ValueError where the labels are not two classes.
    """

    examples: Examples

    def __post_init__(self) -> None:
        self.examples.signed("ExponentialLoss")

    @property
    def points(self) -> Array:
        """yᵢ xᵢ, shape (n, d)."""
        return self.examples.signed("ExponentialLoss")

    def margins(self, w: ArrayLike) -> Array:
        """yᵢ xᵢ·w, shape (..., n): above 0 for each point on its own side."""
        return product(w, self.points)

    def value(self, w: ArrayLike) -> Array:
        """Σᵢ e^(−yᵢ xᵢ·w), shape (...)."""
        with np.errstate(over="ignore"):
            return np.asarray(np.sum(np.exp(-self.margins(w)), axis=-1))

    def gradient(self, w: ArrayLike, log_scale: ArrayLike = 0.0) -> Array:
        """−Σᵢ yᵢ xᵢ e^(s − yᵢ xᵢ·w), shape (..., d): ∇ℓ times eˢ, s = ``log_scale`` (...).

        The scale is in the exponent, so that it may be e¹⁰⁰⁰ where the gradient is e⁻¹⁰⁰⁰.
        """
        scale = np.asarray(log_scale, dtype=float)[..., None]
        return -product(np.exp(scale - self.margins(w)), self.points.T)

    def minimizers(self, extent: float) -> Array:
        """None: (0, d)."""
        return np.empty((0, self.examples.inputs.shape[1]))


@dataclass(frozen=True, eq=False)
class LogisticLoss:
    """ℓ(w) = Σᵢ ln(1 + e^(−yᵢ xᵢ·w)).

    Raises ValueError where the labels are not two classes.
    """

    examples: Examples

    def __post_init__(self) -> None:
        self.examples.signed("LogisticLoss")

    @property
    def points(self) -> Array:
        """yᵢ xᵢ, shape (n, d)."""
        return self.examples.signed("LogisticLoss")

    def margins(self, w: ArrayLike) -> Array:
        """yᵢ xᵢ·w, shape (..., n)."""
        return product(w, self.points)

    def value(self, w: ArrayLike) -> Array:
        """Σᵢ ln(1 + e^(−yᵢ xᵢ·w)), shape (...)."""
        return np.asarray(np.sum(np.logaddexp(0.0, -self.margins(w)), axis=-1))

    def gradient(self, w: ArrayLike, log_scale: ArrayLike = 0.0) -> Array:
        """−Σᵢ yᵢ xᵢ eˢ/(1 + e^(yᵢ xᵢ·w)), shape (..., d), s = ``log_scale`` (...)."""
        scale = np.asarray(log_scale, dtype=float)[..., None]
        weights = np.exp(scale - np.logaddexp(0.0, self.margins(w)))
        return -product(weights, self.points.T)

    def minimizers(self, extent: float) -> Array:
        """None that is drawn: (0, d)."""
        return np.empty((0, self.examples.inputs.shape[1]))


def is_separable(examples: Examples) -> bool:
    """Whether some hyperplane through 0 has each class on its own side: yᵢ xᵢ·w ≥ 1 for some w."""
    points = examples.signed("is_separable")
    found = linprog(np.zeros(points.shape[1]), -points, -np.ones(len(points)), bounds=(None, None))
    return bool(found.status == 0)
