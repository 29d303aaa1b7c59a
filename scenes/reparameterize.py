"""Same function, new parameters: why a step in u is another step in w.

manim -pqh scenes/reparameterize.py ChainRule
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, FadeIn, FadeOut, Mobject, VGroup

from fields import Deep, EvenPace, GradientFlow, PointLoss, formula, integrate, reference_weight
from stage import CHANGE, FlowScene, LiveNumber, Walker, equation, minimizer_mark
from stage.keyframes import eased, formatted, interpolated
from stage.knobs import misfit
from stage.plane.arrange import Tile, pair, put_under
from stage.plane.axes import ticks
from stage.plane.grid import CarriedGrid, mapped_grid
from stage.plane.legs import SplitArrow
from stage.plane.map_arrow import crossing, dashed
from stage.scene import SIGNS
from stage.text.highlight import LitEquation
from stage.text.language import gettext
from stage.text.matching import MatchShapes
from stage.text.writing import on_line

CHAPTER = 4

LAW = "dot(w)_i = {} ({{{{w_i^*: minimizer}}}} - w_i)"


class ChainRule(FlowScene):
    """One step in u is pushed to w, and the two factors of the chain rule light up in turn."""

    target = (3.0, 6.0)
    start = (8.0, 1.0)
    """Where the loss pulls both weights alike, and training u does not."""
    depth = 3.0
    """The power in w = uᴺ."""
    lands = 7.8
    """Second at which the grid is where w maps it,"""
    begin = 21.0
    """at which the dots go,"""
    slower = 1.35
    """and how many seconds of film a unit of flow time takes."""

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
        """Carry a grid across, a pull there and a step back, then let it run."""
        self.integrate()
        self.set_the_stage()
        self.next_section("The map")
        self.say(gettext("Train $u$; the model still is $w = {map}$.", map=self.map), seconds=3.0)
        every = gettext("Every $w$ has its $u$: the functions are the same.")
        self.say(every, FadeIn(self.map_arrow), seconds=CHANGE)
        self.add(self.grid)
        self.let_flow(self.lands - self.clock.get_value())
        self.grid.remove(self.grid.followed)
        self.add(self.walkers)
        self.let_flow(1.0)
        self.next_section("One step")
        self.carry_a_step()
        self.next_section("Its path")
        self.walk()
        self.next_section("Everywhere")
        self.generalize()

    def integrate(self) -> None:
        """Find the path, and its slopes, first."""
        self.loss = PointLoss(self.target)
        self.power = formula("exp(u)" if self.depth == math.inf else f"u^{self.depth:g}")
        deep = self.deep = Deep(self.depth)
        self.flow = GradientFlow(
            self.loss, deep, rate=reference_weight(self.loss) ** -deep.exponent
        )
        times = np.linspace(0, 6, 1201)
        self.path = integrate(self.flow, self.start, times)
        self.film = times * self.slower
        slopes = np.array([np.diag(J) for J in self.power.jacobian(self.path)])
        begin = self.begin
        self.slope_at = interpolated(self.film + begin, slopes)

    def set_the_stage(self) -> None:
        """Two planes with ticks, a grid that goes from one to the other, and a dot in both."""
        theme, deep = self.theme, self.deep
        beneath = 1.4 if self.layout.width > 12 else 2.1
        places = self.places = pair(self.layout, beneath)
        end = float(self.power.parameters([10.0, 10.0])[0])
        u_plane = Tile(
            theme, size=places.size, extent=end, centre=places.first, names=("u_1", "u_2")
        )
        w_plane = Tile(theme, size=places.size, centre=places.second, names=("w_1", "w_2"))
        self.planes = u_plane, w_plane
        lines = np.linspace(0, end, 11)
        u_grid = mapped_grid(u_plane, lines, lambda u: u, theme)
        carried = eased((4.0, 5.3), (0.0, 1.0)), eased((5.0, self.lands), (0.0, 1.0))
        riders = end * np.array([[x, y] for x in (0.4, 0.7, 1.0) for y in (0.4, 0.7, 1.0)])
        riders = np.vstack([riders, self.power.parameters(self.start)])
        self.grid = CarriedGrid(
            (u_plane, w_plane), lines, self.power.weights, riders, carried, self.clock, theme
        )
        self.flock = self.swarm(EvenPace(self.flow, self.speed, 0.3, self.loss), w_plane)
        self.flock.set_opacity(0)
        self.straight = dashed(w_plane, np.array([self.start, self.target]), theme)
        middle, size = places.first[1], places.size
        self.heights = [middle + part * size for part in (0.29, 0.0, -0.19, -0.36)]
        self.map_arrow = self.across(f"w = {self.map}")
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
        self.closed = equation(LAW.format(f"{factor} {power_of_w}"), theme)
        self.general = equation(LAW.format("N^2 w_i^(2 - 2 slash N)"), theme)
        put_under(self.layout, places, self.law, self.general, left_first=True)
        self.closed.move_to(self.general)
        self.pace = self.pace_aside()
        u_path = self.power.parameters(self.path)
        in_u, in_w = (
            Walker(plane, self.film, path, self.clock, theme, begin=self.begin)
            for plane, path in ((u_plane, u_path), (w_plane, self.path))
        )
        self.walkers = VGroup(in_u, in_w)
        self.add(u_grid, u_plane, w_plane, self.law, self.flock)
        self.add(ticks(u_plane, theme), ticks(w_plane, theme))
        self.add(in_u)
        self.add(minimizer_mark(u_plane, self.power.parameters(self.target), theme, "u^*"))
        self.add(minimizer_mark(w_plane, self.target, theme))

    def across(self, name: str) -> VGroup:
        """An arrow from plane to plane, where there is room between them."""
        if self.places.gap[1] - self.places.gap[0] < 2:
            return VGroup()
        return crossing(self.places.gap, self.heights[0], name, self.theme)

    def multipliers(self) -> list[Mobject]:
        """What J does to each leg, live, where there is room for it; its source first."""
        left, right = self.places.gap
        if right - left < 2:
            return []
        look: dict[str, Any] = {"pixels": self.theme.text_pixels}
        source = equation(f"J = {self.slope}", self.theme, **look)
        source.move_to((left + 0.3, self.heights[1], 0.0), aligned_edge=LEFT)
        made: list[Mobject] = [source]
        colours = self.theme.first, self.theme.second
        for axis, (height, colour) in enumerate(zip(self.heights[2:], colours, strict=True)):
            name = equation(f"J_{axis + 1} =", self.theme, colour=colour, **look)
            name.move_to((left + 0.3, height, 0.0), aligned_edge=LEFT)
            on_line(name, height)
            words = formatted(three_digits, self.leg_at(axis))
            made += [name, LiveNumber(words, self.clock, self.theme, after=name, **look)]
        return made

    def leg_at(self, axis: int) -> Callable[[float], np.ndarray]:
        """Film time to the factor by which J stretches one leg."""
        slope_at = self.slope_at
        return lambda time: slope_at(time)[axis]

    @property
    def slope(self) -> str:
        """dw/du, in Typst mathematics."""
        if self.depth == math.inf:
            return "e^u"
        less = self.depth - 1
        power = "" if less == 0 else "u" if less == 1 else f"u^({less:g})"
        return f"{self.depth:g} {power}"

    def carry_a_step(self) -> None:
        """The pull of the loss is stretched on each axis once for u, and once more for w."""
        theme, (u_plane, w_plane) = self.theme, self.planes
        slope = np.diag(self.power.jacobian(self.start))
        g = -self.loss.gradient(self.start)
        u = self.power.parameters(self.start)
        unit = 0.13 * self.places.size / max(np.abs(g))
        stretch = slope / np.sqrt(slope[0] * slope[1])  # their ratio is what is seen
        once, twice = stretch * g * unit, stretch**2 * g * unit
        small = min(1.0, 0.75 * self.places.size / max(np.abs(twice)))
        lit = [self.law.part(name).animate.set_opacity(1) for name in ("loss", "pull", "push")]

        first, second = (f"{part:g}".replace("-", "−") for part in g)
        now = self.clock.get_value()
        grows = eased((now + 0.5, now + 1.5), [0 * g, g * unit])
        pull = SplitArrow(w_plane.at(self.start), grows, self.clock, theme)
        self.add(pull, self.walkers)  # dots over what begins at them
        told = gettext(
            "The loss pulls #w1 by {first}, #w2 by {second}.", first=first, second=second
        )
        self.say(told, lit[0], seconds=3.5)
        multipliers = self.multipliers()
        now = self.clock.get_value()
        grows = eased((now + 0.5, now + 2.0), [g * unit, once])
        in_u = SplitArrow(u_plane.at(u), grows, self.clock, theme)
        self.add(in_u, self.walkers)
        shown = [FadeIn(in_u), *map(FadeIn, multipliers)]
        self.say("$J^top$ carries it to $u$: each leg times its slope.", lit[1], *shown, seconds=4)
        now = self.clock.get_value()
        grows = eased((now + 0.5, now + 2.0), [once * small, twice * small])
        in_w = SplitArrow(w_plane.at(self.start), grows, self.clock, theme)
        self.add(in_w, self.walkers)
        again = gettext("$J$ carries the step to $w$: times the slope again.")
        self.say(again, lit[2], FadeOut(pull), FadeIn(in_w), FadeIn(self.closed), seconds=4)
        self.arrows = in_u, in_w

    def walk(self) -> None:
        """Both dots go, at true pace; in dashes the way of training w itself."""
        gone = map(FadeOut, self.arrows)
        self.add(self.straight, self.walkers)
        told = gettext("True pace: large weights run, small ones wait.")
        self.say(told, *gone, FadeIn(self.straight), seconds=6.0)

    def generalize(self) -> None:
        """Any power, and the swarm of this one."""
        self.remove(self.grid)
        self.add(self.grid, self.walkers)
        appear = self.flock.animate.set_opacity(1), FadeOut(self.grid), FadeIn(self.pace)
        if self.depth in (1, math.inf):
            self.say("And so it goes from everywhere.", *appear, seconds=6.5)
            return
        self.say("For any power $N$: the exponent is $2 - 2 slash N$.", *appear, seconds=CHANGE)
        self.let_flow(1.5, MatchShapes(self.closed, self.general))
        self.let_flow(4.0)

    def pace_aside(self) -> VGroup:
        """How film time goes for the swarm, beside the law, which makes room for it."""
        note = self.prose(self.law.get_center()[1], SIGNS["even"], faint=True)
        is_tall = self.places.gap[0] == self.places.gap[1]
        edge = self.layout.right if is_tall else self.places.second[0] + self.places.size / 2
        note.shift((edge - note.get_right()[0]) * RIGHT)
        over = self.law.get_right()[0] + 0.2 - note.get_left()[0]
        self.law.shift(max(0.0, over) * LEFT)
        return note


def three_digits(number: float) -> str:
    """A factor as it stands on the screen."""
    return f"{number:.1f}" if number < 100 else f"{min(number, 9999):.0f}"
