"""Paths on the plane: of one particle so far, and one that bends as time passes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Dot, ValueTracker, VGroup, VMobject

from stage.clock import follow_clock, lap_time
from stage.engine.still import keep_still
from stage.keyframes import so_far
from stage.place import put, thread
from stage.plane.plane import Quadrant
from stage.theme import Theme


class Walker(VGroup):
    """One particle on its trajectory: its path so far, and a dot where it is.

    ``places`` (m, 2) are weights at ``times`` (m,), seconds since film time ``begin``; before that
    it waits, and after the last it stays. A small plane asks for less ``weight`` of line and dot.
    """

    def __init__(
        self,
        plane: Quadrant,
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

        def look(time: float) -> None:
            done = so_far(times, points, time - begin)
            for curve in (shade, line):
                curve.set_points_as_corners(done)
            put(dot, done[-1])

        follow_clock(self, clock, look)


class BendingPath(VGroup):
    """A path that changes as time passes, with a mark where it starts and a bead on its way.

    ``path_at`` maps film time to positions (m, 2), in weights; the bead goes along it, from end to
    end in ``seconds``, again and again.
    """

    def __init__(
        self,
        plane: Quadrant,
        path_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        seconds: float,
    ) -> None:
        super().__init__()
        self.lap = seconds
        line = VMobject(color=theme.path, stroke_width=6)
        shade = VMobject(color=theme.background, stroke_width=15, stroke_opacity=0.85)
        start = Dot(radius=0.09, color=theme.path)
        rim = Dot(radius=0.15, color=theme.background)
        bead = Dot(radius=0.11, color=theme.path).set_stroke(theme.background, width=5)
        self.add(shade, rim, line, start, bead)
        keep_still(VGroup(rim, start))

        def look(time: float) -> None:
            places = plane.at(path_at(time))
            shade.points = thread(places)
            line.points = shade.points.copy()  # Manim scales points where they are
            for mark in (start, rim):
                put(mark, places[0])
            part = round(lap_time(clock) / seconds, 9) % 1.0 * (len(places) - 1)
            k = min(int(part), len(places) - 2)
            put(bead, places[k] + (part - k) * (places[k + 1] - places[k]))

        follow_clock(self, clock, look)
