"""A clip of the user's own parameterization, loss and optimizers, from what was typed.

Formulas are read by the grammar of ``fields``, and are never run as programs; the title is
printed as it stands, and is never read as Typst.
"""

from __future__ import annotations

import math
import os

import numpy as np
from manim import LEFT, Group, Mobject, VGroup

from fields import Loss, PointLoss, Training, equation, formula, train
from fields.data.custom import CustomLoss
from fields.data.named import loss_of
from fields.optimizers.named import optimizer
from fields.parameterization.formula import Expression
from stage import Walker, WeightPlane, minimizer_line, minimizer_mark
from stage.clock import follow_clock
from stage.engine.renderer import StageRenderer
from stage.figure import Figure
from stage.knobs.table import KNOBS
from stage.text.language import gettext
from stage.text.source import literal
from stage.text.writing import words
from studio.job.own import START

FORMULA, TITLE = "REEL_FORMULA", "REEL_TITLE"
"""Variables that tell the clip what to fly over, as FLOWREEL_… tell its knobs."""
LOSS, OPTIMIZERS, STARTS = "REEL_LOSS", "REEL_OPTIMIZERS", "REEL_STARTS"
"""A loss, optimizers with their settings, and starts; the latter two separated by semicolons."""

STEPS = 20_000
"""Steps that each optimizer takes."""
SHOWN = 400
"""Of these, so many are shown, evenly along the path."""
JUMPS = 6.0
"""Widths of the plane that a bead goes."""
OFFSTAGE = 100.0
"""Units to where nothing is seen."""
TALLEST = 1.05
"""Units that an equation may be high, so that it leaves room for its neighbours."""
BEGIN = 0.5
"""Seconds at which beads begin."""


def parts(variable: str) -> list[str]:
    """What a variable lists, without what is empty."""
    return [part.strip() for part in os.environ.get(variable, "").split(";") if part.strip()]


class Fly(Figure):
    """Training under a parameterization of your own."""

    target = (3.0, 6.0)

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: object) -> None:
        text = os.environ[FORMULA]
        self.parameterization = formula(text)
        self.model = equation(text).typst
        self.title = literal(os.environ.get(TITLE) or f"w = {text}")
        told = os.environ.get(LOSS, "")
        self.own = loss_of(told) if told else None
        self.pull = "g = -nabla L" if told else "g = {{w^*: minimizer}} - w"
        if isinstance(self.own, CustomLoss) and isinstance(self.own.function, Expression):
            self.pull = f"L = {self.own.function.typst}"
        super().__init__(renderer, **kwargs)

    def loss(self) -> Loss:
        """That of the user, or half the squared distance to the target."""
        return self.own or PointLoss(self.target)

    def minimizers(self, plane: WeightPlane) -> Mobject:
        """The best places that are known, and the beads of the optimizers over them."""
        loss, best = self.loss(), self.loss().minimizers(plane.extent)
        marks = VGroup()
        if len(best) == 2:
            marks = minimizer_line(plane, loss, self.theme)
        elif len(best) == 1:
            marks = minimizer_mark(plane, tuple(best[0]), self.theme)
        return Group(marks, *self.beads(plane))

    def formula(self, height: float, source: str, pixels: float | None = None) -> VGroup:
        """An equation, which may be long, in the panel: as small as it has to be."""
        made = super().formula(height, source, pixels)
        fit = min(1.0, self.layout.across / made.width, TALLEST / made.height)
        left = (self.layout.panel[0], height, 0.0)
        return made.scale(fit).move_to(left, aligned_edge=LEFT)

    def legend(self) -> dict[str, str]:
        """Each optimizer in the colour of its beads."""
        theme = self.theme
        colours = (theme.path, theme.second, theme.first, theme.ink)
        return dict(zip(parts(OPTIMIZERS), colours, strict=False))

    def beads(self, plane: WeightPlane) -> list[Mobject]:
        """A bead for each optimizer and start, along its path in three quarters of the loop.

        What leaves the plane does so earlier, an optimizer after the other, each with a caption.
        """
        read = KNOBS["start"].read
        starts = [read(text) for text in parts(STARTS) or [START]]
        runs = {
            text: train(self.loss(), self.parameterization, optimizer(text), starts, steps=STEPS)
            for text in self.legend()
        }
        last = 0.75 * self.seconds
        gone = {text: farewell(text, run, plane.extent) for text, run in runs.items()}
        leaving = sorted((step, text) for text, (step, _) in gone.items() if step)
        ends = {text: last * (k + 1) / len(leaving) for k, (_, text) in enumerate(leaving)}
        beads: list[Mobject] = []
        for text, colour in self.legend().items():
            for j in range(len(starts)):
                path, leaves = way_within(runs[text].weights[:, j], plane.extent)
                way = length(path)
                even = ends.get(text, last) * way / max(float(way[-1]), 1e-9)
                times = even + 1e-9 * np.arange(len(even))
                walker = Walker(
                    plane, times, path, self.clock, self.theme,
                    begin=BEGIN, colour=colour, leaves=leaves,
                )  # fmt: skip
                beads.append(walker)
        until = [BEGIN + ends[text] for _, text in leaving[1:]] + [math.inf]
        for (_, text), end in zip(leaving, until, strict=False):
            beads += self.caption_between(gone[text][1], BEGIN + ends[text], end)
        return beads

    def caption_between(self, text: str, begin: float, end: float) -> list[Mobject]:
        """Words in the caption band from ``begin`` to ``end``; none where the film has no words."""
        if not self.language:
            return []
        room = 2 * self.layout.right
        made = words(literal(text), self.theme, width=room)
        made.scale_to_fit_height(min(made.height, self.layout.caption - 0.1))
        made.scale_to_fit_width(min(made.width, room))
        made.move_to((0.0, (self.layout.bottom - self.layout.top) / 2, 0.0))

        parts_ = [part for part in made.get_family() if len(part.points)]
        homes = [part.points.copy() for part in parts_]

        def look(time: float) -> None:
            aside = 0.0 if begin <= time < end else OFFSTAGE
            for part, home in zip(parts_, homes, strict=True):
                part.points = home + aside

        follow_clock(made, self.clock, look)
        return [made]


