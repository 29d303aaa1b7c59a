"""Where a particle is within a step: the polynomial through it, by either method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array
from fields.solve import explicit, implicit
from fields.solve.bundle import Leap
from fields.solve.explicit import rows

_SOUGHT = 60  # tries, at most, until the part of a step is found
_EXACT = 1e-14  # of the time that is looked for


def interpolant(flow: Flow, leap: Leap, origin: Array, part: NDArray[np.intp]) -> list[Array]:
    """The polynomial through the steps ``part``, as the coefficients that ``evaluate`` nests."""
    z, new, stages = leap.z, leap.new, leap.stages
    if len(part) < len(leap.who):  # else it is all of them, in their order
        z, new, stages = rows(z, part), rows(new, part), [rows(stage, part) for stage in stages]
    if not stages:
        return [np.zeros_like(z)] * 7
    change = new - z
    if leap.implicit:
        return implicit.bend(stages, change)
    return explicit.bend(flow, z, origin + leap.time[part], leap.step[part], stages, change)


def part_of(leap: Leap, which: NDArray[np.intp], instant: Array) -> Array:
    """Which part, 0 … 1, (m,), of steps of a ``leap`` is over at an ``instant``, (m,)."""
    if leap.seen is None:
        return np.asarray((instant - leap.time.take(which)) / leap.step.take(which))
    return part_seen(instant - leap.begin.take(which), leap.seen[which])


def part_seen(wanted: Array, seen: Array) -> Array:
    """Which part, 0 … 1, (m,), of a step has been seen for as long as ``wanted``, (m,).

    ``seen`` (m, k) is what a ``Leap`` has. By Newton's method, and where that leads away by
    bisection.
    """
    part = np.ones(len(wanted))
    low, high = np.zeros_like(part), np.ones_like(part)
    with np.errstate(all="ignore"):
        part = np.clip(np.nan_to_num(wanted / seen.sum(axis=1), nan=1.0), 0.0, 1.0)
        for _ in range(_SOUGHT):
            total, rise = np.zeros_like(part), np.zeros_like(part)
            for j in reversed(range(seen.shape[1])):
                rise = rise * part + (j + 1) * seen[:, j]
                total = total * part + seen[:, j]
            over = part * total - wanted
            done = ~(np.abs(over) > _EXACT * (1.0 + np.abs(wanted)))
            if done.all():
                break
            low, high = np.where(over > 0, low, part), np.where(over > 0, part, high)
            near = part - over / rise
            near = np.where((near > low) & (near < high), near, 0.5 * (low + high))
            part = np.where(done, part, near)
    return np.asarray(part)


def slope(polynomial: list[Array], part: Array) -> Array:
    """The change of what ``evaluate`` gives with ``part``, shape (n, 1)."""
    total, rise = np.zeros_like(polynomial[0]), np.zeros_like(polynomial[0])
    for k, coefficient in enumerate(reversed(polynomial)):
        total, by = total + coefficient, part if k % 2 == 0 else 1.0 - part
        rise = rise * by + total * (1.0 if k % 2 == 0 else -1.0)
        total = total * by
    return rise


def evaluate(polynomial: list[Array], part: Array) -> Array:
    """The change of z after a ``part`` of the step, 0 … 1, shape (n, 1)."""
    total = np.zeros_like(polynomial[0])
    for k, coefficient in enumerate(reversed(polynomial)):
        total = (total + coefficient) * (part if k % 2 == 0 else 1.0 - part)
    return total
