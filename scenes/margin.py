"""Loss that falls for ever, and a line that turns to the widest margin, as slowly as 1/ln t.

manim -pqh scenes/margin.py MaxMargin
"""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
from manim import DOWN, FadeIn, Mobject

from fields.data.classification import ExponentialLoss, is_separable
from fields.data.examples import Examples, examples, read_examples
from fields.systems.log_time import log_time_path
from fields.systems.margin import max_margin, remainder
from stage import FlowScene, TimeChart, equation
from stage.clock import Reckoning
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.plane.data_plane import DataPlane, Fan, TurningLine, labelled_points, margin_band
from stage.text.language import gettext

CHAPTER = 19

FIRST = [(-0.05, 1.0), (2.7, 1.3), (2.9, 1.8), (2.2, 1.2), (3.0, 1.2), (2.3, 1.9), (1.3, 1.4)]
FIRST += [(2.1, 2.6), (1.7, 1.2)]
SECOND = [(-0.6, -1.0), (-2.7, -1.6), (-2.1, -1.2), (-2.9, -1.2), (-1.5, -1.7), (-2.1, -2.3)]
SECOND += [(-1.2, -1.9), (-2.7, -2.0), (-2.5, -1.3)]
ASTRAY = [(-1.8, -1.6), (1.8, 1.7)]
"""One of each class among the others: no line parts them then."""

MOST = 300
"""Points that can be told apart on the plane."""
HARDLY = 1e-6
"""Both weights of the training that is followed, at first: at 0 there is no line."""
LINES = 48
"""Trainings from elsewhere, beside the one that is followed."""


