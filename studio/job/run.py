"""A clip of a training run from outside: its path in two of its weights, or where it moves most."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
from manim import LEFT, ORIGIN, UP, Dot, VMobject, config

from fields.data.recorded import Recorded, read_run
from stage import FlowScene, Walker, equation
from stage.engine.renderer import StageRenderer
from stage.plane.plane import Quadrant
from stage.text.language import current, gettext
from stage.text.source import literal
from stage.theme import Theme
from studio.job.fly import TITLE
from studio.job.own import AMONG_NAMES

PATH, WEIGHTS = "REEL_PATH", "REEL_WEIGHTS"
"""Variables that tell the clip which file, and which two of its weights."""

CORNERS = 5_000
"""Places of a run that are drawn: each frame draws the path so far."""
FINEST = 4_000
"""Parts of the plane of less than a pixel."""
DIGITS = 6
"""Of a number at an axis, for which there is room."""
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class RunPlane(Quadrant):
    """A square plane of any two coordinates, with the least and the largest of each at its axes."""

    def __init__(
        self,
        theme: Theme,
        places: np.ndarray,
        names: tuple[str, ...],
        *,
        size: float,
        centre: np.ndarray = ORIGIN,
    ) -> None:
        super().__init__(theme, extent=1.0, size=size, centre=centre)
        low, high = places.min(axis=0), places.max(axis=0)
        span = float(max(np.max(high - low), 1e-300))
        self.low, self.span = 0.5 * (low + high) - 0.55 * span, 1.1 * span
        ends = [end_labels(*pair) for pair in zip(self.low, self.low + self.span, strict=True)]
        down = 0.3
        for axis, name in enumerate(names):
            base, *numbers = ends[axis]
            told = literal(name) + (f" - {base}" if base else "")
            label, first, last = (
                equation(text, theme, pixels=theme.text_pixels, faint=True)
                for text in (told, *numbers)
            )
            label.scale(min(1.0, 0.55 * size / label.width))
            corner, other = self.frame[0], self.frame[1 + axis]
            if axis == 0:
                label.move_to((corner + other) / 2 - (down + 0.1) * UP)
                last.move_to(other - (down + 0.1) * UP)
                first.move_to(corner - (down + 0.1) * UP)
            else:
                label.rotate(np.pi / 2).move_to((corner + other) / 2 + (down + 0.05) * LEFT)
                room = float(corner[0]) + config.frame_x_radius - 0.24
                for end, place in ((first, corner), (last, other)):
                    end.scale(min(1.0, room / end.width)).next_to(place, LEFT, buff=0.12)
            self.add(label, first, last)

    def at(self, w: tuple[float, float] | np.ndarray) -> np.ndarray:
        """Where a place stands on the stage."""
        return super().at((np.asarray(w, dtype=float) - self.low) / self.span)


def end_labels(low: float, high: float) -> tuple[str, str, str]:
    """What is taken from both, if they differ by too little to be shown, and the two ends."""
    alike = math.log10(max(abs(low), abs(high)) / (high - low))
    digits = 3 + max(0, math.floor(alike))
    if digits <= DIGITS:
        return "", number(low, digits), number(high, digits)
    base = float(f"{(low + high) / 2:.{digits - 2}g}")
    taken = _typed(repr(base).removesuffix(".0"))
    return taken if base > 0 else f"({taken})", number(low - base), number(high - base)


def number(value: float, digits: int = 3) -> str:
    """A number in Typst's mathematics: 1230, 0.05, 1.2 dot 10^(-7)."""
    return _typed(f"{float(f'{value:.{digits}g}'):.{DIGITS}g}")


def moment(time: float) -> str:
    """A time as a text: 1,000,000 steps, 0.25, or 1.5·10⁻⁷."""
    if time.is_integer() and abs(time) < 10**9:
        return f"{time:,.0f}"
    mantissa, _, power = f"{time:.6g}".partition("e")
    raised = str(int(power)).translate(RAISED) if power else ""
    return f"{current().number(mantissa)}·10{raised}" if power else mantissa


def _typed(told: str) -> str:
    mantissa, _, power = told.partition("e")
    return f"{mantissa} dot 10^({int(power)})" if power else mantissa


def thinned(places: np.ndarray) -> np.ndarray:
    """Which of places (m, 2) to draw: all, or of very many those that lead far enough away.

    How far is less than a picture shows, or as much as leaves no more than ``CORNERS``. The last
    place that is near is kept as well, so that what waits and then jumps does so.
    """
    kept = np.arange(len(places))
    reach = float(np.max(np.ptp(places, axis=0))) / FINEST
    while len(kept) > CORNERS:
        kept = kept[_leading_away(places[kept].tolist(), reach)]
        reach *= 2
    return kept


def _leading_away(places: list[list[float]], reach: float) -> list[int]:
    (x, y), near, found = places[0], 0, [0]
    for k, (here, there) in enumerate(places):
        if abs(here - x) > reach or abs(there - y) > reach:
            if near > found[-1]:
                found.append(near)
            found.append(k)
            x, y = here, there
        near = k
    return found if found[-1] == near else [*found, near]


class Run(FlowScene):
    """A training run of your own, walking its path."""

    seconds = 12.0

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: object) -> None:
        run = read_run(Path(os.environ[PATH]))
        self.share = ""
        named = os.environ.get(WEIGHTS, "")
        if named:
            first, second = named.split(AMONG_NAMES)
            self.run: Recorded = run.pair(first, second)
        elif run.weights.shape[1] == 2:
            self.run = run
        else:
            self.run, share = run.principal_plane()
            self.share = f"{100 * share:.1f}"
        self.title = literal(os.environ.get(TITLE) or Path(os.environ[PATH]).name)
        super().__init__(renderer, **kwargs)

    def construct(self) -> None:
        """The whole path, faint, and a bead that walks it in step with its clock."""
        theme, run = self.theme, self.run
        places, times = run.weights, np.asarray(run.times)
        names = run.names
        if self.share:
            names = (gettext("first direction"), gettext("second direction"))
        plane = RunPlane(theme, places, names, size=self.layout.size, centre=self.layout.centre)
        rows = self.layout.rows({"title": 1.0, "steps": 1.0, "told": 1.6}, spare=("told",))
        steps = gettext(
            "{count} steps, {first} to {last}",
            count=f"{len(times):,}",
            first=moment(float(times[0])),
            last=moment(float(times[-1])),
        )
        self.rest(plane, self.prose(rows["title"], f"*{self.title}*"))
        self.rest(self.prose(rows["steps"], literal(steps), faint=True))
        if "told" in rows and self.share:
            told = gettext("plane of {share} % of the variance", share=self.share)
            self.rest(self.prose(rows["told"], literal(told), faint=True))
        kept = thinned(places)
        places, times = places[kept], times[kept]
        corners = plane.at(places)
        ahead = VMobject(color=theme.faint, stroke_width=2, stroke_opacity=0.6)
        ahead.set_points_as_corners(corners)
        self.rest(ahead, Dot(corners[0], radius=0.08, color=theme.path))
        film = (times - times[0]) / (times[-1] - times[0]) * (self.seconds - 2.0)
        self.add(Walker(plane, film, places, self.clock, theme, begin=0.5))
        self.let_flow(self.seconds)
