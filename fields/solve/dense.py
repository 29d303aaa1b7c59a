"""Where a particle is within a step: the polynomial through it, by either method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.flow import Flow
from fields.loss import Array
from fields.solve import explicit, implicit
from fields.solve.bundle import Leap
from fields.solve.explicit import rows


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


def evaluate(polynomial: list[Array], part: Array) -> Array:
    """The change of z after a ``part`` of the step, 0 … 1, shape (n, 1)."""
    total = np.zeros_like(polynomial[0])
    for k, coefficient in enumerate(reversed(polynomial)):
        total = (total + coefficient) * (part if k % 2 == 0 else 1.0 - part)
    return total
