"""What is done where steps have become short: find what has settled, and let it rest.

Two things hold steps back for ever. At a fixed point rounding moves a particle to and fro, and the
longer a step is, the more of its error is rounding. And beside a layer that is thinner than the
tolerance, a step on either side of it is as good as any, though in the layer it might be long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array

_ULPS = 8.0  # a drift is a sum of some products, each rounded
_SENSE = 2.0  # a drift that rounding may halve says no more where to go
_TOGETHER = 1 << 14  # numbers whose drift is asked for at once: beyond, calls cost little
_HALVINGS = 64  # of a distance: enough but where the place is far nearer to 0 than both ends
_LOWEST = np.iinfo(np.int64).min


def rounding(flow: Flow, z: Array, time: Array, drift: Array) -> Array:
    """How much of the ``drift`` at z is rounding, (n, k): its change with the last bits of z."""
    most, (n, k) = np.zeros_like(drift), z.shape
    some = max(1, _TOGETHER // (2 * n * k))
    bits = _ULPS * np.spacing(np.abs(z))
    with np.errstate(all="ignore"):
        for first in range(0, k, some):
            unit = np.eye(min(some, k - first), k, first)
            sides = np.concatenate([unit, -unit])[:, None]
            moved = (z + bits * sides).reshape(-1, k)  # each place of each particle is one more
            there = flow.drift(moved, np.tile(time, len(sides))).reshape(-1, n, k)
            most = np.fmax(most, np.fmax.reduce(np.abs(there - drift)))
    return most


def at_rest(flow: Flow, z: Array, time: Array, later: Array) -> NDArray[np.bool_]:
    """Whether the drift is 0 within rounding at ``time``, half way to ``later`` and there, (n,).

    A weight that waits, however slowly it moves, is not at rest: its drift keeps its digits.
    """
    rest = np.ones(len(z), dtype=bool)
    for when in (time, time + 0.5 * (later - time), later):
        with np.errstate(all="ignore"):
            drift = flow.drift(z, when)
        noise = _SENSE * rounding(flow, z, when, drift)
        rest &= (np.abs(drift) <= noise).all(axis=1)
    return rest


def settled(
    flow: Flow, z: Array, slope: Array, way: Array, time: Array
) -> tuple[NDArray[np.bool_], Array]:
    """Which coordinates settle within ``way`` (n, k) from z, and the places where they do, (n, k).

    At z the drift is ``slope``, and points along the way; at its end it points back. Between lies
    a layer that attracts the coordinate from both sides, so the exact solution stays in it.
    It is found by bisection, to the last bit.
    """
    place, turned = z.copy(), np.zeros(z.shape, dtype=bool)
    with np.errstate(all="ignore"):
        for i in range(z.shape[1]):
            beyond = place.copy()
            beyond[:, i] += way[:, i]
            side = np.sign(slope[:, i])
            turned[:, i] = (side * way[:, i] > 0) & (side * flow.drift(beyond, time)[:, i] < 0)
            which = np.flatnonzero(turned[:, i])
            if len(which):
                place[which, i] = _between(flow, place[which], beyond[which], time[which], i)
    return turned, place


def _between(flow: Flow, z: Array, beyond: Array, time: Array, i: int) -> Array:
    """Where between two places, which differ in coordinate i, its drift is 0, (n,).

    Halving a distance comes to the least number there is in 1,100 steps. What is not found in 64 is
    found in as many more by halving how many numbers lie between.
    """
    low, high, probe = z[:, i].copy(), beyond[:, i].copy(), z.copy()
    side = np.sign(high - low)
    for halving in range(3 * _HALVINGS):
        probe[:, i] = 0.5 * (low + high) if halving < _HALVINGS else _middle(low, high)
        if np.all((probe[:, i] == low) | (probe[:, i] == high)):
            break  # there is no number between them
        ahead = side * flow.drift(probe, time)[:, i]
        low = np.where(ahead >= 0, probe[:, i], low)
        high = np.where(ahead > 0, high, probe[:, i])
    return high


def _middle(low: Array, high: Array) -> Array:
    """The number with as many numbers between it and ``low`` as between it and ``high``, (n,)."""
    one, other = _rank(low), _rank(high)
    rank = (one >> 1) + (other >> 1) + (one & other & 1)
    return np.asarray(np.where(rank < 0, _LOWEST - rank, rank).view(np.float64))


def _rank(x: Array) -> NDArray[np.int64]:
    """Which number it is, counted from 0 up and down."""
    bits = x.view(np.int64)
    return np.where(bits < 0, _LOWEST - bits, bits)
