"""Where things stand in a picture of any shape: the plane, the panel of words, the caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

LABELS = 0.72
"""Room for the numbers and names of the plane's axes, at its left and below it, in units."""
HEAD = 0.13
"""Room for the upper half of the highest number."""
GAP = 0.55
"""Between the plane and the panel."""
PANEL = 5.35
"""The width that the widest equation and the dial want,"""
NARROW = 4.85
"""and what they can do with, where the plane would be small: as wide as the note on the pace."""
SIGN = 1.0
"""What a panel below the plane is wider, so that there is room for a sign beside its equations."""

SHAPES = {"16:9": (16, 9), "4:3": (4, 3), "1:1": (1, 1), "9:16": (9, 16)}
"""Pictures that every clip can compose itself in."""


@dataclass(frozen=True)
class Layout:
    """Places in units; the shorter side of a picture is always 8 units, 1080 lines.

    A wide picture has the panel at the right of the plane, a tall one below it.
    """

    width: float
    height: float
    safe: float = 0.05

    @property
    def right(self) -> float:
        """Right edge of the safe area; the left is its mirror image."""
        return (0.5 - self.safe) * self.width

    @property
    def top(self) -> float:
        """Upper edge of the safe area."""
        return (0.5 - self.safe) * self.height

    @property
    def caption(self) -> float:
        """Height of the caption band: a line, or two where the picture is narrow."""
        return 0.62 if self.width > 10 else 1.15

    @property
    def bottom(self) -> float:
        """Upper edge of the caption band."""
        return -self.top + self.caption

    @property
    def wide(self) -> bool:
        """Whether the panel stands beside the plane."""
        return self.width > 1.2 * self.height

    @property
    def size(self) -> float:
        """Side of the plane's square."""
        if self.wide:
            panel = PANEL if self.width > 12 else NARROW
            beside = 2 * self.right - LABELS - GAP - panel
            return min(self.top - self.bottom - LABELS - HEAD, beside)
        across = 2 * self.right - LABELS - 0.3
        below = 1.95 if self.height < 1.2 * self.width else 5.9
        return min(across, self.top - self.bottom - LABELS - HEAD - below)

    @property
    def centre(self) -> np.ndarray:
        """Middle of the plane's square: beside the panel half way up, above it at the top."""
        if not self.wide:
            return np.array([LABELS / 2, self.top - HEAD - self.size / 2, 0.0])
        room = self.top - HEAD - (self.bottom + LABELS)  # no less than the square is high
        x = -self.right + LABELS + self.size / 2
        return np.array([x, self.top - HEAD - room / 2, 0.0])

    @property
    def panel(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of the panel."""
        if self.wide:
            left = self.centre[0] + self.size / 2 + GAP
            return left, self.bottom + 0.1, self.right, self.top
        left = max(-self.right, -PANEL / 2 - SIGN / 2)
        return left, self.bottom + 0.1, self.right, self.top - HEAD - self.size - LABELS - 0.1

    @property
    def across(self) -> float:
        """Width of the panel."""
        return self.panel[2] - self.panel[0]

    @property
    def dial(self) -> float:
        """Length of a dial in the panel, with its name at the left and ∞ at the right."""
        return min(4.2, self.across - 1.15)

    def rows(
        self, heights: Mapping[str, float], *, spare: tuple[str, ...] = ()
    ) -> dict[str, float]:
        """Heights at which the rows of the panel are centred, from the top down.

        Where there is not enough room, the rows named in ``spare`` are left out, first one first.
        """
        _, bottom, _, top = self.panel
        return stacked(bottom, top, heights, spare)


def stacked(
    bottom: float, top: float, heights: Mapping[str, float], spare: tuple[str, ...] = ()
) -> dict[str, float]:
    """Heights at which rows between ``bottom`` and ``top`` are centred, from the top down.

    Where there is not enough room, the rows named in ``spare`` are left out, first one first.
    """
    kept = dict(heights)
    for name in spare:
        if sum(kept.values()) <= top - bottom:
            break
        del kept[name]
    room = max(0.0, top - bottom - sum(kept.values()))
    pause = min(room / max(1, len(kept) - 1), 0.25)
    places, cursor = {}, top
    for name, height in kept.items():
        places[name] = cursor - height / 2
        cursor -= height + pause
    return places
