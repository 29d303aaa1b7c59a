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

_OFFSTAGE = 100.0  # units: where nothing is seen


class Walker(VGroup):
    """One particle on its trajectory: its path so far, and a dot where it is.

    ``places`` (m, 2) are weights at ``times`` (m,), seconds since film time ``begin``; before that
    it waits, and after the last it stays, or is gone if it ``leaves``. A small plane asks for less
    ``weight`` of line and dot.
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
        leaves: bool = False,
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
            shade.set_points_as_corners(done)
            line.points = shade.points.copy()
            is_gone = leaves and time - begin >= times[-1]
            put(dot, done[-1] + (_OFFSTAGE if is_gone else 0.0))

        follow_clock(self, clock, look)


class BendingPath(VGroup):
    """A path that changes as time passes, with a mark where it starts and a bead on its way.

    ``path_at`` maps film time to positions (m, 2), in weights; the bead goes along it, from end to
    end in ``seconds``, again and again, or is where ``bead_at`` says, (2,).
    """

    def __init__(
        self,
        plane: Quadrant,
        path_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        seconds: float,
        bead_at: Callable[[float], np.ndarray] | None = None,
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
            if bead_at is None:
                put(bead, _at_part(places, round(lap_time(clock) / seconds, 9) % 1.0))
            else:
                put(bead, plane.at(bead_at(time)))

        follow_clock(self, clock, look)


def _at_part(places: np.ndarray, part: float) -> np.ndarray:
    """The place at a part of the way through places (m, k), 0 to 1."""
    place = part * (len(places) - 1)
    k = min(int(place), len(places) - 2)
    return np.asarray(places[k] + (place - k) * (places[k + 1] - places[k]))


def lapping(
    path_at: Callable[[float], np.ndarray], seconds: float, clock: ValueTracker
) -> Callable[[float], np.ndarray]:
    """Film time to a place on the path of then, (m, 2), gone through every ``seconds``.

    In a hold the path stays what it is, and the laps go on.
    """

    def place_at(time: float) -> np.ndarray:
        return _at_part(path_at(time), round(lap_time(clock) / seconds, 9) % 1.0)

    return place_at


class Runners(VGroup):
    """Two dots that race: one on each axis, where that weight of a place is, as it is now.

    ``place_at`` maps film time to weights (2,), again every ``lap`` seconds, if it does. Thin lines
    lead from each to the place.
    """

    def __init__(
        self,
        plane: Quadrant,
        place_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        lap: float | None = None,
    ) -> None:
        super().__init__()
        self.lap = lap
        for colour in (theme.first, theme.second):
            shade = VMobject(color=theme.background, stroke_width=7, stroke_opacity=0.7)
            line = VMobject(color=colour, stroke_width=2.5, stroke_opacity=0.9)
            dot = Dot(radius=0.12, color=colour).set_stroke(theme.background, width=5)
            self.add(VGroup(shade, line, dot))

        def look(time: float) -> None:
            w = place_at(time)
            here = plane.at(w)
            for axis, (shade, line, dot) in enumerate(self.submobjects):
                foot = plane.at(np.where(np.arange(2) == axis, w, 0.0))
                for stroke in (shade, line):
                    stroke.set_points_as_corners([foot, here])
                put(dot, foot)

        follow_clock(self, clock, look)
