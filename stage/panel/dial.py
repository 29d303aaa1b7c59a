"""Dials: depth on a line, with marks where N is a number to remember, and a pointer.

Depth is laid out by N/(1 + N), so that N and 1/N are mirror images about N = 1, in the middle, and
∞ is at the end: one scale for shallow and deep. By 1/N, four fifths of the way from 1/5 to ∞ would
be left of N = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from numpy.typing import ArrayLike

from stage.clock import follow_clock
from stage.keyframes import Schedule, so_far
from stage.place import put
from stage.text.writing import equation
from stage.theme import Theme

Marks = tuple[tuple[float, str], ...]
DEPTHS: Marks = (
    (1 / 5, "1 slash 5"),
    (1 / 2, "1 slash 2"),
    (1, "1"),
    (2, "2"),
    (4, "4"),
    (6, "6"),
    (np.inf, "infinity"),
)
"""What all dials of depth are marked with: one scale in the whole film."""


class Dial(VGroup):
    """A dial from its first mark at the left to its last; ``value_at`` reads film time.

    ``marks`` are (value, name in Typst mathematics), ``place`` lays values out along the line, and
    the name of one that is ``aside`` stands beside its end. ``pointer`` is what moves.
    """

    def __init__(
        self,
        name: str,
        value_at: Schedule,
        place: Callable[[ArrayLike], float | np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        left: ArrayLike,
        width: float,
        marks: Marks,
        aside: str = "",
    ) -> None:
        super().__init__()
        self.left, self.length, self.place = np.array(left, dtype=float), width, place
        self.ends = [place(marks[k][0]) for k in (0, -1)]
        line: dict[str, Any] = {"color": theme.faint, "stroke_width": 3}
        first, last = (self.at(marks[k][0]) for k in (0, -1))
        self.add(Line(first, last, **line))
        self.add(equation(name, theme, pixels=theme.text_pixels).next_to(first, LEFT, buff=0.25))
        for value, named in marks:
            spot = self.at(value)
            self.add(Line(spot + 0.1 * DOWN, spot + 0.1 * UP, **line))
            label = equation(named, theme, pixels=theme.text_pixels, faint=True)
            self.add(label.next_to(spot, RIGHT if named == aside else DOWN, buff=0.2))
        self.pointer = Triangle(color=theme.path, fill_opacity=1, stroke_width=0)
        self.pointer.scale(0.13).rotate(np.pi)
        lift = (0.06 + self.pointer.height / 2) * UP

        def look(time: float) -> None:
            put(self.pointer, self.at(float(value_at(time))) + lift)

        follow_clock(self.pointer, clock, look)

    def at(self, value: float) -> np.ndarray:
        """Where a value stands on the stage."""
        first, last = self.ends
        part = (self.place(value) - first) / (last - first)
        return self.left + part * self.length * RIGHT


class DepthDial(Dial):
    """A dial of depth N; ``inverse_depth`` maps film time to 1/N, and so are its values 1/N."""

    def __init__(
        self,
        inverse_depth: Schedule,
        clock: ValueTracker,
        theme: Theme,
        *,
        left: ArrayLike,
        width: float,
        marks: Marks = DEPTHS,
    ) -> None:
        inverse = tuple((1 / depth, name) for depth, name in marks)
        look: dict[str, Any] = {"left": left, "width": width, "marks": inverse, "aside": "infinity"}
        super().__init__("N", inverse_depth, dial_place, clock, theme, **look)


def dial_place(inverse_depth: ArrayLike) -> np.ndarray:
    """N/(1 + N) for s = 1/N: 0 at N = 0, ½ at 1, 1 at ∞."""
    return np.asarray(1.0 / (1.0 + np.asarray(inverse_depth, dtype=float)))


def dial_depth(place: ArrayLike) -> np.ndarray:
    """The inverse: s = 1/N that stands at a place, exactly 0 at 1."""
    return np.asarray(1.0 / np.asarray(place, dtype=float) - 1.0)


def depth_in_words(inverse_depth: float, digits: int = 1) -> str:
    """N as it stands on the screen: ``digits`` up to ten, then none, and ∞ only where it is."""
    if inverse_depth == 0:
        return "∞"
    depth = 1 / inverse_depth
    return f"{depth:.{digits}f}" if depth < 10 else f"{min(depth, 9999):.0f}"


def power_in_words(inverse_depth: float) -> str:
    """The power 2 − 2/N as it stands on the screen."""
    power = round(2 - 2 * inverse_depth, 2)
    return f"{power:.2f}".replace("-", "−") if power else "0.00"


class FallingCurve(VGroup):
    """A curve over the dial's own axis, drawn as far as the pointer has come, with a bead.

    ``inverse_depths``, or whatever the dial shows, fall from its left to its right; ``values`` are
    0 or more.
    """

    def __init__(
        self,
        dial: Dial,
        inverse_depths: np.ndarray,
        values: np.ndarray,
        inverse_depth: Schedule,
        clock: ValueTracker,
        theme: Theme,
        *,
        lift: float,
        height: float,
    ) -> None:
        super().__init__()
        unit = height / float(np.max(values))
        ground = np.array([dial.at(s) for s in inverse_depths]) + lift * UP
        places = ground + unit * np.asarray(values)[:, None] * UP
        line: dict[str, Any] = {"color": theme.faint, "stroke_width": 2}
        ahead = VMobject(**line, stroke_opacity=0.4).set_points_as_corners(places)
        self.add(Line(ground[0], ground[-1], **line), ahead)
        self.done = VMobject(color=theme.path, stroke_width=5)
        self.bead = Dot(radius=0.08, color=theme.path)
        depths = np.asarray(inverse_depths)

        def look(time: float) -> None:
            done = so_far(-depths, places, -float(inverse_depth(time)))
            self.done.set_points_as_corners(done)
            put(self.bead, done[-1])

        self.live = VGroup(self.done, self.bead)
        follow_clock(self.live, clock, look)
