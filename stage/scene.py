"""The base class of every clip: its knobs, its theme and layout, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from manim import (
    BLACK,
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    Mobject,
    VGroup,
    config,
    logger,
    smooth,
    squish_rate_func,
)
from manim.constants import RendererType
from manim.utils.color import ManimColor

from fields import Flow, Stream
from stage.clock_scene import ClockScene
from stage.configured import configured
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
from stage.text.language import gettext, gettext_noop, language_of, speaking, tag_of
from stage.text.writing import LiveNumber, equation, in_one, on_line, words
from stage.theme import DARK, Theme

EXTENT = 10.0
"""Weights on the plane go from 0 to this."""
PACES = {
    "even": gettext_noop("directions exact, speeds evened"),
    "true": gettext_noop("true pace"),
}
"""How film time goes, in words,"""
SIGNS = {"even": gettext_noop("even pace"), "true": gettext_noop("true pace")}
"""and as a sign, where it was told before."""
CHANGE = 1.0
"""Seconds in which a caption, or what comes with it, appears."""
_TALLEST = 0.9  # words in a row of 1
_GONE = 0.4
"""Part of a change in which the last caption disappears."""
_BELOW = 0.13
"""From the foot of the safe area up to the line on which captions stand, with or without a g."""


class FlowScene(ClockScene):
    """What every clip is built from: its knobs, a theme, a layout, captions, a plane, a panel."""

    theme: Theme = DARK
    aspect: str = ""
    """Shape of the picture, one of ``SHAPES``; as Manim is told with ``-r`` where there is none."""
    language: str = "en"
    """In which words are, by its tag; empty for a screen without any, apart from mathematics."""
    draft: bool = False
    """Whether to encode for a look: in half the time, into a file thrice as large."""
    count: int = 10_000
    """Particles of the swarm, the same in every clip."""
    lifetime: float = 3.0
    seed: int = 7
    speed: float = 1.15
    """Even pace: units of weight per second of film."""

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: Any) -> None:
        if config.renderer == RendererType.OPENGL:
            raise ValueError(
                f"{type(self).__name__} is drawn with Cairo: leave out --renderer opengl."
            )
        apply_knobs(self, settings())
        self.theme = _on_chosen_ground(self.theme)
        check(self, EXTENT)
        self.theme = self.theme.exposed(self.count)
        self.language = tag_of(f"{self.language}") if self.language else ""
        self.catalogue = language_of(self.language)
        self.check_story()
        self.frame_settings = _shape(self.aspect)
        self.layout = Layout(
            self.frame_settings["frame_width"],
            self.frame_settings["frame_height"],
            self.theme.safe_area,
        )
        with configured(self.frame_settings):
            if renderer is None:
                skipping = bool(kwargs.get("skip_animations", False))
                renderer = StageRenderer(skip_animations=skipping, draft=self.draft)
            super().__init__(camera_class=StageCamera, renderer=renderer, **kwargs)
        self.session_spec = presentable(self.session_spec)

    def check_story(self) -> None:
        """Raise ValueError, by ``misfit``, where a knob does not fit what this clip tells.

        For clips to replace: it is asked before anything is built.
        """

    def render(self, preview: bool = False) -> bool:
        """Render the clip in its own shape and language; all is then again what it was."""
        with configured(self.frame_settings), speaking(self.catalogue):
            return bool(super().render(preview))

    def setup(self) -> None:
        """Start the clock, and paint the stage in the theme's background."""
        super().setup()
        self.caption: Mobject | None = None
        if not config.transparent:
            self.renderer.camera.background_color = ManimColor(self.theme.background)
            self.renderer.camera.init_background()

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
        sentence = gettext(sentence)
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
        self,
        rows: Mapping[str, float],
        pace: str = "even",
        *,
        whole: bool = False,
        beside: str = "law",
    ) -> VGroup:
        """Say in the row ``pace`` how film time goes, or where it is left out, as a sign elsewhere.

        That is at the right end of the row ``beside``, whose equation has to leave room for it.
        """
        if "pace" in rows:
            note = self.prose(rows["pace"], (PACES if whole else SIGNS)[pace], faint=True)
        else:
            note = self.prose(rows[beside], SIGNS[pace], faint=True)
            note.shift((self.layout.panel[2] - note.get_right()[0]) * RIGHT)
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

    def prose(
        self, height: float, source: str, *, faint: bool = False, beside: float = 0.0
    ) -> VGroup:
        """Words in the panel; an empty group where the film is to be without language.

        What is wider than the panel, but for ``beside`` units at its right, is set in lines, which
        are as small as a row wants them.
        """
        if not self.language:
            return VGroup()
        made, room = words(gettext(source), self.theme, faint=faint), self.layout.across - beside
        if made.width > room:
            made = words(gettext(source), self.theme, width=room, faint=faint)
            made.scale(min(1.0, room / made.width, _TALLEST / made.height))
        return made.move_to((self.layout.panel[0], height, 0.0), aligned_edge=LEFT)


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
