"""Gradient starvation: a common feature leaves little to learn from for a rare one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.systems.network import ReluNetwork, logistic, train_network

PROBES = np.array([[1.0, 0.0], [0.0, 1.0]])
"""The common feature alone, and the rare one alone, of the class +1."""


@dataclass(frozen=True, eq=False)
class Starvation:
    """Two classes y = ±1 with two features: x = y(1, 0), mostly, sometimes y(1, 1), seldom y(0, 1).

    Both features tell the class, whenever they are there. With ``company`` = 0 the examples that
    have both have the rare one alone, as often as before. The ReLU network has no biases; its
    units, |aⱼ| = |cⱼ| = ``scale``, begin in all directions, every other one with cⱼ > 0.

    Source: R. Tachet des Combes et al., "On the Learning Dynamics of Deep Neural Networks", 2018.
    """

    seed: int
    company: float = 1.0
    """The common feature, where the rare one goes with it: 1, or 0 to take it away."""
    counts: tuple[int, int, int] = (89, 10, 1)
    """Examples of a class with the common feature, both, and the rare one."""
    hidden: int = 24
    scale: float = 0.02
    spread: float = 0.1
    """Deviation of each example from its place."""
    step: float = 0.1

    def examples(self) -> tuple[Array, Array]:
        """Points (n, 2) and labels (n,): the class +1 first, each in the order of ``counts``."""
        rng = np.random.default_rng(self.seed)
        places = np.repeat([[1.0, 0.0], [self.company, 1.0], [0.0, 1.0]], self.counts, axis=0)
        both = np.concatenate([places, -places])
        return both + self.spread * rng.normal(size=both.shape), np.repeat([1.0, -1.0], len(places))

    def start(self) -> ReluNetwork:
        """The network before the first step: directions evenly around, turned by the seed."""
        turned = np.random.default_rng(self.seed).uniform(0, 2 * np.pi)
        angle = turned + np.arange(self.hidden) / self.hidden * 2 * np.pi
        around = np.column_stack([np.cos(angle), np.sin(angle)])
        sign = np.where(np.arange(self.hidden) % 2 == 0, 1.0, -1.0)
        return ReluNetwork(self.scale * around, self.scale * sign)

    def train(self, times: ArrayLike) -> ReluNetwork:
        """The network at times (k,) in steps × η, as near as steps come."""
        points, labels = self.examples()
        keep = np.round(np.asarray(times, dtype=float) / self.step).astype(int)
        return train_network(self.start(), points, labels, logistic, step=self.step, keep=keep)


def sureness(network: ReluNetwork, points: ArrayLike) -> Array:
    """The probability 1/(1 + e^(−f)) (..., n) that the network gives to the class +1."""
    return np.asarray(1 / (1 + np.exp(-network.outputs(points))))
