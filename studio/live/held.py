"""A hold of a film, live: the flow as it is there, its particles, and where its plane stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from fields import Deep, EvenPace, Flow, GradientFlow, LineLoss, MorphingFlow, Own, PointLoss
from stage.steps import Held
from studio.live.page import EXTENT, library, spec
from studio.live.show import Show, of_flow


def told_of(held: Held, start: Sequence[float], count: int, frame: tuple[float, float]) -> str:
    """What ``mount`` is told so that it goes on where the hold begins, as JSON.

    ``frame`` is the picture's width and height. Empty where a page does not know the flow.
    """
    show = _show(held, start, count)
    if show is None:
        return ""
    told: dict[str, Any] = spec(show)
    told["usual"]["time"] = round(held.moment, 3)
    left, lower, side = held.square
    wide, high = frame
    told["square"] = [
        round(part, 5)
        for part in (0.5 + left / wide, 0.5 - (lower + side) / high, side / wide, side / high)
    ]
    return json.dumps(told)


def _show(held: Held, start: Sequence[float], count: int) -> Show | None:
    stream = held.stream
    if stream.view is not None or stream.extent != EXTENT:
        return None
    try:
        show = of_flow(_at_rest(stream.flow, held.moment))
    except ValueError:
        return None
    if isinstance(show.parameterization, Own) or not isinstance(show.loss, PointLoss | LineLoss):
        return None
    begin = tuple(map(float, start)) if len(start) == 2 else show.start
    return replace(
        show,
        start=(begin[0], begin[1]),
        count=count,
        lifetime=stream.lifetime,
        seed=stream.seed,
        period=stream.period,
    )


def _at_rest(flow: Flow, moment: float) -> Flow:
    """A flow as it is at a moment: of a dial, at the depth where it stands."""
    match flow:
        case EvenPace(inner):
            return replace(flow, flow=_at_rest(inner, moment))
        case MorphingFlow(loss, depth):
            s = float(depth(moment))
            return GradientFlow(loss, Deep(1 / s if s else float("inf")))
    return flow


@cache
def player() -> str:
    """A script that has ``live.mount(root, told)`` for all holds: 140 kB, the same for all."""
    code = library(Show("", PointLoss((3.0, 6.0)), Deep(1.0)))
    return f"const live = (() => {{\n{code}\nreturn {{ mount }};\n}})();"
