"""The clips that are measured: DepthMorph as it is, and what stock Manim and matplotlib offer."""

from __future__ import annotations

import numpy as np
from manim import ArrowVectorField, Scene, StreamLines, ValueTracker, linear
from manim.utils.exceptions import EndSceneEarlyException

from scenes.deep import DepthMorph


def depth_morph(count: int, seconds: float, captions: int = 1) -> type[DepthMorph]:
    """DepthMorph with so many particles; of its full composition a stretch is filmed.

    In it some ``captions`` appear, each in a second, in a play of its own, and stay so long.
    """

    class Measured(DepthMorph):
        def let_flow(self, seconds_: float, *animations: object) -> None:
            since = self.clock.get_value() - self.opening
            if since > captions * (seconds + 1.0) - 1e-6:
                raise EndSceneEarlyException
            self.renderer._original_skipping_status = since < -1e-6
            super().let_flow(seconds_, *animations)

    Measured.count = count
    Measured.to_read = seconds + 1.0
    Measured.sliding = 4 * Measured.to_read
    return Measured


def field(place: np.ndarray, inverse_depth: float = 0.25) -> np.ndarray:
    """The deep field around w* = (3, 6), in Manim's coordinates, 7 units for 10 of weight."""
    w = np.clip((place[..., :2] + 3.5) / 0.7, 1e-3, 10)
    move = (w / 4.24) ** (2 - 2 * inverse_depth) * (np.array([3.0, 6.0]) - w)
    return np.append(move / (1e-9 + np.linalg.norm(move)), 0.0)


def stream_lines(step: float, seconds: float) -> type[Scene]:
    """Manim's own: lines start on a lattice, and the field stands still."""

    class Lines(Scene):
        def construct(self) -> None:
            box = [-3.5, 3.5, step]
            lines = StreamLines(field, x_range=box, y_range=box)
            self.number = len(lines.stream_lines)
            self.add(lines)
            lines.start_animation(warm_up=False, flow_speed=1.15, time_width=0.75)
            for _ in range(60):  # until as many are seen as ever are
                lines.update(1 / 30)
            self.wait(seconds)

    return Lines


def arrows(seconds: float) -> type[Scene]:
    """Manim's own way to show a field that changes: arrows, made anew in every frame."""

    class Arrows(Scene):
        def construct(self) -> None:
            depth, box = ValueTracker(1.0), [-3.5, 3.5, 0.33]

            def draw() -> ArrowVectorField:
                now = depth.get_value()
                return ArrowVectorField(lambda p: field(p, now), x_range=box, y_range=box)

            shown = draw()
            self.number = len(shown.submobjects)
            shown.add_updater(lambda old: old.become(draw()))
            self.add(shown)
            self.play(depth.animate.set_value(0.5), run_time=seconds, rate_func=linear)

    return Arrows
