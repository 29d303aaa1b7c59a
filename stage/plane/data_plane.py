"""The plane of the data: labelled points, lines through it, and a separating line that turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import ORIGIN, RIGHT, UP, Circle, DashedVMobject, Dot, Line, ValueTracker, VGroup
from manim import VMobject as Curve
from numpy.typing import ArrayLike

from stage.clock import follow_clock
from stage.engine.still import keep_still
from stage.text.writing import equation
from stage.theme import Theme


class DataPlane(VGroup):
    """[−reach, reach]² as a square of ``size`` units around ``centre``, with axes x₁ and x₂."""

    def __init__(
        self, theme: Theme, *, reach: float, size: float, centre: np.ndarray = ORIGIN
    ) -> None:
        super().__init__()
        self.reach, self.unit, self.centre = reach, size / 2 / reach, np.array(centre)
        axis: dict[str, Any] = {"color": theme.faint, "stroke_width": 2, "stroke_opacity": 0.6}
        for name, along in (("x_1", RIGHT), ("x_2", UP)):
            end = self.centre + size / 2 * along
            label = equation(name, theme, pixels=theme.text_pixels, faint=True)
            self.add(Line(2 * self.centre - end, end, **axis), label.next_to(end, along, buff=0.1))

    def at(self, x: ArrayLike) -> np.ndarray:
        """Where inputs x (..., 2) stand on the stage, (..., 3)."""
        x = np.asarray(x, dtype=float)
        return np.asarray(self.centre + self.unit * np.concatenate([x, 0 * x[..., :1]], axis=-1))

    def chord(self, normal: ArrayLike, offset: ArrayLike = 0.0) -> np.ndarray:
        """Both ends (..., 2, 3) of the lines normal·x = offset in the square, (..., 2) and (...).

        A line that misses it is a point, its nearest corner.
        """
        n, c = np.asarray(normal, dtype=float), np.asarray(offset, dtype=float)[..., None]
        size = np.hypot(n[..., :1], n[..., 1:])
        n, c = n / size, c / size
        along = np.stack([-n[..., 1], n[..., 0]], axis=-1)
        along = np.where(np.abs(along) < 1e-12, 1e-12, along)
        foot = c * n
        sides = np.stack([(side * self.reach - foot) / along for side in (-1.0, 1.0)])
        low, high = sides.min(axis=0).max(axis=-1), sides.max(axis=0).min(axis=-1)
        parts = np.stack([low, np.maximum(low, high)], axis=-1)[..., None]
        ends = foot[..., None, :] + parts * along[..., None, :]
        return self.at(np.clip(ends, -self.reach, self.reach))


def labelled_points(plane: DataPlane, X: np.ndarray, y: np.ndarray, theme: Theme) -> VGroup:
    """Points of two classes: full and orange where y is 1, blue rings elsewhere."""
    places = plane.at(X)
    # all shades are behind all points: that of a neighbour would cut a ring open
    points = VGroup(*(Dot(place, radius=0.15, color=theme.background) for place in places))
    for place, label in zip(places, y, strict=True):
        if label == 1:
            points.add(Dot(place, radius=0.1, color=theme.first))
        else:
            ring = Circle(radius=0.09, color=theme.second, stroke_width=5)
            points.add(ring.move_to(place))
    keep_still(points)
    return points


def margin_band(plane: DataPlane, w: np.ndarray, theme: Theme) -> VGroup:
    """The line w·x = 0, dashed, and both edges w·x = ±1 of the margin that it keeps."""
    look: dict[str, Any] = {"color": theme.minimizer}
    middle = Line(*plane.chord(w), stroke_width=5, **look)
    edges = [Line(*plane.chord(w, side), stroke_width=2.5, **look) for side in (-1.0, 1.0)]
    one, other = (plane.chord(w, side) for side in (-1.0, 1.0))
    shade = Curve(stroke_width=0, fill_opacity=0.13, fill_color=theme.minimizer)
    shade.set_points_as_corners([*one, *other[::-1], one[0]])
    return VGroup(shade, DashedVMobject(middle, num_dashes=36), *edges)


class TurningLine(VGroup):
    """The line w·x = 0 for weights at ``weights_at(time)``, (2,), and an arrow along w.

    With a ``target``, the angle between the two is a sector about the origin.
    """

    def __init__(
        self,
        plane: DataPlane,
        weights_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        target: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        shade = Curve(color=theme.background, stroke_width=14, stroke_opacity=0.8)
        line = Curve(color=theme.path, stroke_width=6)
        sector = Curve(color=theme.path, stroke_width=3, fill_opacity=0.3)
        arrow = Curve(color=theme.path, stroke_width=5)
        tip = Curve(color=theme.path, stroke_width=0, fill_opacity=1)
        self.add(shade, line, sector, arrow, tip)
        long, round_ = 0.62 * plane.reach, 0.5 * plane.reach
        angles = None if target is None else np.arctan2(target[1], target[0])

        def look(time: float) -> None:
            w = weights_at(time)
            w = w / np.linalg.norm(w)
            ends = plane.chord(w)
            for curve in (shade, line):
                curve.set_points_as_corners(ends)
            head, side = 0.2 / plane.unit, 0.09 / plane.unit * np.array([-w[1], w[0]])
            arrow.set_points_as_corners(plane.at(np.array([0 * w, (long - head) * w])))
            corners = [long * w, (long - head) * w + side, (long - head) * w - side, long * w]
            tip.set_points_as_corners(plane.at(np.array(corners)))
            now = float(np.arctan2(w[1], w[0]))
            last = now if angles is None else float(angles)
            turn = (last - now + np.pi) % (2 * np.pi) - np.pi
            arc = now + np.linspace(0.0, turn, 25)
            rim = round_ * np.column_stack([np.cos(arc), np.sin(arc)])
            sector.set_points_as_corners(plane.at(np.vstack([0 * w, rim, 0 * w])))

        follow_clock(self, clock, look)


class Fan(VGroup):
    """Thin lines w·x = 0 of many trainings, (k, 2) at ``weights_at(time)``, as one outline."""

    def __init__(
        self,
        plane: DataPlane,
        weights_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        opacity: float = 0.35,
    ) -> None:
        super().__init__()
        lines = Curve(color=theme.both, stroke_width=1.6, stroke_opacity=opacity)
        self.add(lines)

        def look(time: float) -> None:
            ends = plane.chord(weights_at(time))
            parts = np.array([0.0, 1 / 3, 2 / 3, 1.0])[:, None]
            points = ends[:, :1] + parts * (ends[:, 1:] - ends[:, :1])
            lines.points = points.reshape(-1, 3)

        follow_clock(self, clock, look)
