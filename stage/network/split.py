"""One picture for a square and what is read off it: rows of numbers and a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stage.layout import Layout, stacked

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in units."""

_APART = 0.55
_HIGH = 1.2
"""A picture that is so many times as high as wide has everything in one column."""


@dataclass(frozen=True)
class Split:
    """A square at the left or on top, a box for rows, and a box for a chart, in any shape."""

    size: float
    centre: np.ndarray
    panel: Box
    chart: Box

    def rows(
        self, heights: Mapping[str, float], *, spare: tuple[str, ...] = ()
    ) -> dict[str, float]:
        """Heights at which rows of the panel are centred, as ``Layout.rows`` gives them."""
        _, bottom, _, top = self.panel
        return stacked(bottom, top, heights, spare)


def split(layout: Layout, rows: float, *, foot: float = 0.12) -> Split:
    """Room for a square, for rows that are ``rows`` high, and for a chart under them.

    A wide picture has rows and chart at the right of the square, a square one has the chart
    beneath both, a tall one all in one column. ``foot`` is left free beneath the square.
    """
    left, right, top, bottom = -layout.right, layout.right, layout.top, layout.bottom + foot
    across, up = right - left, top - bottom
    if layout.wide:
        size = min(up, 0.5 * across)
        middle = np.array([left + size / 2, (top + bottom) / 2, 0.0])
        inner = left + size + _APART
        edge = top - rows
        return Split(size, middle, (inner, edge, right, top), (inner, bottom, right, edge - 0.2))
    if layout.height < _HIGH * layout.width:
        size = min(0.53 * across, 0.62 * up)
        middle = np.array([left + size / 2, top - size / 2, 0.0])
        inner, edge = left + size + 0.35, top - size
        return Split(size, middle, (inner, edge, right, top), (left, bottom, right, edge - 0.3))
    size = min(across, 0.53 * up)
    middle = np.array([0.0, top - size / 2, 0.0])
    edge = top - size - 0.3
    return Split(
        size, middle, (left, edge - rows, right, edge), (left, bottom, right, edge - rows - 0.2)
    )


def graph_and_panel(layout: Layout, rows: float) -> tuple[Box, Box]:
    """A box for a broad graph, and one for rows: beside it where a picture is wide, else beneath.

    Beneath, the rows are ``rows`` high.
    """
    left, right, top, bottom = -layout.right, layout.right, layout.top, layout.bottom + 0.12
    if layout.wide:
        edge = left + 0.6 * (right - left)
        return (left, bottom, edge, top), (edge + _APART, bottom, right, top)
    edge = bottom + rows
    return (left, edge + 0.3, right, top), (left, bottom, right, edge)
