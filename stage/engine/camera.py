"""The camera: Manim's own, and beside it the painter that draws particles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

import cairo
import numpy as np
from manim import Mobject, MovingCamera, VMobject
from manim.utils.color import ManimColor

from stage.engine.particles import Particles
from stage.engine.still import entries, lay_still
from stage.film.writer import FILM_VERSION
from stage.theme import PIXELS_PER_UNIT, Theme

_DEPTH_OF_COLOUR = 1.6  # above 1: overlapping streaks keep their hue before they turn white

# Manim's cache does not see code: a picture painted in another way needs another key.
_PAINTERS = (
    "painter.py",
    "lines.py",
    "light.py",
    "tone_map.py",
    "camera.py",
    "particles.py",
    "still.py",
)
_PAINTED_BY = blake2b(
    b"".join(Path(__file__).with_name(name).read_bytes() for name in _PAINTERS), digest_size=8
).hexdigest()


# Outlines by who was drawn: most of what is drawn anew over the particles has not moved.
Affine = tuple[tuple[float, float, float], tuple[float, float, float]]
_Strokes = list[tuple[Callable[..., object], tuple[float, ...]]]
"""What a pen does, in order, and where."""


class _Traced(NamedTuple):
    """An outline as it was traced last."""

    outline: bytes
    strokes: _Strokes
    """Whatever the matrix was."""
    matrix: tuple[float, ...]
    path: Any
    """What came of it under that matrix."""


_paths: WeakKeyDictionary[VMobject, _Traced] = WeakKeyDictionary()


class _Box(NamedTuple):
    """What a camera's frame is, and from which points that was read."""

    points: bytes
    width: float
    height: float
    centre: np.ndarray


# Asked for at every stroke. Beside the camera: the hash behind Manim's cache walks what is in it.
_boxes: WeakKeyDictionary[Mobject, _Box] = WeakKeyDictionary()


