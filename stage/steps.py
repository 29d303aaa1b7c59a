"""Steps: the sections of a clip, at whose ends a talk may stop, and what goes on meanwhile.

At a stop the film rests, and in a hold the swarm and whatever runs in laps go on, for one period,
at whose end the picture is what it was at its begin. A hold is rendered aside of the film.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Protocol, cast, get_args

from manim import Mobject, ValueTracker, linear

from fields import HeldStream, Stream, moving
from stage.clock import Clock
from stage.echo import echoes
from stage.engine.particles import Particles
from stage.engine.renderer import StageRenderer
from stage.text.language import gettext

Stop = Literal["auto", "flow", "live", "still", "none"]
"""What a section ends in: a hold where there is one and else a still, a hold, a hold that a page
shows live after it, a still, no stop."""
PIECES = 60
"""Pieces of light in a second: a hold begins with one, and has a whole number of them."""
HOLD = 2.0
"""Seconds of a hold, at least: with fewer one would see it repeat."""
_PIECE = 2.0
"""Seconds of a hold in one play, as of time that flows."""


@dataclass(frozen=True)
class Held:
    """A swarm at the begin of a hold."""

    stream: Stream
    moment: float
    """Its time, in seconds."""
    square: tuple[float, float, float]
    """Where its plane is in the picture: left, lower end and side, in units from the middle."""


@dataclass(frozen=True)
class Step:
    """A section of a clip as a step of a talk."""

    name: str
    """Empty for what comes before the first section."""
    begin: float
    """Seconds of film."""
    plays: range
    hold: range
    """Plays of its hold; none for a still."""
    stops: bool
    """Whether a talk stops at its end."""
    held: Held | None = None
    """What its hold is of; None where no swarm flows in it."""
    asks: bool = False
    """Whether it asks for a live step after its hold."""


class Stepped(Protocol):
    """What is asked of a scene: ``FlowScene`` has it."""

    stop: Stop
    clock: Clock
    mobjects: list[Mobject]
    renderer: StageRenderer

    @property
    def time(self) -> float:
        """Where in the film we are, in seconds."""
        ...

    def play(self, *args: Any) -> None:
        """Play animations."""
        ...

    def update_mobjects(self, dt: float) -> None:
        """Have what is alive look itself up."""
        ...


class StepLog:
    """Which steps a scene has had until now, and the one that it is in."""

    def __init__(self, scene: Stepped) -> None:
        self.done: list[Step] = []
        self._scene = scene
        self._name, self._stop, self._is_left_out = "", scene.stop, False
        self._began = (0.0, 0.0, 0)  # seconds of film, of all plays, and how many plays

    def begin(self, name: str, stop: Stop, *, is_left_out: bool) -> None:
        """End the step that there was, and begin another one; ValueError for what makes no step."""
        self.end()
        if stop not in get_args(Stop):
            raise ValueError(
                f"{self._place(name)}: stop is {stop!r}; give one of {', '.join(get_args(Stop))}."
            )
        if name == "unnamed":  # as Manim calls them all
            name = gettext("Step {number}", number=f"{len(self.done) + 1}")
        if name in [step.name for step in self.done]:
            raise ValueError(
                f"{self._place(name)}: an earlier section has that name; steps are found by "
                "theirs, so give this one another."
            )
        scene = self._scene
        self._name, self._stop, self._is_left_out = name, stop, is_left_out
        self._began = scene.time, scene.renderer.timeline.seconds, scene.renderer.num_plays

    def end(self) -> None:
        """Let the step be over, and render its hold if holds are filmed."""
        scene, renderer = self._scene, self._scene.renderer
        begin, moment, first = self._began
        if renderer.timeline.seconds == moment:
            if self._name and not self._is_left_out:
                raise ValueError(
                    f"{self._place(self._name)}: it has no frames; let time flow in it, or leave "
                    "it out."
                )
            return
        plays = range(first, renderer.num_plays)
        if self._is_left_out or scene.time == begin:
            return
        held = None
        if self._stop in ("auto", "flow", "live") and (period := self._period()):
            held = self._held()
            self._hold(period)
        hold = range(plays.stop, renderer.num_plays)
        stops, asks = self._stop != "none", self._stop == "live"
        self.done.append(Step(self._name, begin, plays, hold, stops, held, asks))

    def _place(self, name: str) -> str:
        return f"{type(self._scene).__name__}, section {name!r}"

    def _period(self) -> float | None:
        """How long the hold is that the step ends in; None for a still."""
        scene = self._scene
        swarms = list(_swarms(scene.mobjects))
        running = list(_laps(scene.mobjects))
        if not swarms and not running:
            if self._stop in ("flow", "live"):
                raise ValueError(
                    f"{self._place(self._name)}: it asks for a hold, and nothing flows at its end; "
                    "show the swarm, or ask for stop='still'."
                )
            return None
        now = scene.clock.get_value()
        for swarm in swarms:
            if found := moving(swarm.stream.flow, now):
                if self._stop == "auto":
                    return None
                name, later = found[0]
                when = f"from {later:g} s on" if later else "at no later time"
                raise ValueError(
                    f"{self._place(self._name)}: it asks for a hold at {now:g} s, while the "
                    f"{name} still moves; it is at rest {when}. End the section there, or ask for "
                    "stop='still'."
                )
        # what has no echo is where it was only after a whole lap
        whole = {lap for lap, part in running if not _echoes(part)}
        return hold_period(whole, scene.renderer.timeline.rate)

    def _held(self) -> Held | None:
        """The swarm, if there is but one."""
        swarms = list(_swarms(self._scene.mobjects))
        if len(swarms) != 1:
            return None
        (left, lower, _), (right, *_), _ = swarms[0].points
        square = float(left), float(lower), float(right - left)
        return Held(swarms[0].stream, self._scene.clock.get_value(), square)

    def _hold(self, period: float) -> None:
        """Render a period in which only the swarms and what runs in laps go on."""
        scene, renderer = self._scene, self._scene.renderer
        if not renderer.films_holds:
            return
        phase, mobjects = scene.clock.phase, list(scene.mobjects)
        swarms = list(_swarms(mobjects))
        since = math.floor(scene.clock.get_value() * PIECES + 1e-6) / PIECES
        for swarm in swarms:
            swarm.held = HeldStream(swarm.stream, since, period, swarm.theme.trail_seconds, PIECES)
        parted = [thing for lap, thing in _laps(mobjects) if not _is_whole(period / lap)]
        try:
            with renderer.aside(), echoes(parted, scene.clock, period):
                now = 0.0
                for seconds in _parts(period, float(1 / renderer.timeline.rate)):
                    now += seconds
                    go_on = cast(Any, phase.animate)(run_time=seconds, rate_func=linear)
                    scene.play(go_on.set_value(now))
        finally:
            scene.clock.phase = ValueTracker(0.0)  # an animation leaves its target in what it moved
            for swarm in swarms:
                swarm.held = None
            scene.mobjects = mobjects
            scene.update_mobjects(0)


def hold_period(laps: Iterable[float], rate: Fraction) -> float:
    """The shortest hold of ``HOLD`` seconds or more, in whole frames and whole pieces of light.

    ``laps``, seconds, are those of things without an echo: it takes whole ones of them, and of
    several the longest.
    """
    one, other = 1 / rate, Fraction(1, PIECES)
    unit = Fraction(
        math.lcm(one.numerator * other.denominator, other.numerator * one.denominator),
        one.denominator * other.denominator,
    )
    whole = [math.ceil(HOLD / lap - 1e-6) * lap for lap in laps]
    return float(math.ceil(Fraction(max(whole, default=HOLD)) / unit - Fraction(1, 10**6)) * unit)


def _is_whole(number: float) -> bool:
    return math.isclose(number, round(number), abs_tol=1e-6)


def _parts(period: float, frame: float) -> Iterator[float]:
    """Lengths of a hold's plays: its first frame, with which the step's film ends, and the rest."""
    yield frame
    left = period - frame
    while left > _PIECE + 1:
        yield _PIECE
        left -= _PIECE
    yield left


def _swarms(mobjects: Iterable[Mobject]) -> Iterator[Particles]:
    """The swarms that are seen."""
    for thing in mobjects:
        for part in thing.get_family():
            if isinstance(part, Particles) and part.opacity > 0:
                yield part


def _echoes(part: Mobject) -> bool:
    return bool(getattr(part, "echoes", True))


def _laps(mobjects: Iterable[Mobject]) -> Iterator[tuple[float, Mobject]]:
    """What runs in laps, and how long they take."""
    for thing in mobjects:
        for part in thing.get_family():
            if lap := getattr(part, "lap", None):
                yield float(lap), part
