"""The scene base class: a clock, a theme, a plane, and a way to let time pass."""

from __future__ import annotations

import numpy as np
from manim import (
    UP,
    Animation,
    CairoRenderer,
    FadeIn,
    FadeOut,
    Mobject,
    MovingCameraScene,
    ValueTracker,
    config,
    linear,
)
from manim.utils.color import ManimColor

from stage.film import FilmWriter
from stage.particles import StageCamera
from stage.theme import DARK, Theme
from stage.writing import words


class FlowScene(MovingCameraScene):
    """A Manim scene whose every frame is a pure function of film time.

    ``clock`` holds film time in seconds. Mobjects look themselves up at the clock; nothing steps.
    ``let_flow`` is the only way in which time passes.
    """

    theme: Theme = DARK

    def __init__(self, renderer: CairoRenderer | None = None, **kwargs: object) -> None:
        if renderer is None:
            renderer = CairoRenderer(
                camera_class=StageCamera,
                file_writer_class=FilmWriter,
                skip_animations=bool(kwargs.get("skip_animations", False)),
            )
        super().__init__(camera_class=StageCamera, renderer=renderer, **kwargs)

    def setup(self) -> None:
        """Start the clock, and paint the stage in the theme's background."""
        self.clock = ValueTracker(0.0)
        self.caption: Mobject | None = None
        if not config.transparent:
            self.camera.background_color = ManimColor(self.theme.background)
            self.camera.init_background()

    def let_flow(self, seconds: float, *animations: Animation) -> None:
        """Let film time pass, evenly, while ``animations`` play beside it."""
        now = self.clock.get_value()
        passing = self.clock.animate(run_time=seconds, rate_func=linear).set_value(now + seconds)
        self.play(passing, *animations)

    def say(self, sentence: str, *, seconds: float) -> None:
        """Put a sentence into the caption band, in place of the last one, and let time pass."""
        spoken = words(sentence, self.theme)
        band = (0.5 - self.theme.safe_area) * config.frame_height
        spoken.move_to((-band + 0.28) * UP)
        changes = [FadeIn(spoken, run_time=0.8)]
        if self.caption is not None:
            changes.insert(0, FadeOut(self.caption, run_time=0.4))
        self.caption = spoken
        self.let_flow(seconds, *changes)

    @property
    def safe_width(self) -> float:
        """Width of the frame inside the safe area, in Manim's units."""
        return (1 - 2 * self.theme.safe_area) * config.frame_width

    def place(self, x: float, y: float) -> np.ndarray:
        """Point of the frame: (-1, -1) is the safe area's lower left corner, (1, 1) its upper right."""
        half_height = (0.5 - self.theme.safe_area) * config.frame_height
        return np.array([x * self.safe_width / 2, y * half_height, 0.0])