class StageCamera(MovingCamera):
    """Manim's camera, and beside it the painter: particles keep their place in the z-order."""

    first_frame_at: int
    """Where the first frame of the play lies, in microseconds: a part of its key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.made_by = (FILM_VERSION, _PAINTED_BY)  # for the cache key

    @property
    def frame_width(self) -> float:
        """Of what is seen, in Manim's units."""
        return self._box.width

    @frame_width.setter
    def frame_width(self, width: float) -> None:
        self.frame.stretch_to_fit_width(width)

    @property
    def frame_height(self) -> float:
        """Of what is seen, in Manim's units."""
        return self._box.height

    @frame_height.setter
    def frame_height(self, height: float) -> None:
        self.frame.stretch_to_fit_height(height)

    @property
    def frame_center(self) -> np.ndarray:
        """The middle of what is seen."""
        return self._box.centre.copy()

    @frame_center.setter
    def frame_center(self, centre: Any) -> None:
        self.frame.move_to(centre)

    @property
    def _box(self) -> _Box:
        points, kept = self.frame.points.tobytes(), _boxes.get(self.frame)
        if kept is None or kept.points != points or self.frame.submobjects:
            kept = _Box(points, self.frame.width, self.frame.height, self.frame.get_center())
            _boxes[self.frame] = kept
        return kept

    def init_background(self) -> None:
        """Let one row of the background stand for all, unless it is an image."""
        if self.background_image is not None:
            super().init_background()
            return
        height, self.pixel_height = self.pixel_height, 1
        super().init_background()
        self.pixel_height = height
        row = cast(np.ndarray, self.background)
        self.background = np.broadcast_to(row, (height, *row.shape[1:]))

    def type_or_raise(self, mobject: Mobject) -> type[Mobject]:
        """Name the class whose display function draws ``mobject``."""
        if Particles not in vars(self).get("display_funcs", ()):
            super().type_or_raise(mobject)  # which makes display_funcs
            self.display_funcs = {Particles: self._paint, **self.display_funcs}
        return next(way for way in self.display_funcs if isinstance(mobject, way))

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw mobjects in order, runs of one kind at a time."""
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        for kind, run in groupby(shown, self.type_or_raise):
            self.display_funcs[kind](list(run), self.pixel_array)

    def display_vectorized(self, vmobject: VMobject, ctx: cairo.Context[Any]) -> StageCamera:
        """Draw ``vmobject``, or lay it on the picture as it was drawn if it is to be kept still."""
        if vars(vmobject).get("is_still"):
            lay_still(self, vmobject, ctx)
            return self
        behind, over = (_is_stroked(vmobject, background) for background in (True, False))
        filled = _is_seen(vmobject.get_fill_rgbas())
        if behind or filled or over:  # most lines have a fill without colour
            self.set_cairo_context_path(ctx, vmobject)
        if behind:
            self.apply_stroke(ctx, vmobject, background=True)
        if filled:
            self.apply_fill(ctx, vmobject)
        if over:
            self.apply_stroke(ctx, vmobject)
        return self

    def set_cairo_context_path(self, ctx: cairo.Context[Any], vmobject: VMobject) -> StageCamera:
        """Trace the outline of ``vmobject``, with the strokes of the last time if it has not moved.

        While the camera moves these are the same; else what came of them is, too.
        """
        matrix, outline = entries(ctx.get_matrix()), vmobject.points.tobytes()
        traced = _paths.get(vmobject)
        if traced is None or traced.outline != outline:
            traced = _Traced(outline, self._strokes(vmobject), (), None)
        ctx.new_path()
        if traced.matrix == matrix:
            ctx.append_path(traced.path)
        else:
            for stroke, where in traced.strokes:
                stroke(ctx, *where)
            _paths[vmobject] = traced._replace(matrix=matrix, path=ctx.copy_path())
        return self

    def _strokes(self, vmobject: VMobject) -> _Strokes:
        """How Manim traces an outline, which takes each number out of an array by itself."""
        points = self.transform_points_pre_display(vmobject, vmobject.points)
        places = points[:, :2].tolist()
        each = vmobject.n_points_per_cubic_curve
        strokes: _Strokes = []
        for start, end in vmobject.get_subpath_split_indices_from_points(points, n_dims=2).tolist():
            if end - start < each:
                continue
            strokes.append((cairo.Context.new_sub_path, ()))
            strokes.append((cairo.Context.move_to, tuple(places[start])))
            for k in range(start, end - each + 1, each):
                (a, b), (c, d), (e, f) = places[k + 1 : k + 4]
                strokes.append((cairo.Context.curve_to, (a, b, c, d, e, f)))
            if vmobject.consider_points_equals_2d(points[start], points[end - 1]):
                strokes.append((cairo.Context.close_path, ()))
        return strokes

    def _paint(self, run: list[Any], pixels: np.ndarray) -> None:
        from stage.engine import painter  # compiled code: a clip without particles never loads it
        from stage.engine.tone_map import tone_map

        for particles in run:
            if particles.opacity <= 0:
                continue
            stream, theme = particles.stream, particles.theme
            lens = painter.Lens(
                shape=pixels.shape[:2],
                affine=self._affine(particles),
                palette=_palette(theme, particles.is_polar),
                seconds=theme.trail_seconds,
                width=theme.trail_pixels * self._scale,
                strength=theme.trail_light,
                fade=(theme.fade_in * stream.lifetime, theme.fade_out * stream.lifetime),
                edge=(particles.extent * theme.edge[0], particles.extent * theme.edge[1]),
                is_polar=particles.is_polar,
            )
            seen = particles.held or stream
            light = painter.buffer_for(seen, lens)
            light.seek(seen, lens, particles.time)
            tone_map(light, pixels, min(particles.opacity, 1.0), paper=theme.paper)

    @property
    def _scale(self) -> float:
        """Pixels of this picture for one of 1080 lines: streaks grow with resolution and zoom."""
        return self.pixel_height / (PIXELS_PER_UNIT * self.frame_height)

    def _affine(self, particles: Particles) -> Affine:
        """What takes weights to pixels, (2, 3)."""
        corners = self.points_to_subpixel_coords(particles, particles.points)
        across, up = (corners[1:] - corners[0]) / particles.extent
        (a, b, x), (c, d, y) = np.column_stack([across, up, corners[0]]).tolist()
        return (a, b, x), (c, d, y)


def _is_stroked(vmobject: VMobject, background: bool) -> bool:
    """Whether there is a trace of its outline."""
    width = vmobject.get_stroke_width(background)
    return width > 0 and _is_seen(vmobject.get_stroke_rgbas(background))


def _is_seen(inks: np.ndarray) -> bool:
    """Whether some of the colours (n, 4) are not clear."""
    return bool(inks[0, 3]) if len(inks) == 1 else bool(inks[:, 3].any())


@lru_cache(maxsize=4)
def _palette(theme: Theme, is_polar: bool) -> bytes:
    """The light of motion along w₂, both and w₁, or around to out; on paper, what inks take."""
    from stage.engine import painter

    ends = (theme.angular, theme.radial) if is_polar else (theme.second, theme.first)
    colours = [np.array(ManimColor(c).to_rgb()) for c in (ends[0], theme.both, ends[1])]
    lights = [(1 - c if theme.paper else c) ** _DEPTH_OF_COLOUR for c in colours]
    return painter.palette(*lights)
