"""From the kernel to the rich regime: the size of the start alone picks the solution.

manim -pqh scenes/regimes.py KernelToRich
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import RIGHT, UP, FadeIn, Mobject

from fields import EvenPace, LineLoss, Turns, least_norm
from fields.parameterization.difference import Difference
from fields.systems.regime import Exponential, RegimeFlow, regime_landing, regime_path
from stage import BendingPath, FlowScene, equation, minimizer_line
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.panel.dial import Dial
from stage.plane.landing_marks import Landing, ringed

CHAPTER = 14

MARKS = ((3.0, "3"), (1.0, "1"), (0.1, "0.1"), (1e-3, "0.001"))
NORMS = ((2.0, "2"), (1.0, "1"))


class KernelToRich(FlowScene):
    """One model, one start at w = 0: as α shrinks, least ‖w‖₂ becomes least ‖w‖₁."""

    line = (-1.0, -2.0, 15.0)
    stops = (3.0, 3.0, 1.0, 1.0, 0.1, 0.1, 1e-3)
    """The sizes α of the start between which the dial turns."""
    turns = (0.0, 11.0, 15.0, 17.0, 21.0, 23.0, 27.0)
    """Seconds at which it is there."""

    def check_story(self) -> None:
        """Each norm has its own least point on the line."""
        a, b, c = self.line
        if not (a * b > 0 and a * c < 0 and abs(a) != abs(b)):
            why = "must cut both axes above 0, and not alike, for ℓ₁ and ℓ₂ to differ on it"
            raise misfit(self, "line", why)

    def construct(self) -> None:
        """Shrink the start, and watch the landing slide from one norm to the other."""
        self.integrate()
        live = self.set_the_stage()

        self.next_section("Two for one")
        self.say("Each weight is a difference of two squares.", seconds=4.5)
        self.say("Training begins at $w = 0$, whatever $alpha$ is.", seconds=4.0)
        marks = self.least()
        self.add(*marks, *live)  # the landing is over them from the first
        appear = map(FadeIn, marks)
        self.say("Large $alpha$: it lands next to the least $norm(w)_2$.", *appear, seconds=4.5)

        self.next_section("The start shrinks")
        self.say("Nothing changes but the size of $alpha$.", seconds=4.5)
        self.say("Ever smaller: one weight does all the work.", seconds=5.5)
        self.say("Small $alpha$: the least $norm(w)_1$, a sparse solution.", seconds=6.0)

        self.next_section("Source", stop="still")
        self.say("B. Woodworth et al., 2019: Kernel and Deep Regimes.", seconds=4.0)

    def integrate(self) -> None:
        """Find paths and landings in closed form: every frame after this only looks up."""
        self.loss = LineLoss(*self.line)
        times, logs = eased_keyframes(self.turns, np.log(self.stops))
        self.scale = Exponential(Turns(times, logs))
        models = [Difference(float(size)) for size in np.exp(logs)]
        ends = np.array([regime_landing(self.loss, model) for model in models])
        self.path_at = interpolated(times, [regime_path(self.loss, model) for model in models])
        self.place_at = interpolated(times, ends)
        self.weight_at = [interpolated(times, ends[:, k]) for k in (0, 1)]

    def set_the_stage(self) -> list[Mobject]:
        """Build the picture, and return what is to stay on top of it."""
        theme, clock, loss = self.theme, self.clock, self.loss
        plane = self.plane = self.weight_plane()
        heights = {"model": 0.95, "start": 0.95, "law": 0.95, "number": 0.8, "where": 0.8}
        heights |= {"dial": 1.05, "pace": 0.6}
        spare = ("pace", "law", "start", "number", "where")
        rows = self.layout.rows(heights, spare=spare)
        flow = EvenPace(RegimeFlow(loss, self.scale), self.speed, 0.3, loss)
        swarm = self.swarm(flow, plane).set_opacity(0.45)
        path = BendingPath(plane, self.path_at, clock, theme, seconds=4.0)
        bead = Landing(plane, self.place_at, clock, theme)
        left = [self.layout.panel[0] + 0.55, rows["dial"] + 0.25, 0.0]
        look: dict[str, Any] = {"left": left, "width": self.layout.dial, "marks": MARKS}
        dial = Dial("alpha", self.scale, lambda size: -np.log(size), clock, theme, **look)
        still: list[Mobject] = [plane, dial]
        live: list[Mobject] = [path, bead, dial.pointer]
        for row, source in (
            ("model", "w_i = u_i^2 - v_i^2"),
            ("start", "u_i = v_i = alpha quad (w_i = 0)"),
            ("law", "dot(w)_i = 4 sqrt(w_i^2 + 4 alpha^4) thin g_i"),
        ):
            if row in rows:
                still.append(self.formula(rows[row], source, theme.number_pixels))
        if "number" in rows:
            sign, number = self.reading(rows["number"], "alpha =", formatted(in_words, self.scale))
            still.append(sign)
            live.append(number)
        if "where" in rows:
            for axis, meaning in enumerate(("first", "second")):
                name = f"{{{{w_{axis + 1}: {meaning}}}}} ="
                weight = formatted("{:.2f}".format, self.weight_at[axis])
                sign, number = self.reading(rows["where"], name, weight, shift=2.55 * axis)
                still.append(sign)
                live.append(number)
        self.rest(*still)
        self.tell_pace(rows, beside="model")
        self.add(swarm, minimizer_line(plane, loss, theme), *live)
        return live

    def least(self) -> list[Mobject]:
        """The points of the line where ‖w‖₂ and ‖w‖₁ are least, with their names."""
        theme = self.theme
        marks: list[Mobject] = []
        for order, name in NORMS:
            green: dict[str, Any] = {
                "pixels": theme.number_pixels,
                "colour": theme.minimizer,
                "halo": True,
            }
            label = equation(f"ell_{name}", theme, **green)
            place = least_norm(self.loss, order)
            marks.append(ringed(self.plane, place, label, theme, RIGHT + 0.5 * UP))
        return marks


def in_words(size: float) -> str:
    """The size α as it stands on the screen, with two digits of its own at the least."""
    return f"{size:.2f}" if size >= 0.095 else f"{size:.3f}"
