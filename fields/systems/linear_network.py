"""A linear network of two layers, trained: its singular values are the modes of ``modes.py``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.instants import instants
from fields.loss import Array
from fields.solve.cache import Memory

_paths = Memory(1 << 22)
"""Of trainings: a worker films a clip again for other plays of it, and for other shapes."""


@dataclass(frozen=True, eq=False)
class LinearNetwork:
    """ℓ = ½‖M − W₂W₁‖² with ``hidden`` units between, from a start that is balanced and aligned.

    M = U S Vᵀ is what whitened examples ask for. The layers begin as W₁ = √u₀ R Vᵀ and
    W₂ = √u₀ U Rᵀ, R random with orthonormal columns by ``seed``: then W₂W₁ = u₀ U Vᵀ, and each
    singular value moves for itself.

    Source: A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks", 2014.
    Raises ValueError where there are fewer hidden units than modes.
    """

    target: Array
    """M, (n, d), of rank ``modes``."""
    modes: int
    hidden: int
    seed: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", np.asarray(self.target, dtype=float))
        if not 1 <= self.modes <= min(self.hidden, *self.target.shape):
            raise ValueError(
                f"LinearNetwork: {self.modes} modes do not go through {self.hidden} hidden units "
                f"of a matrix {self.target.shape}; give at least as many units as modes."
            )

    def start(self, strengths: ArrayLike) -> tuple[Array, Array]:
        """W₁ (..., h, d) and W₂ (..., n, h) whose product has singular values u₀ (...).

        Raises ValueError where a u₀ is below 0.
        """
        if not (np.asarray(strengths, dtype=float) >= 0).all():
            raise ValueError(
                f"LinearNetwork: the start is {strengths!r}; give strengths from 0 on."
            )
        left, _, right = np.linalg.svd(self.target)
        drawn = np.random.default_rng(self.seed).normal(size=(self.hidden, self.modes))
        R = np.linalg.qr(drawn)[0]
        size = np.sqrt(np.asarray(strengths, dtype=float))[..., None, None]
        return size * (R @ right[: self.modes]), size * (left[:, : self.modes] @ R.T)

    def pull(self, W1: Array, W2: Array) -> tuple[Array, Array]:
        """−∂ℓ/∂W₁ and −∂ℓ/∂W₂, of their shapes: the miss, seen through the other layer."""
        miss = self.target - W2 @ W1
        return np.swapaxes(W2, -1, -2) @ miss, miss @ np.swapaxes(W1, -1, -2)

    def path(self, strengths: ArrayLike, times: ArrayLike, *, longest: float = 0.01) -> Array:
        """W₂W₁ (m, ..., n, d) along the flow from starts u₀ (...), at ``times`` (m, ...) from 0 on.

        Each start may have times of its own. Steps of the classical Runge–Kutta method, of order
        4, none longer than ``longest``. Raises ValueError where times fall, or ``longest`` is not
        above 0.
        """
        if not longest > 0:
            raise ValueError(f"LinearNetwork: longest is {longest!r}; give a number above 0.")
        asked = instants("LinearNetwork", times, rise=True)
        source = np.asarray(strengths, dtype=float), asked, longest
        return _paths.recall((self, *source), lambda: self._path(*source))

    def _path(self, strengths: Array, times: Array, longest: float) -> Array:
        W1, W2 = self.start(strengths)
        out = []
        for gap in np.diff(times, axis=0, prepend=np.zeros_like(times[:1])):
            count = int(np.ceil(np.max(gap) / longest))
            h = (np.asarray(gap) / max(1, count))[..., None, None]
            for _ in range(count):
                a = self.pull(W1, W2)
                b = self.pull(W1 + h / 2 * a[0], W2 + h / 2 * a[1])
                c = self.pull(W1 + h / 2 * b[0], W2 + h / 2 * b[1])
                d = self.pull(W1 + h * c[0], W2 + h * c[1])
                W1 = W1 + h / 6 * (a[0] + 2 * b[0] + 2 * c[0] + d[0])
                W2 = W2 + h / 6 * (a[1] + 2 * b[1] + 2 * c[1] + d[1])
            out.append(W2 @ W1)
        return np.array(out).reshape(len(out), *np.shape(W2 @ W1))

    def descent(self, strength: float, *, step: float, count: int) -> Array:
        """W₂W₁ (count + 1, n, d) after 0, 1, … finite steps W ← W − η ∂ℓ/∂W of both layers."""
        W1, W2 = self.start(strength)
        out = [W2 @ W1]
        for _ in range(count):
            first, second = self.pull(W1, W2)
            W1, W2 = W1 + step * first, W2 + step * second
            out.append(W2 @ W1)
        return np.array(out)


def nested_pattern(strengths: ArrayLike) -> Array:
    """A symmetric 8 × 8 matrix of rank 4 with singular ``strengths`` (4,), each in its own blocks.

    Its singular vectors part eight things as a tree does: the two halves, the quarters of the one,
    the quarters of the other, and the first two things.
    """
    vectors = np.array(
        [
            [1, 1, 1, 1, -1, -1, -1, -1],
            [1, 1, -1, -1, 0, 0, 0, 0],
            [0, 0, 0, 0, 1, 1, -1, -1],
            [1, -1, 0, 0, 0, 0, 0, 0],
        ]
    ) / np.sqrt([[8], [4], [4], [2]])
    return np.asarray((vectors.T * np.asarray(strengths, dtype=float)) @ vectors)
