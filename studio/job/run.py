"""A clip of a training run from outside: its path in two of its weights, or where it moves most."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from manim import LEFT, ORIGIN, UP, Dot, VMobject

from fields.data.recorded import Recorded, read_run
from stage import FlowScene, Walker, equation
from stage.engine.renderer import StageRenderer
from stage.plane.plane import Quadrant
from stage.text.language import gettext
from stage.text.source import literal
from stage.theme import Theme
from studio.job.fly import TITLE, parts

PATH, WEIGHTS = "REEL_PATH", "REEL_WEIGHTS"
"""Variables that tell the clip which file, and which two of its weights."""


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
        ends = [f"{x:.3g}" for x in (*self.low, *(self.low + self.span))]
        down = 0.3
        for axis, name in enumerate(names):
            label = equation(f'"{name}"', theme, pixels=theme.text_pixels, faint=True)
            first, last = (
                equation(ends[axis + 2 * k], theme, pixels=theme.text_pixels, faint=True)
                for k in (0, 1)
            )
            corner, other = self.frame[0], self.frame[1 + axis]
            if axis == 0:
                label.move_to((corner + other) / 2 - (down + 0.1) * UP)
                last.move_to(other - (down + 0.1) * UP)
                first.move_to(corner - (down + 0.1) * UP)
            else:
                label.rotate(np.pi / 2).move_to((corner + other) / 2 + (down + 0.05) * LEFT)
                last.next_to(other, LEFT, buff=0.12)
                first.next_to(corner, LEFT, buff=0.12)
            self.add(label, first, last)

    def at(self, w: tuple[float, float] | np.ndarray) -> np.ndarray:
        """Where a place stands on the stage."""
        return super().at((np.asarray(w, dtype=float) - self.low) / self.span)


class Run(FlowScene):
    """A training run of your own, walking its path."""

    seconds = 12.0

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: object) -> None:
        run = read_run(Path(os.environ[PATH]))
        self.share = ""
        named = parts(WEIGHTS)
        if named:
            self.run: Recorded = run.pair(*named)
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
        plane = RunPlane(theme, places, run.names, size=self.layout.size, centre=self.layout.centre)
        rows = self.layout.rows({"title": 1.0, "steps": 1.0, "told": 1.6}, spare=("told",))
        steps = gettext(
            "{count} steps, {first} to {last}",
            count=f"{len(times)}",
            first=f"{times[0]:g}",
            last=f"{times[-1]:g}",
        )
        self.rest(plane, self.prose(rows["title"], f"*{self.title}*"))
        self.rest(self.prose(rows["steps"], literal(steps), faint=True))
        if "told" in rows and self.share:
            told = gettext("plane of {share} % of the variance", share=self.share)
            self.rest(self.prose(rows["told"], literal(told), faint=True))
        corners = plane.at(places)
        ahead = VMobject(color=theme.faint, stroke_width=2, stroke_opacity=0.6)
        ahead.set_points_as_corners(corners)
        self.rest(ahead, Dot(corners[0], radius=0.08, color=theme.path))
        film = (times - times[0]) / (times[-1] - times[0]) * (self.seconds - 2.0)
        self.add(Walker(plane, film, places, self.clock, theme, begin=0.5))
        self.let_flow(self.seconds)
