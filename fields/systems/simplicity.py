"""Simple functions first: a network that is trained by SGD, beside the best linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from fields.loss import Array
from fields.systems.network import ReluNetwork, logistic, train_network

GAP = 0.1
"""Between the classes, to either side of the border."""


def wave(x: ArrayLike) -> Array:
    """The border of two classes over x₁: a line, and a wave upon it."""
    x = np.asarray(x, dtype=float)
    return np.asarray(0.4 * x + 0.7 * np.sin(4.7 * x))


def wavy_classes(count: int, seed: int) -> tuple[Array, Array]:
    """Points (count, 2) in [−1, 1]², evenly drawn, and labels (count,): 1 above the wave, else −1.

    None is as near to it as ``GAP``, up or down.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.uniform(-1, 1, (8 * count, 2))
    above = drawn[:, 1] - wave(drawn[:, 0])
    kept = np.flatnonzero(np.abs(above) > GAP)[:count]
    return drawn[kept], np.sign(above[kept])


def linear_model(points: ArrayLike, labels: ArrayLike) -> Array:
    """The (w₁, …, w_d, b) with the least logistic loss of labelled points (n, d)."""
    x, y = with_one(points), np.asarray(labels, dtype=float)

    def loss(w: Array) -> tuple[float, Array]:
        f = x @ w
        return float(np.mean(np.logaddexp(0, -y * f))), logistic(f, y) @ x / len(x)

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="BFGS").x)


def with_one(points: ArrayLike) -> Array:
    """Points (n, d + 1) with a last input 1, for biases."""
    x = np.asarray(points, dtype=float)
    return np.column_stack([x, np.ones(len(x))])


@dataclass(frozen=True, eq=False)
class SimpleFirst:
    """A ReLU network and a linear model of the same two classes, and how alike they answer.

    The network has ``hidden`` units with biases, starts small and is trained by SGD on logistic
    loss, 24 examples a step.

    Source: P. Nakkiran et al., "SGD on Neural Networks Learns Functions of Increasing Complexity",
    2019; there, alike is measured by mutual information.
    """

    seed: int
    count: int = 240
    hidden: int = 64
    scale: float = 0.3
    """Of the start: aⱼ is normal of this deviation, half of it for biases, and cⱼ = ± this."""
    step: float = 0.1

    def examples(self) -> tuple[Array, Array]:
        """Points (n, 2) and labels (n,)."""
        return wavy_classes(self.count, self.seed)

    def start(self) -> ReluNetwork:
        """The network before the first step."""
        rng = np.random.default_rng(self.seed)
        inner = self.scale * rng.normal(size=(self.hidden, 3)) * [1.0, 1.0, 0.5]
        return ReluNetwork(inner, self.scale * rng.choice([-1.0, 1.0], self.hidden))

    def train(self, keep: ArrayLike) -> ReluNetwork:
        """The network after so many steps (k,)."""
        points, labels = self.examples()
        look: dict[str, Any] = {"step": self.step, "keep": keep, "batch": 24, "seed": self.seed}
        return train_network(self.start(), with_one(points), labels, logistic, **look)


def likeness(answers: ArrayLike, others: ArrayLike) -> Array:
    """The correlation (...) of answers (..., n) with those of another model (n,)."""
    f, g = np.asarray(answers, dtype=float), np.asarray(others, dtype=float)
    f, g = f - f.mean(axis=-1, keepdims=True), g - g.mean()
    return np.asarray(f @ g / np.sqrt(np.sum(f * f, axis=-1) * (g @ g)))


def accuracy(answers: ArrayLike, labels: ArrayLike) -> Array:
    """The part (...) of answers (..., n) that are on the side of their labels (n,)."""
    return np.asarray(np.mean(np.asarray(answers) * np.asarray(labels) > 0, axis=-1))
