"""The weight plane: axes w₁ and w₂ with ticks and labels, and the minimizer's mark."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, ORIGIN, RIGHT, UP, Circle, Dot, Line, VGroup

from stage.theme import Theme
from stage.writing import equation


class WeightPlane(VGroup):
    """The quadrant [0, extent]² as a square of ``size`` units around ``centre``."""

    def __init__(
        self, theme: Theme, *, extent: float = 10.0, size: float = 6.0, centre: np.ndarray = ORIGIN
    ) -> None:
        super().__init__()
        self.extent = extent
        corner = np.array(centre) - size / 2 * (RIGHT + UP)
        self.frame = np.array([corner, corner + size * RIGHT, corner + size * UP])
        stroke = {"color": theme.faint, "stroke_width": 2, "stroke_opacity": 0.8}
        self.add(Line(self.at((0, 0)), self.at((extent, 0)), **stroke))
        self.add(Line(self.at((0, 0)), self.at((0, extent)), **stroke))
        step = 2 if extent <= 10 else extent / 5
        for value in np.arange(step, extent + step / 2, step):
            for axis, outward in ((0, DOWN), (1, LEFT)):
                place = self.at((value, 0) if axis == 0 else (0, value))
                self.add(Line(place, place + 0.09 * outward, **stroke))
                if value in (extent / 2 + step / 2, extent):  # few numbers, large enough to read
                    number = equation(f"{value:g}", theme, pixels=theme.text_pixels, faint=True)
                    number.next_to(place + 0.09 * outward, outward, buff=0.1)
                    self.add(number)
        first = equation("w_1", theme, colour=theme.first, pixels=theme.text_pixels)
        second = equation("w_2", theme, colour=theme.second, pixels=theme.text_pixels)
        first.next_to(self.at((0.28 * extent, 0)), DOWN, buff=0.16)
        second.next_to(self.at((0, 0.28 * extent)), LEFT, buff=0.16)
        self.add(first, second)

    def at(self, w: tuple[float, float] | np.ndarray) -> np.ndarray:
        """Where weights w stand on the stage: (2,) to (3,), or (n, 2) to (n, 3)."""
        origin, across, up = self.frame
        w = np.asarray(w, dtype=float)
        return origin + (
            w[..., :1] * (across - origin) + w[..., 1:] * (up - origin)
        ) / self.extent


def minimizer_mark(plane: WeightPlane, w: tuple[float, float], theme: Theme) -> VGroup:
    """A green dot with a ring, and its name: never told by colour alone."""
    place = plane.at(w)
    ring = Circle(radius=0.16, color=theme.minimizer, stroke_width=3.5).move_to(place)
    halo = Circle(radius=0.16, color=theme.background, stroke_width=8).move_to(place)
    label = equation("w^*", theme, colour=theme.minimizer, pixels=56, halo=True)
    label.next_to(place, UP + RIGHT, buff=0.12)
    return VGroup(halo, ring, Dot(place, radius=0.065, color=theme.minimizer), label)
