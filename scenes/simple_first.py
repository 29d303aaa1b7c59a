"""Simple functions first: a network is a linear model, before it is anything else.

manim -pqh scenes/simple_first.py SimpleFirst
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import RIGHT, DashedLine, FadeIn, Mobject, VGroup, VMobject

from fields.systems.network import ReluNetwork
from fields.systems.simplicity import SimpleFirst as System
from fields.systems.simplicity import accuracy, likeness, linear_model, with_one
from stage import FlowScene, TimeChart, equation
from stage.engine.still import keep_still
from stage.keyframes import formatted, interpolated
from stage.network.answers import Answers, DataPlane
from stage.network.outline import discs, squares
from stage.network.split import Box, split
from stage.panel.chart import Values
from stage.text.language import gettext

CHAPTER = 22

STEPS = 12_000
BEGIN, RUN = 5.5, 22.5
"""The second at which training begins, and the seconds that it takes, evenly in its logarithm."""
FINE = 61
"""Places along each side of the grid on which answers are drawn."""
LEVELS = (0.0, 1.0, 2.2)
"""Answers f of one half, three quarters and nine tenths."""


class SimpleFirst(FlowScene):
    """Two classes and a wavy border: the network draws a straight one first, and bends it later."""

    seed = 8

    def construct(self) -> None:
        """Show the best straight border, and let a network find it, and leave it."""
        self.integrate()
        line, readings = self.set_the_stage()

        self.next_section("A line")
        self.say("Two classes, and the best straight border.", FadeIn(line), seconds=4.5)

        self.next_section("Simple first")
        self.say("A network of ReLU units, trained by SGD.", *map(FadeIn, readings), seconds=4.0)
        self.say("First it comes to answer as the line does,", seconds=4.5)
        self.say("and for long it is hardly better.", seconds=5.5)

        self.next_section("Then the rest")
        self.say("Only then its border bends,", seconds=4.5)
        self.say("and it leaves the linear model behind.", seconds=5.0)

        self.next_section("Source", stop="still")
        self.say("P. Nakkiran et al., 2019: SGD on Neural Networks.", seconds=4.0)

    def integrate(self) -> None:
        """Train first: every frame after this only looks up."""
        system = System(self.seed)
        points, labels = self.points, self.labels = system.examples()
        self.line = linear_model(points, labels)
        stops = np.unique(np.round(np.geomspace(1, STEPS, 260)).astype(int))
        self.keep = np.append(0, stops)
        trained = system.train(self.keep)
        answers = trained.outputs(with_one(points))
        straight = with_one(points) @ self.line
        self.alike, self.right = likeness(answers, straight), accuracy(answers, labels)
        self.line_right = float(accuracy(straight, labels))
        self.times = np.log1p(self.keep) / np.log1p(STEPS) * RUN
        self.trained = trained

    def set_the_stage(self) -> tuple[VGroup, list[Mobject]]:
        """Build the picture; return the border of the linear model, and what the network reads."""
        theme, clock = self.theme, self.clock
        places = split(self.layout, 2.85)
        plane = DataPlane(theme, extent=1.05, size=places.size, centre=places.centre)
        grid = with_one(plane.grid(FINE))
        pictures = [
            ReluNetwork(inner, outer).outputs(grid).reshape(FINE, FINE)
            for inner, outer in zip(self.trained.inner, self.trained.outer, strict=True)
        ]
        film = BEGIN + self.times
        straight = (grid @ self.line).reshape(FINE, FINE)  # which the first seconds are about
        shown = interpolated([0.0, BEGIN - 1.0, *film], [straight, straight, *pictures])
        answers = Answers(plane, shown, LEVELS, clock, theme)
        up = self.labels > 0
        marks = VGroup()
        for points, colour in (
            (discs(plane.at(self.points[up]), 0.075), theme.first),
            (squares(plane.at(self.points[~up]), 0.065), theme.second),
        ):
            mark = VMobject(color=colour, fill_opacity=1, stroke_width=2)
            marks.add(mark.set_points(points).set_stroke(theme.background))
        keep_still(marks)
        chart = self.chart(places.chart)
        aside = places.panel[0] - self.layout.panel[0]
        heights = {"step": 0.68, "alike": 0.68, "right": 0.68, "line": 0.68}
        rows = places.rows(heights, spare=("line", "step"))
        still: list[Mobject] = [plane, chart]
        live: list[Mobject] = [answers, marks, chart.live]
        told: list[Mobject] = []
        readings: list[tuple[str, str, Callable[[float], str]]] = [
            ("step", "k =", formatted("{:.0f}".format, interpolated(film, self.keep))),
            ("alike", 'op("corr") =', formatted(signed, interpolated(film, self.alike))),
        ]
        if self.language:
            right = formatted("{:.2f}".format, interpolated(film, self.right))
            readings.append(("right", f'"{gettext("right")}:"', right))
            if "line" in rows:
                line = self.formula(rows["line"], f'"{gettext("line")}:" {self.line_right:.2f}', 56)
                still.append(line.set_color(theme.minimizer).shift(aside * RIGHT))
        for row, name, text_at in readings:
            if row in rows:
                sign, number = self.reading(rows[row], name, text_at, shift=aside)
                told += [sign.set_color(theme.minimizer) if row == "right" else sign, number]
        self.rest(*still)
        self.add(*live)
        return self.straight(plane), told

    def chart(self, box: Box) -> TimeChart:
        """How alike the network and the line answer, and how often it is right, over ln k."""
        left, bottom, right, top = box
        height = top - bottom - 0.6
        apart = (self.right[-1] - self.alike[-1]) * height / 1.08 > 0.36
        is_right = f'"{gettext("right")}"' if self.language else ""
        names = (is_right, 'op("corr")') if apart else ("", "")
        named = [
            equation(name, self.theme, pixels=self.theme.text_pixels) for name in names if name
        ]
        width = right - left - max(1.05, *(name.width + 0.25 for name in named), 0.0)
        curves: list[tuple[Values, str, str]] = [
            (self.right, self.theme.minimizer, names[0]),
            (np.maximum(self.alike, 0.0), self.theme.path, names[1]),
        ]
        chart = TimeChart(
            self.times, curves, self.clock, self.theme, corner=(left + 0.1, bottom + 0.55),
            width=width, height=height, top=1.08, begin=BEGIN, time_name="ln k",
        )  # fmt: skip
        level = np.array([left + 0.1, bottom + 0.55 + height * self.line_right / 1.08, 0.0])
        dashes = DashedLine(level, level + width * RIGHT, color=self.theme.minimizer)
        chart.add(*dashes.set_stroke(width=2.5))
        return chart

    def straight(self, plane: DataPlane) -> VGroup:
        """The border of the linear model, across the square."""
        first, second, bias = self.line
        normal = np.array([first, second])
        foot, along = -bias * normal / (normal @ normal), np.array([-second, first])
        with np.errstate(divide="ignore"):
            sides = (np.array([[-plane.extent], [plane.extent]]) - foot) / along
        inside = sides.min(axis=0).max(), sides.max(axis=0).min()
        ends = plane.at(np.array([foot + step * along for step in inside]))
        dashed: VGroup = VGroup()
        for colour, width in ((self.theme.background, 10), (self.theme.minimizer, 5)):
            dashed.add(*DashedLine(*ends, color=colour, dash_length=0.16).set_stroke(width=width))
        return dashed


def signed(value: float) -> str:
    """A number with two digits, and its sign as it is printed."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
