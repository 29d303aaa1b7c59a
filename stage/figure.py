"""A figure: one loss, one parameterization, and the swarm that trains under them, in a loop."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial

from manim import LEFT, Mobject, VGroup, config

from fields import (
    EvenPace,
    Flow,
    GradientFlow,
    LineLoss,
    Loss,
    Parameterization,
    PointLoss,
    Power,
    even_rate,
    reference_weight,
)
from stage.plane.plane import WeightPlane, minimizer_line, minimizer_mark
from stage.plane.streamlines import drawn_lines
from stage.scene import FlowScene
from stage.steps import Stop
from stage.text.language import gettext
from stage.text.source import literal
from stage.text.writing import words

TRUE_RATE = 0.3  # of flow time in a second: what is fastest then still can be followed


_SIGN = 2.2
"""Units that the sign of the pace takes beside the title."""
_WANTED = {"parameterization": "Deep(2)", "title": '"Depth 2"', "model": '"w_i = u_i^2"'}
"""What each figure has to say for itself, with an example."""


class Figure(FlowScene):
    """A parameterization, and the swarm that trains under it, in a loop."""

    parameterization: Parameterization
    title: str
    model: str
    """w(u), in Typst mathematics, as the post writes it."""
    law = "dot(w) = J J^T g"
    """ẇ for a gradient g, in Typst mathematics."""
    pull: str
    """g for weights w, in Typst mathematics."""
    seconds = 12.0
    stop: Stop = "none"  # a loop goes on by itself
    pace = "even"
    """Or ``true``: film time is flow time, ẇ = (w/w_ref)ᵖ g slowed down by ``TRUE_RATE``."""
    softness = 0.3
    """Distance to the minimizers, in weights, at which particles slow down."""

    def construct(self) -> None:
        """One loop: what leaves at its end comes in at its beginning."""
        for name, example in _WANTED.items():
            if not hasattr(self, name):
                raise ValueError(
                    f"{type(self).__name__}: a figure has a {name}; "
                    f"give its class one, such as {name} = {example}."
                )
        seconds = self.renderer.timeline.whole(self.seconds)  # else its joint would be uneven
        self.lifetime = seconds / max(1, round(seconds / self.lifetime))
        loss = self.loss()
        flow = self.flow(loss)
        plane = self.weight_plane()
        rows: dict[str, float]
        texts = {
            "title": lambda height: self.prose(
                height, f"*{gettext(self.title)}*", beside=0.0 if "pace" in rows else _SIGN
            ),
            "model": lambda height: self.formula(height, self.model),
            "law": lambda height: self.formula(height, self.law),
            "pull": lambda height: self.formula(height, self.pull),
        }
        heights = dict.fromkeys([*texts, "pace"], 1.0)
        for name, colour in self.legend().items():
            texts[name] = partial(self.label, name, colour)
            heights[name] = 0.65
        rows = self.layout.rows(heights, spare=("pace", "pull", "model", *self.legend()))
        self.add(plane, *(texts[name](rows[name]) for name in rows if name in texts))
        self.tell_pace(rows, self.pace, whole=True, beside="title")
        swarm = self.swarm(flow, plane, period=seconds)
        self.add(swarm)
        if config.save_last_frame:  # a still shows the lines that the swarm follows
            swarm.set_opacity(0.6)
            self.add(drawn_lines(flow, plane, self.theme))
        self.add(self.minimizers(plane))
        self.let_flow(seconds)

    def legend(self) -> dict[str, str]:
        """What stands below the equations, by its colour: nothing, but for clips that say so."""
        return {}

    def label(self, text: str, colour: str, height: float) -> VGroup:
        """A line of the legend, printed as it stands."""
        made = words(literal(text), self.theme, colour=colour)
        made.scale(min(1.0, self.layout.across / made.width))
        return made.move_to((self.layout.panel[0], height, 0.0), aligned_edge=LEFT)

    @abstractmethod
    def loss(self) -> Loss:
        """What is minimized."""

    @abstractmethod
    def minimizers(self, plane: WeightPlane) -> Mobject:
        """The mark of all best places."""

    def flow(self, loss: Loss) -> Flow:
        """The gradient flow at the clip's pace."""
        flow = GradientFlow(loss, self.parameterization)
        if self.pace == "even":
            return EvenPace(flow, self.speed, self.softness, loss)
        model, rate = self.parameterization, 1.0
        if isinstance(model, Power):
            rate = even_rate(model, reference_weight(loss))
        return GradientFlow(loss, self.parameterization, TRUE_RATE * rate)


class PointFigure(Figure):
    """Training towards a point w*."""

    target = (3.0, 6.0)
    pull = "g = {{w^*: minimizer}} - w"

    def loss(self) -> Loss:
        """½‖w − w*‖²."""
        return PointLoss(self.target)

    def minimizers(self, plane: WeightPlane) -> Mobject:
        """The target."""
        return minimizer_mark(plane, self.target, self.theme)


class LineFigure(Figure):
    """Training towards a line on which every point is perfect."""

    line = (-1.0, -2.0, 15.0)
    pull = "g = -(n dot w - d) n"

    def loss(self) -> Loss:
        """Half the squared distance to the line."""
        return LineLoss(*self.line)

    def minimizers(self, plane: WeightPlane) -> Mobject:
        """The line."""
        return minimizer_line(plane, self.loss(), self.theme)
