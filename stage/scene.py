"""The scene base class: a clock, a theme, a plane, and a way to let time pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any, cast

from manim import (
    BLACK,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    Mobject,
    MovingCameraScene,
    VGroup,
    config,
    linear,
    logger,
    smooth,
    squish_rate_func,
    tempconfig,
)
from manim.constants import RendererType
from manim.scene.section import DefaultSectionType
from manim.utils.color import ManimColor
from manim.utils.exceptions import EndSceneEarlyException

from fields import Flow, Stream
from stage.clock import Clock
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.engine.renderer import StageRenderer
from stage.engine.still import in_place, keep_still
from stage.film.viewer import presentable
from stage.keyframes import Schedule
from stage.knobs import apply_knobs, check, settings
from stage.layout import SHAPES, Layout
from stage.panel.dial import DEPTHS, DepthDial, Marks
from stage.plane.plane import Quadrant, WeightPlane
from stage.steps import StepLog, Stop
from stage.text.writing import LiveNumber, equation, in_one, on_line, words
from stage.theme import DARK, Theme

if TYPE_CHECKING:
    from tqdm import tqdm

EXTENT = 10.0
"""Weights on the plane go from 0 to this."""
PACES = {"even": "directions exact, speeds evened", "true": "true pace"}
"""How film time goes, in words,"""
SIGNS = {"even": "even pace", "true": "true pace"}
"""and as a sign, where it was told before."""
CHANGE = 1.0
"""Seconds in which a caption, or what comes with it, appears."""
_GONE = 0.4
"""Part of a change in which the last caption disappears."""
_PIECE = 2.0
"""Seconds of time that only flows, in one play."""
_BELOW = 0.13
"""From the foot of the safe area up to the line on which captions stand, with or without a g."""


class FlowScene(MovingCameraScene):
    """A Manim scene whose every frame is a pure function of film time.

    ``clock`` holds seconds of time that flows. Mobjects look themselves up at it; nothing steps.
    It goes on in ``let_flow`` only: in plays of Manim's own, and in ``wait``, it stands still.
    ``time`` is where in the film we are: frames that are in it until now, over the frame rate.
    """

    theme: Theme = DARK
    aspect: str = ""
    """Shape of the picture, one of ``SHAPES``; as Manim is told with ``-r`` where there is none."""
    language: bool = True
    """Whether there are words on the screen, apart from the mathematics."""
    draft: bool = False
    """Whether to encode for a look: in half the time, into a file thrice as large."""
    count: int = 10_000
    """Particles of the swarm, the same in every clip."""
    lifetime: float = 3.0
    seed: int = 7
    speed: float = 1.15
    """Even pace: units of weight per second of film."""
    stop: Stop = "auto"
    """What a section ends in that does not say so itself."""

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: Any) -> None:
        if config.renderer == RendererType.OPENGL:
            raise ValueError(
                f"{type(self).__name__} is drawn with Cairo: leave out --renderer opengl."
            )
        apply_knobs(self, settings())
        self.theme = _on_chosen_ground(self.theme)
        check(self, EXTENT)
        self.check_story()
        self.frame_settings = _shape(self.aspect)
        self.layout = Layout(
            self.frame_settings["frame_width"],
            self.frame_settings["frame_height"],
            self.theme.safe_area,
        )
        with tempconfig(self.frame_settings):
            if renderer is None:
                skipping = bool(kwargs.get("skip_animations", False))
                renderer = StageRenderer(skip_animations=skipping, draft=self.draft)
            super().__init__(camera_class=StageCamera, renderer=renderer, **kwargs)
        self.renderer: StageRenderer = renderer
        self.session_spec = presentable(self.session_spec)

    def check_story(self) -> None:
        """Raise ValueError, by ``misfit``, where a knob does not fit what this clip tells.

        For clips to replace: it is asked before anything is built.
        """

    def render(self, preview: bool = False) -> bool:
        """Render the clip in its own shape; Manim's settings are then again what they were."""
        with tempconfig(self.frame_settings):
            return bool(super().render(preview))

    def setup(self) -> None:
        """Start the clock, and paint the stage in the theme's background."""
        self.clock = Clock(0.0)
        self.caption: Mobject | None = None
        self.steps = StepLog(self)
        self._has_ended_early = False
        self._alive: list[Mobject] | None = None
        if not config.transparent:
            self.renderer.camera.background_color = ManimColor(self.theme.background)
            self.renderer.camera.init_background()

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

    def compile_animation_data(self, *animations: Any, **kwargs: Any) -> FlowScene | None:
        """Prepare the animations of a play, and find its frames."""
        compiled = super().compile_animation_data(*animations, **kwargs)
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

    def play_internal(self, skip_rendering: bool = False) -> None:
        """Play what has begun; nothing else comes alive meanwhile."""
        families = (thing.get_family() for thing in self.mobjects)
        self._alive = [part for family in families for part in family if part.updaters]
        self._takes_dt: dict[Any, bool] = {}
        try:
            super().play_internal(skip_rendering)
        finally:
            self._alive, self._takes_dt = None, {}

    def update_mobjects(self, dt: float) -> None:
        """Have what is alive look itself up: as time passes, without asking everything else."""
        if self._alive is None or dt == 0:
            super().update_mobjects(dt)
        else:
            for part in self._alive:
                self._update(part, dt)

    def _update(self, part: Mobject, dt: float) -> None:
        """Have its updaters run, as Manim does, which reads their signatures anew each time."""
        if part.updating_suspended:
            return
        for updater in part.updaters:
            if updater not in self._takes_dt:
                self._takes_dt[updater] = "dt" in signature(updater).parameters
            if self._takes_dt[updater]:
                cast(Any, updater)(part, dt)
            else:
                cast(Any, updater)(part)

    def _sort(self, animations: Sequence[Animation]) -> None:
        """Of what stands behind everything alive, put last what ``animations`` change.

        Manim draws once what stands before the first thing that changes, and all else per frame.
        """
        alive = [any(part.updaters for part in thing.get_family()) for thing in self.mobjects]
        behind = alive.index(True) if True in alive else len(alive)
        changing = {id(part) for part in _changed(animations)}
        self.mobjects[:behind] = sorted(
            self.mobjects[:behind],
            key=lambda thing: any(id(part) in changing for part in thing.get_family()),
        )

    def say(self, sentence: str, *animations: Any, seconds: float) -> None:
        """Put a sentence into the caption band, in place of the last one, and let time pass.

        The sentence appears, beside ``animations``, in the first ``CHANGE`` of the ``seconds``.
        """
        if not self.language:
            self.let_flow(CHANGE, *animations)
            if seconds > CHANGE:
                self.let_flow(seconds - CHANGE)
            return
        room = 2 * self.layout.right
        spoken = words(sentence, self.theme, width=room)
        if spoken.width > room or spoken.height > self.layout.caption:
            raise ValueError(
                f"{type(self).__name__}: the caption {sentence!r} is larger than the picture's "
                "caption band; say it in fewer words."
            )
        spoken.move_to((0.0, -self.layout.top, 0.0), aligned_edge=DOWN)
        spoken.shift((_BELOW - self.layout.top - spoken.foot) * UP)
        shown = in_one(spoken)
        keep_still(shown)
        fade: dict[str, Any] = {"path_func": in_place}
        leaves, comes = [], smooth
        if self.caption is not None:  # it has gone before the next one comes
            leaves = [FadeOut(self.caption, run_time=_GONE * CHANGE, **fade)]
            comes = squish_rate_func(smooth, _GONE, 1.0)
        self.caption = shown
        shows = FadeIn(shown, run_time=CHANGE, rate_func=comes, **fade)
        self.let_flow(CHANGE, *leaves, shows, *animations)
        self.rest(shown)
        if seconds > CHANGE:
            self.let_flow(seconds - CHANGE)

    def rest(self, *mobjects: Mobject) -> None:
        """Move what no longer changes behind what does: Manim then draws it once."""
        self.remove(*mobjects)
        self.mobjects = [*mobjects, *self.mobjects]

    def weight_plane(self, extent: float = EXTENT) -> WeightPlane:
        """The weight plane where the layout has it."""
        return WeightPlane(
            self.theme, extent=extent, size=self.layout.size, centre=self.layout.centre
        )

    def swarm(
        self, flow: Flow, plane: Quadrant, *, period: float | None = None, is_polar: bool = False
    ) -> Particles:
        """The clip's particles under ``flow``, in film time: ``count``, ``lifetime``, ``seed``."""
        stream = Stream(flow, self.count, self.lifetime, self.seed, plane.extent, period)
        where: dict[str, Any] = {"corners": plane.frame, "extent": plane.extent}
        return Particles(stream, self.clock, theme=self.theme, is_polar=is_polar, **where)

    def tell_pace(
        self, rows: Mapping[str, float], pace: str = "even", *, whole: bool = False
    ) -> VGroup:
        """Say in the row ``pace``, if there is room for it, how film time goes."""
        note = VGroup()
        if "pace" in rows:
            note = self.prose(rows["pace"], (PACES if whole else SIGNS)[pace], faint=True)
        self.rest(note)
        return note

    def reading(
        self,
        height: float,
        name: str,
        text_at: Callable[[float], str],
        *,
        shift: float = 0.0,
        stands: int = 0,
        pixels: float | None = None,
    ) -> tuple[VGroup, LiveNumber]:
        """A name in the panel, and after it a number that is read from the clock.

        They stand on one line, the name with its glyph ``stands``.
        """
        pixels = pixels or self.theme.number_pixels
        named = self.formula(height, name, pixels).shift(shift * RIGHT)
        on_line(named, height, stands)
        look: dict[str, Any] = {"stands": stands, "pixels": pixels, "colour": self.theme.path}
        return named, LiveNumber(text_at, self.clock, self.theme, after=named, **look)

    def depth_dial(self, height: float, depth: Schedule, marks: Marks = DEPTHS) -> DepthDial:
        """A dial as long as the panel's row at ``height`` allows."""
        left = [self.layout.panel[0] + 0.55, height + 0.25, 0.0]
        size = self.layout.dial
        return DepthDial(depth, self.clock, self.theme, left=left, width=size, marks=marks)

    def formula(self, height: float, source: str, pixels: float | None = None) -> VGroup:
        """An equation in the panel, at a height that ``layout.rows`` gave."""
        made = equation(source, self.theme, pixels=pixels)
        return made.move_to((self.layout.panel[0], height, 0.0), aligned_edge=LEFT)

    def prose(self, height: float, source: str, *, faint: bool = False) -> VGroup:
        """Words in the panel; an empty group where the film is to be without language."""
        if not self.language:
            return VGroup()
        made = words(source, self.theme, faint=faint)
        return made.move_to((self.layout.panel[0], height, 0.0), aligned_edge=LEFT)


