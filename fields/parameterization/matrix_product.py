"""A matrix that is a product of matrices: a deep linear network."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.parameterization.base import Parameterization


@dataclass(frozen=True)
class MatrixProduct(Parameterization):
    """W = W_L … W₁ for layers of ``widths`` (d₀, d₁, …, d_L), Wₗ being (dₗ, dₗ₋₁).

    Parameters are the layers' entries, W₁ first, each row by row, (..., k); weights those of W, row
    by row, (..., d_L d₀). J depends on all layers and not on W alone: a ``ParameterFlow`` follows
    them, and ``precondition`` speaks of the balanced ones, Wₗ₊₁ᵀWₗ₊₁ = WₗWₗᵀ, to which
    ``parameters`` leads.

    Source: S. Arora et al., "Implicit Regularization in Deep Matrix Factorization", 2019.
    Raises ValueError where the widths are not two or more whole numbers from 1 on.
    """

    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        whole = all(isinstance(width, int | np.integer) and width >= 1 for width in self.widths)
        if not (whole and len(self.widths) >= 2):
            raise ValueError(
                f"MatrixProduct: the widths are {self.widths!r}; give two or more whole numbers "
                "from 1 on, inputs first, such as (5, 5, 5)."
            )

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Those of the layers, W₁ first."""
        return [(after, before) for before, after in pairwise(self.widths)]

    def layers(self, u: ArrayLike) -> list[Array]:
        """The matrices of parameters (..., k), W₁ first, each (..., dₗ, dₗ₋₁)."""
        u = np.asarray(u, dtype=float)
        ends = np.cumsum([rows * columns for rows, columns in self.shapes])[:-1]
        parts = np.split(u, ends, axis=-1)
        return [
            part.reshape(*u.shape[:-1], *shape)
            for part, shape in zip(parts, self.shapes, strict=True)
        ]

    def weights(self, u: ArrayLike) -> Array:
        """The entries of W_L … W₁, shape (..., d_L d₀)."""
        whole, *rest = self.layers(u)
        for layer in rest:
            whole = layer @ whole
        return _flat(whole)

    def parameters(self, w: ArrayLike) -> Array:
        """The balanced layers, by the singular values σ of W: each layer has σ^(1/L).

        NaN where W has a higher rank than the narrowest layer leaves it.
        """
        w = np.asarray(w, dtype=float)
        narrow = min(self.widths)
        matrix = w.reshape(*w.shape[:-1], self.widths[-1], self.widths[0])
        left, sigma, right = np.linalg.svd(matrix, full_matrices=False)
        over = np.max(sigma[..., narrow:], axis=-1, initial=0.0) > 1e-12 * sigma[..., 0]
        root = sigma[..., :narrow] ** (1 / len(self.shapes))
        parts = []
        for k, (rows, columns) in enumerate(self.shapes):
            layer = np.zeros((*w.shape[:-1], rows, columns))
            first = right[..., :narrow, :] if k == 0 else np.eye(narrow, columns)
            last = left[..., :narrow] if k == len(self.shapes) - 1 else np.eye(rows, narrow)
            layer[:] = (last * root[..., None, :]) @ first
            parts.append(_flat(layer))
        return np.where(over[..., None], np.nan, np.concatenate(parts, axis=-1))

    def jacobian(self, w: ArrayLike) -> Array:
        """∂W/∂u at the balanced layers, shape (..., d_L d₀, k)."""
        u = self.parameters(w)
        d = self.widths[-1] * self.widths[0]
        rows = [self.pull(u, np.broadcast_to(e, (*u.shape[:-1], d))) for e in np.eye(d)]
        return np.stack(rows, axis=-2)

    def pull(self, u: Array, g: Array) -> Array:
        """Jᵀ g at u, shape (..., k): for each layer (what is after it)ᵀ G (what is before it)ᵀ."""
        factors = self.layers(u)
        before = [np.eye(self.widths[0])]
        for factor in factors[:-1]:
            before.append(factor @ before[-1])
        after = np.reshape(g, (*np.shape(g)[:-1], self.widths[-1], self.widths[0]))
        parts = []
        for factor, earlier in zip(factors[::-1], before[::-1], strict=True):
            parts.append(_flat(after @ np.swapaxes(earlier, -1, -2)))
            after = np.swapaxes(factor, -1, -2) @ after
        return np.concatenate(parts[::-1], axis=-1)


def _flat(matrix: Array) -> Array:
    return np.asarray(matrix.reshape(*matrix.shape[:-2], -1))
