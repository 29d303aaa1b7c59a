"""Anti-depth: what happens when every weight is a root of what is trained.

manim -pqh scenes/antideep.py AntiDeep
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from manim import FadeIn, Mobject, VGroup, linear

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    MorphingFlow,
    PointLoss,
    Turns,
    paths_by_depth,
    races_by_depth,
)
from fields.theory.curve import arc_length
from stage import (
    CHANGE,
    BendingPath,
    FlowScene,
    LiveNumber,
    Particles,
    Walker,
    WeightPlane,
    minimizer_mark,
    race_chart,
)
from stage.keyframes import by_depth, crossfade_in, eased, eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.panel.ahead import half_way, larger_first, share_of_later
from stage.panel.dial import depth_in_words, dial_depth, dial_place, power_in_words
from stage.plane.axes import diagonal, singular_axes
from stage.plane.landing_marks import NormBall
from stage.plane.path import Runners, lapping
from stage.text.language import gettext
from stage.text.matching import MatchShapes, in_place_of

CHAPTER = 8

LAW = "dot(w)_i prop w_i^({}) ({{{{w_i^*: minimizer}}}} - w_i)"


class AntiDeep(FlowScene):
    """Past 1, to ½ and ⅕: small weights rush to the diagonal, and only then to the target."""

    target = (3.0, 6.0)
    start = (0.1, 0.1)
    aside = (0.1, 1.6)
    """Where a second path begins, one weight far ahead of the other."""
    stops = (1.0, 1.0, 0.5, 0.5, 0.2)
    """The depths between which the dial turns."""
    turns = (0.0, 4.0, 8.0, 12.5, 16.0)
    """Seconds at which it is there."""
    lap = 5.0
    """Seconds in which the two weights run their race, at true pace."""
    grows = (36.2, 40.4)
    """Seconds between which a walker goes along the second path, and a square with it."""

    def check_story(self) -> None:
        """Below depth 1 the axes are singular."""
        for name in ("target", "start"):
            if not min(getattr(self, name)) > 0:
                why = "has a weight at 0, where fields of depth below 1 are infinite; give more"
                raise misfit(self, name, why)

    def construct(self) -> None:
        """Turn the dial past 1, twice; look at the axes, then at who was ahead."""
        self.integrate()
        self.set_the_stage()

        self.next_section("Past 1")
        self.say("Depth 1: straight to the target.", seconds=4.0)
        self.say("Now the dial goes past 1: weights are roots.", seconds=4.0)
        change = self.write("-2")
        self.say("Small weights run, large weights creep.", change, seconds=4.5)
        self.rest(self.law)
        change = self.write("2 - 2 slash N")
        self.say("And further, to one fifth.", change, seconds=3.5)
        # the flow stays what it is from here on
        calm: Any = self.calm
        moving: Any = self.moving
        over = (
            calm.animate(rate_func=crossfade_in).set_opacity(1),
            moving.animate(rate_func=linear).set_opacity(0),
        )
        told = gettext("Both weights grow together: the opposite of sparse.")
        self.say(told, seconds=CHANGE)
        self.let_flow(1.5, self.write("-8"), *over)
        self.remove(self.moving)
        self.rest(self.law)
        self.let_flow(1.5)

        self.next_section("The diagonal")
        even = diagonal(self.plane, self.theme)
        dim: Any = self.calm
        dim = dim.animate(run_time=CHANGE).set_opacity(0.4)
        self.add(even)
        self.paths_on_top()
        self.say("Small weights rush to the diagonal,", FadeIn(even), dim, seconds=3.0)
        self.say("and only then to the target.", seconds=3.0)
        wall = singular_axes(self.plane, self.theme)
        self.add(wall)
        self.paths_on_top()
        self.say("At the axes the speed has no bound.", FadeIn(wall), seconds=4.5)

        self.next_section("Who is behind")
        gone: list[Mobject] = [wall, self.below, self.runners[0]]
        come: list[Mobject] = [self.over, self.runners[1]]
        if "race" in self.rows:
            gone.append(self.charts[0].live)
            come.append(self.charts[1].live)
        changes = in_place_of(gone, come)
        self.say("Another start: who is behind catches up first.", *changes, seconds=5.0)
        self.walk_in_a_square()

    def walk_in_a_square(self) -> None:
        """Go the way at an even pace; the square of its largest weight waits for the other one."""
        square = NormBall(self.plane, np.inf, self.largest, self.clock, self.theme, self.light)
        times, way = self.way
        walker = Walker(self.plane, times, way, self.clock, self.theme, begin=self.grows[0])
        gone: list[Mobject] = [self.over, self.runners[1]]
        come: list[Mobject] = [walker]
        if "share" in self.rows:
            largest = formatted("{:.2f}".format, self.largest)
            row = self.rows["share"]
            come += self.reading(row, "norm(w)_infinity =", largest, stands=1)
            gone += self.shares
        if "race" in self.rows:  # it goes on at true pace, and the walker does not
            gone += [self.charts[0], self.charts[1].live]
        self.add(square)
        told = gettext("So the largest stays small: a low $norm(w)_infinity$.")
        self.say(told, *in_place_of(gone, come), seconds=6.5)

    def integrate(self) -> None:
        """Integrate first: every frame after this only looks up."""
        loss = self.loss = PointLoss(self.target)
        times, places = eased_keyframes(self.turns, dial_place(1 / np.array(self.stops)))
        depths = dial_depth(places)
        low, high = paths_by_depth(loss, depths, [self.start, self.aside])
        self.depth = Turns(times, depths)
        self.order = order = larger_first(self.target)
        self.share = interpolated(times, share_of_later(low, self.target, order))
        self.low_at, self.high_at = interpolated(times, low), interpolated(times, high)
        way, (begin, end) = high[-1], self.grows
        long = arc_length(way)
        self.way = (end - begin) * long / long[-1], way
        self.largest = interpolated(begin + self.way[0], np.max(way, axis=1))
        self.light = eased((begin - 0.7, begin), (0.0, 1.0))
        some = dial_depth(np.linspace(places[0], places[-1], 33))
        self.races = [
            by_depth(some, races_by_depth(loss, some, w), self.depth)
            for w in (self.start, self.aside)
        ]
        self.flow = EvenPace(MorphingFlow(loss, self.depth), self.speed, 0.3, loss)

    def set_the_stage(self) -> None:
        """Build the picture: the plane, and beside it the dial and what it does."""
        theme, clock = self.theme, self.clock
        plane = self.plane = self.weight_plane()
        heights = {"law": 0.95, "numbers": 0.8, "dial": 1.05, "share": 0.75, "race": 1.9}
        heights |= {"pace": 0.6}
        spare = ("pace", "race", "share", "numbers")
        self.rows = rows = self.layout.rows(heights, spare=spare)
        dial = self.depth_dial(rows["dial"], self.depth)
        self.moving, self.calm = self.swarm(self.flow, plane), self.looped(plane)
        racing = [lapping(race_at, self.lap, clock) for race_at in self.races]
        self.below, self.over = (
            BendingPath(plane, path_at, clock, theme, seconds=self.lap, bead_at=bead)
            for path_at, bead in zip((self.low_at, self.high_at), racing, strict=True)
        )
        self.runners = [Runners(plane, bead, clock, theme, lap=self.lap) for bead in racing]
        self.mark = minimizer_mark(plane, self.target, theme)
        self.law = self.formula(rows["law"], LAW.format("2 - 2 slash N"))
        self.rest(plane, dial)
        self.add(self.law, self.moving, self.calm, self.below)
        self.add(self.runners[0], self.mark, dial.pointer)
        if "numbers" in rows:
            depth = partial(depth_in_words, digits=2)
            power = formatted(power_in_words, self.depth)
            self.read("numbers", "N =", formatted(depth, self.depth))
            self.read("numbers", "2 - 2 slash N =", power, shift=1.95)
        self.shares: list[Mobject] = []
        early = self.order[0]
        if "share" in rows and self.start[early] < self.target[early] / 2:
            text_at = formatted("{:.2f}".format, self.share)
            self.shares += self.read("share", half_way(self.order), text_at)
        if "race" in rows:
            row = rows["race"], heights["race"]
            self.charts = [race_chart(self, *row, race_at, self.lap) for race_at in self.races]
            self.rest(self.charts[0])
            self.add(self.charts[0].live)
        self.tell_pace(rows)

    def read(
        self, row: str, name: str, text_at: Callable[[float], str], **where: Any
    ) -> tuple[VGroup, LiveNumber]:
        """Show a number in a row of the panel, small enough for two on one line."""
        pixels = self.theme.text_pixels
        shown = self.reading(self.rows[row], name, text_at, pixels=pixels, **where)
        self.add(*shown)
        return shown

    def write(self, power: str) -> MatchShapes:
        """Give the law another power."""
        old, self.law = self.law, self.formula(self.rows["law"], LAW.format(power))
        return MatchShapes(old, self.law)

    def looped(self, plane: WeightPlane) -> Particles:
        """The swarm of the last depth, one lifetime of it, again and again.

        Its lives are integrated once, however long it is shown.
        """
        flow = GradientFlow(self.loss, Deep(self.stops[-1]))
        paced = EvenPace(flow, self.speed, 0.3, self.loss)
        return self.swarm(paced, plane, period=self.lifetime).set_opacity(0)

    def paths_on_top(self) -> None:
        """Put the paths that the eye follows on top again."""
        self.remove(self.below, self.runners[0], self.mark)
        self.add(self.below, self.runners[0], self.mark)
