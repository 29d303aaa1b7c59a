"""Polar coordinates: what happens when a radius and an angle are trained.

manim -pqh scenes/polar.py Polar
"""

from __future__ import annotations

import numpy as np
from manim import LEFT, UP, FadeIn, FadeOut, Mobject

from fields import EvenPace, GradientFlow, PointLoss, integrate
from fields import Polar as Coordinates
from stage import CHANGE, FlowScene, Walker, WeightPlane, minimizer_mark
from stage.keyframes import eased, eased_keyframes, formatted, interpolated
from stage.plane.polar import PolarGrid, PolarPull, towards
from stage.plane.zoom import ZoomingPolarPlane
from stage.text.language import gettext
from stage.text.writing import equation

CHAPTER = 9

ROUND = (
    "dot(w) = g_{{hat(r): radial}} {{hat(r): radial}} "
    "+ r^2 g_{{hat(theta): angular}} {{hat(theta): angular}}"
)
FAR = (2, 4, 6, 8, 10, 12)
NEAR = (0.5, 1.5, 2.5)
"""Radii of circles that are seen from afar, and from near alone."""


class Polar(FlowScene):
    """A small radius grows, a large one turns: at one point, on two paths, everywhere."""

    target = (3.0, 6.0)
    start = (0.1, 0.1)
    far = (9.3, 0.8)
    """Where the second path begins."""
    near = 2.0
    """Extent of the plane in the first part, in which r = 1 is large."""
    degrees = 22.0
    """Of the ray on which the one point moves out,"""
    radii = (0.3, 0.3, 1.0, 1.0, 1.6)
    """from radius to radius,"""
    stops = (0.0, 13.5, 15.0, 17.5, 19.0)
    """at these seconds."""
    zooms = (22.0, 25.0)
    """Seconds between which the plane is zoomed out."""

    def construct(self) -> None:
        """Look at one pull from near, at two paths from afar, and at the swarm."""
        loss = PointLoss(self.target)
        self.flow = GradientFlow(loss, Coordinates())
        self.pull_apart(loss)
        self.zoom_out()
        self.go_everywhere(loss)

    def pull_apart(self, loss: PointLoss) -> None:
        """Draw w* − w, drop its two parts, and weigh the part around by r² while r changes."""
        theme, clock = self.theme, self.clock
        times, r = eased_keyframes(self.stops, self.radii)
        ray = np.array([np.cos(np.radians(self.degrees)), np.sin(np.radians(self.degrees))])
        places = r[:, None] * ray
        pulls = -loss.gradient(places)
        pulls = 1.3 * pulls / np.linalg.norm(pulls, axis=1)[:, None]

        near = WeightPlane(
            theme, extent=self.near, size=self.layout.size, centre=self.layout.centre
        )
        growing = eased(self.zooms, np.log([self.near, 10.0]))
        self.zoom = ZoomingPolarPlane(
            near, lambda time: np.exp(growing(time)), (*NEAR, *FAR), clock, theme
        )
        self.beyond = towards(near, self.target, theme)
        drawn = eased((0.0, 1.5), (0.0, 1.0))
        pull_at = interpolated(times, pulls)
        self.pull = PolarPull(
            near,
            interpolated(times, places),
            lambda time: pull_at(time) * (0.35 + 0.65 * drawn(time)),
            eased((3.5, 5.0), (0.0, 1.0)),
            eased((7.5, 9.0), (0.0, 1.0)),
            clock,
            theme,
        )
        heights = {"model": 0.85, "law": 0.85, "r": 0.85, "square": 0.85, "pace": 0.7}
        self.rows = rows = self.layout.rows(heights, spare=("pace", "square", "r", "law"))
        model = self.formula(rows["model"], "w = (r cos theta, r sin theta)")
        self.rest(self.beyond, model)
        self.add(self.zoom, self.pull)

        self.next_section("A radius and an angle")
        self.say("Trained: a radius and an angle.", seconds=3.0)
        self.say("The pull has a part out, and a part around.", seconds=3.5)

        self.next_section("Around counts r²")
        still: list[Mobject] = []
        live: list[Mobject] = []
        if "law" in rows:
            law = equation(ROUND, theme)
            law.scale(min(1.0, self.layout.across / law.width))
            still.append(law.move_to((self.layout.panel[0], rows["law"], 0.0), aligned_edge=LEFT))
        for row, name, power in (("r", "r =", 1), ("square", "r^2 =", 2)):
            if row in rows:
                radius = formatted("{:.2f}".format, interpolated(times, r**power))
                sign, number = self.reading(rows[row], name, radius)
                still.append(sign)
                live.append(number)
        fading = (FadeIn(one) for one in (*still, *live))
        self.say("The part around counts $r^2$ times.", *fading, seconds=3.5)
        self.rest(*still)
        self.say("Small radius: it grows, and hardly turns.", seconds=3.5)
        self.say("At $r = 1$ it is plain training.", seconds=4.0)
        self.say("Large radius: it turns more than it grows.", seconds=4.5)
        self.gone = [*still[1:], *live]

    def zoom_out(self) -> None:
        """Show all of the plane, in one move."""
        gone = [FadeOut(one, run_time=0.6) for one in (self.pull, self.beyond, *self.gone)]
        self.say("From afar, that circle is small.", *gone, seconds=CHANGE)
        self.let_flow(self.zooms[1] - self.clock.get_value())

    def go_everywhere(self, loss: PointLoss) -> None:
        """Two paths, then the swarm, in the colours of radius and angle."""
        theme, clock, rows = self.theme, self.clock, self.rows
        self.next_section("Two paths")
        plane = self.weight_plane()
        wide = PolarGrid(plane, FAR, theme)
        swarm = self.swarm(EvenPace(self.flow, self.speed, 0.3, loss), plane, is_polar=True)
        swarm.set_opacity(0)
        walk = np.linspace(0, 7, 561)
        paths = integrate(EvenPace(self.flow, 1.8, 0.3, loss), [self.start, self.far], walk)
        # the paths come up to it from below, and from beyond on its other side
        mark = minimizer_mark(plane, self.target, theme, side=UP + LEFT)
        begin = clock.get_value()
        one, other = (
            Walker(plane, walk, path, clock, theme, begin=begin + late)
            for path, late in zip(paths, (1.0, 5.5), strict=True)
        )
        self.remove(self.zoom)
        self.rest(plane, wide)
        self.tell_pace(rows)
        self.add(swarm, wide.unit, wide.name_of_unit, mark, one)
        told = gettext("From near nothing: it turns about $r = 1$, then goes out.")
        self.say(told, FadeIn(mark), FadeIn(one), seconds=4.5)
        self.say("From far out: first round, then in.", FadeIn(other), seconds=5.5)

        self.next_section("Everywhere")
        out, around = self.legend(rows)
        appear = swarm.animate.set_opacity(1), FadeIn(out), FadeIn(around)
        self.say("Here colour tells out from around.", *appear, seconds=3.5)
        self.say("A large $r$ turns first, a small $r$ grows first.", seconds=5.0)

    def legend(self, rows: dict[str, float]) -> list[Mobject]:
        """What the colours of the swarm mean, in the rows of the readings."""
        made: list[Mobject] = []
        for row, colour, sign in (
            ("r", self.theme.radial, "dot(r)"),
            ("square", self.theme.angular, "r dot(theta)"),
        ):
            text = equation(sign, self.theme, colour=colour)
            if row in rows:
                text.move_to((self.layout.panel[0], rows[row], 0.0), aligned_edge=LEFT)
            made.append(text if row in rows else Mobject())
        return made
