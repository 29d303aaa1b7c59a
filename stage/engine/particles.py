"""Thousands of particles with trails, as one mobject."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Mobject, ValueTracker

from fields import HeldStream, Stream
from stage.clock import lap_time
from stage.theme import Theme


class Particles(Mobject):
    """A stream seen at a clock: streaks of light, coloured by which weight is being learned.

    Orange moves along w₁, blue along w₂, white along both; or, where it ``is_polar``, violet along
    the radius and yellow around the origin. Its points are corners of the
    plane's square, so that shifting, scaling or rotating the mobject carries the light with it;
    ``set_opacity`` and the fades dim it. It looks its stream up at the clock and never steps.
    """

    def __init__(
        self,
        stream: Stream,
        clock: ValueTracker,
        corners: np.ndarray,
        extent: float,
        theme: Theme,
        *,
        is_polar: bool = False,
    ) -> None:
        super().__init__()
        self.stream = stream
        self.held: HeldStream | None = None
        self.clock = clock
        self.extent = extent
        self.theme = theme
        self.is_polar = is_polar
        self.opacity = 1.0
        self.points = np.array(corners, dtype=float)  # (0, 0), (extent, 0), (0, extent)
        self.add_updater(_shown_anew)

    @property
    def time(self) -> float:
        """Film time at which the stream is seen, in seconds; in a hold it goes on."""
        return lap_time(self.clock) if self.held else float(self.clock.get_value())

    def __deepcopy__(self, memo: dict[int, Any]) -> Particles:
        """Share the clock and the stream with copies: animations copy what they animate."""
        memo[id(self.clock)] = self.clock
        copy = type(self).__new__(type(self))
        memo[id(self)] = copy
        for name, value in self.__dict__.items():
            if name in ("stream", "held", "theme", "clock", "updaters"):
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

    def interpolate_color(self, one: Mobject, other: Mobject, alpha: float) -> Particles:
        """Blend the opacity, as Manim's animations ask of a mobject's colour."""
        assert isinstance(one, Particles) and isinstance(other, Particles)
        self.opacity = (1 - alpha) * one.opacity + alpha * other.opacity
        return self


def _shown_anew(particles: Mobject) -> None:
    """Nothing to do: by having an updater a mobject tells Manim to draw it in every frame."""
