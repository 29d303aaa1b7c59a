"""A grid, and what a map makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Dot, ValueTracker, VGroup, VMobject

from stage.clock import follow_clock
from stage.keyframes import Schedule
from stage.place import grid_lines, put
from stage.plane.plane import Quadrant
from stage.theme import Theme


def mapped_grid(
    plane: Quadrant,
    values: np.ndarray,
    through: Callable[[np.ndarray], np.ndarray],
    theme: Theme,
) -> VGroup:
    """The lines on which a coordinate is one of ``values``, carried to the plane by ``through``.

    ``through`` maps places (n, 2) to places (n, 2). Lines upright first, then those across.
    """
    lines = VGroup()
    for places in grid_lines(values):
        line = VMobject(color=theme.faint, stroke_width=2, stroke_opacity=0.55)
        lines.add(line.set_points_as_corners(plane.at(through(places))))
    return lines


class CarriedGrid(VGroup):
    """A grid that is carried from one plane to another, and there warps, with dots that ride on it.

    Its lines are where a coordinate of the first plane is one of ``values``, its dots at ``riders``
    (n, 2) there. ``carried`` are two functions of film time, each 0 to 1: how far it has come to
    the second plane, of the same size, and how far it has become what ``through`` makes of it.
    The last dot is the one to follow, ``followed``.
    """

    def __init__(
        self,
        planes: tuple[Quadrant, Quadrant],
        values: np.ndarray,
        through: Callable[[np.ndarray], np.ndarray],
        riders: np.ndarray,
        carried: tuple[Schedule, Schedule],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        one, other = planes
        lines = [(one.at(places), other.at(through(places))) for places in grid_lines(values)]
        dots = one.at(riders), other.at(through(riders))
        shift = other.frame[0] - one.frame[0]
        line: dict[str, Any] = {"color": theme.faint, "stroke_width": 2, "stroke_opacity": 0.55}
        drawn = [VMobject(**line) for _ in lines]
        riding = [Dot(radius=0.06, color=theme.ink) for _ in riders[:-1]]
        self.followed = Dot(radius=0.11, color=theme.path).set_stroke(theme.background, width=5)
        riding.append(self.followed)  # like that of a ``Walker``, which may take its place
        self.add(*drawn, *riding)

        def look(time: float) -> None:
            moved, warped = (float(part(time)) for part in carried)

            def between(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
                here = (1 - warped) * (start + shift) + warped * stop
                return np.asarray(here - (1 - moved) * shift)

            for curve, (start, stop) in zip(drawn, lines, strict=True):
                curve.set_points_as_corners(between(start, stop))
            for dot, start, stop in zip(riding, *dots, strict=True):
                put(dot, between(start, stop))

        follow_clock(self, clock, look)
