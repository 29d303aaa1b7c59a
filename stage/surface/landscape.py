"""A loss as a landscape: height over the weight plane, looked at aslant or from above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from manim import Dot, ValueTracker, VGroup, VMobject

from fields import LineLoss, Loss, PointLoss
from stage.clock import follow_clock
from stage.keyframes import Schedule, so_far
from stage.place import grid_lines, put
from stage.theme import Theme

Tilt = Schedule
"""Film time to how far the view is tilted: 0 from above, where it is the plane, 1 aslant."""


@dataclass(frozen=True)
class View:
    """Where a place and a height over it stand on the stage, for someone who looks from a side.

    From above, at tilt 0, the square [0, extent]² fills ``size`` units around ``centre``, and
    heights are not seen. At tilt 1 it is turned by ``turn`` and seen from ``elevation`` over the
    horizon, both in radians; a height of 1 then rises by the part ``lift`` of the size.
    """

    centre: tuple[float, float, float]
    size: float
    extent: float = 10.0
    turn: float = 0.7
    elevation: float = 0.55
    lift: float = 0.022
    zoom: float = 0.75
    """Size at tilt 1, in parts of that at tilt 0."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Where the middle stands at tilt 1, seen from ``centre``, in units."""

    def place(self, w: np.ndarray, height: np.ndarray | float, tilt: float) -> np.ndarray:
        """Stage positions (..., 3) of places (..., 2) and heights (...)."""
        x, y = np.moveaxis((np.asarray(w, dtype=float) / self.extent - 0.5) * self.size, -1, 0)
        turn = tilt * self.turn
        low = np.pi / 2 + tilt * (self.elevation - np.pi / 2)
        across = x * np.cos(turn) - y * np.sin(turn)
        back = x * np.sin(turn) + y * np.cos(turn)
        up = back * np.sin(low) + self.lift * self.size * np.asarray(height, float) * np.cos(low)
        scale = 1.0 + tilt * (self.zoom - 1.0)
        centre = np.array(self.centre) + tilt * np.array([*self.shift, 0.0])
        return centre + scale * np.stack([across, up, np.zeros_like(across)], axis=-1)

    def fitted(self, lines: Sequence[np.ndarray], box: Sequence[float]) -> View:
        """The view that at tilt 1 fills the box (left, bottom, right, top) with lines (m, 3)."""
        whole = np.concatenate(lines)
        plain = replace(self, zoom=1.0, shift=(0.0, 0.0))
        seen = plain.place(whole[:, :2], whole[:, 2], 1.0)[:, :2] - np.array(self.centre)[:2]
        low, high = seen.min(axis=0), seen.max(axis=0)
        corner, other = np.array(box[:2]), np.array(box[2:])
        zoom = float(np.min((other - corner) / (high - low)))
        middle = (corner + other) / 2 - np.array(self.centre)[:2]
        shift = middle - zoom * (low + high) / 2
        return replace(self, zoom=zoom, shift=(float(shift[0]), float(shift[1])))


class Draped(VGroup):
    """Lines that lie on a landscape, each of them (m, 3): w₁, w₂ and the height there."""

    def __init__(
        self,
        lines: Sequence[np.ndarray],
        view: View,
        tilt_at: Tilt,
        clock: ValueTracker,
        **stroke: Any,
    ) -> None:
        super().__init__()
        self.add(*(VMobject(**stroke) for _ in lines))

        def look(time: float) -> None:
            tilt = float(tilt_at(time))
            for curve, line in zip(self, lines, strict=True):
                curve.set_points_as_corners(view.place(line[:, :2], line[:, 2], tilt))

        follow_clock(self, clock, look)


