"""Matrices as pictures: a square of its size for each entry, and bars for singular values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import Circle, Line, Square, ValueTracker, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from stage.clock import follow_clock
from stage.theme import Theme

_FULL = 0.9
"""The side of the largest entry, in parts of its cell."""


class MatrixBoard(VGroup):
    """Cells for a matrix (n, m), as a square of ``size`` around ``centre``; gaps are shaded.

    The area of an entry is its absolute value in parts of ``most``: a full orange square if it is
    above 0, else a blue disc.
    """

    def __init__(
        self, seen: NDArray[np.bool_], theme: Theme, *, most: float, size: float, centre: ArrayLike
    ) -> None:
        super().__init__()
        rows, columns = seen.shape
        self.most, self.cell = most, size / max(rows, columns)
        y, x = np.mgrid[:rows, :columns]
        across, up = x - (columns - 1) / 2, (rows - 1) / 2 - y
        places = self.cell * np.stack([across, up, 0.0 * x], axis=-1)
        self.places = np.array(centre) + places
        self.square = Square(side_length=1.0).points
        self.disc = Circle(radius=1 / np.sqrt(np.pi)).points
        tall, wide = self.cell * rows / 2, self.cell * columns / 2
        gaps = VMobject(stroke_width=0, fill_color=theme.faint, fill_opacity=0.22)
        tile = Square(side_length=self.cell).points
        gaps.points = np.concatenate([tile + place for place in self.places[~seen]] or [tile[:0]])
        self.add(gaps)
        middle = np.array(centre)
        for k in range(rows + 1):
            height = np.array([0.0, tall - k * self.cell, 0.0])
            self.add(self._rule(middle + height, np.array([wide, 0.0, 0.0]), theme))
        for k in range(columns + 1):
            aside = np.array([k * self.cell - wide, 0.0, 0.0])
            self.add(self._rule(middle + aside, np.array([0.0, tall, 0.0]), theme))

    def _rule(self, middle: np.ndarray, half: np.ndarray, theme: Theme) -> Line:
        line = Line(middle - half, middle + half)
        return line.set_stroke(theme.faint, width=1.5, opacity=0.6)

    def shapes(self, values: np.ndarray, *, positive: bool) -> np.ndarray:
        """Outlines of all entries (n m, k, 3), of which those of the other sign are points."""
        size = self.cell * _FULL * np.sqrt(np.clip(values / self.most, -1.0, 1.0) + 0j)
        side = (size.real if positive else size.imag).ravel()
        form = self.square if positive else self.disc
        return np.asarray(self.places.reshape(-1, 1, 3) + side[:, None, None] * form)

    def outline(self, values: np.ndarray, colour: str, width: float) -> VGroup:
        """The edges of entries that are not 0: what is to be filled."""
        both = VGroup()
        for positive in (True, False):
            shown = (values > 0 if positive else values < 0).ravel()
            edge = VMobject(color=colour, stroke_width=width)
            both.add(edge.set_points(self.shapes(values, positive=positive)[shown].reshape(-1, 3)))
        return both


class MatrixFill(VGroup):
    """The entries of the matrix at ``matrix_at(time)``, (n, m), on a board."""

    def __init__(
        self,
        board: MatrixBoard,
        matrix_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        look_of: dict[str, Any] = {"stroke_width": 0, "fill_opacity": 1.0}
        above = VMobject(color=theme.first, **look_of)
        below = VMobject(color=theme.second, **look_of)
        self.add(above, below)

        def look(time: float) -> None:
            values = matrix_at(time)
            above.points = board.shapes(values, positive=True).reshape(-1, 3)
            below.points = board.shapes(values, positive=False).reshape(-1, 3)

        follow_clock(self, clock, look)


class Bars(VGroup):
    """Bars for ``values_at(time)``, (k,), from ``left`` on, ``unit`` high for each 1."""

    def __init__(
        self,
        values_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        left: ArrayLike,
        width: float,
        unit: float,
    ) -> None:
        super().__init__()
        foot = self.foot = np.array(left, dtype=float)
        count = len(values_at(clock.get_value()))
        step = self.step = width / count
        self.unit = unit
        line = VMobject(stroke_width=0, fill_color=theme.path, fill_opacity=1.0)
        ground = Line(foot, foot + np.array([width, 0.0, 0.0]))
        self.add(ground.set_stroke(theme.faint, width=2), line)
        bar = Square(side_length=1.0).points + np.array([0.5, 0.5, 0.0])
        lefts = foot + np.outer((np.arange(count) + 0.2) * step, [1.0, 0.0, 0.0])

        def look(time: float) -> None:
            size = np.column_stack(
                [np.full(count, 0.6 * step), unit * values_at(time), np.zeros(count)]
            )
            line.points = (lefts[:, None] + size[:, None] * bar).reshape(-1, 3)

        follow_clock(self, clock, look)

    def ticks(self, values: ArrayLike, colour: str) -> VGroup:
        """A tick for each value (k,) that is not 0, where its bar should end."""
        marks = VGroup()
        for k, value in enumerate(np.asarray(values)):
            if value > 1e-9:
                left = self.foot + np.array([(k + 0.05) * self.step, self.unit * value, 0.0])
                end = left + np.array([0.9 * self.step, 0.0, 0.0])
                marks.add(Line(left, end, color=colour, stroke_width=5))
        return marks
