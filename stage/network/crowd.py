"""Examples of two classes on their plane, and what is said about the plane's places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import DOWN, LEFT, RIGHT, Circle, DashedVMobject, Line, ValueTracker, VGroup

from stage.network.answers import DataPlane
from stage.network.outline import discs, shape, squares
from stage.text.writing import equation
from stage.theme import Theme


class Crowd(VGroup):
    """Examples with labels (n,): orange discs for +1, blue squares for −1.

    Film time gives their places (n, 2), and their radii or half sides (n,) in units.
    """

    def __init__(
        self,
        plane: DataPlane,
        places_at: Callable[[float], np.ndarray],
        size_at: Callable[[float], np.ndarray],
        labels: np.ndarray,
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()

        def add(sign: int, figure: Callable[..., np.ndarray], colour: str) -> None:
            mine = labels == sign

            def points_at(time: float) -> np.ndarray:
                return figure(plane.at(places_at(time)[mine]), size_at(time)[mine])

            self.add(shape(points_at, clock, colour))

        add(1, discs, theme.first)
        add(-1, squares, theme.second)


def rings(plane: DataPlane, places: np.ndarray, colour: str) -> VGroup:
    """Dashed rings around places (k, 2) of the one class, and their opposites of the other."""
    made = VGroup()
    for place in np.concatenate([places, -places]):
        ring = Circle(radius=0.17 * plane.size / plane.extent, color=colour, stroke_width=5)
        made.add(*DashedVMobject(ring.move_to(plane.at(place)), num_dashes=26))
    return made


def feature_axes(plane: DataPlane, names: tuple[str, str], theme: Theme) -> tuple[VGroup, VGroup]:
    """Both features' axes through the middle, and their names, in Typst mathematics."""
    lines, labels, reach = VGroup(), VGroup(), plane.extent
    for end, name, colour, inward, off in (
        ((reach, 0.0), names[0], theme.path, LEFT, 0.95 * DOWN),
        ((0.0, reach), names[1], theme.minimizer, DOWN, 0.5 * RIGHT),
    ):
        tip = plane.at(np.array(end))
        lines.add(Line(2 * plane.centre - tip, tip, color=theme.faint, stroke_width=2))
        label = equation(name, theme, pixels=theme.text_pixels, colour=colour, halo=True)
        labels.add(label.next_to(tip, inward, buff=0.12).shift(off))
    return lines, labels
