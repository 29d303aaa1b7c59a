"""Where a particle's colour comes from: its velocity, split into a leg for each weight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import Dot, Polygon, ValueTracker, VGroup, VMobject
from manim.utils.color import ManimColor
from numpy.typing import ArrayLike

from stage.clock import follow_clock
from stage.keyframes import Schedule
from stage.place import put
from stage.plane.plane import Quadrant
from stage.theme import Theme

_HEAD = 0.24
"""Length of an arrow's head, in units."""
_PARTS = 24
"""Of a path, each in a colour of its own."""


def hue(velocity: ArrayLike, theme: Theme) -> np.ndarray:
    """The colour (3,) of motion along ``velocity`` (2,), as particles have it.

    By the share v₁²/|v|²: 0 is the colour of w₂, ½ that of both, 1 that of w₁.
    """
    v = np.asarray(velocity, dtype=float)
    square = float(v @ v)
    share = 2.0 * float(v[0] ** 2) / square if square > 0 else 1.0
    second, both, first = (
        np.array(ManimColor(colour).to_rgb()) for colour in (theme.second, theme.both, theme.first)
    )
    mixed = second + min(share, 1.0) * (both - second) + max(share - 1.0, 0.0) * (first - both)
    return np.asarray(mixed)


class Legs(VGroup):
    """A particle whose arrow is its velocity, with an orange leg along w₁ and a blue one along w₂.

    ``places`` and ``velocities`` (m, 2) are weights and their rates at ``times`` (m,), seconds
    since film time ``begin``. The arrow is ``unit`` stage units long for a velocity of 1, the path
    behind it and the arrow have the ``hue`` of their direction. What is at rest has no arrow.
    """

    def __init__(
        self,
        plane: Quadrant,
        times: np.ndarray,
        places: np.ndarray,
        velocities: np.ndarray,
        clock: ValueTracker,
        theme: Theme,
        *,
        begin: float = 0.0,
        unit: float = 1.0,
        weight: float = 1.0,
    ) -> None:
        super().__init__()
        points = plane.at(places)
        ends = np.linspace(0, len(times) - 1, _PARTS + 1).round().astype(int)
        tints = [hue(velocities[(a + b) // 2], theme) for a, b in pairwise(ends)]
        shade = VMobject(color=theme.background, stroke_width=13 * weight, stroke_opacity=0.85)
        parts = VGroup(*(VMobject(color=ManimColor(t), stroke_width=6 * weight) for t in tints))
        one, two = (
            VMobject(color=colour, stroke_width=7 * weight)
            for colour in (theme.first, theme.second)
        )
        shaft = VMobject(color=ManimColor(tints[0]), stroke_width=8 * weight)
        head = Polygon(*np.eye(3), color=ManimColor(tints[0]), fill_opacity=1, stroke_width=0)
        dot = Dot(radius=0.11 * weight, color=theme.path)
        dot.set_stroke(theme.background, width=5 * weight)
        self.add(shade, parts, one, two, shaft, head, dot)

        def look(time: float) -> None:
            now = float(np.clip(time - begin, times[0], times[-1]))
            here = np.array([np.interp(now, times, points[:, axis]) for axis in range(3)])
            v = np.array([np.interp(now, times, velocities[:, axis]) for axis in (0, 1)])
            done = np.vstack([points[:1], points[times < now], here])
            shade.set_points_as_corners(done)
            for part, first, last in zip(parts, ends, ends[1:], strict=False):
                part.set_points_as_corners(_between(times, points, here, now, first, last))
            corner = here + unit * np.array([v[0], 0.0, 0.0])
            tip = here + unit * np.array([*v, 0.0])
            one.set_points_as_corners([here, corner])
            two.set_points_as_corners([corner, tip])
            _arrow(shaft, head, here, tip)
            put(dot, here)

        follow_clock(self, clock, look)


def _between(
    times: np.ndarray, points: np.ndarray, here: np.ndarray, now: float, first: int, last: int
) -> Sequence[np.ndarray]:
    """What has been walked of a part of a path; a point where it has not begun."""
    if now <= times[first]:
        return [here, here]
    done = points[first : last + 1][times[first : last + 1] <= now]
    return [*done] if now >= times[last] else [*done, here]


def _arrow(shaft: VMobject, head: VMobject, foot: np.ndarray, tip: np.ndarray) -> None:
    """Lay an arrow; where there is no length, there is none."""
    long = float(np.linalg.norm(tip - foot))
    if long < 1e-6:
        shaft.set_points_as_corners([foot, foot])
        head.set_points_as_corners([foot] * 4)
        return
    way = (tip - foot) / long
    side = np.array([-way[1], way[0], 0.0])
    neck = tip - min(_HEAD, 0.6 * long) * way
    wide = 0.5 * min(_HEAD, 0.6 * long) * side
    shaft.set_points_as_corners([foot, neck])
    head.set_points_as_corners([tip, neck + wide, neck - wide, tip])


class SplitArrow(VGroup):
    """An arrow at a place, with an orange leg along w₁ and a blue one along w₂ that change.

    ``parts_at`` maps film time to the legs (2,), signed, in stage units. The arrow has the ``hue``
    of its direction.
    """

    def __init__(
        self,
        foot: np.ndarray,
        parts_at: Schedule,
        clock: ValueTracker,
        theme: Theme,
        *,
        weight: float = 1.0,
    ) -> None:
        super().__init__()
        one, two = (
            VMobject(color=colour, stroke_width=7 * weight)
            for colour in (theme.first, theme.second)
        )
        shade = VMobject(color=theme.background, stroke_width=15 * weight, stroke_opacity=0.85)
        shaft = VMobject(color=theme.both, stroke_width=8 * weight)
        head = Polygon(*np.eye(3), color=theme.both, fill_opacity=1, stroke_width=0)
        self.add(shade, one, two, shaft, head)

        def look(time: float) -> None:
            x, y = np.asarray(parts_at(time), dtype=float)
            corner, tip = foot + np.array([x, 0.0, 0.0]), foot + np.array([x, y, 0.0])
            shade.set_points_as_corners([foot, corner, tip, foot])
            one.set_points_as_corners([foot, corner])
            two.set_points_as_corners([corner, tip])
            _arrow(shaft, head, foot, tip)
            tint = ManimColor(hue((x, y), theme))  # its opacity belongs to animations
            shaft.set_stroke(tint)
            head.set_fill(tint)

        follow_clock(self, clock, look)
