"""The weight plane: axes w₁ and w₂ with ticks and labels, and the minimizer's mark."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UP,
    Arrow,
    Circle,
    Dot,
    Line,
    VGroup,
)

from fields import Loss
from stage.engine.still import keep_still
from stage.text.writing import equation
from stage.theme import Theme

Place = tuple[float, float] | np.ndarray
"""Weights (2,); of ``Quadrant.at`` also (n, 2)."""


class Quadrant(VGroup):
    """The quadrant [0, extent]² as a square of ``size`` units around ``centre``, with its axes."""

    def __init__(
        self, theme: Theme, *, extent: float = 10.0, size: float = 6.0, centre: np.ndarray = ORIGIN
    ) -> None:
        super().__init__()
        self.extent = extent
        self.is_of_weights = True
        corner = np.array(centre) - size / 2 * (RIGHT + UP)
        self.frame = np.array([corner, corner + size * RIGHT, corner + size * UP])
        self.stroke: dict[str, Any] = {
            "color": theme.faint,
            "stroke_width": 2,
            "stroke_opacity": 0.8,
        }
        self.add(Line(self.frame[0], self.frame[1], **self.stroke))
        self.add(Line(self.frame[0], self.frame[2], **self.stroke))

    def at(self, w: Place) -> np.ndarray:
        """Where weights w stand on the stage: (2,) to (3,), or (n, 2) to (n, 3)."""
        origin, across, up = self.frame
        w = np.asarray(w, dtype=float)
        moved = w[..., :1] * (across - origin) + w[..., 1:] * (up - origin)
        return np.asarray(origin + moved / self.extent)


class WeightPlane(Quadrant):
    """The weight plane: axes w₁ and w₂ with ticks and numbers."""

    def __init__(
        self, theme: Theme, *, extent: float = 10.0, size: float = 6.0, centre: np.ndarray = ORIGIN
    ) -> None:
        super().__init__(theme, extent=extent, size=size, centre=centre)
        step = 2 if extent <= 10 else extent / 5
        for value in np.arange(step, extent + step / 2, step):
            for axis, outward in ((0, DOWN), (1, LEFT)):
                place = self.at((value, 0) if axis == 0 else (0, value))
                self.add(Line(place, place + 0.09 * outward, **self.stroke))
                if value in (extent / 2 + step / 2, extent):  # few numbers, large enough to read
                    number = equation(f"{value:g}", theme, pixels=theme.text_pixels, faint=True)
                    number.next_to(place + 0.09 * outward, outward, buff=0.1)
                    self.add(number)
        first = equation("w_1", theme, colour=theme.first, pixels=theme.text_pixels)
        second = equation("w_2", theme, colour=theme.second, pixels=theme.text_pixels)
        first.next_to(self.at((0.28 * extent, 0)), DOWN, buff=0.16)
        second.next_to(self.at((0, 0.28 * extent)), LEFT, buff=0.16)
        self.add(first, second)


def target_mark(theme: Theme) -> VGroup:
    """A green dot with a ring, around the middle of the stage."""
    halo = Circle(radius=0.16, color=theme.background, stroke_width=8)
    ring = Circle(radius=0.16, color=theme.minimizer, stroke_width=3.5)
    return VGroup(halo, ring, Dot(radius=0.065, color=theme.minimizer))


def minimizer_mark(
    plane: Quadrant,
    w: Place,
    theme: Theme,
    name: str = "w^*",
    buff: float = 0.12,
    *,
    side: np.ndarray = UP + RIGHT,
) -> VGroup:
    """The target's mark on the plane, and its name at a ``side``: never told by colour alone."""
    mark = target_mark(theme).shift(plane.at(w))
    label = equation(
        name, theme, colour=theme.minimizer, pixels=theme.number_pixels, halo=True
    ).next_to(plane.at(w), side, buff=buff)
    named = VGroup(*mark, label)
    keep_still(named)
    return named


def pull_arrow(
    plane: Quadrant, w: Place, g: np.ndarray, theme: Theme, *, most: float = 2.0
) -> Arrow:
    """An arrow at w along g, as long as g on the plane, but ``most`` units at the most.

    It leaves a gap at both ends, of a quarter of a short one: Manim leaves none where a gap is
    wider than half of the way.
    """
    foot = plane.at(w)
    along = plane.at(np.asarray(w) + g) - foot
    length = float(np.linalg.norm(along))
    tip, gap = foot + along * min(1.0, most / length), min(0.16, 0.25 * length)
    look: dict[str, Any] = {"color": theme.ink, "stroke_width": 6, "tip_length": 0.24}
    return Arrow(foot, tip, buff=gap, max_stroke_width_to_length_ratio=20, **look)


def minimizer_line(plane: Quadrant, loss: Loss, theme: Theme) -> VGroup:
    """All best places of a loss as a green line, with a shade on which it stands out."""
    ends = loss.minimizers(plane.extent)
    if len(ends) < 2:
        return VGroup()
    one, other = plane.at(ends)
    shade = Line(one, other, color=theme.background, stroke_width=12, stroke_opacity=0.8)
    return VGroup(shade, Line(one, other, color=theme.minimizer, stroke_width=5))