class Pinned(VGroup):
    """A mark, or a label ``aside`` of a place, that stays upright while the view tilts."""

    def __init__(
        self,
        mark: VMobject,
        place: np.ndarray,
        view: View,
        tilt_at: Tilt,
        clock: ValueTracker,
        *,
        aside: Sequence[float] = (0.0, 0.0, 0.0),
    ) -> None:
        super().__init__()
        family = mark.family_members_with_points()
        parts = [part.copy() for part in family if isinstance(part, VMobject)]
        middle = mark.get_center()
        homes = [part.points - middle + np.asarray(aside, dtype=float) for part in parts]
        spot = np.asarray(place, dtype=float)
        self.add(*parts)

        def look(time: float) -> None:
            here = view.place(spot[:2], spot[2], float(tilt_at(time)))
            for part, home in zip(self, homes, strict=True):
                part.points = home + here

        follow_clock(self, clock, look)


class Roller(VGroup):
    """A dot that rolls over a landscape, and the path that it leaves.

    ``places`` (m, 3) are w₁, w₂ and the height at ``times`` (m,), seconds since film time
    ``begin``; before that it waits, or is where ``before`` (film time to (3,)) says, and after the
    last it stays.
    """

    def __init__(
        self,
        times: np.ndarray,
        places: np.ndarray,
        view: View,
        tilt_at: Tilt,
        clock: ValueTracker,
        theme: Theme,
        *,
        begin: float = 0.0,
        before: Callable[[float], np.ndarray] | None = None,
        colour: str | None = None,
    ) -> None:
        super().__init__()
        colour = colour or theme.path
        shade = VMobject(color=theme.background, stroke_width=13, stroke_opacity=0.8)
        line = VMobject(color=colour, stroke_width=6)
        dot = Dot(radius=0.12, color=colour).set_stroke(theme.background, width=5)
        self.add(shade, line, dot)

        def look(time: float) -> None:
            tilt, since = float(tilt_at(time)), time - begin
            done = so_far(times, places, since)
            if before is not None and since < 0:
                done = np.array([before(time), before(time)])
            points = view.place(done[:, :2], done[:, 2], tilt)
            for curve in (shade, line):
                curve.set_points_as_corners(points)
            put(dot, points[-1])

        follow_clock(self, clock, look)


def raised(loss: Loss, places: np.ndarray) -> np.ndarray:
    """Places (..., 2) with the loss as their height, (..., 3)."""
    return np.concatenate([places, loss.value(places)[..., None]], axis=-1)


def cloth(loss: Loss, extent: float, *, lines: int = 11) -> list[np.ndarray]:
    """A grid over [0, extent]², laid on the landscape: ``lines`` each way, (41, 3)."""
    return [raised(loss, places) for places in grid_lines(np.linspace(0.0, extent, lines))]


def folds(lines: list[np.ndarray]) -> list[np.ndarray]:
    """The closed strips between neighbours of a ``cloth``'s first lines, to be filled."""
    one_way = lines[: len(lines) // 2]
    return [np.concatenate([a, b[::-1], a[:1]]) for a, b in pairwise(one_way)]


def level_curves(
    loss: PointLoss | LineLoss, steps: Sequence[float], extent: float
) -> list[np.ndarray]:
    """Where the loss is ½e², for each distance e of ``steps``: curves (m, 3) in [0, extent]²."""
    found = []
    for e in steps:
        if isinstance(loss, LineLoss):
            far = e * float(np.hypot(loss.a, loss.b))
            for c in {loss.c - far, loss.c + far}:
                ends = LineLoss(loss.a, loss.b, c).minimizers(extent)
                if len(ends) == 2:
                    found.append(ends)
            continue
        angle = np.linspace(0.0, 2 * np.pi, 361)
        circle = loss.target + e * np.column_stack([np.cos(angle), np.sin(angle)])
        inside = np.all((circle >= 0) & (circle <= extent), axis=1)
        for run in np.split(np.arange(361), np.flatnonzero(np.diff(inside)) + 1):
            if inside[run[0]] and len(run) > 1:
                found.append(circle[run])
    return [raised(loss, curve) for curve in found]
