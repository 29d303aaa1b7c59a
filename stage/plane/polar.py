"""The plane in polar coordinates: its grid, and a push split along the radius and around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Arrow, Dot, Polygon, ValueTracker, VGroup, VMobject

from stage.clock import follow_clock
from stage.place import put
from stage.plane.plane import Quadrant
from stage.text.writing import equation
from stage.theme import Theme

RAYS = np.radians(np.arange(15.0, 90.0, 15.0))


class PolarGrid(VGroup):
    """Circles about the origin and rays from it, as far as the plane goes; r = 1 stands out."""

    def __init__(self, plane: Quadrant, radii: Iterable[float], theme: Theme) -> None:
        super().__init__()
        faint: dict[str, Any] = {"color": theme.faint, "stroke_width": 2, "stroke_opacity": 0.5}
        angles = np.linspace(0.0, np.pi / 2, 181)
        round_ = np.column_stack([np.cos(angles), np.sin(angles)])
        for radius in radii:
            places = radius * round_
            inside = np.all(places <= plane.extent * (1 + 1e-9), axis=1)
            for part in np.split(places, np.flatnonzero(np.diff(inside.astype(int))) + 1):
                if len(part) > 1 and np.all(part <= plane.extent * (1 + 1e-9)):
                    self.add(VMobject(**faint).set_points_as_corners(plane.at(part)))
        for angle in RAYS:
            along = np.array([np.cos(angle), np.sin(angle)])
            ends = plane.at(np.stack([0 * along, along * plane.extent / np.max(along)]))
            self.add(VMobject(**faint).set_points_as_corners(ends))
        one = VMobject(color=theme.ink, stroke_width=5).set_points_as_corners(plane.at(round_))
        shade = one.copy().set_stroke(theme.background, width=12, opacity=0.7)
        name = equation("r = 1", theme, pixels=theme.text_pixels, halo=True)
        name.next_to(plane.at(round_[-1]), RIGHT + 0.6 * UP, buff=0.16)
        self.unit = VGroup(shade, one)
        """The circle r = 1, to be drawn over the flow; ``name_of_unit`` names it."""
        self.name_of_unit = name


class SplitPush(VGroup):
    """A dot, and two arrows at it: the part of its push along the radius, and that around.

    ``place_at`` maps film time to weights (2,), ``parts_at`` to the sizes (2,) of the two parts, in
    units of the stage on a plane of 6 units. The names r̂ and θ̂ stand at their tips.
    """

    def __init__(
        self,
        plane: Quadrant,
        place_at: Callable[[float], np.ndarray],
        parts_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        colours, names = (theme.ink, theme.path), ("hat(r)", "hat(theta)")
        for colour, name in zip(colours, names, strict=True):
            shade = VMobject(color=theme.background, stroke_width=16, stroke_opacity=0.8)
            shaft = VMobject(color=colour, stroke_width=8)
            head = Polygon(*np.eye(3), color=colour, fill_opacity=1, stroke_width=0)
            label = equation(name, theme, pixels=theme.number_pixels, colour=colour, halo=True)
            self.add(VGroup(shade, shaft, head, label))
            vars(label)["home"] = [glyph.points - label.get_center() for glyph in label]
        dot = Dot(radius=0.13, color=theme.path).set_stroke(theme.background, width=5)
        self.add(dot)
        scale = float(np.linalg.norm(plane.frame[1] - plane.frame[0])) / 6.0

        def look(time: float) -> None:
            w, parts = place_at(time), parts_at(time)
            foot = plane.at(w)
            along = np.array([*(w / np.hypot(*w)), 0.0])
            across = np.array([-along[1], along[0], 0.0])
            ways = (along, across), (across, -along)
            for arrow, part, (way, side) in zip(self.submobjects, parts, ways, strict=False):
                _lay(arrow, foot, scale * float(part), way, side)
            put(dot, foot)

        follow_clock(self, clock, look)


def _lay(arrow: VMobject, foot: np.ndarray, part: float, way: np.ndarray, side: np.ndarray) -> None:
    """Lay an arrow from ``foot`` as long as ``part``, its name beyond its tip."""
    shade, shaft, head, label = arrow.submobjects
    size, tip = min(0.28, 0.45 * part), foot + part * way
    neck = tip - size * way
    for line in (shade, shaft):
        line.set_points_as_corners([foot, neck])
    head.set_points_as_corners([tip, neck + 0.55 * size * side, neck - 0.55 * size * side, tip])
    middle = tip + 0.36 * way
    for glyph, home in zip(label, vars(label)["home"], strict=True):
        glyph.points = home + middle


def towards(plane: Quadrant, w: Sequence[float], theme: Theme) -> VGroup:
    """A green arrow at the plane's edge, to a minimizer that lies beyond it."""
    way = np.asarray(w, dtype=float)
    edge = way * plane.extent / np.max(way)
    arrow = Arrow(
        plane.at(0.82 * edge),
        plane.at(0.985 * edge),
        buff=0,
        color=theme.minimizer,
        stroke_width=6,
        tip_length=0.24,
        max_stroke_width_to_length_ratio=20,
    )
    name = equation("w^*", theme, colour=theme.minimizer, pixels=theme.number_pixels, halo=True)
    return VGroup(arrow, name.next_to(arrow, LEFT, buff=0.12))
