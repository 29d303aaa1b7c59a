"""Matrices as products: how depth fills in the entries of a matrix that were never seen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from fields.instants import instants
from fields.loss import Array
from fields.solve.cache import Memory

_runs = Memory(1 << 24)
"""Of paths and arrivals: a worker films a clip again for other plays of it, and other shapes."""
_SETTLED = 1e-9
"""The largest miss on what is seen, in parts of the largest entry, at which a flow has arrived."""


@dataclass(frozen=True, eq=False)
class Completion:
    """ℓ(W) = ½ Σ (Wᵢⱼ − Mᵢⱼ)² over the entries that are ``seen``, W = W_L … W₁, L = ``depth``.

    All layers begin at α^(1/L) times the identity, α = ``scale``, so W(0) = αI. With L = 1 unseen
    entries never move; the deeper, the more W prefers a low rank.

    Source: S. Gunasekar et al., "Implicit Regularization in Matrix Factorization", 2017; S. Arora
    et al., "Implicit Regularization in Deep Matrix Factorization", 2019.
    Raises ValueError where shapes do not fit, nothing is seen, or α or L is not above 0.
    """

    target: Array
    """M, (n, m)."""
    seen: NDArray[np.bool_]
    """Which entries are seen, (n, m)."""
    depth: int = 2
    scale: float = 1e-3

    def __post_init__(self) -> None:
        target, seen = np.array(self.target, dtype=float), np.array(self.seen, dtype=bool)
        if target.ndim != 2 or seen.shape != target.shape or not seen.any():
            raise ValueError(
                f"Completion: a target {target.shape} with {seen.sum()} of {seen.shape} seen; give "
                "two arrays (n, m), and see at least one entry."
            )
        if not np.isfinite(target[seen]).all():
            raise ValueError("Completion: an entry that is seen is no finite number.")
        if not (
            isinstance(self.depth, int | np.integer) and self.depth >= 1 and 0 < self.scale < np.inf
        ):
            raise ValueError(
                f"Completion: depth {self.depth!r} and scale {self.scale!r} must be a whole number "
                "from 1 on, and a finite number above 0."
            )
        object.__setattr__(self, "target", np.where(seen, target, 0.0))
        object.__setattr__(self, "seen", seen)

    def product(self, layers: Array) -> Array:
        """W = W_L … W₁ of flattened layers (..., k), shape (..., n, m)."""
        factors = self._split(layers)
        whole = factors[0]
        for factor in factors[1:]:
            whole = factor @ whole
        return whole

    def start(self) -> Array:
        """The layers at time 0, flattened, W₁ first: (k,)."""
        each = self.scale ** (1 / self.depth)
        return np.concatenate([each * np.eye(*shape).ravel() for shape in self._shapes()])

    def gradient(self, layers: Array) -> Array:
        """∂ℓ/∂layers, (k,): for each layer the miss between what is after it and before it."""
        factors = self._split(layers)
        before = [np.eye(factors[0].shape[1])]
        for factor in factors:
            before.append(factor @ before[-1])
        after = np.where(self.seen, before[-1] - self.target, 0.0)
        parts = []
        for factor, earlier in zip(factors[::-1], before[-2::-1], strict=True):
            parts.append((after @ earlier.T).ravel())
            after = factor.T @ after
        return np.concatenate(parts[::-1])

    def path(self, times: ArrayLike, *, rtol: float = 1e-9) -> Array:
        """W at ``times`` (k,) from 0 on, none falling, in flow time, shape (k, n, m).

        Raises ArithmeticError, with the time, where it cannot be followed that far.
        """
        times = instants("Completion", times, rise=True)
        return _runs.recall((self, times, rtol), lambda: self._path(times, rtol))

    def _path(self, times: Array, rtol: float) -> Array:
        asked, which = np.unique(times, return_inverse=True)
        if len(asked) == 0 or asked[-1] == 0:
            return self.product(np.tile(self.start(), (len(times), 1)))
        solved = solve_ivp(
            lambda _, z: -self.gradient(z),
            (0.0, float(asked[-1])),
            self.start(),
            method="LSODA",
            t_eval=asked,
            rtol=rtol,
            atol=1e-3 * rtol * self.scale,
        )
        if not solved.success:
            raise ArithmeticError(
                f"Completion: it cannot be followed up to time {asked[-1]:g} ({solved.message}); "
                "stop before, or take smaller numbers."
            )
        return self.product(np.take(solved.y, which, axis=1).T)

    def arrival(self, *, most: float = 1e6) -> float:
        """A time at which all that is seen is fitted, to a billionth of the largest entry.

        Raises ArithmeticError where it is not before ``most``.
        """
        return float(_runs.recall((self, most), lambda: np.array(self._arrival(most))))

    def _arrival(self, most: float) -> float:
        largest = float(np.max(np.abs(self.target))) or 1.0

        def missed(_: float, z: Array) -> float:
            miss = np.where(self.seen, self.product(z) - self.target, 0.0)
            return float(np.max(np.abs(miss))) - _SETTLED * largest

        if missed(0.0, self.start()) <= 0:
            return 0.0
        missed.terminal = True  # type: ignore[attr-defined]
        solved = solve_ivp(
            lambda _, z: -self.gradient(z),
            (0.0, most),
            self.start(),
            method="LSODA",
            events=missed,
            rtol=1e-10,
            atol=1e-13 * self.scale,
        )
        if solved.status != 1:
            raise ArithmeticError(
                f"Completion: at time {most:g} what is seen is not yet fitted; "
                "take a larger scale, or fewer layers."
            )
        return float(solved.t[-1])

    def _shapes(self) -> list[tuple[int, int]]:
        rows, columns = self.target.shape
        inner = min(rows, columns)
        widths = [columns, *[inner] * (self.depth - 1), rows]
        return [(after, before) for before, after in pairwise(widths)]

    def _split(self, layers: Array) -> list[Array]:
        shapes = self._shapes()
        ends = np.cumsum([a * b for a, b in shapes])[:-1]
        return [
            part.reshape(*part.shape[:-1], *shape)
            for part, shape in zip(np.split(layers, ends, axis=-1), shapes, strict=True)
        ]


def singular_values(W: ArrayLike) -> Array:
    """The singular values of matrices (..., n, m), largest first: (..., min(n, m))."""
    return np.asarray(np.linalg.svd(np.asarray(W, dtype=float), compute_uv=False))
