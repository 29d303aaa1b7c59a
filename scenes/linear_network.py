"""A deep linear network: learned mode by mode, and from ever smaller starts by steps.

manim -pqh scenes/linear_network.py Modes
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from manim import DOWN, RIGHT, DashedLine, FadeIn, Mobject, VGroup, VMobject

from fields.systems.factorization import singular_values
from fields.systems.linear_network import LinearNetwork, nested_pattern
from fields.systems.modes import staircase
from stage import FlowScene, TimeChart, equation
from stage.clock import lap_time
from stage.keyframes import eased_keyframes, interpolated
from stage.network.outline import discs, shape
from stage.network.split import Box, split
from stage.network.tiles import Tiles
from stage.panel.chart import Values
from stage.panel.dial import Dial
from stage.text.language import gettext

CHAPTER = 16

LAST = 1.6
"""The time τ at which training is shown for as long as it goes on."""
HELD = 0.8
"""Part of a lap in which training goes on; then its end is seen."""
TOP = 4.4
"""The value at the upper edge of the chart."""
NAMES, BELOW = 1.05, 0.65
"""Room for the strengths at the right of the chart, and for its ticks below."""
MARKS = ((2.0, "2"), (4.0, "4"), (8.0, "8"), (16.0, "16"))


class Modes(FlowScene):
    """A matrix learned as a product of two: strong modes first, then as a staircase."""

    strengths = (4.0, 2.0, 1.25, 0.8)
    """The singular values of what is to be learned."""
    stops = (2.0, 2.0, 4.0, 4.0, 8.0, 8.0, 16.0)
    """The δ of the starts e^(−δ) between which the dial turns."""
    turns = (0.0, 13.5, 15.0, 20.0, 22.0, 27.0, 29.0)
    """Seconds at which it is there."""
    lap = 7.0
    """Seconds in which a training goes by."""

    def construct(self) -> None:
        """Train once and again, from ever smaller starts."""
        self.integrate()
        steps = self.set_the_stage()

        self.next_section("Mode by mode", stop="still")
        self.say("A matrix to be learned, as a product of two.", seconds=4.5)
        self.say("What is strongest in it is learned first,", seconds=4.5)
        self.say("and each finer pattern later, as an S-curve.", seconds=4.5)

        self.next_section("Smaller starts")
        self.say("Start each layer at $e^(-delta)$, count time in $delta$:", seconds=4.5)
        self.say("the patterns come one at a time.", seconds=4.5)
        limit = gettext("In the limit, a staircase: each at $tau = 1 slash sigma$.")
        self.say(limit, steps, seconds=8.0)

        self.next_section("Source", stop="still")
        self.say("A. Saxe et al., 2013; G. Gidel et al., 2019.", seconds=4.5)  # a lap ends

    def integrate(self) -> None:
        """Train from every start first: every frame after this only looks up."""
        times, logs = eased_keyframes(self.turns, np.log(self.stops))
        deltas = np.exp(logs)
        self.delta = interpolated(times, deltas)
        network = LinearNetwork(nested_pattern(self.strengths), len(self.strengths), 6, self.seed)
        self.target = network.target
        self.tau = np.linspace(0.0, LAST, 211)
        seen = self.tau[::7]
        path = network.path(np.exp(-2 * deltas), seen[:, None] * deltas)
        values = singular_values(path)[..., : len(self.strengths)]
        exact = np.array([staircase(self.strengths, self.tau, delta=d) for d in deltas])
        trained = np.moveaxis(values, (0, 1, 2), (2, 0, 1))  # (deltas, modes, times)
        self.miss = float(np.max(np.abs(trained - exact[..., ::7])))
        self.exact_at = interpolated(times, exact)
        self.trained_at = interpolated(times, trained)
        self.seen, self.path_at = seen, interpolated(times, np.moveaxis(path, 1, 0))

    @property
    def part(self) -> float:
        """How far training has come, 0 to 1."""
        return min(lap_time(self.clock) % self.lap / (HELD * self.lap), 1.0)

    def matrix(self, time: float) -> np.ndarray:
        """W₂W₁ at film time, (8, 8)."""
        place = self.part * (len(self.seen) - 1)
        k = min(int(place), len(self.seen) - 2)
        path = self.path_at(time)
        return np.asarray(path[k] + (place - k) * (path[k + 1] - path[k]))

    def set_the_stage(self) -> FadeIn:
        """Build the picture, and return the way in which the places of the steps appear."""
        theme, clock = self.theme, self.clock
        places = split(self.layout, 2.45)
        left = places.panel[0]
        aside = left - self.layout.panel[0]
        tiles = Tiles(
            self.matrix, self.target, clock, theme, size=places.size, centre=places.centre,
            largest=float(np.abs(self.target).max()),
        )  # fmt: skip
        chart = self.chart(places.chart)
        name, steps = self.ticks()
        rows = places.rows({"law": 0.8, "miss": 0.65, "dial": 1.0}, spare=("miss", "law"))
        width = min(4.4, places.panel[2] - left - 1.0)
        dial = Dial(
            "delta", self.delta, np.log, clock, theme, marks=MARKS,
            left=[left + 0.45, rows["dial"] + 0.2, 0.0], width=width,
        )  # fmt: skip
        still: list[Mobject] = [tiles, chart, name, dial]
        if "law" in rows:
            both = "W = W_2 W_1, quad dot(u) = 2 u (sigma - u)"
            wide = places.panel[2] - left > 5.2
            law = self.formula(rows["law"], both if wide else "dot(u) = 2 u (sigma - u)", 54)
            still.append(law.shift(aside * RIGHT))
        if "miss" in rows:
            source = f'abs(u - "{gettext("exact")}") < 10^({math.ceil(math.log10(self.miss))})'
            miss = self.formula(rows["miss"], source, theme.text_pixels)
            still.append(miss.shift(aside * RIGHT))
        self.rest(*still)
        dots = self.dots()
        for shown in (*tiles.live, dots):
            vars(shown).update(lap=self.lap, echoes=False)  # two matrices at once are none
        self.add(tiles.live, chart.live, dots, dial.pointer)
        return FadeIn(steps)

    def chart(self, box: Box) -> TimeChart:
        """The exact curves over τ = t/δ, drawn as far as training has come."""
        left, bottom, right, top = box
        height = top - bottom - BELOW
        self.origin = np.array([left + 0.1, bottom + BELOW, 0.0])
        self.unit = np.array([(right - left - NAMES) / LAST, height / TOP, 0.0])
        curves: list[tuple[Values, str, str]] = []
        above = math.inf
        for k, strength in enumerate(self.strengths):
            apart = (above - strength) * self.unit[1] > 0.3
            above = strength if apart else above

            def values(time: float, k: int = k) -> np.ndarray:
                return np.asarray(self.exact_at(time)[k])

            curves.append((values, self.theme.path, f"{strength:g}" if apart else ""))
        return TimeChart(
            self.tau / LAST * HELD * self.lap, curves, self.clock, self.theme,
            corner=self.origin[:2].tolist(), width=self.unit[0] * LAST, height=height, top=TOP,
            period=self.lap, time_name="",
        )  # fmt: skip

    def place(self, tau: np.ndarray, value: np.ndarray) -> np.ndarray:
        """Where points of the chart stand on the stage, (k, 3)."""
        return np.asarray(self.origin + np.stack([tau, value, 0 * tau], axis=-1) * self.unit)

    def dots(self) -> VMobject:
        """The singular values of the network that is trained, up to now."""

        def points_at(time: float) -> np.ndarray:
            values = self.trained_at(time)
            tau = np.broadcast_to(self.seen, values.shape)
            size = np.where(tau <= self.part * LAST, 0.06, 0.0)
            return discs(self.place(tau, values).reshape(-1, 3), size.ravel())

        return shape(points_at, self.clock, self.theme.second)

    def ticks(self) -> tuple[VGroup, VGroup]:
        """The name of the axis, and the places 1/σ of the steps with theirs, apart from it."""
        theme, made = self.theme, VGroup()
        name = equation("tau = t slash delta", theme, pixels=theme.text_pixels, faint=True)
        corner = self.place(np.array(LAST), np.array(0.0))
        name.next_to(corner, DOWN, buff=0.14)
        name.shift((corner[0] + NAMES - 0.1 - name.get_right()[0]) * RIGHT)
        free = -math.inf
        for strength in self.strengths:
            foot = self.place(np.array(1 / strength), np.array(0.0))
            head = self.place(np.array(1 / strength), np.array(TOP))
            made.add(*DashedLine(foot, head, color=theme.minimizer, stroke_width=3))
            at = Fraction(1 / strength).limit_denominator(20)
            source = f"{at.numerator} slash {at.denominator}"
            label = equation(source, theme, pixels=theme.text_pixels, colour=theme.minimizer)
            label.next_to(foot, DOWN, buff=0.14)
            if label.get_left()[0] > free and label.get_right()[0] < name.get_left()[0] - 0.15:
                made.add(label)
                free = label.get_right()[0] + 0.15
        return VGroup(name), made
