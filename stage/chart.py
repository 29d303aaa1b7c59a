"""Charts that run with the clock: curves over time, and a particle that walks in step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, Line, ValueTracker, VGroup, VMobject

from stage.place import put
from stage.plane import WeightPlane
from stage.scene import FlowScene
from stage.theme import Theme
from stage.writing import equation


class Walker(VGroup):
    """One particle on its trajectory: its path so far, and a dot where it is.

    ``places`` (m, 2) are weights at ``times`` (m,), seconds since film time ``begin``; before that
    it waits, and after the last it stays. A small plane asks for less ``weight`` of line and dot.
    """

    def __init__(
        self,
        plane: WeightPlane,
        times: np.ndarray,
        places: np.ndarray,
        clock: ValueTracker,
        theme: Theme,
        *,
        begin: float = 0.0,
        colour: str | None = None,
        weight: float = 1.0,
    ) -> None:
        super().__init__()
        colour = colour or theme.path
        shade = VMobject(color=theme.background, stroke_width=14 * weight, stroke_opacity=0.85)
        line = VMobject(color=colour, stroke_width=6 * weight)
        dot = Dot(radius=0.11 * weight, color=colour)
        dot.set_stroke(theme.background, width=5 * weight)
        self.add(shade, line, dot)
        points = plane.at(places)

        def follow(_: VMobject) -> None:
            now = clock.get_value() - begin
            here = np.array([np.interp(now, times, points[:, axis]) for axis in range(3)])
            done = [*points[times < now], here]
            for curve in (shade, line):
                curve.set_points_as_corners([points[0], *done])
            put(dot, here)

        self.add_updater(follow)
        follow(self)


class TimeChart(VGroup):
    """Curves over time in a box, faint ahead, drawn as far as the clock has come, with beads.

    ``curves`` are (values (m,), colour, name in Typst mathematics) at ``times`` (m,), seconds since
    film time ``begin``. ``live`` is what moves. Names stand at the right, at the curves' ends.
    """

    def __init__(
        self,
        times: np.ndarray,
        curves: Sequence[tuple[np.ndarray, str, str]],
        clock: ValueTracker,
        theme: Theme,
        *,
        corner: Sequence[float],
        width: float,
        height: float,
        top: float | None = None,
        begin: float = 0.0,
        time_name: str = "t",
    ) -> None:
        super().__init__()
        left, bottom = float(corner[0]), float(corner[1])
        top = top or 1.05 * max(float(np.max(values)) for values, _, _ in curves)
        axis = {"color": theme.faint, "stroke_width": 2}
        origin = np.array([left, bottom, 0.0])
        self.add(Line(origin, origin + width * RIGHT, **axis))
        self.add(Line(origin, origin + height * UP, **axis))
        name = equation(time_name, theme, pixels=theme.text_pixels, faint=True)
        self.add(name.next_to(origin + width * RIGHT, DOWN, buff=0.12).shift(0.1 * LEFT))
        self.live = VGroup()
        for values, colour, label in curves:
            x = left + width * (times - times[0]) / (times[-1] - times[0])
            y = bottom + height * np.asarray(values) / top
            points = np.column_stack([x, y, np.zeros_like(x)])
            ahead = VMobject(color=colour, stroke_width=2, stroke_opacity=0.35)
            self.add(ahead.set_points_as_corners(points))
            if label:
                tag = equation(label, theme, pixels=theme.text_pixels, colour=colour)
                self.add(tag.next_to(points[-1], RIGHT, buff=0.15))
            self.live.add(_drawn(times, points, clock, begin, colour))


def _drawn(
    times: np.ndarray, points: np.ndarray, clock: ValueTracker, begin: float, colour: str
) -> VGroup:
    line = VMobject(color=colour, stroke_width=5)
    bead = Dot(radius=0.09, color=colour)

    def follow(_: VMobject) -> None:
        now = clock.get_value() - begin
        here = np.array([np.interp(now, times, points[:, axis]) for axis in range(3)])
        line.set_points_as_corners([points[0], *points[times < now], here])
        put(bead, here)

    drawn = VGroup(line, bead)
    drawn.add_updater(follow)
    follow(drawn)
    return drawn


def learning_chart(
    scene: FlowScene, height: float, times: np.ndarray, path: np.ndarray, *, begin: float
) -> TimeChart:
    """The weights w₁(t) and w₂(t) of one particle, in the panel's row at ``height``."""
    theme = scene.theme
    curves = [(path[:, 1], theme.second, "w_2"), (path[:, 0], theme.first, "w_1")]
    corner = (scene.layout.panel[0] + 0.1, height - 0.75)
    size = {"width": 4.2, "height": 2.1}
    return TimeChart(times, curves, scene.clock, theme, corner=corner, begin=begin, **size)
