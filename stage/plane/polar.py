"""The plane in polar coordinates: its grid, and a pull split along the radius and around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Arrow, Dot, Polygon, ValueTracker, VGroup, VMobject

from fields.ease import smoothstep
from stage.clock import follow_clock
from stage.keyframes import Schedule
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
        name.next_to(plane.at(round_[0]), RIGHT + 0.6 * UP, buff=0.16)
        self.unit = VGroup(shade, one)
        """The circle r = 1, to be drawn over the flow; ``name_of_unit`` names it."""
        self.name_of_unit = name


class PolarPull(VGroup):
    """A dot and its pull w* − w, which is dropped to a part out and a part around; that counts r².

    ``place_at`` maps film time to weights (2,), ``pull_at`` to the pull (2,), in units of the stage
    on a plane of 6 units. ``dropped`` and ``weighed`` are film time to 0 … 1: how far the parts are
    drawn, and how far the part around has been multiplied by r². Then ẇ is drawn too: their sum.
    """

    def __init__(
        self,
        plane: Quadrant,
        place_at: Callable[[float], np.ndarray],
        pull_at: Callable[[float], np.ndarray],
        dropped: Schedule,
        weighed: Schedule,
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        faint: dict[str, Any] = {"color": theme.faint, "stroke_width": 2.5}
        drops = VGroup(VMobject(**faint), VMobject(**faint))
        ghost = VMobject(color=theme.angular, stroke_width=4, stroke_opacity=0.45)
        pull = _named(theme.minimizer, "w^* - w", theme)
        out, around = (
            _named(colour, name, theme)
            for colour, name in ((theme.radial, "hat(r)"), (theme.angular, "hat(theta)"))
        )
        push = _named(theme.path, "dot(w)", theme)
        dot = Dot(radius=0.13, color=theme.path).set_stroke(theme.background, width=5)
        self.add(drops, ghost, pull, out, around, push, dot)
        scale = float(np.linalg.norm(plane.frame[1] - plane.frame[0])) / 6.0

        def look(time: float) -> None:
            w, g = place_at(time), scale * pull_at(time)
            part, weight = float(dropped(time)), float(weighed(time))
            foot, r = plane.at(w), float(np.hypot(*w))
            along = np.array([*(w / r), 0.0])
            across = np.array([-along[1], along[0], 0.0])
            flat = np.array([*g, 0.0])
            radial, angular = float(along @ flat), float(across @ flat)
            _lay(pull, foot, flat, 0.42, 0.3, named=1.0 - float(smoothstep(min(1.0, 2.5 * weight))))
            ends = [foot + part * radial * along, foot + part * angular * across]
            for line, end in zip(drops, ends, strict=True):
                tip = foot + flat if part > 0.05 else foot
                line.set_points_as_corners([tip, end if part > 0.05 else foot])
            ghost.set_points_as_corners([foot, ends[1]])
            turned = part * angular * (1.0 + weight * (r * r - 1.0)) * across
            _lay(out, foot, part * radial * along, 0.1, -0.3)
            _lay(around, foot, turned, 0.3)
            _lay(push, foot, smoothstep(min(1.0, weight)) * (part * radial * along + turned), 0.36)
            put(dot, foot)

        follow_clock(self, clock, look)


def _named(colour: str, name: str, theme: Theme) -> VGroup:
    """An arrow that is still to be laid, and its name."""
    shade = VMobject(color=theme.background, stroke_width=16, stroke_opacity=0.8)
    shaft = VMobject(color=colour, stroke_width=8)
    head = Polygon(*np.eye(3), color=colour, fill_opacity=1, stroke_width=0)
    label = equation(name, theme, pixels=theme.text_pixels, colour=colour, halo=True)
    vars(label)["home"] = [glyph.points - label.get_center() for glyph in label]
    vars(label)["half"] = (label.width / 2, label.height / 2)
    return VGroup(shade, shaft, head, label)


def _lay(
    arrow: VGroup,
    foot: np.ndarray,
    way: np.ndarray,
    gap: float,
    aside: float = 0.0,
    *,
    named: float = 1.0,
) -> None:
    """Lay an arrow along ``way``, its name beyond its tip, or ``aside`` of it.

    Too short, it is only a point. ``named`` is how large its name is, 0 to 1.
    """
    shade, shaft, head, label = arrow.submobjects
    long = float(np.linalg.norm(way))
    on = way / long if long > 1e-9 else np.array([1.0, 0.0, 0.0])
    side = np.array([-on[1], on[0], 0.0])
    size, tip = min(0.28, 0.45 * long), foot + way
    neck = tip - size * on
    for line in (shade, shaft):
        line.set_points_as_corners([foot, neck])
    head.set_points_as_corners([tip, neck + 0.55 * size * side, neck - 0.55 * size * side, tip])
    wide, high = vars(label)["half"]
    reach = abs(on[0]) * wide + abs(on[1]) * high
    grown = named * float(smoothstep(min(1.0, max(0.0, long / 0.15 - 1.0))))  # with its arrow
    middle = tip + (reach + gap / 2) * on + aside * side
    for glyph, home in zip(label, vars(label)["home"], strict=True):
        glyph.points = grown * home + middle


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
