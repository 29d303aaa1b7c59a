"""A clip of the user's own parameterization, loss and optimizers, from what was typed.

Formulas are read by the grammar of ``fields``, and are never run as programs; the title is
printed as it stands, and is never read as Typst.
"""

from __future__ import annotations

import os

import numpy as np
from manim import Mobject, VGroup

from fields import Loss, PointLoss, equation, formula, train
from fields.data.custom import CustomLoss
from fields.data.named import loss_of
from fields.optimizers.named import optimizer
from fields.parameterization.formula import Expression
from stage import Walker, WeightPlane, minimizer_line, minimizer_mark
from stage.engine.renderer import StageRenderer
from stage.figure import Figure
from stage.knobs.table import KNOBS
from stage.text.source import literal

FORMULA, TITLE = "REEL_FORMULA", "REEL_TITLE"
"""Variables that tell the clip what to fly over, as FLOWREEL_… tell its knobs."""
LOSS, OPTIMIZERS, STARTS = "REEL_LOSS", "REEL_OPTIMIZERS", "REEL_STARTS"
"""A loss, optimizers with their settings, and starts; the latter two separated by semicolons."""

STEPS = 20_000
"""Steps that each optimizer takes."""
SHOWN = 400
"""Of these, so many are shown."""


def parts(variable: str) -> list[str]:
    """What a variable lists, without what is empty."""
    return [part.strip() for part in os.environ.get(variable, "").split(";") if part.strip()]


class Fly(Figure):
    """Training under a parameterization of your own."""

    law = "dot(w) = J J^T g"
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
        return VGroup(marks, *self.beads(plane))

    def legend(self) -> dict[str, str]:
        """Each optimizer in the colour of its beads."""
        theme = self.theme
        colours = (theme.path, theme.ink, theme.first, theme.second)
        return {text: colours[k % len(colours)] for k, text in enumerate(parts(OPTIMIZERS))}

    def beads(self, plane: WeightPlane) -> list[Walker]:
        """A bead for each optimizer and start, along its path in three quarters of the loop."""
        read = KNOBS["start"].read
        starts = [read(text) for text in parts(STARTS)] or [(0.1, 0.1)]
        beads = []
        for text, colour in self.legend().items():
            rule = optimizer(text)
            run = train(
                self.loss(), self.parameterization, rule, starts, steps=STEPS, every=STEPS // SHOWN
            )
            for j in range(len(starts)):
                path = run.weights[:, j]
                off = np.flatnonzero((path > plane.extent).any(axis=1) | (path < 0).any(axis=1))
                path = path[: off[0] + 1] if len(off) else path
                way = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
                even = 0.75 * self.seconds * way / max(float(way[-1]), 1e-9)
                times = even + 1e-9 * np.arange(len(even))
                path = np.clip(path, 0.0, plane.extent)
                beads.append(
                    Walker(plane, times, path, self.clock, self.theme, begin=0.5, colour=colour)
                )
        return beads