def _keep_awake(animation: Animation) -> None:
    """Have an animation leave the updaters alone of what follows the clock."""
    if any(getattr(part, "follows_clock", False) for part in animation.mobject.get_family()):
        animation.suspend_mobject_updating = False
    for inner in getattr(animation, "animations", ()):
        _keep_awake(inner)


def _changed(animations: Sequence[Animation]) -> Iterator[Mobject]:
    for animation in animations:
        yield from cast(Mobject, animation.mobject).get_family()
        yield from _changed(getattr(animation, "animations", ()))


def _on_chosen_ground(theme: Theme) -> Theme:
    """The theme on the ``background_color`` that Manim is told, if it is not Manim's own black."""
    ground = ManimColor(config.background_color)
    if ground == BLACK:
        return theme
    chosen = theme.on(ground.to_hex())
    if weak := chosen.unclear():
        logger.warning(
            f"On the background {chosen.background} this is hard to read, with a contrast below "
            f"4.5 : 1: {', '.join(weak)}. Choose another background_color, or the other theme."
        )
    return chosen


def _shape(aspect: str) -> dict[str, float]:
    """Manim's settings for a picture of that shape, its shorter side being 8 units."""
    width, height = config.pixel_width, config.pixel_height
    if aspect:
        across, up = SHAPES[aspect]
        short = min(width, height)
        width = 2 * round(short * across / min(across, up) / 2)
        height = 2 * round(short * up / min(across, up) / 2)
    unit = min(width, height) / 8
    frame = {"frame_width": width / unit, "frame_height": height / unit}
    return {"pixel_width": width, "pixel_height": height, **frame}
