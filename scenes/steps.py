"""Real steps: small ones follow the flow, large ones land elsewhere, and then leave.

manim -pqh scenes/steps.py Steps
"""

from __future__ import annotations

import numpy as np
from manim import DOWN, Circle, Dot, FadeIn, Mobject, VGroup, VMobject

from fields import (
    Deep,
    GradientFlow,
    LineLoss,
    Monomial,
    integrate,
    landing,
    post_rate,
    stability_threshold,
)
from fields.optimizers.sweep import descents
from stage import FlowScene, Walker, equation, minimizer_line
from stage.clock import follow_clock
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.place import put
from stage.plane.plane import WeightPlane
from stage.plane.streamlines import drawn_lines
from stage.text.language import gettext

CHAPTER = 17

SHOWN = 48
"""Steps whose dots are shown."""
SETTLED = 1500
"""Steps after which descent has come to rest, where it does."""


class Steps(FlowScene):
    """Dots beside the flow's path: as their steps grow, the landing slides, hops, and is gone."""

    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    stops = (0.01, 0.01, 0.04, 0.04, 0.08, 0.08, 0.115, 0.115, 0.2)
    """The step sizes η between which film time slides."""
    turns = (0.0, 13.5, 16.5, 18.0, 21.0, 23.0, 29.0, 31.5, 34.5)
    """Seconds at which it is there."""

    def check_story(self) -> None:
        """The dots begin where squares reach, and not on the line itself."""
        if not min(self.start) > 0:
            raise misfit(self, "start", "has a weight at 0, which steps in u = √w never leave")
        a, b, c = self.line
        if not (a * b > 0 and a * c < 0):
            raise misfit(self, "line", "must cut both axes above 0, such as -1,-2,15")

    def construct(self) -> None:
        """First the flow, then steps of a size that grows."""
        self.integrate()
        live = self.set_the_stage()

        self.next_section("The flow")
        self.say("Gradient flow: infinitely small steps.", seconds=4.5)

        self.next_section("Steps")
        self.say("Real training takes steps, of size $eta$.", *map(FadeIn, live), seconds=4.5)
        self.say("Small ones follow the flow, and land beside it.", seconds=4.5)
        self.say("Larger ones land further along the line.", seconds=4.5)
        self.say("The shift grows with $eta$.", seconds=5.0)

        self.next_section("Too large")
        self.say("Past $2 slash lambda$ they cannot rest there:", seconds=3.5)
        self.say("they hop on, until the valley is flat enough.", seconds=5.0)
        self.say("Larger still, and they leave for good.", seconds=4.0)

        self.next_section("Source", stop="still")
        self.say("G. Gidel et al., 2019; Barrett and Dherin, 2021.", seconds=4.0)

    def integrate(self) -> None:
        """Descend with every step size first: every frame after this only looks up."""
        loss = self.loss = LineLoss(*self.line)
        model = Monomial(2)
        self.sizes = np.linspace(min(self.stops), max(self.stops), 761)
        runs = descents(loss, model, self.start, self.sizes, steps=SETTLED)
        self.runs, self.ends = runs[:, : SHOWN + 1], runs[:, -1]
        times, sizes = eased_keyframes(self.turns, self.stops, rate=30)
        self.size_at = interpolated(times, sizes)
        self.end = landing(loss, Deep(2), self.start)
        self.limit = float(stability_threshold(loss, model, self.end))
        self.flow = GradientFlow(loss, Deep(2), post_rate(Deep(2)))
        self.times = np.geomspace(1e-3, 3.0, 400) - 1e-3
        self.path = integrate(self.flow, self.start, self.times)

    def run_at(self, time: float) -> int:
        """Which of the runs is on the screen."""
        return int(np.argmin(np.abs(self.sizes - float(self.size_at(time)))))

    def set_the_stage(self) -> list[Mobject]:
        """Build the picture of the flow, and return what shows the steps."""
        theme, clock, loss = self.theme, self.clock, self.loss
        plane = self.weight_plane()
        heights = {"model": 0.95, "step": 0.95, "size": 0.8, "limit": 0.8, "flow": 0.8}
        heights |= {"lands": 0.8}
        rows = self.layout.rows(heights, spare=("model", "limit", "flow", "step", "lands"))
        film = self.times * (3.5 / self.times[-1])
        walker = Walker(plane, film, self.path, clock, theme, begin=0.5)
        quiet = drawn_lines(self.flow, plane, theme, opacity=theme.quiet)
        still: list[Mobject] = [plane]
        live: list[Mobject] = []
        for row, source in (
            ("model", "w_i = u_i^2"),
            ("step", "u arrow.l u - eta thin nabla_u L"),
            ("limit", f"2 slash lambda = {self.limit:.3f}"),
        ):
            if row in rows:
                still.append(self.formula(rows[row], source, theme.number_pixels))
        if "flow" in rows:
            first, second = self.end
            source = f'"{gettext("flow")}:" space ({first:.2f}, {second:.2f})'
            still.append(self.formula(rows["flow"], source, theme.number_pixels))
        sign, number = self.reading(rows["size"], "eta =", formatted("{:.3f}".format, self.size_at))
        letters = equation("eta x", theme, pixels=theme.number_pixels)
        below = letters[1].get_bottom()[1] - letters[0].get_bottom()[1]
        live += [sign.shift(below * DOWN), number]  # the tail of η hangs below the line
        if "lands" in rows:
            sign, number = self.reading(rows["lands"], "{{w_1: first}} =", self.first_weight)
            live += [sign, number]
        self.rest(*still)
        self.add(quiet, minimizer_line(plane, loss, theme), walker)
        return [Hops(self, plane), *live]

    def first_weight(self, time: float) -> str:
        """Where w₁ comes to rest, in words; ∞ where it does not."""
        k = self.run_at(time)
        return f"{self.ends[k, 0]:.2f}" if self.rests(k) else "∞"

    def rests(self, k: int) -> bool:
        """Whether a run comes to rest on the line."""
        with np.errstate(invalid="ignore", over="ignore"):
            return bool(abs(float(self.loss.residual(self.ends[k]))) < 1e-2)


