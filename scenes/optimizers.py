"""The optimizer chooses as well: momentum, Adam, weight decay and noisy labels on one line.

manim -pqh scenes/optimizers.py Optimizers
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import DashedVMobject, FadeIn, Mobject, VGroup, VMobject

from fields import (
    Adam,
    Deep,
    GradientDescent,
    GradientFlow,
    LineLoss,
    Monomial,
    integrate,
    landing,
    post_rate,
    train,
)
from fields.theory.curve import arc_length
from stage import FlowScene, Walker, minimizer_line
from stage.knobs import misfit
from stage.plane.plane import WeightPlane
from stage.plane.streamlines import drawn_lines
from stage.text.language import gettext, gettext_noop

CHAPTER = 18

ROWS = gettext_noop("flow"), gettext_noop("momentum"), "Adam", gettext_noop("decay")
"""Of what is told where it lands."""
WALK = 3.5
"""Seconds in which a bead goes along its path, each at a pace of its own."""


class Optimizers(FlowScene):
    """One line, one start: flow, momentum, Adam, weight decay and noisy labels land apart."""

    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    degrees = (1, 2, 4)
    """The N in w = uᴺ for which Adam is run; the others take two."""

    def check_story(self) -> None:
        """The line is reached, from where squares are."""
        a, b, c = self.line
        if not (a * b > 0 and a * c < 0 and abs(a) != abs(b)):
            raise misfit(self, "line", "must cut both axes above 0, not alike, such as -1,-2,15")
        if not min(self.start) > 0:
            raise misfit(self, "start", "has a weight at 0, which steps in u = √w never leave")

    def construct(self) -> None:
        """Let one bead after the other run, and leave its path."""
        self.integrate()
        self.set_the_stage()

        self.next_section("Flow")
        self.run("flow", gettext("Gradient flow lands here."), "flow", self.theme.path)
        self.next_section("Momentum")
        heavy = gettext("Momentum is not only faster: it lands elsewhere.")
        self.run("momentum", heavy, "momentum", self.theme.second)
        self.next_section("Adam")
        told = gettext("Adam makes both steps equally long,")
        self.run("adam", told, "Adam", self.theme.first, FadeIn(self.diagonal))
        for degree in self.degrees:
            if degree != 2 and self.start[0] == self.start[1]:
                self.walk(f"adam {degree}", self.theme.first)
        alike = self.start[0] == self.start[1]
        unseen = gettext("and so it does not see depth: $N = 1, 2, 4$ alike.")
        self.say(unseen if alike else "and so $u_1 - u_2$ stays what it was.", seconds=4.5)
        self.next_section("Along the line")
        sparse = gettext("Weight decay slides on, to the sparse end.")
        self.run("decay", sparse, "decay", self.theme.radial)
        noise = gettext("Noisy labels slide to where the valley is flat.")
        self.run("noise", noise, "", self.theme.ink)
        self.next_section("Source", stop="still")
        self.say("Adam: D. Kingma, J. Ba, 2015. All as in PyTorch.", seconds=4.0)

    def integrate(self) -> None:
        """Train first: every frame after this only looks up."""
        loss = self.loss = LineLoss(*self.line)
        two, start = Monomial(2), self.start
        self.flow = GradientFlow(loss, Deep(2), post_rate(Deep(2)))
        rest = landing(loss, Deep(2), start)
        heavy = GradientDescent(5e-5, momentum=0.98)
        decayed = GradientDescent(0.04, weight_decay=0.05)
        runs = {
            "momentum": train(loss, two, heavy, start, steps=6000, every=10),
            "decay": train(loss, two, decayed, rest, steps=6000, every=40),
            "noise": train(
                loss, two, GradientDescent(0.02), rest, steps=11_000, every=50,
                label_noise=0.8, seed=self.seed,
            ),
        }  # fmt: skip
        runs |= {
            f"adam {degree}": train(loss, Monomial(degree), Adam(2e-3), start, steps=4000, every=10)
            for degree in self.degrees
        }
        self.paths = {name: run.weights[:, 0] for name, run in runs.items()}
        self.paths["adam"] = self.paths["adam 2"]
        self.paths["flow"] = integrate(self.flow, start, np.geomspace(1e-3, 3.0, 400) - 1e-3)
        noisy = self.paths["noise"]
        off = np.flatnonzero(noisy.max(axis=1) > 9.6)
        self.paths["noise"] = noisy[: off[0]] if len(off) else noisy

    def set_the_stage(self) -> None:
        """Build the picture: the plane with the field, and the rows for where beads land."""
        theme = self.theme
        self.walkers: list[Walker] = []
        plane = self.plane = self.weight_plane()
        heights = {"model": 0.95} | dict.fromkeys(ROWS, 0.85)
        self.rows = self.layout.rows(heights, spare=("model", "decay", "flow", "momentum"))
        still: list[Mobject] = [plane]
        if "model" in self.rows:
            still.append(self.formula(self.rows["model"], "w_i = u_i^2"))
        self.rest(*still)
        quiet = drawn_lines(self.flow, plane, theme, opacity=theme.quiet)
        self.add(quiet, minimizer_line(plane, self.loss, theme))
        ahead = (np.sqrt(self.start) + np.linspace(-3.0, 3.0, 601)[:, None]).clip(0.0) ** 2
        ahead = ahead[(ahead > 0).all(axis=1) & (ahead < 9.6).all(axis=1)]
        self.diagonal = dashed_curve(plane, ahead, theme.first)  # u₁ − u₂ = const

    def walk(self, name: str, colour: str) -> Walker:
        """A bead along one path, from now on."""
        path = self.paths[name]
        times = np.linspace(0.0, WALK, len(path))
        if name != "flow":  # at an even pace along the path, for steps come to rest in a long tail
            way = arc_length(path)
            times = WALK * way / max(way[-1], 1e-9)
            times += np.arange(len(times)) * 1e-9  # rising, also where it rests
        begin = self.clock.get_value() + 0.5
        look: dict[str, Any] = {
            "begin": begin,
            "colour": colour,
            "weight": 0.5 if name == "noise" else 1.0,
        }
        walker = Walker(self.plane, times, path, self.clock, self.theme, **look)
        self.add(walker)
        if name == "noise":  # behind where the others have landed
            self.remove(*self.walkers)
            self.add(*self.walkers)
        self.walkers.append(walker)
        return walker

    def run(self, name: str, told: str, row: str, colour: str, *shown: FadeIn) -> None:
        """Let a bead run while it is told of, and write down where it lands."""
        self.walk(name, colour)
        self.say(told, *shown, seconds=WALK + 1.0)
        if row in self.rows:
            first, second = self.paths[name][-1]
            source = f'"{gettext(row)}:" quad ({first:.2f}, {second:.2f})'
            written = self.formula(self.rows[row], source, self.theme.number_pixels)
            self.let_flow(1.0, FadeIn(written.set_color(colour)))
            self.rest(written)


def dashed_curve(plane: WeightPlane, places: np.ndarray, colour: str) -> VGroup:
    """A dashed line through weights (m, 2)."""
    line = VMobject(color=colour, stroke_width=3).set_points_as_corners(plane.at(places))
    return VGroup(DashedVMobject(line, num_dashes=40))
