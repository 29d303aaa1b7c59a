"""Thousands of particles with trails as one mobject, and the camera that can draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

import numpy as np
from manim import Mobject, MovingCamera, ValueTracker
from manim.utils.color import ManimColor

from fields import Stream
from stage.film import FILM_VERSION
from stage.theme import PIXELS_PER_UNIT, Theme


_DEPTH_OF_COLOUR = 1.6  # above 1: overlapping streaks keep their hue before they turn white


def _light(colour: str) -> np.ndarray:
    """The light of a colour: faint streaks keep its hue, gathered ones grow towards white."""
    return (np.array(ManimColor(colour).to_rgb()) ** _DEPTH_OF_COLOUR).astype(np.float32)


class Particles(Mobject):
    """A stream seen at a clock: streaks of light, coloured by which weight is being learned.

    Orange moves along w₁, blue along w₂, white along both. Its four points are the corners of the
    plane's square, so that shifting, scaling or rotating the mobject carries the light with it;
    ``set_opacity`` and the fades dim it. It looks its stream up at the clock and never steps.
    """

    def __init__(
        self, stream: Stream, clock: ValueTracker, corners: np.ndarray, extent: float, theme: Theme
    ) -> None:
        super().__init__()
        self.stream = stream
        self.clock = clock
        self.extent = extent
        self.theme = theme
        self.opacity = 1.0
        self.points = np.array(corners, dtype=float)  # (0, 0), (extent, 0), (0, extent)
        self.add_updater(_look)  # Manim redraws only what has an updater
        _look(self)

    def __deepcopy__(self, memo: dict[int, object]) -> Particles:
        """Share the clock and the stream with copies: animations copy what they animate."""
        memo[id(self.clock)] = self.clock
        copy = type(self).__new__(type(self))
        memo[id(self)] = copy
        for name, value in self.__dict__.items():
            if name in ("stream", "theme", "clock", "updaters"):
                copy.__dict__[name] = value
            elif isinstance(value, np.ndarray):
                copy.__dict__[name] = value.copy()
            else:
                copy.__dict__[name] = list(value) if isinstance(value, list) else value
        return copy

    def set_opacity(self, opacity: float, family: bool = True) -> Particles:
        """Dim all light to ``opacity`` of what it was made with."""
        self.opacity = float(opacity)
        return self

    def fade(self, darkness: float = 0.5, family: bool = True) -> Particles:
        """Take ``darkness`` of the light away."""
        return self.set_opacity(self.opacity * (1.0 - darkness))

    def interpolate_color(self, one: Particles, other: Particles, alpha: float) -> None:
        """Blend the opacity, as Manim's animations ask of a mobject's colour."""
        self.opacity = (1 - alpha) * one.opacity + alpha * other.opacity


def _look(particles: Mobject) -> None:
    particles.time = particles.clock.get_value()


class StageCamera(MovingCamera):
    """Manim's camera, and beside it the painter: particles keep their place in the z-order."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.film_version = FILM_VERSION  # seen by the cache key, as code is not
        self._light = np.zeros((self.pixel_height, self.pixel_width, 3), np.float32)

    def type_or_raise(self, mobject: Mobject) -> type[Mobject]:
        """Name the class whose display function draws ``mobject``."""
        drawn = super().type_or_raise(mobject)  # which rebuilds display_funcs at each call
        self.display_funcs[Particles] = self._paint
        return Particles if isinstance(mobject, Particles) else drawn

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: object) -> None:
        """Draw mobjects in order, runs of one kind at a time."""
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        for kind, run in groupby(shown, self.type_or_raise):
            self.display_funcs[kind](list(run), self.pixel_array)

    def _paint(self, run: list[Particles], pixels: np.ndarray) -> None:
        from stage import painter  # compiled code: a clip without particles never loads it

        if self._light.shape[:2] != pixels.shape[:2]:
            self._light = np.zeros((*pixels.shape[:2], 3), np.float32)
        for particles in run:
            box, radius = painter.empty_box(), self._trail_pixels(particles)
            self._expose(painter.expose, particles, box)
            painter.develop(self._light, box, max(1.0, radius), pixels, particles.opacity)

    def _trail_pixels(self, particles: Particles) -> float:
        """Width of a streak, in pixels of this picture: it grows with resolution and zoom."""
        return particles.theme.trail_pixels * self.pixel_height / (PIXELS_PER_UNIT * self.frame_height)

    def _expose(
        self, expose: Callable[..., None], particles: Particles, box: np.ndarray
    ) -> None:
        stream, theme = particles.stream, particles.theme
        corners = self.points_to_subpixel_coords(particles, particles.points)
        across, up = (corners[1:] - corners[0]) / particles.extent
        affine = np.column_stack([across, up, corners[0]])
        width = self._trail_pixels(particles)
        strength = theme.trail_light
        colours = np.stack([_light(c) for c in (theme.second, theme.both, theme.first)])
        lifetime = stream.lifetime
        for run in stream.alive(particles.time):
            expose(
                self._light,
                box,
                stream.samples[run.lives],
                run.ages,
                lifetime / (stream.samples.shape[1] - 1),
                affine,
                colours,
                (theme.trail_seconds, theme.trail_segments, width, strength, max(1.0, width)),
                (theme.fade_in * lifetime, theme.fade_out * lifetime),
                tuple(particles.extent * part for part in theme.edge),
            )
