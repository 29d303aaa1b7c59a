"""Marks that stand still over light: drawn once, and laid on every picture as they are."""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import cairo
import numpy as np
from manim import Camera, Mobject, VMobject

from stage.engine.pen import Paint, draw, trace

_DIGITS = 6  # of colours and widths: what a fade rounds otherwise in every frame


class Look(NamedTuple):
    """All that a mark's picture depends on, at full opacity."""

    matrix: cairo.Matrix
    points: bytes
    widths: tuple[float, ...]
    inks: tuple[bytes, ...]


class Stamp(NamedTuple):
    """A mark on nothing, in pixels of the picture, and where its upper left corner is."""

    surface: cairo.ImageSurface
    x: int
    y: int


class Laid(NamedTuple):
    """What was laid last: all that was seen of the mark, to the bit, and what came of it."""

    matrix: cairo.Matrix
    points: bytes
    widths: tuple[float, float]
    inks: tuple[bytes, ...]
    opacity: float
    look: Look
    stamp: Stamp


# By who was drawn; the hash behind Manim's cache does not come here.
_stamps: WeakKeyDictionary[VMobject, Laid] = WeakKeyDictionary()


def keep_still(mark: Mobject) -> None:
    """Have each part of a mark drawn apart, and laid on pictures as long as it looks the same.

    What stands over particles is drawn in every frame, and outlines of letters cost more than the
    light of a thousand trails. A part that fades is laid on more faintly; one that moves is drawn
    anew.
    """
    for part in mark.get_family():
        vars(part)["is_still"] = True


def in_place(start: np.ndarray, stop: np.ndarray, part: float) -> np.ndarray:
    """Points that do not move, as the ``path_func`` of a fade: Manim's own rounds them anew."""
    return stop


def lay_still(camera: Camera, mark: VMobject, ctx: cairo.Context[Any]) -> None:
    """Lay the stamp of a mark on the picture behind ``ctx``."""
    inks = mark.background_stroke_rgbas, mark.fill_rgbas, mark.stroke_rgbas
    widths = float(mark.background_stroke_width), float(mark.stroke_width)
    matrix, outline = ctx.get_matrix(), mark.points.tobytes()
    now = matrix, outline, widths, tuple(ink.tobytes() for ink in inks)
    kept = _stamps.get(mark)
    if kept is None or kept[:4] != now:
        opacity = max(float(ink[:, 3].max()) for ink in inks)
        if opacity <= 0:
            return
        full = [np.round(ink / [1, 1, 1, opacity], _DIGITS) for ink in inks]
        wide = tuple(round(width, _DIGITS) for width in widths)
        look = Look(matrix, outline, wide, tuple(ink.tobytes() for ink in full))
        if kept is None or kept.look != look:
            paints = zip((wide[0], None, wide[1]), full, strict=True)
            drawn = [(width, ink) for width, ink in paints if width is None or width > 0]
            stamp = _stamp(camera, mark, matrix, drawn)
        else:
            stamp = kept.stamp
        _stamps[mark] = kept = Laid(*now, opacity, look, stamp)
    ctx.save()
    ctx.identity_matrix()
    ctx.set_source_surface(*kept.stamp)
    ctx.paint_with_alpha(min(kept.opacity, 1.0))
    ctx.restore()


def _stamp(camera: Camera, mark: VMobject, matrix: cairo.Matrix, paints: list[Paint]) -> Stamp:
    drawn = cairo.RecordingSurface(cairo.CONTENT_COLOR_ALPHA, None)
    ctx = cairo.Context(drawn)
    ctx.set_matrix(matrix)
    trace(ctx, mark)
    draw(camera, mark, ctx, paints)
    left, top, width, height = drawn.ink_extents()
    x, y = int(left // 1), int(top // 1)
    size = int(left + width - x) + 2, int(top + height - y) + 2
    surface = cairo.ImageSurface(cairo.FORMAT_ARGB32, *size)
    copy = cairo.Context(surface)
    copy.set_source_surface(drawn, -x, -y)
    copy.paint()
    return Stamp(surface, x, y)
