"""Polar coordinates: what happens when a radius and an angle are trained.

manim -pqh scenes/polar.py Polar
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import LEFT, FadeIn, FadeOut

from fields import EvenPace, GradientFlow, PointLoss, integrate
from fields import Polar as Coordinates
from stage import FlowScene, Walker, minimizer_mark
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.plane.polar import PolarGrid, SplitPush, towards

CHAPTER = 9


class Polar(FlowScene):
    """A small radius grows, a large one turns: at one point, on two paths, everywhere."""

    target = (3.0, 6.0)
    start = (0.15, 0.01)
    far = (9.3, 0.8)
    """Where the second path begins."""
    near = 2.0
    """Extent of the plane in the first part, in which r = 1 is large."""
    degrees = 22.0
    """Of the ray on which the one point moves out,"""
    radii = (0.3, 0.3, 1.0, 1.0, 1.6)
    """from radius to radius,"""
    stops = (0.0, 13.0, 16.5, 19.5, 22.5)
    """at these seconds."""

    def construct(self) -> None:
        """Look at one push from near, at two paths from afar, and at the swarm."""
        theme, clock, loss = self.theme, self.clock, PointLoss(self.target)
        times, r = eased_keyframes(self.stops, self.radii)
        ray = np.array([np.cos(np.radians(self.degrees)), np.sin(np.radians(self.degrees))])
        places = r[:, None] * ray
        pull = -loss.gradient(places)
        moved = Coordinates().precondition(places, pull) / np.linalg.norm(pull, axis=1)[:, None]
        parts = 1.15 * np.abs(np.stack([moved @ ray, moved @ [-ray[1], ray[0]]], axis=1))

        near = self.weight_plane(self.near)
        grid = PolarGrid(near, np.arange(0.5, 3.0, 0.5), theme)
        beyond = towards(near, self.target, theme)
        push = SplitPush(
            near, interpolated(times, places), interpolated(times, parts), clock, theme
        )
        heights = {"model": 0.85, "law": 0.85, "r": 0.85, "square": 0.85, "pace": 0.7}
        rows = self.layout.rows(heights, spare=("pace", "square", "r", "law"))
        model = self.formula(rows["model"], "w = (r cos theta, r sin theta)")
        self.rest(near, grid, grid.unit, grid.name_of_unit, beyond, model)

        self.next_section("A radius and an angle")
        self.add(push)
        self.say("Trained: a radius and an angle.", seconds=2.5)
        self.say("A push has a part along, and a part around.", seconds=3.5)

        self.next_section("Around counts r²")
        readings = []
        if "law" in rows:
            law = self.formula(rows["law"], ROUND)
            law.scale(min(1.0, self.layout.across / law.width), about_edge=LEFT)
            readings.append(law)
        live = []
        for row, name, power in (("r", "r =", 1), ("square", "r^2 =", 2)):
            if row in rows:
                radius = formatted("{:.2f}".format, interpolated(times, r**power))
                sign, number = self.reading(rows[row], name, radius)
                readings.append(sign)
                live.append(number)
        fading = (FadeIn(one) for one in (*readings, *live))
        self.say("The part around counts $r^2$ times.", *fading, seconds=3.5)
        self.rest(*readings)
        self.say("($J J^top$, not $J^top J$: for polar, the two differ.)", seconds=3.5)
        self.say("Small radius: it grows, and hardly turns.", seconds=3.5)
        self.say("At $r = 1$ it is plain training.", seconds=3.0)
        self.say("Large radius: it turns more than it grows.", seconds=4.0)

        self.next_section("Two paths")
        flow = GradientFlow(loss, Coordinates())
        plane = self.weight_plane()
        wide = PolarGrid(plane, (2, 4, 6, 8, 10, 12, 14), theme)
        swarm = self.swarm(EvenPace(flow, self.speed, 0.3, loss), plane).set_opacity(0)
        walk = np.linspace(0, 7, 561)
        paths = integrate(EvenPace(flow, 1.8, 0.3, loss), [self.start, self.far], walk)
        shrink = near.at((0, 0)), self.near / plane.extent
        gone: list[Any] = [
            one.animate.scale(shrink[1], about_point=shrink[0]).set_opacity(0)
            for one in (near, grid, grid.unit, grid.name_of_unit)
        ]
        gone += [FadeOut(one, run_time=0.5) for one in (push, beyond, *live, *readings[1:])]
        mark = minimizer_mark(plane, self.target, theme)
        begin = clock.get_value()
        walkers = [
            Walker(plane, walk, paths[0], clock, theme, begin=begin + 2),
            Walker(plane, walk, paths[1], clock, theme, begin=begin + 6.5),
        ]
        shown = [FadeIn(one) for one in (plane, wide, wide.unit, mark, walkers[0])]
        self.say("From afar, that circle is small.", *gone, *shown, seconds=2.5)
        self.rest(plane, wide)
        self.tell_pace(rows)
        self.remove(wide.unit, mark, *walkers)
        self.add(swarm, wide.unit, mark, walkers[0])
        self.say("From near nothing: first out, then round.", seconds=4.0)
        self.say("From far out: first round, then in.", FadeIn(walkers[1]), seconds=5.5)

        self.next_section("Everywhere")
        appear = swarm.animate.set_opacity(1)
        self.say("A large $r$ turns first, a small $r$ grows first.", appear, seconds=6.0)
        self.let_flow(1.5)


ROUND = "J J^top = hat(r) hat(r)^top + r^2 hat(theta) hat(theta)^top"
