"""One best place that stretches into a line of them."""

from __future__ import annotations

import numpy as np
from manim import ValueTracker, VGroup, VMobject
from numpy.typing import ArrayLike

from fields import Loss
from stage.clock import follow_clock
from stage.keyframes import Schedule
from stage.plane.plane import Quadrant, target_mark
from stage.theme import Theme


class StretchingMinimizer(VGroup):
    """A green dot with a ring at ``place`` that becomes the line of all minimizers of ``loss``.

    ``part_at`` maps film time to how much of the line there is: 0, the dot, to 1.
    """

    def __init__(
        self,
        plane: Quadrant,
        place: ArrayLike,
        loss: Loss,
        part_at: Schedule,
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        middle = plane.at(np.asarray(place, dtype=float))
        reach = plane.at(loss.minimizers(plane.extent)) - middle
        shade = VMobject(color=theme.background, stroke_width=12, stroke_opacity=0.8)
        line = VMobject(color=theme.minimizer, stroke_width=5)
        halo, ring, dot = target_mark(theme)
        self.add(shade, halo, line, ring, dot)
        rounds = [(mark, mark.points.copy()) for mark in (halo, ring, dot)]

        def look(time: float) -> None:
            part = float(part_at(time))
            for stroke in (shade, line):
                stroke.set_points_as_corners([*(middle + part * reach)])
            for mark, points in rounds:
                mark.points = middle + max(0.0, 1.0 - 2.0 * part) * points

        follow_clock(self, clock, look)
