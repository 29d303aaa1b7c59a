"""The polar plane that is zoomed: from near the origin, where r = 1 is large, to all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, ValueTracker, VGroup, VMobject

from fields.ease import smoothstep
from stage.clock import follow_clock
from stage.keyframes import Schedule
from stage.plane.plane import Quadrant
from stage.plane.polar import RAYS
from stage.text.writing import Written, equation
from stage.theme import Theme


class ZoomingPolarPlane(VGroup):
    """The quadrant [0, E]² in polar coordinates, while ``extent_at`` (film time to E) changes.

    It begins and ends as ``WeightPlane`` with ``PolarGrid`` at those extents: rays stay, circles
    of ``radii`` and ticks move with the scale, and r = 1 shrinks with its name.
    """

    def __init__(
        self,
        plane: Quadrant,
        extent_at: Schedule,
        radii: Sequence[float],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.frame, self.is_of_weights = plane.frame, plane.is_of_weights
        origin, right, up = plane.frame
        size = float(right[0] - origin[0])
        faint: dict[str, Any] = {"color": theme.faint, "stroke_width": 2, "stroke_opacity": 0.5}
        self.add(Line(origin, right, **plane.stroke), Line(origin, up, **plane.stroke))
        for angle in RAYS:
            way = np.array([np.cos(angle), np.sin(angle), 0.0])
            self.add(Line(origin, origin + size * way / way.max(), **faint))
        for axis, name in enumerate(("w_1", "w_2")):
            colour = (theme.first, theme.second)[axis]
            label = equation(name, theme, colour=colour, pixels=theme.text_pixels)
            spot = origin + 0.28 * size * (RIGHT if axis == 0 else UP)
            self.add(label.next_to(spot, DOWN if axis == 0 else LEFT, buff=0.16))
        circles = [VMobject(**faint) for _ in radii]
        shade = VMobject(color=theme.background, stroke_width=12, stroke_opacity=0.7)
        unit = VMobject(color=theme.ink, stroke_width=5)
        ticks = [(value, axis, VMobject(**plane.stroke)) for value in _TICKS for axis in (0, 1)]
        numbers = [(value, axis, _number(value, theme)) for value in _TOLD for axis in (0, 1)]
        named = equation("r = 1", theme, pixels=theme.text_pixels, halo=True)
        texts: list[Written] = [*(number for _, _, number in numbers), named]
        homes = [[glyph.points - text.get_center() for glyph in text] for text in texts]
        halves = [np.array([text.width / 2, text.height / 2]) for text in texts]
        live = VGroup(*circles, shade, unit, *(tick for *_, tick in ticks), *texts)
        self.add(live)

        def look(time: float) -> None:
            extent = float(extent_at(time))
            for radius, circle in zip(radii, circles, strict=True):
                circle.set_points_as_corners(origin + _arc(radius / extent, size))
                circle.set_stroke(opacity=0.5 * _near(radius, extent))
            for line in (shade, unit):
                line.set_points_as_corners(origin + _arc(1.0 / extent, size))
            for value, axis, tick in ticks:
                along, out = _AXES[axis]
                spot = origin + size * min(1.0, value / extent) * along
                long = 0.09 if value <= extent * 1.001 else 0.0
                tick.set_points_as_corners([spot, spot + long * out])
            for (value, axis, text), home, half in zip(numbers, homes, halves, strict=False):
                along, out = _AXES[axis]
                spot = origin + size * min(1.0, value / extent) * along
                middle = spot + (0.19 + half[1 - axis]) * out
                _put(text, home, middle, _shown(value, extent))
            corner = origin + size / extent * RIGHT + 0.16 * (RIGHT + 0.6 * UP)
            _put(named, homes[-1], corner + np.array([*halves[-1], 0.0]), 1.0)

        follow_clock(live, clock, look)


_AXES = ((RIGHT, DOWN), (UP, LEFT))
"""Of each weight: along its axis, and away from the plane."""
_TICKS = (2.0, 4.0, 6.0, 8.0, 10.0)
_TOLD = (2.0, 6.0, 10.0)


def _number(value: float, theme: Theme) -> Written:
    return equation(f"{value:g}", theme, pixels=theme.text_pixels, faint=True)


def _near(radius: float, extent: float) -> float:
    """How clear a circle is: those of the near view go when all of the plane is seen."""
    return 1.0 if radius % 2 == 0 else float(smoothstep(np.clip((7.0 - extent) / 4.0, 0.0, 1.0)))


def _shown(value: float, extent: float) -> float:
    """How large a number is: it comes when its place does, and 2 goes before 6 comes near."""
    comes = float(smoothstep(np.clip((extent / value - 0.93) / 0.07, 0.0, 1.0)))
    goes = float(smoothstep(np.clip((3.2 - extent) / 1.0, 0.0, 1.0))) if value == 2 else 1.0
    return comes * goes


def _arc(part: float, size: float) -> np.ndarray:
    """A quarter of a circle of radius ``part`` · ``size``, as far as it is in the square."""
    low = float(np.arccos(min(1.0, 1.0 / part)))
    angles = np.linspace(low, np.pi / 2 - low, 121) if low < np.pi / 4 else np.zeros(2)
    reach = part if low < np.pi / 4 else 0.0
    return np.asarray(
        size * reach * np.column_stack([np.cos(angles), np.sin(angles), 0.0 * angles])
    )


def _put(text: VGroup, home: list[np.ndarray], middle: np.ndarray, scale: float) -> None:
    for glyph, points in zip(text, home, strict=True):
        glyph.points = scale * points + middle
