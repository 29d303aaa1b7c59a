"""Many small figures as one outline: discs, squares, arrows, loops, each drawn at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import ValueTracker, VMobject
from numpy.typing import ArrayLike

from stage.clock import follow_clock

_ROUND = 4 / 3 * (np.sqrt(2) - 1)  # handles of a quarter of a circle, in radii
_QUARTER = np.array([[1.0, 0.0], [1.0, _ROUND], [_ROUND, 1.0], [0.0, 1.0]])
_TURN = np.array([[0.0, 1.0], [-1.0, 0.0]])
_CIRCLE = np.concatenate([_QUARTER @ np.linalg.matrix_power(_TURN, k) for k in range(4)])
_SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def shape(
    points_at: Callable[[float], np.ndarray], clock: ValueTracker, colour: str, **look: Any
) -> VMobject:
    """A mobject whose points are ``points_at`` film time, (4k, 3), filled by default."""
    made = VMobject(color=colour, **{"stroke_width": 0, "fill_opacity": 1.0} | look)

    def read(time: float) -> None:
        made.points = points_at(time)

    follow_clock(made, clock, read)
    return made


def polygons(corners: np.ndarray) -> np.ndarray:
    """Closed polygons of corners (k, m, 3) as points (4mk, 3)."""
    begin, end = corners, np.roll(corners, -1, axis=1)
    parts = [begin + third / 3 * (end - begin) for third in range(4)]
    return np.stack(parts, axis=2).reshape(-1, 3)


def loops(outlines: Sequence[np.ndarray], nowhere: np.ndarray) -> np.ndarray:
    """Closed loops of corners (m, 3) as points; where there is none, a point ``nowhere``."""
    if not outlines:
        return np.repeat(nowhere[None], 4, axis=0)
    return np.concatenate([polygons(outline[None]) for outline in outlines])


def strokes(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Straight strokes from places (k, 3) to places (k, 3) as points (4k, 3)."""
    parts = [begin + third / 3 * (end - begin) for third in range(4)]
    return np.stack(parts, axis=1).reshape(-1, 3)


def discs(middles: np.ndarray, radii: ArrayLike) -> np.ndarray:
    """Discs around middles (k, 3), of radii (k,) or all of one, as points (16k, 3)."""
    size = np.broadcast_to(np.asarray(radii, dtype=float), len(middles))
    around = np.column_stack([_CIRCLE, np.zeros(len(_CIRCLE))])
    return np.asarray(middles[:, None] + size[:, None, None] * around).reshape(-1, 3)


def squares(middles: np.ndarray, halves: ArrayLike) -> np.ndarray:
    """Squares around middles (k, 3), with half sides (k,), as points (16k, 3)."""
    size = np.broadcast_to(np.asarray(halves, dtype=float), len(middles))
    around = np.column_stack([_SQUARE, np.zeros(4)])
    return polygons(middles[:, None] + size[:, None, None] * around)


def arrows(tail: np.ndarray, tips: np.ndarray, *, width: float, head: float) -> np.ndarray:
    """Arrows from a tail (3,) to tips (k, 3) as points; heads shrink with what is short."""
    along = tips - tail
    length = np.linalg.norm(along, axis=1, keepdims=True)
    ahead = along / np.maximum(length, 1e-9)
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0], np.zeros(len(tips))])
    head_long = np.minimum(head, 0.6 * length)
    half = np.minimum(width / 2, 0.12 * length)
    neck, wing = tips - head_long * ahead, 0.42 * head_long * aside
    corners = [
        tail - half * aside, neck - half * aside, neck - wing, tips,
        neck + wing, neck + half * aside, tail + half * aside,
    ]  # fmt: skip
    return polygons(np.stack(corners, axis=1))
