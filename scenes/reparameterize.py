"""Same function, new parameters: why a step in u is another step in w.

manim -pqh scenes/reparameterize.py ChainRule
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from manim import FadeIn, FadeOut, GrowArrow, TransformFromCopy, VGroup

from fields import Deep, EvenPace, GradientFlow, PointLoss, formula, integrate, reference_weight
from stage import FlowScene, Walker, equation, minimizer_mark, pull_arrow
from stage.knobs import misfit
from stage.plane.arrange import Tile, pair, put_under
from stage.plane.grid import mapped_grid
from stage.plane.map_arrow import crossing, dashed
from stage.text.highlight import LitEquation

CHAPTER = 3


class ChainRule(FlowScene):
    """One step in u is pushed to w, and the two factors of the chain rule light up in turn."""

    target = (3.0, 6.0)
    start = (8.0, 1.0)
    """Where the loss pulls both weights alike, and training u does not."""
    depth = 3.0
    """The power in w = uᴺ."""

    def check_story(self) -> None:
        """The grid has to be seen, and the dots on it."""
        if not (0.2 <= self.depth <= 12 or self.depth == math.inf):
            raise misfit(self, "depth", "leaves no grid to be seen; give 0.2 to 12, or inf for eᵘ")
        for name in ("start", "target"):
            least = min(getattr(self, name))
            if self.depth == math.inf and least < 1:
                raise misfit(self, name, "needs both weights from 1 on, for u = ln w to be seen")
            if not least > 0:
                raise misfit(self, name, "needs both weights above 0, for u to have a slope")

    @property
    def map(self) -> str:
        """The map w(u), in Typst mathematics."""
        return "e^u" if self.depth == math.inf else f"u^{self.depth:g}"

    def construct(self) -> None:
        """Map a grid, carry a pull there and a step back, then let it run."""
        self.set_the_stage()
        self.next_section("The map")
        self.say(f"Train $u$; the model still is $w = {self.map}$.", seconds=3.5)
        every = "Every $w$ has its $u$: the functions are the same."
        self.say(every, FadeIn(self.map_arrow), seconds=1.0)
        self.let_flow(2.5, TransformFromCopy(self.u_grid, self.w_grid, run_time=2.5))
        self.rest(self.w_grid, self.map_arrow)
        self.let_flow(2.0)
        self.next_section("One step")
        self.carry_a_step()
        self.next_section("Its path")
        self.walk()
        self.next_section("Everywhere")
        appear = self.flock.animate.set_opacity(1), FadeOut(self.w_grid)
        self.say("Everywhere: directions exact, speeds evened.", *appear, seconds=6.5)

    def set_the_stage(self) -> None:
        """Two planes, a grid in the one, its image in the other, and a dot in both."""
        theme, loss = self.theme, PointLoss(self.target)
        power = self.power = formula("exp(u)" if self.depth == math.inf else f"u^{self.depth:g}")
        deep = Deep(self.depth)
        flow = GradientFlow(loss, deep, rate=reference_weight(loss) ** -deep.exponent)
        times = np.linspace(0, 6, 1201)
        path = integrate(flow, self.start, times)
        film, begin = times * 1.35, 31.0

        places = self.places = pair(self.layout, 1.4 if self.layout.width > 12 else 2.1)
        end = float(power.parameters([10.0, 10.0])[0])
        u_plane = Tile(
            theme, size=places.size, extent=end, centre=places.first, names=("u_1", "u_2")
        )
        w_plane = Tile(theme, size=places.size, centre=places.second, names=("w_1", "w_2"))
        lines = np.linspace(0, end, 11)
        self.u_grid = mapped_grid(u_plane, lines, lambda u: u, theme)
        self.w_grid = mapped_grid(w_plane, lines, power.weights, theme)
        self.planes, self.loss = (u_plane, w_plane), loss
        self.flock = self.swarm(EvenPace(flow, self.speed, 0.3, loss), w_plane).set_opacity(0)
        self.straight = dashed(w_plane, np.array([self.start, self.target]), theme)
        middle, size = places.first[1], places.size
        self.heights = [middle + part * size for part in (0.29, -0.06, -0.4)]
        self.map_arrow = self.across(0, f"w = {self.map}")
        self.law = LitEquation(
            "dot(w) = {{J: push}} {{J^top: pull}} {{(-nabla L): loss}}",
            theme,
            "push",
            "pull",
            "loss",
        ).darkened()
        rate = Fraction(2 - 2 * deep.inverse_depth).limit_denominator(100)
        factor = "" if self.depth in (1, math.inf) else f"{self.depth**2:g}"
        power_of_w = f"w_i^({rate})".replace("/", " slash ") if rate else ""
        self.closed = equation(
            f"dot(w)_i = {factor} {power_of_w} ({{{{w_i^*: minimizer}}}} - w_i)", theme
        )
        put_under(self.layout, places, self.law, self.closed, left_first=True)
        self.add(self.u_grid, u_plane, w_plane, self.law, self.flock)
        self.add(Walker(u_plane, film, power.parameters(path), self.clock, theme, begin=begin))
        self.add(Walker(w_plane, film, path, self.clock, theme, begin=begin))
        self.add(minimizer_mark(u_plane, power.parameters(self.target), theme, "u^*"))
        self.add(minimizer_mark(w_plane, self.target, theme))

    def across(self, row: int, name: str, **kw: Any) -> VGroup:
        """An arrow from plane to plane, where there is room between them."""
        if self.places.gap[1] - self.places.gap[0] < 2:
            return VGroup()
        return crossing(self.places.gap, self.heights[row], name, self.theme, **kw)

    def carry_a_step(self) -> None:
        """The pull of the loss is carried to u, and the step in u is pushed to w."""
        theme, (u_plane, w_plane) = self.theme, self.planes
        slope = np.diag(self.power.jacobian(self.start))
        g = -self.loss.gradient(self.start)
        u, du = self.power.parameters(self.start), slope * g
        step = 0.22 * u_plane.extent / np.linalg.norm(du)
        pull = pull_arrow(w_plane, self.start, g, theme, most=1.6)
        in_u = pull_arrow(u_plane, u, step * du, theme).set_color(theme.path)
        in_w = pull_arrow(w_plane, self.start, step * slope * du, theme, most=9.0)
        in_w.set_color(theme.path)
        lit = [self.law.part(name).animate.set_opacity(1) for name in ("loss", "pull", "push")]

        first, second = (f"{part:g}".replace("-", "−") for part in g)
        self.say(
            f"The loss pulls #w1 by {first}, #w2 by {second}.", GrowArrow(pull), lit[0], seconds=4
        )
        back = self.across(1, "J^top", back=True, factors=slope)
        self.say(
            "Chain rule, once: $J^top$ carries the pull to $u$.", lit[1], FadeIn(back), seconds=1
        )
        self.let_flow(2.0, TransformFromCopy(pull, in_u, run_time=2.0))
        self.let_flow(1.5)
        forth = self.across(2, "J", factors=slope)
        self.say("Once more: $J$ carries the step to $w$.", lit[2], FadeIn(forth), seconds=1)
        self.let_flow(2.0, TransformFromCopy(in_u, in_w, run_time=2.0))
        self.let_flow(1.5)
        first, second = (f"{part:g}".replace("-", "−") for part in slope * du)
        self.say(f"Now #w1 moves by {first}, #w2 by {second}.", FadeIn(self.closed), seconds=4)
        self.say("The order is $J J^top$; the post writes $J^top J$.", seconds=3)
        self.let_flow(1.0, *map(FadeOut, (pull, in_u, in_w)))

    def walk(self) -> None:
        """Both dots go, at true pace; in dashes the way of training w itself."""
        self.say("Dashed: the way of training $w$ itself.", FadeIn(self.straight), seconds=3.5)
        self.say("True pace: large weights run, small ones wait.", seconds=5.5)
