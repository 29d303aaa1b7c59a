"""The field at rest: streamlines, each with a head that points where the flow goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Triangle, VGroup, VMobject

from fields import Flow, streamlines
from stage.plane.plane import Quadrant
from stage.theme import Theme


def drawn_lines(flow: Flow, plane: Quadrant, theme: Theme, *, opacity: float = 1.0) -> VGroup:
    """Evenly spaced streamlines of a flow on the plane."""
    stroke: dict[str, Any] = {"color": theme.ink, "stroke_width": 2.2, "stroke_opacity": opacity}
    drawn = VGroup()
    for line in streamlines(flow, separation=plane.extent / 16, extent=plane.extent):
        points = plane.at(line)
        drawn.add(VMobject(**stroke).set_points_as_corners(points))
        middle = len(points) // 2
        along = points[middle] - points[middle - 1]
        head = Triangle(color=theme.ink, fill_opacity=opacity, stroke_width=0).scale(0.07)
        head.rotate(np.arctan2(along[1], along[0]) - np.pi / 2)
        drawn.add(head.move_to(points[middle]))
    return drawn
