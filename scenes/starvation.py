"""Gradient starvation: what a common feature has settled, a rare one is not learned from.

manim -pqh scenes/starvation.py TwoClasses
"""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    Animation,
    DashedLine,
    DashedVMobject,
    FadeIn,
    FadeOut,
    Mobject,
    VGroup,
    VMobject,
)

from fields.systems.network import ReluNetwork, logistic
from fields.systems.starvation import PROBES, Starvation, sureness
from stage import FlowScene, TimeChart, equation
from stage.engine.still import keep_still
from stage.keyframes import eased, interpolated
from stage.network.answers import Answers, DataPlane
from stage.network.crowd import Crowd, feature_axes, rings
from stage.network.outline import arrows, shape
from stage.network.split import split
from stage.panel.chart import Values
from stage.text.language import gettext
from stage.text.writing import on_line

CHAPTER = 23

FIRST, SECOND = (8.0, 22.0), (26.0, 35.5)
"""The seconds in which either training goes on, evenly in ln t."""
SPAN = (3.0, 600.0)
"""The times, in steps × η, from which to which it is shown."""
SURE = 0.75
"""The probability at which a feature counts as learned: half way from a guess to certainty."""
FINE = 65
TOP = 0.52
"""The upper edge of the chart, above one half."""
LEVELS = (0.85, 1.7, 3.0)
"""Answers f of seven tenths, 85 and 95 in a hundred."""


