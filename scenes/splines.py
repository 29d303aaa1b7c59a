"""A curve through points: from a large start smooth and cubic, from a small one of few kinks.

manim -pqh scenes/splines.py Splines
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import RIGHT, DashedLine, DashedVMobject, FadeIn, Line, Mobject, VGroup, VMobject
from scipy.interpolate import CubicSpline

from fields.systems.spline import SplineNetwork, bends, kinks, places_of_bends
from stage import FlowScene
from stage.clock import follow_clock
from stage.keyframes import eased, formatted, interpolated
from stage.layout import stacked
from stage.network.kinks import Kinks, River
from stage.network.split import Box, graph_and_panel
from stage.panel.dial import Dial, FallingCurve
from stage.plane.plane import target_mark
from stage.text.language import gettext

CHAPTER = 24

MARKS = ((4.0, "4"), (1.0, "1"), (1 / 4, "1 slash 4"), (1 / 16, "1 slash 16"))
STEPS = 16_000
WIDE, HIGH = 1.2, 0.95
"""The graph shows x in ±WIDE and y in ±HIGH."""


class Splines(FlowScene):
    """Six points and eighty kinks: the size α of the start decides whether these ever move."""

    points = np.linspace(-1.0, 1.0, 6)
    values = np.array([-0.6, -0.6, -0.6, 0.6, 0.6, 0.6])
    scales = np.geomspace(4.0, 1 / 16, 49)

    def construct(self) -> None:
        """Train from a large start, shrink it, and train from a small one."""
        self.integrate()
        cubic = self.set_the_stage()

        self.next_section("Large start")
        self.say("A network of eighty kinks, to go through six points.", seconds=4.0)
        self.say("Trained from a large start, its kinks stand still.", seconds=5.5)
        self.say("The curve is smooth: a cubic spline.", FadeIn(cubic), seconds=3.5)

        self.next_section("The start shrinks")
        self.say("The same kinks, from ever smaller starts $alpha$:", seconds=4.0)
        self.say("training moves them along.", seconds=4.5)

        self.next_section("Small start")
        self.say("From a small start they travel, to two of the points.", seconds=7.0)
        self.say("What is left is straight, with two kinks.", seconds=3.5)

        self.next_section("Source", stop="still")
        self.say("F. Williams et al., 2019: Shallow Univariate ReLU.", seconds=6.0)

    def integrate(self) -> None:
        """Train from every start first: every frame after this only looks up."""
        self.keep = np.append(0, np.round(np.geomspace(1, STEPS, 60)).astype(int))
        model = SplineNetwork(self.points, self.values, self.scales, self.seed)
        trained = model.train(self.keep)
        self.x = np.linspace(-WIDE, WIDE, 161)
        log = -np.log(self.scales)
        self.curves_at = interpolated(log, np.moveaxis(trained.outputs(model.inputs(self.x)), 0, 1))
        places = np.clip(kinks(trained), -3.0, 3.0)  # none is shown out there
        self.kinks_at = interpolated(log, np.moveaxis(places, 0, 1))
        self.bends_at = interpolated(log, bends(trained)[-1])
        near = np.abs(places[0, 0]) < 1
        travel = np.median(np.abs(places - places[:1])[..., near], axis=-1)
        self.travel_at = interpolated(log, travel.T)
        places_of = places_of_bends(trained)
        self.places_at, self.last_places = interpolated(log, places_of.T), places_of[-1]
        self.log_at = eased((0.0, 13.0, 20.5, 31.5, 34.0, 37.0), log[[0, 0, -1, -1, 0, -1]])
        self.part_at = eased((0.0, 3.0, 8.5, 21.3, 22.3, 28.5), (0.0, 0.0, 1.0, 1.0, 0.0, 1.0))

    def now(self, of: Callable[[float], np.ndarray], time: float) -> np.ndarray:
        """What is kept for each snapshot of a training, at the one that film time shows."""
        kept = of(float(self.log_at(time)))
        place = float(self.part_at(time)) * (len(kept) - 1)
        k = min(int(place), len(kept) - 2)
        return np.asarray(kept[k] + (place - k) * (kept[k + 1] - kept[k]))

    def set_the_stage(self) -> VMobject:
        """Build the picture, and return the cubic spline that is to appear."""
        theme, clock = self.theme, self.clock
        tall = self.layout.height > 10
        graph, panel = graph_and_panel(self.layout, 3.6 if tall else 1.95)
        left, bottom, right, top = graph
        ground = bottom + 0.38 * (top - bottom)
        self.unit = np.array([(right - left) / (2 * WIDE), (top - ground - 0.2) / (2 * HIGH), 0.0])
        self.middle = np.array([(left + right) / 2, (top + ground + 0.2) / 2, 0.0])
        river = River(self.middle[0], self.unit[0], WIDE - 0.01, ground - 0.1, bottom, ground)
        marks = VGroup()
        drops = VGroup(Line((left, ground, 0.0), (right, ground, 0.0), color=theme.faint))
        for x, y in zip(self.points, self.values, strict=True):
            place = self.at(np.array(x), np.array(y))
            foot = np.array([place[0], bottom, 0.0])
            drops.add(*DashedLine(place, foot, color=theme.minimizer, stroke_width=2))
            marks.add(*target_mark(theme).shift(place))
        curve = VMobject(color=theme.path, stroke_width=7)

        def look(time: float) -> None:
            curve.set_points_as_corners(self.at(self.x, self.now(self.curves_at, time)))

        follow_clock(curve, clock, look)
        streams = Kinks(
            lambda time: self.kinks_at(float(self.log_at(time))),
            lambda time: self.bends_at(float(self.log_at(time))),
            lambda time: float(self.part_at(time)),
            river, clock, theme,
        )  # fmt: skip
        self.rest(drops)
        self.add(streams, curve, marks)
        self.fill_panel(panel)
        inside = np.abs(self.x) <= 1
        smooth = CubicSpline(self.points, self.values, bc_type="natural")(self.x[inside])
        dashes = VMobject(color=theme.ink, stroke_width=3)
        dashes.set_points_as_corners(self.at(self.x[inside], smooth))
        return DashedVMobject(dashes, num_dashes=36)

    def at(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Where points of the graph stand on the stage, (..., 3)."""
        return np.asarray(self.middle + np.stack([x, y, 0 * x], axis=-1) * self.unit)

    def fill_panel(self, panel: Box) -> None:
        """The formula, what is read off, and the dial."""
        theme, left = self.theme, panel[0]
        aside = left - self.layout.panel[0]
        heights = {
            "law": 1.1,
            "alpha": 0.8,
            "travel": 0.8,
            "places": 0.8,
            "curve": 1.5,
            "dial": 1.05,
        }
        spare = ("curve", "law", "alpha", "travel", "places")
        rows = stacked(panel[1], panel[3], heights, spare)

        def of_alpha(time: float) -> np.ndarray:
            return np.asarray(np.exp(-self.log_at(time)))

        dial = Dial(
            "alpha", of_alpha, lambda size: -np.log(size), self.clock, theme, marks=MARKS,
            left=[left + 0.5, rows["dial"] + 0.25, 0.0],
            width=min(4.2, panel[2] - left - 1.0),
        )  # fmt: skip
        still: list[Mobject] = [dial]
        live: list[Mobject] = [dial.pointer]
        if "curve" in rows:
            curve = FallingCurve(
                dial, self.scales, self.last_places, of_alpha, self.clock, theme,
                lift=rows["curve"] - rows["dial"] - 0.95, height=1.3,
            )  # fmt: skip
            still.append(curve)
            live.append(curve.live)
        if "law" in rows and panel[2] - left > 4.0:
            law = "f(x) = sum_j c_j (a_j x + b_j)_+"
            still.append(self.formula(rows["law"], law, 54).shift(aside * RIGHT))
        readings: list[tuple[str, str, int, Callable[[float], str]]] = [
            ("alpha", "abs(a_j) = alpha =", 1, formatted(in_words, of_alpha)),
            ("travel", "abs(Delta x_j) =", 1, formatted("{:.3f}".format, self.travel)),
            ("places", f'"{gettext("bends")}:"', 0, formatted("{:.1f}".format, self.places)),
        ]
        for row, name, stands, text_at in readings:
            if row in rows and (self.language or row != "places"):
                look: dict[str, Any] = {"shift": aside, "stands": stands}
                sign, number = self.reading(rows[row], name, text_at, **look)
                still.append(sign)
                live.append(number)
        self.rest(*still)
        self.add(*live)

    def travel(self, time: float) -> np.ndarray:
        """How far the kinks between the points have come from where they began; the median."""
        return self.now(self.travel_at, time)

    def places(self, time: float) -> np.ndarray:
        """In how many places the curve bends."""
        return self.now(self.places_at, time)


def in_words(size: float) -> str:
    """The size α as it stands on the screen, with two digits of its own at the least."""
    return f"{size:.2f}" if size >= 0.995 else f"{size + 1e-9:.3f}"
