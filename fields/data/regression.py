"""The squared loss of examples: what a linear model f(x) = w·x misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.data.examples import Examples
from fields.loss import Array, LineLoss


@dataclass(frozen=True, eq=False)
class SquaredLoss:
    """ℓ(w) = (1/2n) Σᵢ (xᵢ·w − yᵢ)², for weights w (..., d).

    Its minimizers are a point where the inputs span all directions, else a whole flat of perfect or
    best fits, of which training picks one.
    """

    examples: Examples

    @property
    def dimension(self) -> int:
        """The number of weights, d."""
        return int(self.examples.inputs.shape[1])

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return len(self.examples.labels)

    def residuals(self, w: ArrayLike) -> Array:
        """xᵢ·w − yᵢ, shape (..., n)."""
        return np.asarray(product(w, self.examples.inputs) - self.examples.labels)

    def value(self, w: ArrayLike) -> Array:
        """(1/2n) Σᵢ (xᵢ·w − yᵢ)², shape (...)."""
        return np.asarray(0.5 * np.mean(self.residuals(w) ** 2, axis=-1))

    def gradient(self, w: ArrayLike) -> Array:
        """(1/n) Xᵀ(Xw − y), shape (..., d)."""
        return np.asarray(product(self.residuals(w), self.examples.inputs.T) / self.labels)

    def hessian(self, w: ArrayLike) -> Array:
        """(1/n) XᵀX, shape (..., d, d)."""
        X, d = self.examples.inputs, self.dimension
        return np.broadcast_to(X.T @ X / self.labels, (*np.shape(w)[:-1], d, d))

    def label_gradient(self, w: ArrayLike, noise: ArrayLike) -> Array:
        """The change of ∇ℓ when labels become y + ``noise`` (..., n): −(1/n) Xᵀ noise."""
        return np.asarray(-product(noise, self.examples.inputs.T) / self.labels)

    def minimizers(self, extent: float) -> Array:
        """In two dimensions: the best place in [0, extent]², or the ends of a line of such.

        In d dimensions the one best place (1, d), or none where there are many.
        """
        X, y = self.examples.inputs, self.examples.labels
        best, _, rank, _ = np.linalg.lstsq(X, y)
        if rank == X.shape[1]:
            inside = X.shape[1] != 2 or (best.min() >= 0 and best.max() <= extent)
            return np.array([best] if inside else np.empty((0, X.shape[1])))
        if rank == 1 and X.shape[1] == 2:
            normal = X[np.argmax(np.sum(X * X, axis=1))]
            a, b = map(float, normal)
            return LineLoss(a, b, float(-normal @ best)).minimizers(extent)
        return np.empty((0, X.shape[1]))


def product(w: ArrayLike, rows: Array) -> Array:
    """W (..., d) times each of the rows (n, d), shape (..., n).

    A sum over d in its order, not a matrix product, whose last bits depend on how many places are
    asked for at once.
    """
    w = np.asarray(w, dtype=float)
    total = np.zeros((*w.shape[:-1], len(rows)))
    term = np.empty_like(total)
    for k in range(rows.shape[1]):
        total += np.multiply(w[..., k, None], rows[:, k], out=term)
    return total
