"""The puzzle, and the toyest model in which it can be seen.

manim -pqh scenes/puzzle.py Puzzle ToyModel
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, VGroup

from fields import Deep, EvenPace, GradientFlow, LineLoss, PointLoss, integrate, landing
from stage import FlowScene, Theme, WeightPlane, equation
from stage.keyframes import constant, eased
from stage.knobs import misfit
from stage.plane.arrange import pair, put_under
from stage.plane.plane import target_mark
from stage.surface.landscape import (
    Draped,
    Pinned,
    Roller,
    Tilt,
    View,
    cloth,
    folds,
    level_curves,
    raised,
)
from stage.surface.linear_model import LinearModel, input_floor, room_for
from stage.text.writing import on_line

CHAPTER = 1

APART = 0.2
"""Weights by which two landings differ at least, to be seen as two."""


class Puzzle(FlowScene):
    """Many perfect fits: dots from one start roll into one valley, and land apart."""

    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    powers = (1.0, 4.0, 0.25)
    """The powers by which one model is written in three ways."""
    unseen = (2.0, 1.0)
    """An input that was not in the data."""
    begins = (3.7, 6.5, 6.5)
    """Seconds at which the dots are let go."""

    def check_story(self) -> None:
        """Dots land apart."""
        check_apart(self, self.line, self.start, self.powers)

    def construct(self) -> None:
        """Look along the valley, let three dots roll, ask who chose, and look from above."""
        theme, loss = self.theme, LineLoss(*self.line)
        self.tilt = eased((0.0, 3.0, 11.5, 14.0), (1.2, 1.0, 1.0, 0.0))
        plane = self.weight_plane()
        net = cloth(loss, plane.extent)
        self.view = self.look_along_the_valley(net)
        floor = [raised(loss, loss.minimizers(plane.extent))]
        self.add(
            self.drape(folds(net), fill_color=theme.faint, fill_opacity=0.09, stroke_width=0),
            self.drape(net, color=theme.faint, stroke_width=2, stroke_opacity=0.5),
            self.drape(floor, color=theme.minimizer, stroke_width=20, stroke_opacity=0.2),
            self.drape(floor, color=theme.minimizer, stroke_width=6),
        )
        one, *others = self.rollers(loss, begins=self.begins)
        names = self.names(loss)
        self.add(names, one)

        self.next_section("A valley")
        law = equation("{{L(w) = 0: minimizer}}", theme, halo=True)
        end = self.view.place(floor[0][-1, :2], 0.0, 1.0)
        law.next_to(end, RIGHT if self.layout.wide else DOWN, buff=0.35)
        self.say("Height is error. On the green floor there is none.", FadeIn(law), seconds=3.5)

        self.next_section("Ways down")
        heights = {"law": 0.95, "head": 0.95}
        heights |= {f"row {k}": 0.95 for k in range(len(self.powers))} | {"pace": 0.8}
        rows = self.layout.rows(heights, spare=("pace", "row 2", "row 1", "row 0", "head"))
        pace = self.tell_pace(rows, whole=True)
        self.say("Training rolls down, from one start.", seconds=2.8)
        self.add(*others)
        self.say("Written otherwise, it lands elsewhere.", FadeOut(names), seconds=2.7)

        self.next_section("Who chose?")
        self.say("Three perfect answers. Who chose?", seconds=2.5)
        self.remove(pace)
        there = self.formula(rows["law"], "{{L(w) = 0: minimizer}}")
        ends = [landing(loss, Deep(depth), self.start) for depth in self.powers]
        marks = [
            mark_of_power(plane, depth, end, theme)
            for depth, end in zip(self.powers, ends, strict=True)
        ]
        self.let_flow(2.0, law.animate.move_to(there))
        self.remove(law)
        self.rest(there)
        self.say(
            "Same model, same data, same start.", FadeIn(plane), *map(FadeIn, marks), seconds=3.0
        )
        self.rest(plane)
        if "row 0" in rows:
            seen, unseen = np.array([loss.a, loss.b]) * -np.sign(loss.c), np.array(self.unseen)
            called = [f"w = {in_powers(depth)}" for depth in self.powers]
            known = answers(self, rows, "f", seen, called, [end @ seen for end in ends], early=True)
            self.say("On the data they agree,", *map(FadeIn, known), seconds=2.5)
            told = answers(self, rows, "f", unseen, [], [end @ unseen for end in ends])
            self.say("and elsewhere they differ.", *map(FadeIn, told), seconds=2.5)
            self.rest(*marks, *known, *told)
        self.say("Which of them is right? Let us look.", seconds=4.5)

    def rollers(self, loss: LineLoss, begins: tuple[float, ...]) -> list[Roller]:
        """A dot for each way of writing the model, at even pace."""
        times, look = np.linspace(0, 6, 241), (self.view, self.tilt, self.clock, self.theme)
        paths = []
        for depth in self.powers:
            flow = EvenPace(GradientFlow(loss, Deep(depth)), 2 * self.speed, 0.3, loss)
            paths.append(raised(loss, integrate(flow, self.start, times)))
        return [
            Roller(times, path, *look, begin=begin)
            for path, begin in zip(paths, begins, strict=True)
        ]

    def names(self, loss: LineLoss) -> VGroup:
        """The names of the two weights, along the edges of the landscape."""
        theme = self.theme
        names = VGroup()
        for name, colour, w, way in (
            ("w_1", theme.first, (4.0, 0.0), DOWN + LEFT),
            ("w_2", theme.second, (0.0, 6.0), UP),
        ):
            label = equation(name, theme, colour=colour, pixels=theme.text_pixels)
            names.add(label.next_to(self.view.place(np.array(w), loss.value(w), 1.0), way))
        return names

    def look_along_the_valley(self, net: list[np.ndarray]) -> View:
        """Aslant, in the middle of the picture; from above, where the plane is."""
        layout = self.layout
        room = 0.8  # for the words beneath
        half = min(layout.right, 0.75 * (layout.top - layout.bottom)) - 0.5
        box = (-half, layout.bottom + room, half, layout.top - 0.75)
        view = View(tuple(layout.centre), layout.size, turn=-0.75, elevation=0.6)
        return view.fitted(net, box)

    def drape(self, lines: list[np.ndarray], **look: Any) -> Draped:
        """Lines on the landscape, as it is looked at."""
        return Draped(lines, self.view, self.tilt, self.clock, **look)


class ToyModel(FlowScene):
    """Two weights: a plane that tilts with them, and a bowl that is their loss."""

    target = (3.0, 6.0)
    start = (8.0, 2.0)
    """Where the weights are after two turns, and training begins."""
    begin = 21.5
    """The second of film at which it begins; it takes 4 s."""

    def construct(self) -> None:
        """Turn one weight, then the other; raise the bowl, look from above, roll down."""
        theme, clock, loss = self.theme, self.clock, PointLoss(self.target)
        self.places = places = pair(self.layout, beneath=1.4 if self.layout.width > 12 else 2.1)
        tilt = eased((14.0, 16.5, 18.5, 20.5), (0.0, 1.0, 1.0, 0.0))
        plane = WeightPlane(theme, size=places.size, centre=places.first)
        net = cloth(loss, plane.extent)
        view, aslant = self.look_into_the_bowl(net), self.look_at_the_model()
        bowl = [
            Draped(folds(net), view, tilt, clock, fill_color=theme.faint, fill_opacity=0.07),
            Draped(net, view, tilt, clock, color=theme.faint, stroke_width=2),
        ]
        bowl[0].set_stroke(width=0)
        bowl[1].set_stroke(opacity=0.45)
        curves = level_curves(loss, range(1, 9), plane.extent)
        rings = Draped(curves, view, tilt, clock, color=theme.ink, stroke_width=2)
        rings.set_stroke(opacity=0.6)
        mark = Pinned(target_mark(theme), np.array([*self.target, 0.0]), view, tilt, clock)
        weights_at, dot = self.turn_and_train(loss, view, tilt)
        self.weights_at = weights_at
        model = LinearModel(weights_at, aslant, clock, theme)
        best = LinearModel(constant(self.target), aslant, clock, theme, colour=theme.minimizer)
        law = equation("L = inline(1/2) norm(w - {{w^*: minimizer}})^2", theme)
        f = equation("f(x) = {{w_1: first}} x_1 + {{w_2: second}} x_2", theme)
        put_under(self.layout, places, law, f)
        self.add(plane, input_floor(aslant, theme), f, model, dot)

        self.next_section("Two weights")
        self.say("The smallest model: a plane with two slopes.", seconds=3.5)
        self.say("Its slope one way is #w1,", seconds=3.0)
        self.say("the other way #w2.", seconds=3.0)

        self.next_section("A bowl")
        appear = map(FadeIn, (law, mark, best))
        self.say("Green is best. The loss: how far off $w$ is.", *appear, seconds=3.5)
        self.rest(law, best.clear_updaters())
        self.add(*bowl, mark, dot)  # the dot is over the bowl, from the first
        self.say("Drawn as height, it is a bowl;", FadeOut(plane), *map(FadeIn, bowl), seconds=1.0)
        self.let_flow(2.5)
        self.add(rings, mark, dot)
        self.let_flow(1.0, FadeIn(rings))
        self.say("from above, it is contours.", seconds=3.5)

        self.next_section("Training")
        self.say("Training rolls down, and the plane turns.", FadeIn(plane), seconds=6.0)

    def turn_and_train(
        self, loss: PointLoss, view: View, tilt: Tilt
    ) -> tuple[Callable[[float], np.ndarray], Roller]:
        """Film time to w: one weight is turned, then the other, then both are trained."""
        begin, times = self.begin, np.linspace(0, 4, 161)
        path = integrate(GradientFlow(loss, Deep(1)), self.start, times)
        low = (1.0, 1.0)
        moments, stops = (3.9, 6.0, 6.9, 9.0), (low, (self.start[0], 1.0), self.start)
        turned = eased(moments, np.array([low, stops[1], stops[1], self.start]))

        def weights_at(time: float) -> np.ndarray:
            if time < begin:
                return turned(time)
            return np.array([np.interp(time - begin, times, path[:, axis]) for axis in (0, 1)])

        def before(time: float) -> np.ndarray:
            return raised(loss, turned(time))

        look = (view, tilt, self.clock, self.theme)
        return weights_at, Roller(times, raised(loss, path), *look, begin=begin, before=before)

    def look_into_the_bowl(self, net: list[np.ndarray]) -> View:
        """Aslant, where the weight plane was."""
        size, (x, y, _) = self.places.size, self.places.first
        view = View(tuple(self.places.first), size, turn=0.75, elevation=0.6, lift=0.012)
        half = size / 2 + 0.3
        return view.fitted(net, (x - half, y - half, x + half, y + half))

    def look_at_the_model(self) -> View:
        """The inputs aslant, and over them what the model answers."""
        size, (x, y, _) = self.places.size, self.places.second
        view = View((x, y, 0.0), size, extent=1.0, turn=0.75, elevation=0.4, lift=0.07)
        half = size / 2
        room = room_for((max(self.start[0], self.target[0]), max(self.start[1], self.target[1])))
        return view.fitted(room, (x - half, y - half, x + half - 0.6, y + half))


def check_apart(
    scene: FlowScene,
    line: tuple[float, float, float],
    start: tuple[float, float],
    depths: Sequence[float],
) -> None:
    """Raise ValueError where a clip's line lets two of ``depths`` land at one place."""
    ends = [landing(LineLoss(*line), Deep(depth), start) for depth in depths]
    apart = [float(np.linalg.norm(one - other)) for one, other in combinations(ends, 2)]
    if min(apart, default=APART) < APART:
        why = "lets different ways land at one place; give another, such as -1,-2,15"
        raise misfit(scene, "line", why)


