"""Flows whose trajectories are compiled, as numbers: see ``compiled``."""

from __future__ import annotations

import math
from typing import NamedTuple

from fields.flow import Flow, MorphingFlow, Slide
from fields.loss import PointLoss
from fields.pace import EvenPace


class Law(NamedTuple):
    """The numbers of an ``EvenPace(MorphingFlow(PointLoss, Slide))``."""

    first: float
    second: float
    start: float
    stop: float
    begin: float
    end: float
    reference: float
    """ln w_ref."""
    speed: float
    softness: float
    """Squared."""


def law_of(flow: Flow) -> Law | None:
    """The numbers of a flow that is compiled, or None."""
    if type(flow) is not EvenPace or flow.loss is not None or type(flow.flow) is not MorphingFlow:
        return None
    loss, slide = flow.flow.loss, flow.flow.inverse_depth
    if type(loss) is not PointLoss or type(slide) is not Slide:
        return None
    depth = float(slide.start), float(slide.stop), float(slide.begin), float(slide.end)
    pace = math.log(flow.flow.reference), float(flow.speed), float(flow.softness**2)
    return Law(*loss.target, *depth, *pace)
