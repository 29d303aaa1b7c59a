"""Training runs: what an optimizer makes of many starts, as a motion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.loss import Array, Loss
from fields.optimizers.base import Memory, Optimizer
from fields.parameterization.base import Parameterization
from fields.solve import cache

_runs = cache.Memory(1 << 24)
"""Of training runs: a worker films a clip again for other plays of it, and for other shapes."""
_GONE = 1e100
"""Weights of that size have left for good: their gradients would soon be no numbers."""


class LabelledLoss(Loss, Protocol):
    """A loss with labels, which may be noisy."""

    def label_gradient(self, w: ArrayLike, noise: ArrayLike) -> Array:
        """The change of ∇ℓ(w) when ``noise`` is added to the labels, shape (..., d)."""
        ...

    @property
    def labels(self) -> int:
        """How many labels there are."""
        ...


@dataclass(frozen=True, eq=False)
class Training:
    """Particles that were trained: ``at(time)`` looks up where they were; time is steps × η.

    Between the recorded steps it is linear; after the last one particles stay.
    """

    step_size: float
    steps: NDArray[np.intp]
    """Numbers of the recorded steps, (m,), from 0."""
    weights: Array
    """The weights after these steps, (m, n, d)."""
    diverged: NDArray[np.intp]
    """The step at which each particle left for good, (n,); −1 for those that did not."""

    @property
    def times(self) -> Array:
        """Those of the recorded steps, (m,), steps × η: the flow's own time."""
        return np.asarray(self.steps * self.step_size)

    @property
    def end(self) -> Array:
        """Where the particles are after the last step, (n, d)."""
        return np.asarray(self.weights[-1])

    def at(self, time: float) -> Array:
        """Positions (n, d), in weights, at ``time`` = steps × η."""
        step = min(max(time / self.step_size, 0.0), float(self.steps[-1]))
        k = min(int(np.searchsorted(self.steps, step, side="right")) - 1, len(self.steps) - 2)
        if k < 0:
            return np.asarray(self.weights[0])
        part = (step - self.steps[k]) / (self.steps[k + 1] - self.steps[k])
        before, after = self.weights[k], self.weights[k + 1]
        return np.asarray(after if part == 1.0 else before + part * (after - before))

    def age(self, time: float) -> Array:
        """For how long each has been moving, (n,), in units of steps × η."""
        return np.full(self.weights.shape[1], max(time, 0.0))


def train(
    loss: Loss,
    parameterization: Parameterization,
    optimizer: Optimizer,
    starts: ArrayLike,
    *,
    steps: int,
    every: int = 1,
    label_noise: float = 0.0,
    seed: int | None = None,
) -> Training:
    """Train from ``starts`` (n, d), or (d,), in weights: u ← u + Δ(Jᵀ∇ℓ), ``steps`` times.

    Every ``every``-th step is recorded, and the last one. With ``label_noise`` σ the labels are
    y + σ ξ with new normal ξ of ``seed`` at each step, for each particle. A particle whose weights
    are no numbers or beyond 1e100 has diverged: it stays at its last finite place.

    Raises ValueError for starts that no parameters reach, numbers of steps below 1, and label noise
    without a seed or without labels.
    """
    w = np.atleast_2d(np.asarray(starts, dtype=float))
    for name, number in (("steps", steps), ("every", every)):
        if not (isinstance(number, int | np.integer) and number >= 1):
            raise ValueError(f"train: {name} is {number!r}; give a whole number from 1 on.")
    noise = _label_noise(loss, label_noise, seed)
    with np.errstate(all="ignore"):
        u = np.array(parameterization.parameters(w), dtype=float)
    bad = ~(np.isfinite(u).all(axis=-1) & np.isfinite(w).all(axis=-1))
    if bad.any():
        k = int(np.argmax(bad))
        raise ValueError(
            f"train: particle {k} starts at {tuple(w[k].tolist())}, which no parameters reach; "
            "start inside the parameterization's domain."
        )
    recorded = np.unique(np.append(np.arange(0, steps + 1, every), steps))

    def run() -> Array:
        return _run(loss, parameterization, optimizer, w, u, recorded, noise)

    source = (loss, parameterization, optimizer, w, steps, every, label_noise, seed)
    kept = _runs.recall(source, run)
    return Training(optimizer.step_size, recorded, kept[:-1], kept[-1, :, 0].astype(np.intp))


def _run(
    loss: Loss,
    parameterization: Parameterization,
    optimizer: Optimizer,
    w: Array,
    u: Array,
    recorded: NDArray[np.intp],
    noise: Callable[[Array], Array] | None,
) -> Array:
    """Weights (m, n, d) at the steps ``recorded``, and when each diverged behind them, or −1."""
    ends = recorded.tolist()
    out = np.empty((len(ends) + 1, *w.shape))
    out[0], row = w, 1
    diverged, has_diverged = np.full(len(w), -1, dtype=np.intp), False
    memory = Memory()
    with np.errstate(all="ignore"):
        for step in range(1, ends[-1] + 1):
            g = loss.gradient(w)
            if noise is not None:
                g = g + noise(w)
            optimizer.update(u, parameterization.pull(u, g), memory)
            memory.steps = step
            new = parameterization.weights(u)
            if not (small := np.abs(new) < _GONE).all():
                diverged[~small.all(axis=-1) & (diverged < 0)] = step
                has_diverged = True
            if has_diverged:
                left = diverged >= 0
                new[left] = w[left]
            w = new
            if step == ends[row]:
                out[row], row = w, row + 1
    out[-1] = diverged[:, None]
    return out


def _label_noise(loss: Loss, size: float, seed: int | None) -> Callable[[Array], Array] | None:
    """What noisy labels add to the gradient at weights (n, d), anew at each call."""
    if size == 0:
        return None
    if not hasattr(loss, "label_gradient"):
        raise ValueError(
            f"train: {type(loss).__name__} has no labels to be noisy; "
            "take a loss of examples, such as LineLoss."
        )
    if seed is None or not size > 0:
        raise ValueError("train: label noise needs a size above 0 and a seed; give seed=1.")
    labelled = cast(LabelledLoss, loss)
    generator = np.random.default_rng(seed)

    def draw(w: Array) -> Array:
        noise = size * generator.standard_normal((len(w), labelled.labels))
        return labelled.label_gradient(w, noise)

    return draw
