"""One input, many units: a curve through points, by kinks that stand still or travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.systems.network import ReluNetwork, squared, train_network


@dataclass(frozen=True, eq=False)
class SplineNetwork:
    """f(x) = Σⱼ cⱼ max(0, aⱼx + bⱼ), trained to go through points from c = 0, |aⱼ| = α.

    Unit j bends the curve at its kink x = −bⱼ/aⱼ by cⱼ|aⱼ|. Kinks begin evenly over ±``reach``,
    and rise to either side in turn. For large α only c moves, and the curve is a smooth cubic; for
    small α kinks travel, and the curve has few of them. One network for each of the ``scales``,
    all from the same kinks, each moved within its cell by ``seed``.

    Source: F. Williams et al., "Gradient Dynamics of Shallow Univariate ReLU Networks", 2019.
    Raises ValueError where there are not as many values as points, or a scale is not above 0.
    """

    points: Array
    """x, (n,)."""
    values: Array
    """y, (n,)."""
    scales: Array
    """α, (k,)."""
    seed: int
    hidden: int = 80
    reach: float = 1.2

    def __post_init__(self) -> None:
        for name in ("points", "values", "scales"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        if self.points.shape != self.values.shape or not (self.scales > 0).all():
            raise ValueError("SplineNetwork: give a value for each point, and scales above 0.")

    def start(self) -> ReluNetwork:
        """The networks before the first step: f = 0."""
        side = np.where(np.arange(self.hidden) % 2 == 0, 1.0, -1.0)
        cells = np.arange(self.hidden) + np.random.default_rng(self.seed).random(self.hidden)
        places = self.reach * (2 * cells / self.hidden - 1)
        inner = self.scales[:, None, None] * np.column_stack([side, -side * places])
        return ReluNetwork(inner, np.zeros((len(self.scales), self.hidden)))

    def steps(self) -> Array:
        """Step sizes (k,): half of what is stable at the start, and no more than is at the end."""
        start, inputs = self.start(), self.inputs(self.points)
        active = np.maximum(start.inner @ inputs.T, 0.0)
        kernel = np.swapaxes(active, -1, -2) @ active
        return np.asarray(1.0 / np.maximum(np.linalg.eigvalsh(kernel)[:, -1], 14.0))

    def train(self, keep: ArrayLike) -> ReluNetwork:
        """The networks after so many steps (m,), of shape (m, k)."""
        inputs = self.inputs(self.points)
        look: dict[str, Any] = {"step": self.steps(), "keep": keep, "weights": np.ones(len(inputs))}
        return train_network(self.start(), inputs, self.values, squared, **look)

    @staticmethod
    def inputs(x: ArrayLike) -> Array:
        """Inputs (n, 2) of a network: x, and 1 for the bias."""
        x = np.asarray(x, dtype=float)
        return np.column_stack([x, np.ones_like(x)])


def kinks(network: ReluNetwork) -> Array:
    """Where units bend the curve, −b/a, (..., m)."""
    return np.asarray(-network.inner[..., 1] / network.inner[..., 0])


def bends(network: ReluNetwork) -> Array:
    """By how much they do: the change of slope c|a| at each kink, (..., m)."""
    return np.asarray(network.outer * np.abs(network.inner[..., 0]))


def places_of_bends(network: ReluNetwork, *, reach: float = 1.0, width: float = 0.1) -> Array:
    """In how many places the curve bends within ±``reach``, (...): (Σ|B|)²/ΣB², B a bin's bend.

    Kinks nearer than ``width`` count together. A curve of k equal kinks, well apart, has k.
    """
    count = round(2 * reach / width) + 1  # a bin around each multiple of the width
    bins = np.round((kinks(network) + reach) / width)
    inside = [np.where(bins == k, bends(network), 0.0).sum(axis=-1) for k in range(count)]
    bent = np.abs(np.stack(inside, axis=-1))
    total = bent.sum(axis=-1) ** 2
    return np.asarray(total / np.maximum(np.sum(bent * bent, axis=-1), 1e-300))
