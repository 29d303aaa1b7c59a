"""The camera: Manim's own, and beside it the painter that draws particles."""

from __future__ import annotations

from collections.abc import Iterable
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

from stage.engine.order import in_order
from stage.engine.particles import Particles
from stage.engine.pen import draw, paints, trace
from stage.engine.still import lay_still
from stage.film.writer import FILM_VERSION
from stage.theme import PIXELS_PER_UNIT, Theme

_DEPTH_OF_COLOUR = 1.6  # above 1: overlapping streaks keep their hue before they turn white

# Manim's cache does not see code: a picture painted in another way needs another key.
_PAINTERS = (
    "painter.py",
    "finder.py",
    "snapshot.py",
    "compiled/lines.py",
    "compiled/light.py",
    "compiled/trails.py",
    "compiled/trail_light.py",
    "compiled/tone_map.py",
    "camera.py",
    "particles.py",
    "still.py",
    "pen.py",
    "order.py",
)
_PAINTED_BY = blake2b(
    b"".join((Path(__file__).parent / name).read_bytes() for name in _PAINTERS), digest_size=8
).hexdigest()


Affine = tuple[tuple[float, float, float], tuple[float, float, float]]


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
    is_moving = False
    """Whether its frame moves in the play: then light is a snapshot in each frame of it."""

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

    def get_mobjects_to_display(
        self,
        mobjects: Iterable[Mobject],
        include_submobjects: bool = True,
        excluded_mobjects: list[Mobject] | None = None,
    ) -> list[Mobject]:
        """List what is to be drawn, in order; Manim goes through each family for each member."""
        if not include_submobjects or excluded_mobjects:
            return super().get_mobjects_to_display(mobjects, include_submobjects, excluded_mobjects)
        return in_order(mobjects, by_height=self.use_z_index)

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw mobjects in order, runs of one kind at a time."""
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        ways = {type(mobject): mobject for mobject in shown}
        drawn_as = {kind: self.type_or_raise(one) for kind, one in ways.items()}
        for way, run in groupby(shown, lambda mobject: drawn_as[type(mobject)]):
            self.display_funcs[way](list(run), self.pixel_array)

    def display_vectorized(self, vmobject: VMobject, ctx: cairo.Context[Any]) -> StageCamera:
        """Draw ``vmobject``, or lay it on the picture as it was drawn if it is to be kept still."""
        if vars(vmobject).get("is_still"):
            lay_still(self, vmobject, ctx)
        elif painted := paints(vmobject):
            self.set_cairo_context_path(ctx, vmobject)
            draw(self, vmobject, ctx, painted)
        return self

    def set_cairo_context_path(self, ctx: cairo.Context[Any], vmobject: VMobject) -> StageCamera:
        """Trace the outline of ``vmobject``."""
        trace(ctx, vmobject)
        return self

    def _paint(self, run: list[Any], pixels: np.ndarray) -> None:
        from stage.engine import painter, snapshot  # compiled: who has no particles loads neither
        from stage.engine.compiled.tone_map import tone_map

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
            buffer = painter.buffer_for
            light = snapshot.snapshot_of(seen) if self.is_moving else buffer(seen, lens)
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


@lru_cache(maxsize=4)
def _palette(theme: Theme, is_polar: bool) -> bytes:
    """The light of motion along w₂, both and w₁, or around to out; on paper, what inks take."""
    from stage.engine import painter

    ends = (theme.angular, theme.radial) if is_polar else (theme.second, theme.first)
    colours = [np.array(ManimColor(c).to_rgb()) for c in (ends[0], theme.both, ends[1])]
    lights = [(1 - c if theme.paper else c) ** _DEPTH_OF_COLOUR for c in colours]
    return painter.palette(*lights)
