"""A grid, and what a map makes of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import VGroup, VMobject

from stage.place import grid_lines
from stage.plane.plane import Quadrant
from stage.theme import Theme


def mapped_grid(
    plane: Quadrant,
    values: np.ndarray,
    through: Callable[[np.ndarray], np.ndarray],
    theme: Theme,
) -> VGroup:
    """The lines on which a coordinate is one of ``values``, carried to the plane by ``through``.

    ``through`` maps places (n, 2) to places (n, 2). Lines upright first, then those across.
    """
    lines = VGroup()
    for places in grid_lines(values):
        line = VMobject(color=theme.faint, stroke_width=2, stroke_opacity=0.55)
        lines.add(line.set_points_as_corners(plane.at(through(places))))
    return lines