class Hops(VGroup):
    """The first steps of the run that is on the screen, as dots with a thread, and its landing."""

    def __init__(self, scene: Steps, plane: WeightPlane) -> None:
        super().__init__()
        theme, extent = scene.theme, plane.extent
        thread = VMobject(color=theme.radial, stroke_width=3, stroke_opacity=0.8)
        dots = [Dot(radius=0.07, color=theme.radial) for _ in range(SHOWN + 1)]
        ring = Circle(radius=0.22, color=theme.path, stroke_width=4)
        bead = Dot(radius=0.1, color=theme.path)
        self.add(thread, *dots, ring, bead)

        def inside(places: np.ndarray) -> np.ndarray:
            with np.errstate(invalid="ignore"):
                return np.asarray(np.all((places >= 0) & (places <= extent), axis=-1))

        def look(time: float) -> None:
            k = scene.run_at(time)
            places, end = scene.runs[k], scene.ends[k]
            seen = inside(places)
            if not scene.rests(k):  # what has left is not looked for where it may come back
                seen = np.logical_and.accumulate(seen)
            last = places[0]
            corners = []
            for dot, place, is_seen in zip(dots, places, seen, strict=True):
                corners += [last, place] if is_seen else []
                last = place if is_seen else last
                put(dot, plane.at(last))
            points = plane.at(np.array(corners))
            thread.points = np.concatenate(
                [np.linspace(a, b, 4) for a, b in zip(points[::2], points[1::2], strict=True)]
            )
            for mark in (ring, bead):
                put(mark, plane.at(end if inside(end) else places[0]))
                if not inside(end):  # off the plane, or nowhere
                    mark.points = np.repeat(mark.get_center()[None], len(mark.points), axis=0)

        follow_clock(self, scene.clock, look)
