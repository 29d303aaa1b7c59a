"""A matrix as squares: as large as its entries, in one colour above 0 and another below."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Square, ValueTracker, VGroup, VMobject

from stage.network.outline import shape, squares
from stage.theme import Theme

_FULL = 0.46
"""Half the side of the largest square, in parts of its cell."""


class Tiles(VGroup):
    """A matrix (n, n) in a square of ``size`` units: the area of a tile is |Wᵢⱼ|.

    ``matrix_at`` maps film time to it, ``largest`` is the entry that fills a cell, and the outlines
    are those of ``target``. ``live`` is what moves.
    Source: the diagrams of G. Hinton and T. Shallice, 1991.
    """

    def __init__(
        self,
        matrix_at: Callable[[float], np.ndarray],
        target: np.ndarray,
        clock: ValueTracker,
        theme: Theme,
        *,
        size: float,
        centre: np.ndarray,
        largest: float,
    ) -> None:
        super().__init__()
        n = len(target)
        cell = size / n
        column, row = np.meshgrid(np.arange(n), np.arange(n))
        middles = np.zeros((n * n, 3))
        middles[:, 0] = ((column - (n - 1) / 2) * cell).ravel()
        middles[:, 1] = (((n - 1) / 2 - row) * cell).ravel()
        middles += centre

        def halves(matrix: np.ndarray) -> np.ndarray:
            return np.asarray(_FULL * cell * np.sqrt(np.abs(matrix).ravel() / largest))

        frame = Square(size, color=theme.faint, stroke_width=2).move_to(centre)
        wanted = np.abs(target).ravel() > 1e-9
        for sign, colour in ((1, theme.first), (-1, theme.second)):
            is_it = wanted & (np.sign(target).ravel() == sign)
            outline = VMobject(color=colour, stroke_width=2.5, stroke_opacity=0.75)
            self.add(outline.set_points(squares(middles[is_it], halves(target)[is_it])))
        self.add(frame)
        self.live = VGroup()
        for sign, colour in ((1, theme.first), (-1, theme.second)):

            def points_at(time: float, sign: int = sign) -> np.ndarray:
                matrix = matrix_at(time)
                return squares(
                    middles, np.where(np.sign(matrix).ravel() == sign, halves(matrix), 0)
                )

            self.live.add(shape(points_at, clock, colour))
