"""Small networks of rectified linear units: their gradients, written out, and their training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.solve.cache import Memory

_trained = Memory(1 << 26)
"""Of training runs: a worker films a clip again for other plays of it, and for other shapes."""

_AT_ONCE = 1 << 18
"""Answers of units, at most, that are in memory together: 2 MB, near the processor."""

Slope = Callable[[Array, Array], Array]
"""∂ℓ/∂f of the loss of one example, by answers f (..., n) and targets y (n,)."""


@dataclass(frozen=True, eq=False)
class ReluNetwork:
    """f(x) = Σⱼ cⱼ max(0, aⱼ·x): one hidden layer of m units.

    A unit has a bias where the last input is always 1. Leading axes are networks side by side, or
    the same one at many times.
    """

    inner: Array
    """a, (..., m, d)."""
    outer: Array
    """c, (..., m)."""

    def outputs(self, inputs: ArrayLike) -> Array:
        """Answers f (..., n) to inputs (n, d)."""
        x = np.asarray(inputs, dtype=float)
        if self.outer.ndim == 1 or self.outer.size * len(x) <= _AT_ONCE:
            return self._sum(self._active(x))
        # one by one: what all units say to all inputs would fill the memory
        parts = zip(self.inner, self.outer, strict=True)
        return np.stack([ReluNetwork(*part).outputs(x) for part in parts])

    def gradient(self, inputs: ArrayLike, slopes: ArrayLike) -> ReluNetwork:
        """Σᵢ slopesᵢ ∂f(xᵢ)/∂(a, c), with ``slopes`` (..., n) = ∂ℓ/∂f(xᵢ): shaped as the network.

        At a kink a unit counts as off.
        """
        x = np.asarray(inputs, dtype=float)
        return self._back(self._active(x), x, np.asarray(slopes, dtype=float))

    def _back(self, active: Array, x: Array, slopes: Array) -> ReluNetwork:
        through = (active > 0) * slopes[..., None, :]
        flat = through.reshape(-1, len(x)) @ x  # one product of matrices, not one a network
        return ReluNetwork(
            self.outer[..., None] * flat.reshape(self.inner.shape),
            (active @ slopes[..., None])[..., 0],
        )

    def moved(self, direction: ReluNetwork, step: ArrayLike) -> ReluNetwork:
        """The network ``step`` (...) further along a direction."""
        size = np.asarray(step, dtype=float)
        return ReluNetwork(
            self.inner + size[..., None, None] * direction.inner,
            self.outer + size[..., None] * direction.outer,
        )

    def _active(self, x: Array) -> Array:
        """max(0, aⱼ·xᵢ), (..., m, n)."""
        flat = self.inner.reshape(-1, x.shape[1]) @ x.T
        return np.maximum(flat, 0.0, out=flat).reshape(*self.outer.shape, len(x))

    def _sum(self, active: Array) -> Array:
        """Σⱼ cⱼ max(0, aⱼ·xᵢ), (..., n)."""
        return np.asarray((self.outer[..., None, :] @ active)[..., 0, :])


def squared(answers: Array, targets: Array) -> Array:
    """The slope of ½(f − y)²."""
    return answers - targets


def logistic(answers: Array, targets: Array) -> Array:
    """The slope of ln(1 + e^(−yf)), y = ±1."""
    return np.asarray(-targets / (1 + np.exp(np.clip(targets * answers, -500, 500))))


def train_network(
    network: ReluNetwork,
    inputs: ArrayLike,
    targets: ArrayLike,
    slope: Slope,
    *,
    step: ArrayLike,
    keep: ArrayLike,
    weights: ArrayLike | None = None,
    batch: int | None = None,
    seed: int = 0,
) -> ReluNetwork:
    """The network after each number of steps in ``keep`` (k,), none falling: leading axis k.

    Each step is gradient descent, with a step size (...) for each network, on the loss
    Σᵢ pᵢ ℓ(f(xᵢ), yᵢ), ``weights`` pᵢ (n,), 1/n where not given; or, with ``batch``, stochastic
    descent on the mean over so many examples, drawn anew each time with replacement by ``seed``.
    Raises ValueError where ``keep`` falls, or is empty.
    """
    x, y = np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float)
    share = np.full(len(x), 1 / len(x)) if weights is None else np.asarray(weights, dtype=float)
    stops = np.asarray(keep, dtype=int)
    if stops.ndim != 1 or len(stops) == 0 or np.any(np.diff(stops, prepend=0) < 0):
        raise ValueError("train_network: keep must be numbers of steps from 0 on, none falling.")
    down = -np.asarray(step, dtype=float)

    def run() -> Array:
        return _run(network, x, y, slope, share, down, stops, batch, seed)

    # a function is known by its value where it is one of ours; with any other, all is done anew
    known = slope.__name__ if slope in (squared, logistic) else slope
    source = (network, x, y, known, share, down, stops, batch, seed)
    kept = _trained.recall(source, run)
    return ReluNetwork(kept[..., :-1], kept[..., -1])


def _run(
    network: ReluNetwork,
    x: Array,
    y: Array,
    slope: Slope,
    share: Array,
    down: Array,
    stops: Array,
    batch: int | None,
    seed: int,
) -> Array:
    """The networks that are kept, (k, ..., m, d + 1), c behind a."""
    rng = np.random.default_rng(seed)
    out = np.empty((len(stops), *network.outer.shape, network.inner.shape[-1] + 1))
    now = done = 0
    while True:
        while done < len(stops) and now == stops[done]:
            out[done, ..., :-1], out[done, ..., -1] = network.inner, network.outer
            done += 1
        if done == len(stops):
            return out
        shown, wanted, part = x, y, share
        if batch is not None:
            some = rng.integers(len(x), size=batch)
            shown, wanted, part = x[some], y[some], np.array(1 / batch)
        active = network._active(shown)
        slopes = part * slope(network._sum(active), wanted)
        network = network.moved(network._back(active, shown, slopes), down)
        now += 1