def farewell(text: str, run: Training, extent: float) -> tuple[int, str]:
    """The step at which an optimizer's first bead is gone, and words for that; 0 if none is."""
    off = ((run.weights > extent) | (run.weights < 0)).any(axis=-1)
    steps = np.where(off.any(axis=0), off.argmax(axis=0), np.maximum(run.diverged, 0))
    gone = np.sort(steps[steps > 0])
    if not len(gone):
        return 0, ""
    when = gettext("at step {step}", step=f"{gone[0]:,}")
    if gone[0] != gone[-1]:
        when = gettext("at steps {first} to {last}", first=f"{gone[0]:,}", last=f"{gone[-1]:,}")
    told = gettext("{optimizer} leaves the plane {when}", optimizer=text, when=when)
    if np.any(run.diverged > 0):
        told = gettext(
            "{optimizer} diverges: it leaves the plane {when}", optimizer=text, when=when
        )
    if not off.any():
        told = gettext("{optimizer} has no finite weights {when}", optimizer=text, when=when)
    return int(gone[0]), told


def way_within(path: np.ndarray, extent: float) -> tuple[np.ndarray, bool]:
    """A path (m, 2) up to where it leaves the plane, thinned out; and whether it does.

    A path of jumps, which is many times as long as the plane, is cut: its beginning tells.
    """
    off = np.flatnonzero((path > extent).any(axis=1) | (path < 0).any(axis=1))
    if len(off):
        before, after = path[max(off[0] - 1, 0)], path[off[0]]
        with np.errstate(divide="ignore", invalid="ignore"):
            parts_ = (np.where(after > before, extent, 0.0) - before) / (after - before)
        part = float(np.min(parts_[after != before], initial=1.0))
        path = np.vstack([path[: off[0]], before + part * (after - before)])
    way = length(path)
    reach = min(float(way[-1]), JUMPS * extent)
    kept = np.searchsorted(way, np.linspace(0.0, reach, SHOWN + 1))
    leaves = bool(len(off)) and reach == way[-1]
    return np.clip(path[np.unique(np.minimum(kept, len(path) - 1))], 0.0, extent), leaves


def length(path: np.ndarray) -> np.ndarray:
    """How far it is along a path (m, 2) to each of its places, (m,)."""
    return np.append(0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
