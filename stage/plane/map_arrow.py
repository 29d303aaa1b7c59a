"""What leads from one plane to another: an arrow between them, with what it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, RIGHT, UP, Arrow, VGroup, VMobject

from stage.plane.plane import Quadrant
from stage.text.writing import equation
from stage.theme import Theme


def crossing(
    gap: Sequence[float],
    height: float,
    name: str,
    theme: Theme,
    *,
    back: bool = False,
    factors: Sequence[float] = (),
) -> VGroup:
    """An arrow across a gap (left, right), its name over it, ``factors`` of w₁ and w₂ under it."""
    left, right = gap[0] + 0.45, gap[1] - 0.25
    ends = [np.array([x, height, 0.0]) for x in ((right, left) if back else (left, right))]
    arrow = Arrow(*ends, buff=0, color=theme.ink, stroke_width=5, tip_length=0.22)
    made = VGroup(
        arrow, equation(name, theme, pixels=theme.number_pixels).next_to(arrow, UP, buff=0.12)
    )
    if len(factors):
        by = VGroup(
            *(
                equation(f"times {factor:g}", theme, pixels=theme.text_pixels, colour=colour)
                for factor, colour in zip(factors, (theme.first, theme.second), strict=True)
            )
        )
        made.add(by.arrange(RIGHT, buff=0.3).next_to(arrow, DOWN, buff=0.16))
    return made


def dashed(plane: Quadrant, places: np.ndarray, theme: Theme) -> VGroup:
    """A straight way from the first of two places to the second, in dashes."""
    one, other = plane.at(places)
    count = max(2, int(np.linalg.norm(other - one) / 0.22))
    steps = np.linspace(0.0, 1.0, 2 * count)[:, None]
    points = one + steps * (other - one)
    dashes = VGroup()
    for start, end in zip(points[::2], points[1::2], strict=True):
        dash = VMobject(color=theme.ink, stroke_width=3, stroke_opacity=0.75)
        dashes.add(dash.set_points_as_corners([start, end]))
    return dashes
