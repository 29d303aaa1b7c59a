"""Places for several planes in one picture, of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from manim import DOWN, LEFT, VMobject

from stage.layout import HEAD, LABELS, Layout
from stage.plane.plane import Quadrant
from stage.text.writing import equation
from stage.theme import Theme

_WIDEST = 10.2
"""Of two planes with their labels: beyond that, the room goes to what stands between them."""
_FOOT = 0.15
"""Room beneath the lowest planes, for dots that stand on their axes."""


@dataclass(frozen=True)
class Pair:
    """Two squares, side by side or, in a tall picture, one above the other; rows lie beneath."""

    size: float
    first: np.ndarray
    """Middle of the one square."""
    second: np.ndarray
    gap: tuple[float, float]
    """Left and right end of the free space between them; of no width in a tall picture."""
    beneath: float
    """Upper end of the room beneath them, which reaches down to the caption band."""


def pair(layout: Layout, beneath: float) -> Pair:
    """Two squares as large as can be, leaving the height ``beneath`` for rows of words."""
    across, up = 2 * layout.right, layout.top - HEAD - layout.bottom - beneath
    if layout.height > 1.2 * layout.width:
        size = min(across - LABELS, (up - 0.3) / 2 - LABELS)
        first = np.array([LABELS / 2, layout.top - HEAD - size / 2, 0.0])
        second = first + (size + LABELS + 0.3) * DOWN
        return Pair(size, first, second, (0.0, 0.0), second[1] - size / 2 - LABELS)
    between = max(0.35, across - _WIDEST)
    size = min((across - between) / 2 - LABELS, up - LABELS)
    middle = layout.top - HEAD - size / 2
    first = np.array([-layout.right + LABELS + size / 2, middle, 0.0])
    second = np.array([layout.right - size / 2, middle, 0.0])
    gap = (first[0] + size / 2, second[0] - size / 2 - LABELS)
    return Pair(size, first, second, gap, middle - size / 2 - LABELS)


def put_under(
    layout: Layout, places: Pair, left: VMobject, right: VMobject, *, left_first: bool = False
) -> None:
    """Put two formulas each under its square, or, where they do not fit, one below the other.

    The right one then comes first, unless ``left_first``.
    """
    middle = (places.beneath + layout.bottom) / 2
    x, y = places.first[0], places.second[0]
    room = min(x + layout.right, layout.right - y, (y - x) / 2 - 0.15)
    if places.gap[1] > places.gap[0] and max(left.width, right.width) < 2 * room:
        left.move_to((x, middle, 0.0))
        right.move_to((y, middle, 0.0))
        return
    half = min(0.5, (places.beneath - layout.bottom) / 4)
    half = -half if left_first else half
    left.move_to((0.0, middle - half, 0.0))
    right.move_to((0.0, middle + half, 0.0))


@dataclass(frozen=True)
class Triple:
    """Three squares: side by side with words over and under them, or stacked with words beside."""

    size: float
    middles: np.ndarray
    """(3, 3)."""
    stacked: bool

    def aside(self, k: int) -> float:
        """Left end of the words beside the square k, where they are stacked."""
        return float(self.middles[k, 0]) + self.size / 2 + 0.5


def triple(layout: Layout, *, head: float, over: float, under: float, foot: float = 0.0) -> Triple:
    """Three squares as large as can be, beneath ``head``, with room ``over`` and ``under`` each.

    Where they are stacked they have words beside them, and only ``foot`` beneath.
    """
    top, bottom, across = layout.top - head, layout.bottom + 0.1, 2 * layout.right
    if layout.height > layout.width:
        step = (top - bottom) / 3
        size = min(step - 0.35 - foot, across - 3.3)
        down = top - (np.arange(3) + 0.5) * step + foot / 2
        aside = (across - size - 3.3) / 2  # squares and words together in the middle
        left = np.full(3, size / 2 - layout.right + aside)
        middles = np.column_stack([left, down, np.zeros(3)])
        return Triple(size, middles, True)
    gap = 0.55 if across > 8 else 0.3
    size = min((across - 2 * gap) / 3, top - bottom - over - under)
    x = (np.arange(3) - 1) * (size + gap)
    y = (top - over + bottom + under) / 2
    return Triple(size, np.column_stack([x, np.full(3, y), np.zeros(3)]), False)


def tiles(
    layout: Layout, count: int, *, above: float, gap: float = 0.22
) -> tuple[float, np.ndarray]:
    """The side of ``count`` equal squares in rows, and their middles (count, 3).

    Over each square ``above`` is left free for its name.
    """
    bottom = layout.bottom + _FOOT
    across, up = 2 * layout.right, layout.top - bottom

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min((across + gap) / columns - gap, (up + gap) / rows - gap - above)

    columns = max(range(1, count + 1), key=side)
    size, rows = side(columns), -(-count // columns)
    step = (across - size) / max(1, columns - 1)
    step = min(step, size + 4 * gap)
    fall = min(size + above + 3 * gap, (up + gap) / rows)
    column, row = np.arange(count) % columns, np.arange(count) // columns
    x = (column - (columns - 1) / 2) * step
    middle = (layout.top + bottom - above) / 2
    y = middle - (row - (rows - 1) / 2) * fall
    return size, np.column_stack([x, y, np.zeros(count)])


class Tile(Quadrant):
    """A small plane with names, if it has any, and without numbers.

    It is one of weights, unless its names say otherwise.
    """

    def __init__(
        self, theme: Theme, *, names: tuple[str, str] | None = None, **square: Any
    ) -> None:
        super().__init__(theme, **square)
        self.is_of_weights = names is None or names[0].startswith("w")
        corner, across, up = self.frame
        for name, colour, end, outward in zip(
            names or (), (theme.first, theme.second), (across, up), (DOWN, LEFT), strict=False
        ):
            label = equation(name, theme, colour=colour, pixels=theme.text_pixels)
            self.add(label.next_to(corner + 0.62 * (end - corner), outward, buff=0.16))
