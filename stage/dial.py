"""The depth dial: a line in 1/N, with marks where N is a number to remember, and a pointer.

Depth is laid out by 1/N because the direction of the field is (its log-slope is linear in 1/N):
half of the whole way to the limit lies between N = 1 and 2, a sixth beyond N = 6.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Dot,
    Line,
    Triangle,
    ValueTracker,
    VGroup,
    VMobject,
)

from stage.theme import Theme
from stage.writing import equation

MARKS = ((1, "1"), (2, "2"), (4, "4"), (6, "6"), (12, "12"), (np.inf, "infinity"))


class DepthDial(VGroup):
    """A dial from N = 1 at the left to ∞ at the right, read at film time by ``inverse_depth``."""

    def __init__(
        self,
        inverse_depth: Callable[[float], float],
        clock: ValueTracker,
        theme: Theme,
        *,
        left: np.ndarray,
        width: float,
    ) -> None:
        super().__init__()
        self.left, self.length = np.array(left, dtype=float), width
        self.add(
            Line(self.at(1.0), self.at(0.0), color=theme.faint, stroke_width=3),
            equation("N", theme, pixels=theme.text_pixels).next_to(self.at(1.0), LEFT, buff=0.25),
        )
        for depth, name in MARKS:
            place = self.at(1 / depth)
            self.add(Line(place + 0.1 * DOWN, place + 0.1 * UP, color=theme.faint, stroke_width=3))
            label = equation(name, theme, pixels=theme.text_pixels, faint=True)
            self.add(label.next_to(place, DOWN, buff=0.22))
        self.pointer = Triangle(color=theme.path, fill_opacity=1, stroke_width=0)
        self.pointer.scale(0.13).rotate(np.pi)

        def point(pointer: VMobject) -> None:
            pointer.next_to(self.at(float(inverse_depth(clock.get_value()))), UP, buff=0.06)

        self.pointer.add_updater(point)
        point(self.pointer)

    def at(self, inverse_depth: float) -> np.ndarray:
        """Where 1/N stands on the stage."""
        return self.left + (1.0 - inverse_depth) * self.length * RIGHT


class FallingCurve(VGroup):
    """A curve over the dial's own axis, drawn as far as the pointer has come, with a bead."""

    def __init__(
        self,
        dial: DepthDial,
        inverse_depths: np.ndarray,
        values: np.ndarray,
        inverse_depth: Callable[[float], float],
        clock: ValueTracker,
        theme: Theme,
        *,
        lift: float,
        height: float,
    ) -> None:
        super().__init__()
        floor = lift * UP
        unit = height / float(np.max(values))
        # inverse_depths run from 1 down to 0: to the right
        places = np.array(
            [dial.at(s) + floor + unit * v * UP for s, v in zip(inverse_depths, values, strict=True)]
        )
        base = Line(dial.at(1.0) + floor, dial.at(0.0) + floor, color=theme.faint, stroke_width=2)
        side = Line(dial.at(1.0) + floor, dial.at(1.0) + floor + height * UP, color=theme.faint)
        ahead = VMobject(color=theme.faint, stroke_width=2, stroke_opacity=0.35)
        ahead.set_points_as_corners(places)
        self.add(base, side.set_stroke(width=2), ahead)
        self.drawn = VMobject(color=theme.path, stroke_width=5)
        self.bead = Dot(radius=0.075, color=theme.path)

        def follow(_: VMobject) -> None:
            s = float(inverse_depth(clock.get_value()))
            value = np.interp(s, inverse_depths[::-1], values[::-1])
            here = dial.at(s) + floor + unit * value * UP
            self.bead.move_to(here)
            done = places[np.asarray(inverse_depths) > s]
            self.drawn.set_points_as_corners(np.vstack([done, here, here][: 2 + len(done[:1])]))

        self.live = VGroup(self.drawn, self.bead)
        self.live.add_updater(follow)
        follow(self.live)
