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
    z = rows(leap.z, part)
    if not leap.stages:
        return [np.zeros_like(z)] * 7
    change, stages = rows(leap.new, part) - z, [rows(stage, part) for stage in leap.stages]
    if leap.implicit:
        return implicit.bend(stages, change)
    return explicit.bend(flow, z, origin + leap.time[part], leap.step[part], stages, change)


def evaluate(polynomial: list[Array], part: Array) -> Array:
    """The change of z after a ``part`` of the step, 0 … 1, shape (n, 1)."""
    total = np.zeros_like(polynomial[0])
    for k, coefficient in enumerate(reversed(polynomial)):
        total = (total + coefficient) * (part if k % 2 == 0 else 1.0 - part)
    return total
