"""A Manim scene that goes by a clock: sections are steps, and a play is its frames' instants."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from manim import Animation, Mobject, linear
from manim.scene.section import DefaultSectionType
from manim.utils.exceptions import EndSceneEarlyException

from stage.clock import Clock
from stage.engine.family_scene import FamilyScene, changed
from stage.engine.order import families
from stage.steps import StepLog, Stop
from stage.text.language import gettext

if TYPE_CHECKING:
    from tqdm import tqdm

_PIECE = 2.0
"""Seconds of time that only flows, in one play."""


class ClockScene(FamilyScene):
    """A Manim scene whose every frame is a pure function of film time.

    ``clock`` holds seconds of time that flows. Mobjects look themselves up at it; nothing steps.
    It goes on in ``let_flow`` only: in plays of Manim's own, and in ``wait``, it stands still.
    ``time`` is where in the film we are: frames that are in it until now, over the frame rate.
    """

    stop: Stop = "auto"
    """What a section ends in that does not say so itself."""

    def setup(self) -> None:
        """Start the clock, and the log of steps."""
        self.clock = Clock(0.0)
        self.steps = StepLog(self)
        self._has_ended_early = False

    def let_flow(self, seconds: float, *animations: Any) -> None:
        """Let film time pass, evenly, while ``animations`` play beside it.

        What is long is played in pieces: each is kept as it is done, and several can share them.
        """
        if not seconds > 0:
            raise ValueError(f"{type(self).__name__}: time flows forward, not {seconds} s.")
        while not animations and seconds > _PIECE + 1:
            self.let_flow(_PIECE)
            seconds -= _PIECE
        self._sort(animations)
        now = self.clock.get_value()
        lasting = round(seconds, 9)  # as the clock counts
        passing = cast(Any, self.clock.animate)(run_time=lasting, rate_func=linear).set_value(
            now + lasting
        )
        self.play(passing, *animations)
        # A play that was rendered leaves its last frame, one from the cache leaves its end.
        self.update_mobjects(0)

    def tear_down(self) -> None:
        """End the last step, unless the rest of the clip is left out."""
        if self._has_ended_early:
            return
        try:
            self.steps.end()
        except EndSceneEarlyException:
            return
        except BaseException:
            self.renderer.file_writer.abort_encode_jobs()
            raise

    def next_section(
        self,
        name: str = "unnamed",
        section_type: str = DefaultSectionType.NORMAL,
        skip_animations: bool = False,
        *,
        stop: Stop | None = None,
    ) -> None:
        """Begin a section, as in Manim: a step of a talk, which ends in a ``stop``."""
        name = gettext(name)
        self.steps.begin(name, stop or self.stop, is_left_out=skip_animations)
        super().next_section(name, section_type, skip_animations)

    def play(
        self,
        *args: Any,
        subcaption: str | None = None,
        subcaption_duration: float | None = None,
        subcaption_offset: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Play animations, and caption them, if they are in the film, for as long as they are."""
        begin = self.time
        try:
            super().play(*args, **kwargs)
        except EndSceneEarlyException:
            self._has_ended_early = True
            raise
        shown = self.time - begin
        if subcaption and shown:
            length = shown if subcaption_duration is None else subcaption_duration
            self.add_subcaption(subcaption, length, subcaption_offset - shown)

    def add_subcaption(self, content: str, duration: float = 1.0, offset: float = 0.0) -> None:
        """Caption the film from now on; no caption comes of what is left out of it."""
        if offset < 0 or not self.renderer.leaves_out_next():
            super().add_subcaption(content, duration, offset)

    def add_sound(
        self, sound_file: str, time_offset: float = 0.0, gain: float | None = None, **kwargs: Any
    ) -> None:
        """Let a sound begin now; it is not heard if what comes now is left out of the film.

        Manim asks whether the last play was skipped, and leaves a sound out after a cached one.
        """
        if not self.renderer.leaves_out_next():
            writer = self.renderer.file_writer
            writer.add_sound(sound_file, self.time + time_offset, gain, **kwargs)

    @classmethod
    def validate_run_time(
        cls, run_time: float, method: Callable[..., object], parameter_name: str = "run_time"
    ) -> float:
        """The length, were it shorter than a frame: the next one then begins sooner."""
        if not 0 < run_time < math.inf:
            raise ValueError(
                f"{cls.__name__}.{method.__name__}() has a {parameter_name} of {run_time} s; "
                "give a positive number of seconds."
            )
        return run_time

    def compile_animation_data(self, *animations: Any, **kwargs: Any) -> ClockScene | None:
        """Prepare the animations of a play, and find its frames."""
        compiled = super().compile_animation_data(*animations, **kwargs)
        camera = self.renderer.camera
        moved = set(changed(self.animations or ()))
        camera.is_moving = bool(camera.frame.updaters) or camera.frame in moved
        self.renderer.begin_play(self.duration)
        return compiled

    def get_time_progression(
        self,
        run_time: float,
        description: str,
        n_iterations: int | None = None,
        override_skip_animations: bool = False,
    ) -> tqdm[float]:
        """Go through the instants of a play's frames, or to its end where it is skipped."""
        progress = super().get_time_progression(
            run_time, description, n_iterations, override_skip_animations
        )
        if override_skip_animations or not self.renderer.skip_animations:
            progress.iterable = self.renderer.instants
            progress.total = n_iterations or len(progress.iterable)
        return progress

    def begin_animations(self) -> None:
        """Begin them, and let what follows the clock go on doing so."""
        for animation in self.animations or ():
            _keep_awake(animation)
        super().begin_animations()

    def _sort(self, animations: Sequence[Animation]) -> None:
        """Of what stands behind everything alive, put last what ``animations`` change.

        Manim draws once what stands before the first thing that changes, and all else per frame.
        """
        if not animations:
            return
        alive = (any(part.updaters for part in families([thing])) for thing in self.mobjects)
        behind = next((place for place, is_alive in enumerate(alive) if is_alive), None)
        changing = set(changed(animations))
        self.mobjects[:behind] = sorted(
            self.mobjects[:behind],
            key=lambda thing: not changing.isdisjoint(families([thing])),
        )

    def rest(self, *mobjects: Mobject) -> None:
        """Move what no longer changes behind what does: Manim then draws it once."""
        self.remove(*mobjects)
        self.mobjects = [*mobjects, *self.mobjects]


def _keep_awake(animation: Animation) -> None:
    """Have an animation leave the updaters alone of what follows the clock."""
    parts = families([cast(Mobject, animation.mobject)])
    if any(getattr(part, "follows_clock", False) for part in parts):
        animation.suspend_mobject_updating = False
    for inner in getattr(animation, "animations", ()):
        _keep_awake(inner)
