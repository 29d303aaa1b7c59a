"""The paths of one start under all depths: what bends when a dial is turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from fields.flow import MorphingFlow
from fields.loss import Array, Loss, PointLoss
from fields.pace import EvenPace
from fields.parameterization.power import Deep
from fields.solve.cache import Memory
from fields.solve.integrate import DRAWN, integrate
from fields.theory.point.elapsed import learned
from fields.theory.point.learning import learning_time, point_solution

_races = Memory(1 << 22)
"""Of all depths of a start: a worker films a clip again for other plays, and for other shapes."""
_APART = 100.0  # flow time from one path's beginning to the next one's


@dataclass(frozen=True, eq=False)
class _InTurn:
    """One s = 1/N after the other, the k-th from time 100 k on."""

    inverse_depths: Array

    def __call__(self, time: ArrayLike) -> Array:
        turn = (np.asarray(time) / _APART).astype(int)
        return np.asarray(self.inverse_depths[np.minimum(turn, len(self.inverse_depths) - 1)])


def paths_by_depth(
    loss: Loss,
    inverse_depths: ArrayLike,
    starts: ArrayLike,
    *,
    length: float = 10.5,
    samples: int = 161,
    rtol: float = DRAWN,
) -> Array:
    """The paths from ``starts`` (..., 2) under each s = 1/N, (..., k, samples, 2), at even pace.

    ``length`` is about how far a path goes, in weights, if no minimizer stops it before; below 100.
    ``rtol`` is that of ``integrate``. Raises ValueError for other lengths, and for s below 0.
    """
    along = np.asarray(inverse_depths, dtype=float)
    if not (np.isfinite(along).all() and (along >= 0).all()):
        raise ValueError(f"paths_by_depth: 1/N is {inverse_depths!r}; give numbers from 0 on.")
    if not 0 < length < _APART:
        raise ValueError(
            f"paths_by_depth: the length is {length!r}; give one from 0 to {_APART:g}."
        )
    # all at once: path k begins at time 100 k, where the depth is the k-th
    times = _APART * np.arange(len(along))[:, None] + np.linspace(0, length, samples)
    begin = np.repeat(np.asarray(starts, dtype=float)[..., None, :], len(along), axis=-2)
    flow = EvenPace(MorphingFlow(loss, _InTurn(along)), 1.0, 0.3, loss)
    return integrate(flow, begin, times, rtol=rtol)


def races_by_depth(
    loss: PointLoss,
    inverse_depths: ArrayLike,
    start: ArrayLike,
    *,
    samples: int = 241,
    done: float = 0.97,
) -> Array:
    """The path from ``start`` (2,) under each s = 1/N at its true pace, (k, samples, 2).

    Samples are equally apart in flow time, from the start until both weights are ``done`` of what
    they have to become (or as near from above): each depth in a unit of time of its own.
    """
    depths, begin = np.asarray(inverse_depths, dtype=float), np.asarray(start, dtype=float)
    source = loss, depths, begin, samples, done
    return _races.recall(source, lambda: _race(*source))


def _race(loss: PointLoss, depths: Array, begin: Array, samples: int, done: float) -> Array:
    paths = []
    wanted = np.where(begin < np.asarray(loss.target), done, 2.0 - done)
    for s in depths:
        deep = Deep(1 / s if s > 0 else np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            times = learning_time(loss.target, begin, wanted, deep)
        times = times[np.isfinite(times) & (times > 0)]
        last = float(np.max(times, initial=0.0)) or 1.0
        moments = np.linspace(0.0, last, samples)
        weights = [_raced(w, to, deep, moments) for w, to in zip(begin, loss.target, strict=True)]
        paths.append(np.stack(weights, axis=-1))
    return np.asarray(paths)


def _raced(start: float, target: float, deep: Deep, times: Array) -> Array:
    """One weight at ``times``: closed form B(x) = B(x₀) + τ, read off a fine table of its odds.

    A root for each of some 10⁴ places takes seconds where B is hypergeometric; a table of 10³
    odds is off by 1e-4 of the target, a tenth of a pixel.
    """
    x = start / target if target > 0 else 0.0
    if x <= 0 or x == 1:
        return np.asarray(point_solution(PointLoss((target, target)), deep, (start, start), times))[
            :, 0
        ]
    odds = np.log(x) - np.log(abs(1 - x))
    z = np.linspace(odds, max(odds + 1.0, 30.0), 1200)
    parts = expit(z) if x < 1 else -1 / np.expm1(-z)
    passed = (learned(parts, deep.exponent) - learned(x, deep.exponent)) / target**deep.exponent
    at = np.interp(times, passed, z)
    return np.asarray(target * (expit(at) if x < 1 else -1 / np.expm1(-at)))


def share_at_half(paths: ArrayLike, target: ArrayLike) -> Array:
    """What w₁ is of its target when w₂ is half way to its own, on paths (k, m, 2): (k,)."""
    target = np.asarray(target, dtype=float)
    half = [np.interp(target[1] / 2, path[:, 1], path[:, 0]) for path in np.asarray(paths)]
    return np.asarray(np.asarray(half) / target[0])
