"""Which method takes a particle's next step, and how long the step may be.

Where a stable explicit step is much shorter than accuracy asks for, a particle takes an implicit
one. In the plane that is seen from the derivatives at each step. With more coordinates these would
cost as many drifts: there the largest rate is found by the power method, an iteration a step, and
derivatives of particles alone that seem stiff.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array
from fields.solve import explicit, implicit, settle
from fields.solve.bundle import Bundle
from fields.solve.explicit import STABLE, Trial, rows
from fields.solve.implicit import Jacobian

STIFF = 2.0
"""Stable steps in one that accuracy allows: from there on an implicit one is cheaper."""
_SIZE = 1e-7  # of a difference, in parts of the scale
_ALL = 0.3  # of the direction of the power method, all directions
_DERIVED = 32  # with more coordinates a matrix a particle costs more than short steps do


class Choice(NamedTuple):
    """What each particle is to try."""

    step: Array
    stiff: NDArray[np.bool_]
    at: Jacobian | None
    """Derivatives of those that are stiff."""
    noise: Array
    """How much of the drift is rounding, (n, k)."""


def choose(flow: Flow, b: Bundle, now: Array, gap: Array) -> Choice:
    """The longest step that is good, of each particle, and its method; none is beyond ``gap``."""
    noise, held = np.zeros_like(b.z), np.flatnonzero(b.held)
    if len(held):
        noise[held] = settle.rounding(flow, rows(b.z, held), now[held], rows(b.slope, held))
    long = np.minimum(b.step, gap)
    limit = np.full(len(now), np.inf)
    if b.z.shape[1] == 2:
        some = np.arange(len(now))
    else:
        limit = _limit(flow, b, now)
        seems = (long > _cost(b.z.shape[1]) * limit) & (b.z.shape[1] <= _DERIVED)
        some = np.flatnonzero(seems)
    step, stiff = np.minimum(long, limit), np.zeros(len(now), dtype=bool)
    if len(some) == 0:
        return Choice(step, stiff, None, noise)
    at = _derivatives(flow, b, now, some)
    stable, most = at.stable(), long[some]
    # what accuracy allows an explicit step near that bound tells little of an implicit one: in a
    # flow's own time, where stiff parts are long, these are sooner tried
    worth = np.where(b.telling[some], STIFF, 1.0) * stable
    hard = most > worth
    if hard.any():
        most = np.minimum(most, at.telling())
        hard = most > worth
    step[some] = np.where(hard, most, np.minimum(long[some], stable))
    stiff[some] = hard
    return Choice(step, stiff, at.of(np.flatnonzero(hard)), noise)


def _limit(flow: Flow, b: Bundle, now: Array) -> Array:
    """How long an explicit step may be, (n,), by the largest rate |λ| of the drift.

    The power method finds it, for every particle an iteration a step: v ← Jv, with J by a
    difference. What has died out in v may have become the fastest, so some of all directions is
    put back. Where J is symmetric the rate is never overestimated.
    """
    size = _SIZE * np.mean(flow.chart.scale(b.z), axis=1)
    with np.errstate(all="ignore"):
        v = b.power + _ALL * _directions(b.z.shape[1])
        turn = (flow.drift(b.z + size[:, None] * v, now) - b.slope) / size[:, None]
        length = _length(turn)
        rate = length / _length(v)
        seen = np.isfinite(rate) & (rate > 0)
        b.power = np.where(seen[:, None], turn / length[:, None], b.power)
        return np.asarray(np.where(seen, STABLE / rate, np.inf))


def _length(v: Array) -> Array:
    """The ℓ₂ norm of each row, (n,)."""
    total = v[:, 0] * v[:, 0]
    for k in range(1, v.shape[1]):
        total = total + v[:, k] * v[:, k]
    return np.asarray(np.sqrt(total))


def _directions(dimension: int) -> Array:
    """A vector (k,) of length 1 in which every coordinate moves, up or down."""
    k = np.arange(dimension)
    return np.asarray(np.where(k * k % 5 < 2, 1.0, -1.0) / np.sqrt(dimension))


def _cost(dimension: int) -> float:
    """Explicit steps that are as cheap as one implicit one, with its derivatives."""
    return STIFF + dimension / 4


def _derivatives(flow: Flow, b: Bundle, now: Array, some: NDArray[np.intp]) -> Jacobian:
    """The derivatives of some particles; of those that are held, found by finer differences."""
    whole = len(some) == len(now)
    z, slope = (b.z, b.slope) if whole else (rows(b.z, some), rows(b.slope, some))
    at = implicit.jacobian(flow, z, now if whole else now[some], slope)
    held = np.flatnonzero(b.held[some])
    if len(held) == 0:
        return at
    who = some[held]
    return at.put(held, implicit.refined(at.of(held), flow, rows(b.z, who), now[who]))


def attempt(
    flow: Flow, b: Bundle, now: Array, choice: Choice, rtol: float
) -> list[tuple[NDArray[np.intp], Trial]]:
    """A step of each particle, by the method that suits it: whose, and what came out."""
    stiff, step, noise = choice.stiff, choice.step, choice.noise
    if not stiff.any():
        trial = explicit.attempt(flow, b.z, now, step, b.slope, rtol, noise)
        return [(np.arange(len(now)), trial)]
    parts = []
    for which in (np.flatnonzero(~stiff), np.flatnonzero(stiff)):
        state = rows(b.z, which), now[which], step[which], rows(b.slope, which)
        if len(which) and not stiff[which[0]]:
            parts.append((which, explicit.attempt(flow, *state, rtol, noise[which])))
        elif len(which) and choice.at is not None:
            parts.append((which, implicit.attempt(flow, *state, rtol, choice.at, noise[which])))
    return parts


def together(parts: list[tuple[NDArray[np.intp], Trial]], like: Array) -> Trial:
    """What came out, of all particles in their order; stages stay with their method."""
    if len(parts) == 1:
        return parts[0][1]
    n, k = like.shape
    new, slope = (np.empty((k, n)).T for _ in range(2))
    whole = Trial(new, slope, np.empty(n), np.empty(n), [], implicit=False)
    for which, trial in parts:
        for column, values in zip(whole[:4], trial[:4], strict=True):
            column[which] = values
    return whole