class TwoClasses(FlowScene):
    """Two classes, told by two features: the common one is learned, and starves the rare one."""

    def construct(self) -> None:
        """Train with both features side by side, then with the rare one alone."""
        self.integrate()
        common, rare, alone = self.set_the_stage()

        self.next_section("Two features")
        many, few = (rings(self.plane, places, colour) for places, colour in self.marked())
        self.say("Two classes. One feature tells nearly all of them,", FadeIn(many), seconds=4.0)
        fades = FadeOut(many), FadeIn(few)
        self.say("a rare one few, and most of these have both.", *fades, seconds=4.5)

        self.next_section("Starved")
        turns = gettext("The units of a network turn to the common feature.")
        self.say(turns, FadeOut(few), seconds=4.5)
        pull = gettext("What is answered well hardly pulls any more,")
        self.say(pull, FadeIn(common), seconds=4.5)
        self.say("so the rare one is learned far later.", FadeIn(rare), seconds=5.0)

        self.next_section("Fed")
        self.say("Take the common one from those with both,", *self.turn(), seconds=3.5)
        self.say("and train again:", FadeIn(self.second.live), seconds=4.0)
        self.say("the rare one is learned much sooner.", FadeIn(alone), seconds=4.0)

        self.next_section("Source")
        self.say("R. Tachet des Combes et al., 2018: Learning Dynamics.", seconds=4.0)

    def integrate(self) -> None:
        """Train twice first: every frame after this only looks up."""
        self.times = np.geomspace(*SPAN, 160)
        part = self.part = np.linspace(0.0, 1.0, len(self.times))
        runs = [Starvation(self.seed), Starvation(self.seed, company=0.0)]
        trained = [run.train(self.times) for run in runs]
        self.examples = [run.examples() for run in runs]
        self.film = np.concatenate([b + part * (e - b) for b, e in (FIRST, SECOND)])
        self.network = ReluNetwork(
            np.concatenate([one.inner for one in trained]),
            np.concatenate([one.outer for one in trained]),
        )
        self.sure = [sureness(one, PROBES) for one in trained]
        pulls = [
            np.abs(logistic(one.outputs(points), labels))
            for one, (points, labels) in zip(trained, self.examples, strict=True)
        ]
        self.pull_at = interpolated(self.film, np.concatenate(pulls))
        slid = (FIRST[1] + 0.8, SECOND[0] - 1.0)
        self.points_at = eased((0.0, *slid), [self.examples[k][0] for k in (0, 0, 1)])

    def learned(self, run: int, feature: int) -> float:
        """The time at which a feature of a run counts as learned."""
        sure = self.sure[run][:, feature]
        return float(np.exp(np.interp(SURE, sure, np.log(self.times))))

    def set_the_stage(self) -> list[VGroup]:
        """Build the picture, and return the times of learning, which are to appear."""
        theme, clock = self.theme, self.clock
        places = split(self.layout, 3.0)
        plane = self.plane = DataPlane(theme, extent=1.6, size=places.size, centre=places.centre)
        grid = plane.grid(FINE)
        pictures = [
            ReluNetwork(inner, outer).outputs(grid).reshape(FINE, FINE)
            for inner, outer in zip(self.network.inner, self.network.outer, strict=True)
        ]
        answers = Answers(
            plane, interpolated(self.film, pictures), LEVELS, clock, theme, border=False
        )
        self.box = places.chart
        first, self.second = (self.chart(k, begin) for k, (begin, _) in enumerate((FIRST, SECOND)))
        self.first = first
        aside = (places.panel[0] - self.layout.panel[0]) * RIGHT
        heights = {"law": 0.9, "common": 0.7, "rare": 0.7, "alone": 0.7}
        rows = places.rows(heights, spare=("law",))
        names = ("x_1", "x_2")
        if self.language:
            names = (f'"{gettext("common")}"', f'"{gettext("rare")}"')
        axes, labels_of_axes = feature_axes(plane, names, theme)
        keep_still(labels_of_axes)  # over the answers, which would tint them
        still: list[Mobject] = [plane, axes, first]
        if "law" in rows and places.panel[2] - places.panel[0] > 4.0:
            law = "f(x) = sum_j c_j (a_j dot x)_+"
            still.append(self.formula(rows["law"], law, 54).shift(aside))
        told = []
        for row, name, colour, time in (
            ("common", f'"{gettext("common")}:"', theme.path, self.learned(0, 0)),
            ("rare", f'"{gettext("rare")}:"', theme.minimizer, self.learned(0, 1)),
            ("alone", f'"{gettext("rare, alone")}:"', theme.minimizer, self.learned(1, 1)),
        ):
            name = (
                name if self.language else {"common": "x_1 :", "rare": "x_2 :"}.get(row, "x_2' :")
            )
            named, number = (
                on_line(self.formula(rows[row], source, theme.text_pixels), rows[row])
                .shift(aside)
                .set_color(colour)
                for source in (name, f"t = {time:.0f}")
            )
            number.shift((named.width + 0.3) * RIGHT)
            told.append(VGroup(named, number) if row == "alone" else number)
            if row != "alone":
                still.append(named)
        self.rest(*still)
        labels = self.examples[0][1]
        crowd = Crowd(plane, self.points_at, self.size, labels, clock, theme)
        self.add(answers, labels_of_axes, crowd, *self.units(plane), first.live)
        return told

    def marked(self) -> tuple[tuple[np.ndarray, str], tuple[np.ndarray, str]]:
        """Where examples with the common, and with the rare feature are, and a colour for each."""
        both = np.array([1.0, 1.0])
        return (
            (np.array([PROBES[0], both]), self.theme.path),
            (np.array([PROBES[1], both]), self.theme.minimizer),
        )

    def size(self, time: float) -> np.ndarray:
        """How large each example is drawn, (n,): by how hard it pulls."""
        return np.asarray(0.026 + 0.085 * np.sqrt(self.pull_at(time)))

    def units(self, plane: DataPlane) -> list[VMobject]:
        """Units as arrows along aⱼ, as long as the root of its length; the colour is cⱼ's sign."""
        inner_at = interpolated(self.film, self.network.inner)
        positive = self.network.outer[0] > 0
        made = []
        for mine, colour in ((positive, self.theme.first), (~positive, self.theme.second)):

            def points_at(time: float, mine: np.ndarray = mine) -> np.ndarray:
                a = inner_at(time)[mine]
                long = np.linalg.norm(a, axis=1, keepdims=True)
                tips = plane.at(a / np.sqrt(np.maximum(long, 1e-12)))
                return arrows(plane.centre, tips, width=0.05, head=0.24)

            made.append(shape(points_at, self.clock, colour))
        return made

    def chart(self, run: int, begin: float) -> TimeChart:
        """How sure a run is by either feature, from a guess at the foot to certainty, over ln t."""
        left, bottom, right, top = self.box
        curves: list[tuple[Values, str, str]] = [
            (self.sure[run][:, k] - 0.5, colour, "")
            for k, colour in enumerate((self.theme.path, self.theme.minimizer))
        ]
        span = (FIRST, SECOND)[run]
        chart = TimeChart(
            self.part * (span[1] - span[0]), curves, self.clock,
            self.theme, corner=(left + 0.1, bottom + 0.55), width=right - left - 0.4,
            height=top - bottom - 0.6, top=TOP, begin=begin, time_name="ln t",
        )  # fmt: skip
        level = np.array([left + 0.1, bottom + 0.55, 0.0])
        level += (top - bottom - 0.6) * (SURE - 0.5) / TOP * UP
        line = DashedLine(level, level + (right - left - 0.4) * RIGHT, color=self.theme.faint)
        chart.add(*line.set_stroke(width=2))
        name = equation("p = 3 slash 4", self.theme, pixels=self.theme.text_pixels, faint=True)
        name.next_to(line, UP, buff=0.08, aligned_edge=LEFT)  # at the right both curves pass there
        chart.add(name.shift(0.12 * RIGHT))
        return chart

    def turn(self) -> list[Animation]:
        """Let the first run's curves go, and a trace of what its rare feature did stay."""
        curve = self.first.live[1][0]
        trace = VMobject(color=self.theme.minimizer, stroke_width=4).set_points(curve.points)
        dashes = VGroup(*DashedVMobject(trace, num_dashes=44))
        return [FadeOut(self.first.live), FadeIn(dashes)]
