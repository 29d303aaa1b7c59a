"""Many weights: learned one after another, the deeper the sharper.

manim -pqh scenes/modes.py OneByOne
"""

from __future__ import annotations

import numpy as np
from manim import Mobject

from fields import Deep, PointLoss, Turns, learning_time, point_solution
from stage import FlowScene, TimeChart
from stage.keyframes import by_depth, eased_keyframes, formatted
from stage.panel.dial import depth_in_words, dial_depth, dial_place

CHAPTER = 15

DONE = 0.95
"""Part of its target at which the last weight counts as learned: there the time axis ends."""
HELD = 0.85
"""Part of a lap in which training goes on; then its end is seen."""


class OneByOne(FlowScene):
    """Four weights with targets 6, 4, 2.5, 1: at depth 1 they grow together, deeper one by one."""

    targets = (6.0, 4.0, 2.5, 1.0)
    small = 1e-3
    """Where all of them begin."""
    stops = (1.0, 1.0, 2.0, 2.0, 3.0, 3.0, np.inf)
    """The depths between which the dial turns."""
    turns = (0.0, 8.5, 12.5, 17.0, 20.0, 23.5, 27.5)
    """Seconds at which it is there."""
    lap = 4.85
    """Seconds in which the beads go through training, and rest at its end: so does the film."""

    def construct(self) -> None:
        """Turn the dial, and watch the curves draw apart."""
        self.integrate()
        self.set_the_stage()

        self.next_section("Together")
        self.say("Four weights, four targets, one small start.", seconds=4.5)
        self.say("Depth 1: they are learned side by side.", seconds=4.0)

        self.next_section("Apart")
        self.say("Deeper, each one waits for its turn.", seconds=4.5)
        self.say("Depth 2: they begin one after another,", seconds=4.0)
        self.say("depth 3: the next hardly stirs before.", seconds=6.5)
        self.say("Infinitely deep: strictly one by one.", seconds=6.0)

        self.next_section("Source", stop="still")
        self.say("D. Gissin et al., 2020: Implicit Bias of Depth.", seconds=4.0)

    def integrate(self) -> None:
        """All curves of all depths in closed form: every frame after this only looks up."""
        times, places = eased_keyframes(self.turns, dial_place([1 / n for n in self.stops]))
        self.depth = Turns(times, dial_depth(places))
        self.inverse = np.linspace(1.0, 0.0, 61)
        part = np.linspace(0.0, 1.0, 241)
        self.part = part
        self.curves = np.array([self.learned(s, part) for s in self.inverse])
        self.halves = np.array([half_way_times(self.targets, self.small, s) for s in self.inverse])
        self.third = np.array([third_at_half(self.targets, self.small, s) for s in self.inverse])

    def learned(self, inverse_depth: float, part: np.ndarray) -> np.ndarray:
        """Weights (k, m) at parts (m,) of the time in which the last one is learned."""
        how = Deep(1 / inverse_depth if inverse_depth else np.inf)
        last = float(learning_time(self.targets[-1], self.small, DONE, how))
        found = []
        for first, second in zip(self.targets[::2], self.targets[1::2], strict=True):
            start = (self.small, self.small)
            both = point_solution(PointLoss((first, second)), how, start, part * last)
            found += [both[:, 0], both[:, 1]]
        return np.array(found)

    def set_the_stage(self) -> None:
        """Build the picture: the chart where a plane would be, and beside it what is read off."""
        theme, clock, layout = self.theme, self.clock, self.layout
        size, centre = layout.size, layout.centre
        corner = (centre[0] - size / 2, centre[1] - size / 2)
        colours = (theme.second, theme.first, theme.path, theme.ink)
        curves = []
        for k, (target, colour) in enumerate(zip(self.targets, colours, strict=True)):
            values = by_depth(self.inverse, self.curves[:, k], self.depth)
            curves.append((values, colour, f"{target:g}"))
        chart = TimeChart(
            self.part * HELD * self.lap, curves, clock, theme, corner=corner, width=size - 0.9,
            height=size, top=6.5, period=self.lap, time_name="t",
        )  # fmt: skip
        heights = {"law": 1.0, "depth": 0.85, "halves": 0.8, "times": 0.8, "third": 0.85}
        heights |= {"dial": 1.0}
        rows = layout.rows(heights, spare=("third", "law", "halves", "times"))
        dial = self.depth_dial(rows["dial"], self.depth)
        still: list[Mobject] = [chart, dial]
        live: list[Mobject] = [chart.live, dial.pointer]
        if "law" in rows:
            law = "dot(w)_i prop w_i^(2 - 2 slash N) ({{w_i^*: minimizer}} - w_i)"
            still.append(self.formula(rows["law"], law))
        sign, number = self.reading(rows["depth"], "N =", formatted(depth_in_words, self.depth))
        still.append(sign)
        live.append(number)
        if "halves" in rows and "times" in rows:
            still.append(self.formula(rows["halves"], 'w_i (t_i) = w_i^* slash 2":"', 56))
            for k in (1, 2, 3):
                late_at = by_depth(self.inverse, self.halves[:, k], self.depth)
                late, name = formatted("{:.2f}".format, late_at), "1 :" if k == 1 else ":"
                shift = 0.0 if k == 1 else 1.47 + 1.165 * (k - 2)
                sign, number = self.reading(rows["times"], name, late, shift=shift)
                still.append(sign)
                live.append(number)
        if "third" in rows and self.language:
            text_at = formatted(in_words, by_depth(self.inverse, self.third, self.depth))
            name = "w_3 (t_2) slash w_3^* ="
            sign, number = self.reading(rows["third"], name, text_at, pixels=theme.text_pixels)
            still.append(sign)
            live.append(number)
        self.rest(*still)
        self.add(*live)


def half_way_times(targets: tuple[float, ...], start: float, inverse_depth: float) -> np.ndarray:
    """When each weight is half way to its target, in parts of the first one's time, (k,)."""
    how = Deep(1 / inverse_depth if inverse_depth else np.inf)
    times = learning_time(np.array(targets), start, 0.5, how)
    return np.asarray(times / times[0])


def third_at_half(targets: tuple[float, ...], start: float, inverse_depth: float) -> float:
    """The part of its target that the third weight has when the second one is half way."""
    how = Deep(1 / inverse_depth if inverse_depth else np.inf)
    time = learning_time(targets[1], start, 0.5, how)
    loss = PointLoss((targets[2], targets[2]))
    return float(point_solution(loss, how, (start, start), [time])[0, 0] / targets[2])


def in_words(part: float) -> str:
    """A part as it stands on the screen, with two digits of its own."""
    return f"{part:.2f}" if part >= 0.0995 else f"{part:.3f}" if part >= 0.00995 else f"{part:.4f}"
