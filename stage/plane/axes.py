"""What there is to say about the axes and the diagonal of the weight plane."""

from __future__ import annotations

from typing import Any

from manim import RIGHT, UP, DashedLine, Line, VGroup

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
