"""Marks of where training lands: a minimizer that stretches, shapes of equal norm, bead and bar."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Circle, Dot, Line, ValueTracker, VGroup, VMobject
from numpy.typing import ArrayLike

from fields import Loss
from stage.clock import follow_clock
from stage.keyframes import Schedule, eased
from stage.place import put
from stage.plane.plane import Quadrant, target_mark
from stage.theme import Theme

ALWAYS = eased((0.0, 1.0), (1.0, 1.0))
"""Opaque at all times."""


class NormBall(VGroup):
    """All weights of the quadrant whose norm of an ``order`` is that of now: a shape that grows.

    ``radius_at`` maps film time to that norm, ``light_at`` to how opaque the shape is, of 1. A
    diamond for 1, a circle for 2, a square for ∞.
    """

    def __init__(
        self,
        plane: Quadrant,
        order: float,
        radius_at: Schedule,
        clock: ValueTracker,
        theme: Theme,
        light_at: Schedule = ALWAYS,
    ) -> None:
        super().__init__()
        angles = np.linspace(0.0, np.pi / 2, 91)
        way = np.column_stack([np.cos(angles), np.sin(angles)])
        way[-1, 0] = 0.0
        edge = way / np.linalg.norm(way, ord=order, axis=1)[:, None]
        inside = VMobject(color=theme.path, stroke_width=0)
        shade = VMobject(color=theme.background, stroke_width=11)
        line = VMobject(color=theme.path, stroke_width=5)
        self.add(inside, shade, line)

        def look(time: float) -> None:
            points = plane.at(float(radius_at(time)) * edge)
            for stroke in (shade, line):
                stroke.set_points_as_corners(points)
            inside.set_points_as_corners([plane.frame[0], *points, plane.frame[0]])
            light = float(light_at(time))
            inside.set_fill(opacity=0.1 * light)
            shade.set_stroke(opacity=0.7 * light)
            line.set_stroke(opacity=light)

        follow_clock(self, clock, look)


class Landing(VGroup):
    """A bead with a ring at ``place_at(time)``, (2,) in weights: where training ends."""

    def __init__(
        self,
        plane: Quadrant,
        place_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        ring = Circle(radius=0.22, color=theme.path, stroke_width=4)
        halo = Dot(radius=0.26, color=theme.background)  # it hides what it has come to
        bead = Dot(radius=0.12, color=theme.path)
        self.add(halo, ring, bead)

        def look(time: float) -> None:
            for part in self.submobjects:
                put(part, plane.at(place_at(time)))

        follow_clock(self, clock, look)


class Excess(VGroup):
    """A bar for what a number has above its least, which a green tick and its ``label`` mark.

    ``value_at`` maps film time to the number; the bar begins at ``left`` and is ``unit`` long for
    each 1 above ``least``, up to ``most``. ``live`` is what moves.
    """

    def __init__(
        self,
        value_at: Schedule,
        least: float,
        most: float,
        label: VGroup,
        clock: ValueTracker,
        theme: Theme,
        *,
        left: ArrayLike,
        unit: float,
    ) -> None:
        super().__init__()
        self.left, tall = np.array(left, dtype=float), np.array([0.0, 0.2, 0.0])
        end = self.left + np.array([unit * (most - least), 0.0, 0.0])
        tick = Line(self.left - tall, self.left + tall, color=theme.minimizer, stroke_width=6)
        label.move_to(self.left - np.array([0.14 + label.width / 2, 0, 0]))
        self.add(Line(self.left, end, color=theme.faint, stroke_width=2), label, tick)
        self.live = VMobject(color=theme.path, stroke_width=18)

        def look(time: float) -> None:
            long = unit * max(0.0, float(value_at(time)) - least)
            begin = self.left + np.array([0.03, 0.0, 0.0])
            self.live.set_points_as_corners([begin, begin + np.array([long, 0.0, 0.0])])

        follow_clock(self.live, clock, look)


def ringed(plane: Quadrant, w: ArrayLike, label: VGroup, theme: Theme, side: ArrayLike) -> VGroup:
    """A green ring on the plane with its label on that ``side`` of it."""
    place = plane.at(np.asarray(w, dtype=float))
    ring = Circle(radius=0.13, color=theme.minimizer, stroke_width=4).move_to(place)
    hole = Dot(place, radius=0.13, color=theme.background)
    return VGroup(hole, ring, label.next_to(place, np.asarray(side), buff=0.2))


class StretchingMinimizer(VGroup):
    """A green dot with a ring at ``place`` that becomes the line of all minimizers of ``loss``.

    ``part_at`` maps film time to how much of the line there is: 0, the dot, to 1.
    """

    def __init__(
        self,
        plane: Quadrant,
        place: ArrayLike,
        loss: Loss,
        part_at: Schedule,
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        middle = plane.at(np.asarray(place, dtype=float))
        reach = plane.at(loss.minimizers(plane.extent)) - middle
        shade = VMobject(color=theme.background, stroke_width=12, stroke_opacity=0.8)
        line = VMobject(color=theme.minimizer, stroke_width=5)
        halo, ring, dot = target_mark(theme)
        self.add(shade, halo, line, ring, dot)
        rounds = [(mark, mark.points.copy()) for mark in (halo, ring, dot)]

        def look(time: float) -> None:
            part = float(part_at(time))
            for stroke in (shade, line):
                stroke.set_points_as_corners([*(middle + part * reach)])
            for mark, points in rounds:
                mark.points = middle + max(0.0, 1.0 - 2.0 * part) * points

        follow_clock(self, clock, look)