class MaxMargin(FlowScene):
    """Two classes and their line: the loss goes to nothing, and the line turns on, in ln t."""

    examples: str = "apart"
    """``apart``, ``mixed``, or a ``.csv`` of rows x1, x2, label."""
    stops = (0.0, 0.0, 4.0, 4.0, 20.0, 20.0, 1000.0)
    """The ln t between which the clock goes, evenly in asinh(ln t)."""
    turns = (0.0, 2.0, 8.5, 10.5, 17.0, 20.5, 30.0)
    """Seconds at which it is there."""
    resting = (-5.0, -5.0, -1.5, -1.5, 1.0, 1.0, 12.0)
    """The same for classes that are mixed, with which training comes to rest."""

    def check_story(self) -> None:
        """There are two classes, in a plane, and not too many to be seen."""
        found = self.data = chosen(self, self.examples)
        if found.inputs.shape[1] != 2:
            raise misfit(self, "examples", "has rows that are not x1, x2, label")
        if len(found.inputs) > MOST:
            raise misfit(self, "examples", f"has more than {MOST} points; take some of them")
        points = found.signed("examples")
        if not points.any():
            raise misfit(self, "examples", "has all its points at 0; move them apart")
        if (np.abs(points.sum(axis=0)) <= 1e-9 * np.abs(points).sum(axis=0)).all():
            # −∇L at w = 0, and L is convex: the best weights are 0, and belong to no line.
            why = (
                "has classes with the same sum of points, so that no line is best; move one of them"
            )
            raise misfit(self, "examples", why)

    def construct(self) -> None:
        """Run the clock, and watch the line turn; or, of classes that are mixed, come to rest."""
        self.integrate()
        self.set_the_stage()
        if self.separable:
            self.tell_of_margins()
        else:
            self.tell_of_rest()
        self.next_section("Source", stop="still")
        self.say("D. Soudry et al., 2018: The Implicit Bias.", seconds=4.0)

    def tell_of_margins(self) -> None:
        """Where a line parts the classes."""
        self.next_section("Two classes")
        self.say("Two classes, and a line that parts them.", seconds=4.5)
        self.say("Training drives the loss to nothing,", seconds=4.0)
        goal = self.goal = margin_band(self.plane, self.best, self.theme)
        self.next_section("The goal")
        self.add(goal, *self.over_the_goal)
        appears = FadeIn(goal)
        self.say("and yet the line turns on: to the widest margin.", appears, seconds=4.5)
        self.next_section("The clock")
        self.say("The clock shows $ln t$, and not $t$.", seconds=4.5)
        self.say("At 20 there were half a billion steps of size 1.", seconds=4.5)
        self.say("The angle falls as slowly as $1 slash ln t$:", seconds=4.0)
        limit = gettext("times $ln t$, it tends to {limit}.", limit=f"{self.limit:.2f}")
        self.say(limit, seconds=4.5)

    def tell_of_rest(self) -> None:
        """Where none does."""
        self.next_section("Mixed")
        self.say("No line through 0 parts these two classes.", seconds=4.5)
        self.say("So the loss cannot fall to nothing:", seconds=4.0)
        least = gettext("it has a least value, at finite weights.")
        self.say(least if self.rests else "it only comes near its least value.", seconds=4.5)
        self.next_section("At rest")
        growing = gettext("Weights grow for points that can be parted.")
        self.say("Training comes to rest there." if self.rests else growing, seconds=4.5)
        self.say("There is no margin to be made wide,", seconds=4.5)
        self.say("and from any start it is the same line.", seconds=8.5)

    def integrate(self) -> None:
        """Follow all trainings first: every frame after this only looks up."""
        loss = ExponentialLoss(self.data)
        self.separable = is_separable(self.data)
        stops = np.arcsinh(self.stops if self.separable else self.resting)
        times, places = eased_keyframes(self.turns, stops, rate=30)
        self.log_time = np.sinh(places)
        tau = np.sinh(np.linspace(places[0], places[-1], 401))
        size = 8.0 / float(np.median(np.linalg.norm(self.data.inputs, axis=1)) or 1.0)
        others = np.random.default_rng(self.seed).normal(size=(LINES, 2)) * size
        paths = log_time_path(loss, np.vstack([[HARDLY, HARDLY], others]), tau, rtol=1e-8)
        runs_at = interpolated(tau, np.moveaxis(paths, 0, 1))
        runs = np.array([runs_at(time) for time in self.log_time]).swapaxes(0, 1)
        w, best = runs[0], max_margin(self.data) if self.separable else runs[0, -1]
        self.best = best
        across = w[:, 0] * best[1] - w[:, 1] * best[0]
        angle = np.abs(np.arctan2(across, w @ best))
        self.clock_at = interpolated(times, self.log_time)
        self.weights_at = interpolated(times, w)
        self.others_at = interpolated(times, np.moveaxis(runs[1:], 0, 1))
        logs = loss.log_value(w)
        self.loss_at = interpolated(times, logs)
        self.angle_at = interpolated(times, angle)
        self.product_at = interpolated(times, angle * self.log_time)
        self.limit = turning(self.data, angle * self.log_time)
        self.times, self.angle, self.size = times, angle, np.linalg.norm(w, axis=-1)
        late = np.linalg.norm(paths[0, -1] - paths[0, -8])
        self.rests = bool(late < 1e-3 * max(float(np.linalg.norm(paths[0, -1])), size))
        self.size_at = interpolated(times, self.size)
        self.log_loss = logs

    def set_the_stage(self) -> None:
        """Build the picture: the data at the left, what is read off at the right."""
        theme, clock, layout = self.theme, self.clock, self.layout
        reach = 1.12 * float(np.max(np.abs(self.data.inputs)))
        square = {"size": layout.size + 0.1, "centre": layout.centre - np.array([0.35, 0.42, 0.0])}
        self.plane = plane = DataPlane(theme, reach=reach, **square)
        labels = np.where(self.data.labels == 1, 1, -1)
        points = labelled_points(plane, self.data.inputs, labels, theme)
        target = self.best if self.separable else None
        line = TurningLine(plane, self.weights_at, clock, theme, target=target)
        aside = {} if layout.wide else {"loss": "clock", "product": "angle"}
        names = ("clock", "loss", "angle", "product")[: 4 if self.separable else 3]
        heights = {"law": 0.95} | {name: 0.72 for name in names if name not in aside}
        rows = layout.rows(heights | {"chart": 2.3}, spare=("chart", "law", "loss"))
        rows |= {name: rows[other] for name, other in aside.items()}
        readings = {
            "clock": ("ln t =", formatted(in_words, self.clock_at)),
            "loss": ("ln L =", formatted(in_words, self.loss_at)),
        }
        if self.separable:
            readings["angle"] = ("theta =", formatted("{:.3f}".format, self.angle_at))
            product = formatted("{:.2f}".format, self.product_at)
            readings["product"] = ("theta ln t =", product)
        else:
            readings["angle"] = ("norm(w) =", formatted("{:.3f}".format, self.size_at))
        still: list[Mobject] = [plane]
        live: list[Mobject] = []
        if "law" in rows:
            still.append(self.formula(rows["law"], "L = sum_i e^(-y_i x_i dot w)"))
        for row, (name, text_at) in readings.items():
            if row in rows:
                stands = 1 if "norm" in name else 0
                shift = 3.1 if row in aside else 0.0
                sign, number = self.reading(rows[row], name, text_at, stands=stands, shift=shift)
                still.append(sign)
                live.append(number)
        if "chart" in rows:
            chart = self.chart(rows["chart"])
            still.append(chart)
            live.append(chart.live)
        self.rest(*still)
        self.over_the_goal: tuple[Mobject, ...] = (points, line, *live)
        self.add(Fan(plane, self.others_at, clock, theme), *self.over_the_goal)

    def chart(self, height: float) -> TimeChart:
        """The angle and its product with ln t over ln t, laid out as the clock goes."""
        theme, x = self.theme, np.arcsinh(self.log_time)
        now = Reckoning(self.clock, interpolated(self.times, x))
        once = np.append(True, np.diff(x) > 0)
        left, bottom = self.layout.panel[0] + 0.1, height - 0.6
        width = min(4.2, self.layout.across - 1.25)
        curves = [(values[once], colour, name) for values, colour, name in self.curves()]
        chart = TimeChart(
            x[once], curves, now, theme, corner=(left, bottom), width=width, height=1.65,
            top=1.1, time_name="ln t",
        )  # fmt: skip
        for value in (1, 10, 100):
            if value < 0.2 * self.log_time[-1]:
                label = equation(f"{value}", theme, pixels=theme.text_pixels, faint=True)
                place = np.array(
                    [left + width * float((np.arcsinh(value) - x[0]) / (x[-1] - x[0])), bottom, 0.0]
                )
                chart.add(label.next_to(place, DOWN, buff=0.12))
        return chart

    def curves(self) -> list[tuple[np.ndarray, str, str]]:
        """What the chart shows: the angle and its product with ln t, in parts of their largest."""
        theme = self.theme
        if not self.separable:
            return [(self.size / self.size.max(), theme.path, "norm(w)")]
        product = self.angle * self.log_time
        return [
            (self.angle / (self.angle.max() or 1.0), theme.path, "theta"),
            (product / (product.max() or 1.0), theme.minimizer, "theta ln t"),
        ]


