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
_HALVINGS = 1100  # to the least number there is


def rounding(flow: Flow, z: Array, time: Array, drift: Array) -> Array:
    """How much of the ``drift`` at z is rounding, (n, 2): its change with the last bits of z."""
    most = np.zeros_like(drift)
    with np.errstate(all="ignore"):
        for e in np.eye(2):
            for side in (_ULPS, -_ULPS):
                moved = z + side * np.spacing(np.abs(z)) * e
                most = np.fmax(most, np.abs(flow.drift(moved, time) - drift))
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
    flow: Flow, z: Array, slope: Array, new: Array, after: Array, arrived: Array, reach: Array
) -> tuple[NDArray[np.intp], Array]:
    """Steps whose end is beyond where a coordinate settles, and that place: which, and (k, 2).

    They go from z, where the drift is ``slope``, to ``new``, where it is ``arrived`` and points
    back, over a way of no more than ``reach`` (k,), in parts of the chart's scale. Between lies a layer which attracts
    that coordinate from both sides, so the exact solution is in it: it is found by bisection.
    """
    most = reach[:, None] * flow.chart.scale(z)
    with np.errstate(invalid="ignore", over="ignore"):
        short = (np.abs(new - z) <= most) & (new != z)
        # towards each other
        turned = (slope * (new - z) > 0) & (arrived * (new - z) < 0) & short
    which = np.flatnonzero(turned.any(axis=1))
    place = new[which].copy()
    for i in (0, 1):
        here = np.flatnonzero(turned[which, i])
        if len(here) == 0:
            continue
        part = which[here]
        before, beyond = z[part, i].copy(), new[part, i].copy()
        side, probe = np.sign(slope[part, i]), place[here].copy()
        for _ in range(_HALVINGS):
            probe[:, i] = 0.5 * (before + beyond)
            if np.all((probe[:, i] == before) | (probe[:, i] == beyond)):
                break  # there is no number between them
            with np.errstate(all="ignore"):
                short_of = side * flow.drift(probe, after[part])[:, i] > 0
            before = np.where(short_of, probe[:, i], before)
            beyond = np.where(short_of, beyond, probe[:, i])
        place[here, i] = beyond
    return which, place
