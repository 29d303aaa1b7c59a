"""Flows whose trajectories are compiled, as numbers: see ``compiled``."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from fields.flow import Flow, GradientFlow, MorphingFlow, Slide
from fields.loss import LineLoss, Loss, PointLoss
from fields.pace import EvenPace
from fields.parameterization.power import Deep, InversePower

TRUE, BY_FLOW, BY_LOSS = 0.0, 1.0, 2.0
"""The paces: ż as it is, or even, slower where the flow is slow, or where the loss is flat."""

Numbers = tuple[float, ...]


class Law(NamedTuple):
    """The numbers of a flow in ln w: ż = rate · (w/w_ref)ᵖ/w · (−∇ℓ) with p = 2 − 2s, at a pace."""

    loss: Numbers
    """Whether it is a line; w*, or a, b, c, √(a² + b²) and n of a line a w₁ + b w₂ + c = 0."""
    rate: float
    depth: Numbers
    """From where to where s slides, from when to when, and ln w_ref."""
    pace: Numbers
    """``TRUE``, ``BY_FLOW`` or ``BY_LOSS``, its speed, and its softness squared."""


def law_of(flow: Flow) -> Law | None:
    """The numbers of a flow that is compiled, or None."""
    pace: Numbers = TRUE, 1.0, 1.0
    loss = getattr(flow, "loss", None)
    if type(flow) is EvenPace:
        even = BY_FLOW if loss is None else BY_LOSS
        pace = even, float(flow.speed), float(flow.softness**2)
        flow = flow.flow
    inner: Any = flow
    depth = _depth(inner)
    numbers = None if depth is None else _numbers(inner.loss)
    # even by the loss that the flow goes down, or there would be another gradient to find
    if depth is None or numbers is None or (loss is not None and _numbers(loss) != numbers):
        return None
    return Law(numbers, float(getattr(inner, "rate", 1.0)), depth, pace)


def _depth(flow: Flow) -> Numbers | None:
    if type(flow) is GradientFlow:
        model: Any = flow.parameterization
        if type(model) not in (Deep, InversePower) or model.exponent < 1:
            return None  # below 1 it is followed in another chart
        s = float(model.inverse_depth)
        return s, s, 0.0, math.inf, 0.0
    if type(flow) is MorphingFlow and type(slide := flow.inverse_depth) is Slide:
        ends = slide.start, slide.stop, slide.begin, slide.end
        return *map(float, ends), math.log(flow.reference)
    return None


def _numbers(loss: Loss) -> Numbers | None:
    if type(loss) is PointLoss:
        return 0.0, *loss.target, 0.0, 1.0, 0.0, 0.0
    if type(loss) is LineLoss:
        line = float(loss.a), float(loss.b), float(loss.c)
        return 1.0, *line, math.hypot(loss.a, loss.b), *map(float, loss.normal)
    return None
