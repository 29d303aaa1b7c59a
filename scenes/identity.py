"""Plain training: what is trained is the weights themselves.

manim -pqh scenes/identity.py Identity
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import FadeIn, FadeOut, GrowArrow

from fields import Deep, EvenPace, GradientFlow, PointLoss, integrate
from stage import (
    CHANGE,
    FlowScene,
    Walker,
    learning_curves,
    minimizer_mark,
    panel_chart,
    pull_arrow,
)
from stage.plane.legs import Legs
from stage.plane.streamlines import drawn_lines
from stage.text.language import gettext

CHAPTER = 3


class Identity(FlowScene):
    """The shortest way: one dot, its path, what its colour means, and then everywhere."""

    target = (3.0, 6.0)
    start = (8.5, 1.2)
    walk = 6.0
    """Seconds in which the dot walks, at true pace."""
    around = ((9.4, 5.4), (0.6, 8.8), (3.6, 0.6), (0.7, 2.3))
    """Where others begin, whose colours are compared: none comes by the target's name."""

    def construct(self) -> None:
        """Tell of one particle, of what its colour means, then of ten thousand."""
        theme, loss = self.theme, PointLoss(self.target)
        self.flow = flow = GradientFlow(loss, Deep(1))
        times = np.linspace(0, 5, 601)
        path = integrate(flow, self.start, times)
        film = times * (self.walk / times[-1])

        plane = self.plane = self.weight_plane()
        heights = {"law": 0.95, "weights": 2.2, "loss": 2.2, "pace": 0.8}
        rows = self.layout.rows(heights, spare=("pace", "loss", "weights"))
        law = self.formula(rows["law"], "dot(w) = {{w^*: minimizer}} - w")
        arrow = pull_arrow(plane, self.start, -loss.gradient(self.start), theme)
        swarm = self.swarm(EvenPace(flow, self.speed, 0.3, loss), plane).set_opacity(0)
        walker = Walker(plane, film, path, self.clock, theme, begin=6.0)
        quiet = drawn_lines(flow, plane, theme, opacity=theme.quiet)
        mark = minimizer_mark(plane, self.target, theme)
        self.add(plane, law, quiet, swarm, walker, mark)

        self.next_section("One dot")
        self.say("Here the weights themselves are trained.", seconds=3)
        self.say("Downhill is straight towards the target.", GrowArrow(arrow), seconds=3)

        self.next_section("Its path")
        pace = self.tell_pace(rows, "true")
        charts = {
            "weights": (learning_curves(path, theme), ""),
            "loss": ([(loss.value(path), theme.ink, "L")], "t"),
        }
        for row, (curves, name) in charts.items():
            if row in rows:
                where = rows[row], heights[row], film, curves
                chart = panel_chart(self, *where, begin=6.0, time_name=name)
                self.rest(chart)
                self.add(chart.live)
        self.say("So the loss falls at once,", FadeOut(arrow), seconds=3)
        self.say("and training takes the shortest way.", seconds=3)

        self.next_section("Colour")
        gone = FadeOut(walker), FadeOut(quiet)
        one = self.legs(self.start)
        self.add(one, mark)
        told = gettext("Its velocity: an orange leg for #w1, a blue one for #w2.")
        self.say(told, *gone, FadeIn(one), seconds=5)
        others = [self.legs(start) for start in (self.start, *self.around)]
        self.add(*others, mark)
        shown = FadeOut(one), *map(FadeIn, others)
        self.say("Their ratio gives the colour; both at once has none.", *shown, seconds=5)

        self.next_section("Everywhere")
        self.remove(pace)
        self.tell_pace(rows, whole=True)
        appear = (*map(FadeOut, others), swarm.animate.set_opacity(1))
        self.say("From anywhere, both weights arrive together.", *appear, seconds=8)
        self.let_flow(2)

    def legs(self, start: tuple[float, float]) -> Legs:
        """A particle from ``start``, from now on, with the parts of its velocity."""
        times = np.linspace(0, 5, 301)
        path = integrate(self.flow, start, times / 2.5)
        velocities = self.flow.velocity(path)
        unit = 0.048 * self.layout.size  # under half of what it is on the plane: legs keep apart
        look: dict[str, Any] = {"begin": self.clock.get_value() + CHANGE, "unit": unit}
        return Legs(self.plane, times, path, velocities, self.clock, self.theme, **look)
