"""What a live page shows first: of a clip, of a formula, or of a flow in Python."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fields import (
    Deep,
    EvenPace,
    Flow,
    GradientFlow,
    LineLoss,
    Log,
    Loss,
    MorphingFlow,
    Own,
    Parameterization,
    PointLoss,
    Polar,
    Power,
    formula,
)
from fields.data.named import loss_of
from fields.parameterization.difference import Difference
from fields.parameterization.power import Monomial

TRUE_RATE = 0.3
"""Flow time in a second at true pace, as in ``stage.figure``."""


@dataclass(frozen=True)
class Show:
    """A flow, how it is paced, and the particles that follow it."""

    title: str
    loss: Loss
    parameterization: Parameterization
    start: tuple[float, float] = (0.6, 0.6)
    pace: str = "even"
    """Or ``true``."""
    speed: float = 1.15
    """Even pace: weights a second."""
    softness: float = 0.3
    """Distance to the minimizers at which particles slow down; without ``by_loss``, a velocity."""
    by_loss: bool = True
    count: int = 10_000
    lifetime: float = 3.0
    seed: int = 7
    period: float | None = 12.0
    """Seconds after which the particles' lives repeat."""


CLIPS: dict[str, tuple[Parameterization, str]] = {
    "Puzzle": (Deep(1), "line"),
    "ToyModel": (Deep(1), "line"),
    "ChainRule": (Deep(2), "point"),
    "Identity": (Deep(1), "point"),
    "DepthTwo": (Deep(2), "point"),
    "RichGetRicher": (Deep(6), "point"),
    "DepthMorph": (Deep(math.inf), "point"),
    "AntiDeep": (Deep(1 / 5), "point"),
    "Polar": (Polar(), "point"),
    "LineOfOptima": (Deep(4), "line"),
    "LandingDial": (Deep(4), "line"),
    "Mosaic": (Deep(4), "point"),
    "KernelToRich": (Difference(0.3), "line"),
    "Steps": (Deep(2), "line"),
    "Optimizers": (Deep(2), "line"),
}
"""What a story's last picture is of; figures say it themselves. ``OneByOne`` has no plane."""


def of_clip(name: str, kind: type, knobs: Mapping[str, Any] | None = None) -> Show:
    """A clip's flow, from what its class says and its knobs; ValueError where it shows none."""
    told = vars_of(kind) | dict(knobs or {})
    ours, loss = _ours(kind), _loss_of(name, kind, knobs or {})
    parameterization = told.get("parameterization")
    if ours:
        parameterization, best = CLIPS[ours]
        target, line = told.get("target", (3.0, 6.0)), told.get("line", (-1.0, -2.0, 15.0))
        loss = LineLoss(*line) if best == "line" else PointLoss(target)
    if loss is None or not isinstance(parameterization, Parameterization):
        raise ValueError(
            f"live: {name} shows no flow of two weights; there are {', '.join(CLIPS)} and the "
            "figures, or give a formula, such as 'u^3 + u'."
        )
    if ours == "DepthMorph" and "depths" in told:
        parameterization = Deep(told["depths"][1])
    figure = "softness" in told
    seconds, lifetime = told.get("seconds", 12.0), told.get("lifetime", 3.0)
    if figure:  # a loop: as stage.figure has it
        lifetime = seconds / max(1, round(seconds / lifetime))
    shown = Show(
        title=told.get("title", name) if figure else name,
        loss=loss,
        parameterization=parameterization,
        pace=told.get("pace", "even"),
        speed=told.get("speed", 1.15),
        count=told.get("count", 10_000),
        seed=told.get("seed", 7),
        lifetime=lifetime,
        period=seconds if figure else None,
    )
    if figure:
        return replace(shown, softness=told["softness"])
    start = told.get("start", shown.start)
    if ours == "DepthMorph":
        shown = replace(shown, softness=0.05, by_loss=False)
    return replace(shown, start=start)


def _ours(kind: type) -> str:
    """The story of ours that a class tells, with other knobs at most; empty where it has its own.

    A clip of the user's may be called as one of ours, and be of something else.
    """
    for base in kind.__mro__:
        if base.__name__ in CLIPS and base.__module__.startswith("scenes."):
            return base.__name__
        if any(callable(value) for value in vars(base).values()):
            return ""
    return ""


def _loss_of(name: str, kind: type, knobs: Mapping[str, Any]) -> Loss | None:
    """The loss that a figure says it trains with, which may be the user's; None of what has none.

    It is asked without its construction, as a clip is not to be filmed here. ValueError where that
    does not do, or its flow is no gradient flow of its parameterization.
    """
    from stage.figure import Figure  # whoever has a class of a clip has loaded it

    if not issubclass(kind, Figure):
        return None
    if kind.flow is not Figure.flow:
        raise ValueError(
            f"live: {name} has a flow of its own, which a page cannot read; give its formula, "
            "such as flowreel live 'u^3 + u' --loss '(w1 w2 - 4)^2'."
        )
    bare = object.__new__(kind)
    for knob, value in knobs.items():
        setattr(bare, knob, value)
    try:
        return bare.loss()
    except AttributeError as error:
        raise ValueError(
            f"live: {name}.loss() needs more than the attributes of its class ({error}); make it "
            "of these alone."
        ) from error


def vars_of(kind: type) -> dict[str, Any]:
    """Attributes of a class and of those it comes from."""
    return {name: value for base in reversed(kind.__mro__) for name, value in vars(base).items()}


def of_formula(text: str, loss: str = "") -> Show:
    """The flow of a formula; ValueError says what cannot be read, and where."""
    chosen: Loss = loss_of(loss) if loss else PointLoss((3.0, 6.0))
    return Show(f"w = {' '.join(text.split())}", chosen, formula(text))


def of_flow(flow: Flow) -> Show:
    """A flow of ``fields``; ValueError where a page cannot show it."""
    match flow:
        case EvenPace(inner, speed, softness, by):
            shown = replace(of_flow(inner), pace="even", speed=speed, softness=softness)
            return replace(shown, by_loss=by is not None)
        case GradientFlow(loss, parameterization):
            return Show(named(parameterization), loss, parameterization)
        case MorphingFlow(loss, depth):
            s = float(depth(0.0))
            return Show("Depth", loss, Deep(1 / s if s else math.inf))
    raise ValueError(
        f"live: {type(flow).__name__} is no flow that a page can show; give a GradientFlow."
    )


def named(parameterization: Parameterization) -> str:
    """A title for a parameterization."""
    match parameterization:
        case Power():
            s = parameterization.inverse_depth
            return "Infinite depth" if s == 0 else f"Depth {1 / s:g}"
        case Polar():
            return "Polar"
        case Log():
            return "Logarithm"
        case Difference():
            return "Difference of squares"
        case Monomial(degree):
            return f"w = u^{degree}"
        case Own():
            return "Your own"
    return type(parameterization).__name__
