"""What a network answers over a plane: tints for either class, and the border between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import Square, ValueTracker, VGroup
from numpy.typing import ArrayLike

from stage.network.contour import loops_above
from stage.network.outline import loops, shape, strokes
from stage.theme import Theme

_TINT = 0.13
"""Opacity of what is beyond one level; beyond several they add up."""


class DataPlane(VGroup):
    """The square [−extent, extent]² of ``size`` units around ``centre``, with its frame."""

    def __init__(self, theme: Theme, *, extent: float, size: float, centre: np.ndarray) -> None:
        super().__init__()
        self.extent, self.size, self.centre = extent, size, np.asarray(centre, dtype=float)
        self.add(Square(size, color=theme.faint, stroke_width=2).move_to(self.centre))

    def at(self, x: ArrayLike) -> np.ndarray:
        """Where points (..., 2) stand on the stage, (..., 3)."""
        flat = np.asarray(x, dtype=float) * self.size / (2 * self.extent)
        return np.asarray(self.centre + np.concatenate([flat, 0 * flat[..., :1]], axis=-1))

    def grid(self, count: int) -> np.ndarray:
        """Points (count², 2) of a grid over the square, row by row from the lower left."""
        along = np.linspace(-self.extent, self.extent, count)
        return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


class Answers(VGroup):
    """Tints where answers are above each level, and below its opposite; a line where they are 0.

    ``answers_at`` maps film time to f (n, n) on ``plane.grid(n)``. Orange is above, blue below; the
    line is there with ``border``.
    """

    def __init__(
        self,
        plane: DataPlane,
        answers_at: Callable[[float], np.ndarray],
        levels: Sequence[float],
        clock: ValueTracker,
        theme: Theme,
        *,
        border: bool = True,
    ) -> None:
        super().__init__()

        def placed(outline: np.ndarray) -> np.ndarray:
            return plane.at((2 * outline - 1) * plane.extent)

        def add(sign: int, level: float) -> None:
            def points_at(time: float) -> np.ndarray:
                found = loops_above(sign * answers_at(time), level)
                return loops([placed(outline) for outline in found], plane.centre)

            colour = theme.first if sign > 0 else theme.second
            self.add(shape(points_at, clock, colour, fill_opacity=_TINT))

        for sign in (1, -1):
            for level in levels:
                add(sign, level)
        if not border:
            return

        def border_at(time: float) -> np.ndarray:
            found = [_inner(outline) for outline in loops_above(answers_at(time), 0.0)]
            none = np.empty((0, 2))
            begin, end = (np.concatenate([none, *(ends[k] for ends in found)]) for k in (0, 1))
            if not len(begin):
                return loops([], plane.centre)
            return strokes(placed(begin), placed(end))

        line: dict[str, Any] = {"fill_opacity": 0.0, "stroke_opacity": 1.0}
        for colour, width in ((theme.background, 11), (theme.path, 6)):
            self.add(shape(border_at, clock, colour, stroke_width=width, **line))


def _inner(outline: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends (k, 2) of the pieces of a loop that do not go along the square's own edge."""
    begin, end = outline, np.roll(outline, -1, axis=0)
    along = (begin == end) & ((begin == 0) | (begin == 1))
    inner = ~along.any(axis=1)
    return begin[inner], end[inner]
