"""Charts that run with the clock: curves over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, Line, ValueTracker, VGroup, VMobject

from stage.clock import follow_clock, lap_time
from stage.keyframes import so_far
from stage.layout import Layout
from stage.place import put
from stage.text.writing import equation
from stage.theme import Theme

Values = np.ndarray | Callable[[float], np.ndarray]
"""Of a curve, at the instants of its chart: (m,), or film time to (m,) where the curve bends."""


class TimeChart(VGroup):
    """Curves over time in a box, faint ahead, drawn as far as the clock has come, with beads.

    ``curves`` are (values, colour, name in Typst mathematics) at ``times`` (m,), seconds since film
    time ``begin``, or since the last multiple of ``period`` after it. ``live`` is what moves. Names
    stand at the right, at the curves' ends; ``top`` is the value at the upper edge.
    """

    def __init__(
        self,
        times: np.ndarray,
        curves: Sequence[tuple[Values, str, str]],
        clock: ValueTracker,
        theme: Theme,
        *,
        corner: Sequence[float],
        width: float,
        height: float,
        top: float | None = None,
        begin: float = 0.0,
        period: float = np.inf,
        time_name: str = "t",
    ) -> None:
        super().__init__()
        if top is None:
            top = 1.05 * max(float(np.max(v)) for v, _, _ in curves if not callable(v))
        axis: dict[str, Any] = {"color": theme.faint, "stroke_width": 2}
        origin = np.array([float(corner[0]), float(corner[1]), 0.0])
        self.add(Line(origin, origin + width * RIGHT, **axis))
        self.add(Line(origin, origin + height * UP, **axis))
        if time_name:
            name = equation(time_name, theme, pixels=theme.text_pixels, faint=True)
            ends = [
                float(values[-1]) / top for values, _, tag in curves if tag and not callable(values)
            ]
            aside = 0.5 if min(ends, default=1.0) * height < 0.2 else 0.1  # of a curve's name there
            self.add(name.next_to(origin + width * RIGHT, DOWN, buff=0.12).shift(aside * LEFT))
        self.live = VGroup()
        for values, colour, label in curves:
            x = origin[0] + width * (times - times[0]) / (times[-1] - times[0])
            points_at = _points(x, values, origin[1], height / top)
            self.live.add(_drawn(times, points_at, clock, begin, period, colour))
            if label:
                tag = equation(label, theme, pixels=theme.text_pixels, colour=colour)
                tag.next_to(points_at(clock.get_value())[-1], RIGHT, buff=0.15)
                if callable(values):
                    _follow_end(tag, points_at, clock)
                    self.live.add(tag)
                else:
                    self.add(tag)


def _points(
    x: np.ndarray, values: Values, bottom: float, unit: float
) -> Callable[[float], np.ndarray]:
    """Film time to the curve's points on the stage, (m, 3)."""

    def points_at(time: float) -> np.ndarray:
        y = np.asarray(values(time) if callable(values) else values, dtype=float)
        return np.column_stack([x, bottom + unit * y, np.zeros_like(x)])

    return points_at


def _follow_end(tag: VGroup, points_at: Callable[[float], np.ndarray], clock: ValueTracker) -> None:
    """Have the name of a curve that bends go up and down with its end."""
    glyphs = [glyph for glyph in tag.family_members_with_points()]
    places = [glyph.points.copy() for glyph in glyphs]
    begin = points_at(clock.get_value())[-1]

    def look(time: float) -> None:
        lift = points_at(time)[-1] - begin
        for glyph, place in zip(glyphs, places, strict=True):
            glyph.points = place + lift

    follow_clock(tag, clock, look)


def _drawn(
    times: np.ndarray,
    points_at: Callable[[float], np.ndarray],
    clock: ValueTracker,
    begin: float,
    period: float,
    colour: str,
) -> VGroup:
    ahead = VMobject(color=colour, stroke_width=2, stroke_opacity=0.35)
    line = VMobject(color=colour, stroke_width=5)
    bead = Dot(radius=0.09, color=colour)

    laps = math.isfinite(period)

    def look(time: float) -> None:
        points, since = points_at(time), (lap_time(clock) if laps else time) - begin
        done = so_far(times, points, round(since % period, 9) if since > 0 else since)
        ahead.set_points_as_corners(points)
        line.set_points_as_corners(done)
        put(bead, done[-1])

    drawn = VGroup(ahead, line, bead)
    if laps:
        vars(drawn)["lap"] = period
    follow_clock(drawn, clock, look)
    return drawn


class Composed(Protocol):
    """What a chart in the panel needs of its scene: ``FlowScene`` has it."""

    layout: Layout
    theme: Theme

    @property
    def clock(self) -> ValueTracker:
        """Film time."""
        ...


_NAMES = 1.25
"""Room for the names of curves, at the right of a chart."""


def panel_chart(
    scene: Composed,
    height: float,
    tall: float,
    times: np.ndarray,
    curves: Sequence[tuple[Values, str, str]],
    *,
    time_name: str = "t",
    **chart: float,
) -> TimeChart:
    """A chart in the panel's row at ``height``, with the name of its time no more than ``tall``."""
    below = 0.55 if time_name else 0.15
    corner = (scene.layout.panel[0] + 0.1, height - tall / 2 + below)
    size = {"width": min(4.2, scene.layout.across - _NAMES), "height": tall - below - 0.1}
    look: dict[str, Any] = {"corner": corner, "time_name": time_name, **size, **chart}
    return TimeChart(times, curves, scene.clock, scene.theme, **look)


def learning_curves(path: np.ndarray, theme: Theme) -> list[tuple[np.ndarray, str, str]]:
    """The weights w₁(t) and w₂(t) of one particle, for a ``TimeChart``."""
    return [(path[:, 1], theme.second, "w_2"), (path[:, 0], theme.first, "w_1")]


def race_chart(
    scene: Composed,
    height: float,
    tall: float,
    path_at: Callable[[float], np.ndarray],
    seconds: float,
) -> TimeChart:
    """How w₁ and w₂ go along a path that bends, in laps of ``seconds``.

    ``path_at`` maps film time to the path of then, (m, 2), its samples equally apart in flow time:
    each path in a unit of time of its own.
    """

    def weight_at(axis: int) -> Callable[[float], np.ndarray]:
        return lambda time: path_at(time)[:, axis]

    first = path_at(scene.clock.get_value())
    times = np.linspace(0.0, seconds, len(first))
    theme, top = scene.theme, 1.05 * float(np.max(first))
    curves = [(weight_at(1), theme.second, "w_2"), (weight_at(0), theme.first, "w_1")]
    return panel_chart(scene, height, tall, times, curves, top=top or 1.0, period=seconds)
