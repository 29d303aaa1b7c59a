"""A line of optima: when many weights are perfect, the path decides which of them we get.

manim -pqh scenes/line.py LineOfOptima
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from manim import FadeIn, FadeOut, Mobject, VGroup

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    PointLoss,
    Slide,
    integrate,
)
from scenes.puzzle import check_apart
from stage import CHANGE, FlowScene, minimizer_line, minimizer_mark
from stage.keyframes import eased, eased_keyframes, formatted, interpolated
from stage.panel.dial import depth_in_words
from stage.plane.landing_marks import StretchingMinimizer
from stage.surface.landscape import Draped, Roller, View, cloth, folds, raised
from stage.text.language import gettext

CHAPTER = 10


class LineOfOptima(FlowScene):
    """The dot stretches into a line, the plane is lifted to its valley, and dots land along it."""

    target = (3.0, 6.0)
    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    depths = (1.0, 4.0)
    """Of the two paths, and of the swarm at first and at last."""
    lifts = (13.2, 15.7, 25.5, 28.0)
    """Seconds between which the plane is lifted, and lowered again."""
    begins = (17.2, 21.4)
    """Seconds at which the two dots are let go."""
    turns = (33.5, 37.5)
    """Seconds between which the swarm's depth slides."""

    def check_story(self) -> None:
        """The two dots land apart."""
        check_apart(self, self.line, self.start, self.depths)

    def example(self) -> tuple[float, float, float]:
        """The line as an example (a, b) with label −c; of its two signs, that of a positive a."""
        a, b, c = self.line
        return (-a, -b, -c) if (a, b) < (0.0, 0.0) else (a, b, c)

    def construct(self) -> None:
        """Stretch the dot, lift the plane, let two dots roll, lower it, then let all of them go."""
        theme, clock, loss = self.theme, self.clock, LineLoss(*self.line)
        plane = self.weight_plane()
        first, last = (Deep(depth).inverse_depth for depth in self.depths)
        times = np.linspace(0, 7, 421)
        paths = [
            integrate(EvenPace(GradientFlow(loss, Deep(depth)), 1.8, 0.3, loss), self.start, times)
            for depth in self.depths
        ]
        before = self.swarm(
            EvenPace(GradientFlow(PointLoss(self.target), Deep(1)), self.speed, 0.3), plane
        )
        slide = Slide(first, last, *self.turns)
        after = self.swarm(
            EvenPace(MorphingFlow(loss, slide), self.speed, 0.3, loss), plane
        ).set_opacity(0)
        best: Mobject = StretchingMinimizer(
            plane,
            self.target,
            loss,
            interpolated(*eased_keyframes((8.5, 12.0), (0, 1))),
            clock,
            theme,
        )
        name = minimizer_mark(plane, self.target, theme)[-1]
        heights = {"law": 1.35, "example": 0.85, "numbers": 0.8, "one": 0.8, "two": 0.8}
        heights |= {"swarm": 0.85, "pace": 0.6}
        rows = self.layout.rows(
            heights, spare=("pace", "numbers", "two", "one", "swarm", "example")
        )
        law = self.formula(rows["law"], "L = 1/2 norm(w - {{w^*: minimizer}})^2")
        self.rest(plane, law)
        self.tell_pace(rows, beside="example" if "example" in rows else "law")
        self.add(after, before, best, name)

        self.next_section("One point")
        self.say("So far, one point was perfect.", seconds=4.0)

        self.next_section("One example")
        shown = []
        a, b, c = self.example()
        if "example" in rows:
            shown.append(self.formula(rows["example"], "a w_1 + b w_2 = -c"))
        if "numbers" in rows:
            shown.append(
                self.formula(rows["numbers"], in_numbers(a, b, c), pixels=theme.number_pixels)
            )
        sentence = gettext("Now one example to fit: $(a, b)$, with label $-c$.")
        self.say(sentence, *map(FadeIn, shown), seconds=4.5)
        self.rest(*shown)
        gone = before.animate.set_opacity(0), FadeOut(name), FadeOut(law)
        self.say("One equation, two weights: a whole line fits.", *gone, seconds=4.5)
        self.remove(before)
        law = self.formula(rows["law"], "L = (a w_1 + b w_2 + c)^2 / (2 (a^2 + b^2))")
        net = cloth(loss, plane.extent)
        view, tilt = self.look_along(net), eased(self.lifts, (0.0, 1.0, 1.0, 0.0))
        floor = [raised(loss, loss.minimizers(plane.extent))]
        look = (view, tilt, clock)
        sheet = Draped(folds(net), *look, fill_color=theme.faint, fill_opacity=0.09)
        sheet.set_stroke(width=0)
        lines = Draped(net, *look, color=theme.faint, stroke_width=2).set_stroke(opacity=0.5)
        green = Draped(floor, *look, color=theme.minimizer, stroke_width=5)
        rollers = [
            Roller(times, raised(loss, path), *look, theme, begin=begin)
            for path, begin in zip(paths, self.begins, strict=True)
        ]
        self.remove(best)  # green is where it was, and is lifted at once
        self.add(sheet, lines, green)
        appear = FadeIn(law), FadeOut(plane), *map(FadeIn, (sheet, lines, rollers[0]))
        self.say("The loss: half the squared distance to it.", *appear, seconds=CHANGE)
        self.rest(law)
        self.let_flow(3.0)

        self.next_section("Two paths")
        told = (
            gettext("Training stops where it arrives."),
            gettext("On another path, it arrives elsewhere."),
        )
        for row, depth, path, sentence, roller in zip(
            ("one", "two"), self.depths, paths, told, rollers, strict=True
        ):
            self.add(roller)
            self.say(sentence, seconds=3.2)
            shown = [self.landed(rows[row], depth, path[-1])] if row in rows else []
            self.let_flow(1.0, *map(FadeIn, shown))
            self.rest(*shown)
        self.say("From above: two points of one line.", seconds=1.5)
        self.let_flow(1.0, FadeIn(plane))
        self.let_flow(0.5, FadeOut(sheet), FadeOut(lines))
        best = minimizer_line(plane, loss, theme)
        self.remove(green, *rollers)
        self.rest(plane)
        self.add(best, *rollers)

        self.next_section("Everywhere")
        if "swarm" in rows:
            sliding = formatted(partial(depth_in_words, digits=2), slide)
            label = f'"{gettext("swarm")}:" quad N =' if self.language else "N ="
            self.add(*self.reading(rows["swarm"], label, sliding))
        self.remove(best, *rollers)
        self.add(best, *rollers)  # over the swarm
        swarm: Any = after.animate.set_opacity(1)
        self.say("From everywhere, it lands all along the line.", swarm, seconds=6)
        self.say("Other paths, other landings: the path decides.", seconds=5)
        self.let_flow(2.5)

    def look_along(self, net: list[np.ndarray]) -> View:
        """Aslant, where the plane is."""
        layout, half = self.layout, self.layout.size / 2
        x, y, _ = layout.centre
        view = View(tuple(layout.centre), layout.size, turn=-0.75, elevation=0.6)
        return view.fitted(net, (x - half, y - half, x + half, y + half))

    def landed(self, height: float, depth: float, end: np.ndarray) -> VGroup:
        """How deep, and where it landed."""
        source = f'N = {depth:g}":" quad ({end[0]:.2f}, {end[1]:.2f})'
        return self.formula(height, source, self.theme.number_pixels)


def in_numbers(a: float, b: float, c: float) -> str:
    """The equation a w₁ + b w₂ = −c with its numbers, as Typst has it."""
    terms = ""
    for factor, name in ((a, "w_1"), (b, "w_2")):
        if factor:
            sign = "-" if factor < 0 else "+" if terms else ""
            size = "" if abs(factor) == 1 else f"{abs(factor):g} "
            terms += f" {sign} {size}{name}"
    return f"{terms} = {-c:g}"
