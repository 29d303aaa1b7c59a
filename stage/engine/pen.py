"""The pen: outlines as Manim draws them, to the last bit, with fewer questions asked.

Manim takes each number out of an array by itself, and asks of every outline in every frame where
its parts begin. Here that is asked when the outline has changed.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import cairo
import numpy as np
from manim import Camera, VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP

_RELATIVE = 1e-5  # as in numpy.isclose, by which Manim tells where one part ends
_PER_CURVE = 4  # points: both ends of a cubic curve, and its handles between

Part = tuple[list[float], list[list[float]], bool]
"""Where connected curves begin; both handles and the end of each; whether they are closed."""
Paint = tuple[float | None, np.ndarray]
"""A stroke of some width or, without one, a fill; in one colour or those of a gradient (n, 4)."""


class _Traced:
    """An outline as it was traced last."""

    __slots__ = ("matrix", "outline", "parts", "path")

    def __init__(self) -> None:
        self.outline: bytes | None = None
        self.parts: list[Part] = []
        """Whatever the matrix was."""
        self.matrix: cairo.Matrix | None = None
        self.path: Any = None
        """What came of it under that matrix, if it was traced twice under it."""


# By who was drawn: most of what is drawn anew over the particles has not moved.
_paths: WeakKeyDictionary[VMobject, _Traced] = WeakKeyDictionary()


def draw(camera: Camera, vmobject: VMobject, ctx: cairo.Context[Any], paints: list[Paint]) -> None:
    """Paint the path of ``ctx``, which is the outline of ``vmobject``."""
    for width, inks in paints:
        if len(inks) == 1:
            ((red, green, blue, alpha),) = inks.tolist()
            ctx.set_source_rgba(blue, green, red, alpha)  # pictures have them in this order
        else:
            camera.set_cairo_context_color(ctx, inks, vmobject)
        if width is None:
            ctx.fill_preserve()
        else:
            ctx.set_line_width(width * camera.cairo_line_width_multiple)
            ctx.set_line_join(LINE_JOIN_MAP[vmobject.joint_type])
            ctx.set_line_cap(CAP_STYLE_MAP[vmobject.cap_style])
            ctx.stroke_preserve()


def paints(vmobject: VMobject) -> list[Paint]:
    """What leaves a trace of a mobject: the stroke behind it, its fill, and its stroke."""
    found: list[Paint] = []
    behind, over = vmobject.get_stroke_width(True), vmobject.get_stroke_width()
    if behind > 0 and is_seen(inks := vmobject.get_stroke_rgbas(True)):
        found.append((behind, inks))
    if is_seen(inks := vmobject.get_fill_rgbas()):  # most lines have a fill without colour
        found.append((None, inks))
    if over > 0 and is_seen(inks := vmobject.get_stroke_rgbas()):
        found.append((over, inks))
    return found


def is_seen(inks: np.ndarray) -> bool:
    """Whether some of the colours (n, 4) are not clear."""
    return bool(inks.item(3)) if len(inks) == 1 else bool(inks[:, 3].any())


def trace(ctx: cairo.Context[Any], vmobject: VMobject) -> None:
    """Make the outline of ``vmobject`` the path of ``ctx``, as the last time if it has not moved.

    While the camera moves its parts are the same; else what came of them is, too.
    """
    outline, traced = vmobject.points.tobytes(), _paths.get(vmobject)
    if traced is None:
        traced = _paths[vmobject] = _Traced()
    if traced.outline != outline:
        traced.outline, traced.matrix = outline, None
        traced.parts = parts(vmobject.points, vmobject.tolerance_for_point_equality)
    matrix = ctx.get_matrix()
    is_again = traced.matrix == matrix
    ctx.new_path()
    if is_again and traced.path is not None:
        ctx.append_path(traced.path)
        return
    curve_to = ctx.curve_to
    for (x, y), curves, is_closed in traced.parts:
        ctx.move_to(x, y)
        for curve in curves:
            curve_to(*curve)
        if is_closed:
            ctx.close_path()
    traced.matrix, traced.path = matrix, ctx.copy_path() if is_again else None


def parts(points: np.ndarray, tolerance: float) -> list[Part]:
    """The parts of an outline, given as ``points`` (n, 3); none if one of these is nowhere.

    Two points are one where x and y differ by ``tolerance`` + 1e-5 of the second one's, at most.
    What is too short to be a curve is left out.
    """
    n = len(points)
    many = n // _PER_CURVE
    if many == 0 or not np.isfinite(points).all():
        return []
    flat = points[:, :2]
    curves = flat[: _PER_CURVE * many].reshape(many, 2 * _PER_CURVE)[:, 2:].tolist()
    ends, begins = flat[_PER_CURVE - 1 : -1 : _PER_CURVE], flat[_PER_CURVE::_PER_CURVE]
    if n == _PER_CURVE or (ends == begins).all():
        (a, b), (x, y) = first, last = flat[:: n - 1].tolist()
        is_closed = first == last or (_near(a, x, tolerance) and _near(b, y, tolerance))
        return [(first, curves, is_closed)]
    splits = np.flatnonzero(~_near(ends, begins, tolerance).all(axis=1)) + 1
    bounds = np.full(len(splits) + 2, many)
    bounds[0], bounds[1:-1] = 0, splits
    starts, stops = bounds[:-1], bounds[1:]
    last = _PER_CURVE * stops - 1
    last[-1] = n - 1
    firsts = flat[_PER_CURVE * starts]
    closed = _near(firsts, flat[last], tolerance).all(axis=1)
    each = zip(firsts.tolist(), starts.tolist(), stops.tolist(), closed.tolist(), strict=True)
    return [
        (first, curves[start:stop], is_closed)
        for first, start, stop, is_closed in each
        if start < stop
    ]


def _near(place: Any, other: Any, tolerance: float) -> Any:
    """Whether a coordinate is the other one, by the measure of ``numpy.isclose``."""
    return abs(place - other) <= tolerance + _RELATIVE * abs(other)
