"""A line of optima: when many weights are perfect, the path decides which of them we get.

manim -pqh scenes/line.py LineOfOptima
"""

from __future__ import annotations

from functools import partial

import numpy as np
from manim import FadeIn, FadeOut, VGroup

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
from stage import FlowScene, Walker, minimizer_mark
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.panel.dial import depth_in_words
from stage.plane.stretch import StretchingMinimizer

CHAPTER = 10


class LineOfOptima(FlowScene):
    """The dot stretches into a line, and the swarm lands all along it."""

    target = (3.0, 6.0)
    line = (-1.0, -2.0, 15.0)
    start = (1.5, 0.5)
    depths = (1.0, 4.0)
    """Of the two paths, and of the swarm at first and at last."""
    turns = (34.5, 38.5)
    """Seconds between which the swarm's depth slides."""

    def construct(self) -> None:
        """Stretch the dot, let two dots train, then all of them."""
        theme, clock, loss = self.theme, self.clock, LineLoss(*self.line)
        plane = self.weight_plane()
        first, last = (Deep(depth).inverse_depth for depth in self.depths)
        times = np.linspace(0, 6, 361)
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
        best = StretchingMinimizer(
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
        self.tell_pace(rows)
        self.add(before, after, best, name)

        self.next_section("One point")
        self.say("So far, one point was perfect.", seconds=4.0)

        self.next_section("One example")
        shown = []
        a, b, c = self.line
        if "example" in rows:
            shown.append(self.formula(rows["example"], "a w_1 + b w_2 = -c"))
        if "numbers" in rows:
            shown.append(
                self.formula(rows["numbers"], in_numbers(a, b, c), pixels=theme.number_pixels)
            )
        sentence = "Now one example to fit: $(a, b)$, with label $-c$."
        self.say(sentence, *map(FadeIn, shown), seconds=4.5)
        self.rest(*shown)
        gone = before.animate.set_opacity(0), FadeOut(name), FadeOut(law)
        self.say("One equation, two weights: a whole line fits.", *gone, seconds=4.5)
        self.remove(before)
        law = self.formula(rows["law"], "L = (a w_1 + b w_2 + c)^2 / (2 (a^2 + b^2))")
        self.say("The loss: half the squared distance to it.", FadeIn(law), seconds=4.0)
        self.rest(law)

        self.next_section("Two paths")
        told = ("Training stops where it arrives.", "On another path, it arrives elsewhere.")
        for row, depth, path, sentence in zip(
            ("one", "two"), self.depths, paths, told, strict=True
        ):
            begin = clock.get_value() + 0.5
            self.add(Walker(plane, times, path, clock, theme, begin=begin))
            shown = [self.landed(rows[row], depth, path[-1])] if row in rows else []
            self.say(sentence, seconds=4.5)
            if shown:
                self.let_flow(1.0, FadeIn(*shown))
                self.rest(*shown)

        self.next_section("Everywhere")
        if "swarm" in rows:
            sliding = formatted(partial(depth_in_words, digits=2), slide)
            label = '"swarm": quad N =' if self.language else "N ="
            self.add(*self.reading(rows["swarm"], label, sliding))
        appear = after.animate.set_opacity(1)
        self.say("From everywhere, it lands all along the line.", appear, seconds=6)
        self.say("Other paths, other landings: the path decides.", seconds=5)
        self.let_flow(2.5)

    def landed(self, height: float, depth: float, end: np.ndarray) -> VGroup:
        """How deep, and where it landed."""
        source = f"N = {depth:g} : quad ({end[0]:.2f}, {end[1]:.2f})"
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