def chosen(scene: MaxMargin, text: str | Examples) -> Examples:
    """The labelled points that a user means; ValueError where there are none of that name."""
    if isinstance(text, Examples):
        return text
    if text == "apart":
        return examples(FIRST + SECOND, [1] * len(FIRST) + [-1] * len(SECOND))
    if text == "mixed":
        labels = [1] * len(FIRST) + [-1] * len(SECOND) + [1, -1]
        return examples(FIRST + SECOND + ASTRAY, labels)
    if not text.lower().endswith(".csv"):
        raise misfit(scene, "examples", "is not apart, mixed or the name of a .csv file")
    places = (Path(text), Path(inspect.getfile(type(scene))).parent / text)
    found = [place for place in places if place.is_file()]
    if not found:
        raise misfit(scene, "examples", "is no file that there is; give the way to it")
    return read_examples(found[0])


def turning(data: Examples, product: np.ndarray) -> float:
    """What the angle times ln t tends to: known beforehand where points fix it, else the last."""
    try:
        rest, best = remainder(data), max_margin(data)
    except ValueError:
        return float(product[-1])
    return float(abs(rest[0] * best[1] - rest[1] * best[0]) / (best @ best))


def in_words(number: float) -> str:
    """A number as it stands on the screen: a digit of its own where it is small."""
    shown = f"{number:.1f}" if abs(number) < 99.95 else f"{number:.0f}"
    return shown.replace("-", "−")
