"""What there is to say about the axes and the diagonal of the weight plane."""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, DashedLine, Line, VGroup

from stage.plane.plane import Quadrant
from stage.text.writing import equation
from stage.theme import Theme


def diagonal(plane: Quadrant, theme: Theme) -> VGroup:
    """The dashed line on which both weights are equal, and its name."""
    ends = plane.at((0, 0)), plane.at((plane.extent, plane.extent))
    shade = Line(*ends, color=theme.background, stroke_width=7, stroke_opacity=0.6)
    dashes = DashedLine(*ends, color=theme.ink, stroke_width=3, dash_length=0.12)
    name = equation("w_1 = w_2", theme, pixels=theme.text_pixels, halo=True)
    name.move_to(plane.at((0.985 * plane.extent, 0.69 * plane.extent)), aligned_edge=RIGHT)
    return VGroup(shade, *dashes, name)


def singular_axes(plane: Quadrant, theme: Theme) -> VGroup:
    """Both axes as bright strokes, with the speed that grows without bound towards them."""
    stroke: dict[str, Any] = {"color": theme.ink, "stroke_width": 7}
    origin, right, up = plane.frame
    first = equation("dot(w)_1 -> infinity", theme, pixels=theme.text_pixels, halo=True)
    second = equation("dot(w)_2 -> infinity", theme, pixels=theme.text_pixels, halo=True)
    first.next_to(plane.at((0, 0.86 * plane.extent)), RIGHT, buff=0.2)
    second.next_to(plane.at((0.97 * plane.extent, 0)), UP, buff=0.2, aligned_edge=RIGHT)
    return VGroup(Line(origin, up, **stroke), Line(origin, right, **stroke), first, second)


def ticks(plane: Quadrant, theme: Theme) -> VGroup:
    """Ticks along both axes at round numbers, two to five of them; some bear their numbers."""
    ten = 10.0 ** floor(log10(plane.extent))
    step = next(ten * m for m in (2.0, 1.0, 0.5, 0.2) if plane.extent / (ten * m) >= 2.1)
    made = VGroup()
    for value in np.arange(step, plane.extent * 1.001, step):
        part = value / plane.extent
        for axis, outward in ((0, DOWN), (1, LEFT)):
            place = plane.at((value, 0) if axis == 0 else (0, value))
            made.add(Line(place, place + 0.09 * outward, **plane.stroke))
            if len(f"{value:g}") <= 2 and (
                0.3 < part < 0.5 or 0.75 < part < 0.97
            ):  # between: the name
                number = equation(f"{value:g}", theme, pixels=theme.text_pixels, faint=True)
                made.add(number.next_to(place + 0.09 * outward, outward, buff=0.08))
    return made