def in_powers(depth: float) -> str:
    """The power of u that a depth stands for, in Typst mathematics."""
    if depth == np.inf:
        return "e^u"
    power = Fraction(depth).limit_denominator(100)
    return "u" if power == 1 else f"u^({power})".replace("/", " slash ")


def mark_of_power(plane: WeightPlane, depth: float, end: np.ndarray, theme: Theme) -> VGroup:
    """How the model was written, where it landed."""
    label = equation(in_powers(depth), theme, pixels=theme.text_pixels, halo=True)
    return label.next_to(plane.at(end), UP + RIGHT, buff=0.12)


def answers(
    scene: FlowScene,
    rows: dict[str, float],
    f: str,
    x: np.ndarray,
    names: Sequence[str],
    values: Sequence[float],
    *,
    early: bool = False,
) -> list[VGroup]:
    """What models answer to the input ``x``, one below the other: the head, then a row for each.

    An ``early`` column is green, for there they are right, and leaves room for another.
    """
    theme = scene.theme
    colour = theme.minimizer if early else theme.path
    head = equation(f"{f}({x[0]:g}, {x[1]:g})", theme, pixels=theme.number_pixels)
    edge = column_edge(scene, early)
    made: list[VGroup] = [head.move_to((edge, rows["head"], 0.0), aligned_edge=RIGHT)]
    for k, value in enumerate(values):
        name = names[k] if names else ""
        made.append(answer_row(scene, rows[f"row {k}"], name, float(value), colour, early=early))
    return made


def answer_row(
    scene: FlowScene, height: float, name: str, value: float, colour: str, *, early: bool = False
) -> VGroup:
    """A model's name, if it is given, and its answer, at the right end of its column."""
    theme, pixels = scene.theme, scene.theme.number_pixels
    made = VGroup()
    if name:
        made.add(on_line(scene.formula(height, name, pixels), height))
    told = equation(f"{value:.2f}", theme, pixels=pixels, colour=colour)
    told.move_to((column_edge(scene, early), height, 0.0), aligned_edge=RIGHT)
    return made.add(on_line(told, height))


def column_edge(scene: FlowScene, early: bool) -> float:
    """Right end of the first column of answers, or of the second."""
    left, _, right, _ = scene.layout.panel
    return left + 3.2 if early else min(right, left + 5.2)
