"""Depth: what happens to training when every weight is a power of what is trained.

    manim -pqh scenes/deep.py DepthMorph

The limit of the deep parameterization is the exponential one: w = (1 + u/N)ᴺ → eᵘ.
"""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, Animation, Circle, FadeIn, FadeOut, Mobject, VGroup

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    MorphingFlow,
    PointLoss,
    Slide,
    Turns,
    field_distance,
    integrate,
    learning_time,
    paths_by_depth,
    races_by_depth,
    reference_weight,
)
from stage import (
    CHANGE,
    BendingPath,
    FallingCurve,
    FlowScene,
    LiveNumber,
    Walker,
    learning_curves,
    minimizer_mark,
    panel_chart,
    race_chart,
)
from stage.keyframes import by_depth, formatted, interpolated
from stage.knobs import misfit
from stage.panel.ahead import (
    half_way,
    keep_step,
    larger_first,
    leader_first,
    names,
    share_of_later,
)
from stage.panel.dial import depth_in_words, power_in_words
from stage.plane.path import Runners, lapping
from stage.plane.streamlines import drawn_lines
from stage.steps import Stop
from stage.text.language import gettext
from stage.text.matching import MatchShapes, in_place_of

CHAPTER = 5

_LONG = 9.5
"""Seconds that DepthMorph wants to open with plain training, and to bring in depth."""
POWER_LAW = "dot(w)_i = w_i^(2 - 2 slash N) ({{w_i^*: minimizer}} - w_i)"
MODEL = "w_i = (1 + u_i slash N)^N"
BEGUN = 0.15
"""Of its target, what a weight has that has hardly begun, at the most."""
NEARER = 0.79
"""Of the way that the larger weight has from above, so much has the other: they then even out."""


class DepthTwo(FlowScene):
    """Small weights wait: the straight path bends, and two weights race, one far behind."""

    target = (3.0, 6.0)
    start = (0.1, 0.1)
    turns = (4.0, 7.0)
    """Seconds between which depth goes from 1 to 2."""
    begin = 11.0
    """Second at which the race begins,"""
    walk = 14.0
    """and how long it lasts, at true pace."""

    def check_story(self) -> None:
        """The two weights are told apart by their targets."""
        if not max(self.target) > 0:
            raise misfit(self, "target", "has nothing to be learned; give more")

    def construct(self) -> None:
        """Bend the path, let the two weights race at true pace, then tell of the swarm."""
        theme, clock, loss = self.theme, self.clock, PointLoss(self.target)
        self.depth = Slide(1.0, 0.5, *self.turns)
        along = np.linspace(1.0, 0.5, 25)
        path_at = by_depth(along, paths_by_depth(loss, along, self.start), self.depth)
        flow = GradientFlow(loss, Deep(2), rate=1 / reference_weight(loss))
        times = np.linspace(0, self.until_learned(flow), 701)
        path = integrate(flow, self.start, times)
        film = times * (self.walk / times[-1])

        plane = self.plane = self.weight_plane()
        heights = {"law": 0.95, "model": 0.9, "chart": 2.55, "dial": 1.0, "pace": 0.6}
        rows = self.layout.rows(heights, spare=("pace", "model", "chart"))
        law = self.formula(rows["law"], "dot(w)_i = {{w_i^*: minimizer}} - w_i")
        swarm = self.swarm(EvenPace(flow, self.speed, 0.3, loss), plane).set_opacity(0)
        straight = drawn_lines(GradientFlow(loss, Deep(1)), plane, theme, opacity=theme.quiet)
        quiet = drawn_lines(flow, plane, theme, opacity=theme.quiet)
        mark = minimizer_mark(plane, self.target, theme)
        bend = BendingPath(plane, path_at, clock, theme, seconds=3.0)
        dial = self.depth_dial(rows["dial"], self.depth)
        self.rest(plane, dial)
        self.add(law, straight, swarm, bend, mark, dial.pointer)

        self.next_section("Squares")
        small = near_nothing(self.start, self.target)
        one = gettext("One start, near nothing. Depth 1: straight.")
        if not small:
            one = gettext("One start. Depth 1: straight.")
        self.say(one, seconds=3)
        model = self.formula(rows.get("model", 0), "w_i = u_i^2")
        shown = [FadeIn(model)] if "model" in rows else []
        bends = gettext("Depth 2: each weight is a square, and the path bends.")
        if keep_step(path, self.target):
            bends = gettext("Depth 2: squares, and here the path stays straight.")
        self.say(bends, *shown, seconds=CHANGE)
        self.rest(quiet)  # behind the bead, from the first
        self.let_flow(2.0, FadeOut(straight), FadeIn(quiet))
        squared = self.formula(rows["law"], "dot(w)_i prop w_i ({{w_i^*: minimizer}} - w_i)")
        self.let_flow(1.5, MatchShapes(law, squared))
        self.rest(squared, quiet)
        changes: list[Animation] = [FadeOut(bend)]
        if "chart" in rows:
            where = rows["chart"], heights["chart"], film, learning_curves(path, theme)
            chart = panel_chart(self, *where, begin=self.begin)
            changes += [FadeIn(chart), FadeIn(chart.live)]
        self.say("The speed of a weight is in proportion to itself.", *changes, seconds=3.5)

        self.next_section("A race")
        pace = self.tell_pace(rows, "true")
        walker = Walker(plane, film, path, clock, theme, begin=self.begin)
        racing = interpolated(film + self.begin, path)
        runners = Runners(plane, racing, clock, theme)
        self.add(runners, walker, mark)
        both = gettext("Both start small, and both wait.")
        if not small:
            both = gettext("Dots and curves race at true pace.")
        self.say(both, seconds=2.1)
        self.race_on(film, path)

        self.next_section("Everywhere")
        self.remove(pace)
        self.tell_pace(rows)
        appear = FadeOut(quiet), FadeOut(runners), swarm.animate.set_opacity(1)
        self.say("Everywhere, the flow leans towards the larger weight.", *appear, seconds=7)
        self.let_flow(2)

    def until_learned(self, flow: GradientFlow) -> float:
        """The flow time in which the last one arrives that grows; the race is that long."""
        late = learning_time(self.target, self.start, 0.95, Deep(2)) / flow.rate
        return max(9.0, float(np.max(late, where=np.isfinite(late), initial=0.0)))

    def race_on(self, film: np.ndarray, path: np.ndarray) -> None:
        """When one is half way, mark where the other is; then wait for it."""
        end = self.begin + self.walk + 1.0
        order = leader_first(path, self.target)
        if order is None:
            if keep_step(path, self.target):
                self.say("Their targets are alike, so neither is ahead.", seconds=3.0)
            self.let_flow(end - self.clock.get_value())
            return
        early, late = names(order)
        self.say(gettext("{early} takes off first.", early=early), seconds=1.9)
        rest = end - self.clock.get_value()
        parts = path / np.asarray(self.target)
        k = int(np.searchsorted(parts[:, order[0]], 0.5))
        reached = parts[k, order[1]]
        place = self.plane.at(path[k])
        ring = Circle(radius=0.2, color=self.theme.ink, stroke_width=4).move_to(place)
        told = gettext(
            "When {early} is half way, {late} is at {reached} of its target.",
            early=early,
            late=late,
            reached=f"{reached:.2f}",
        )
        self.say(told, FadeIn(ring), seconds=4.0)
        last = f"#w{np.argmax(np.argmax(parts >= 0.9, axis=0)) + 1}"
        self.say(gettext("{late} arrives last.", late=last), seconds=rest - 4.0)


class RichGetRicher(FlowScene):
    """Depth 2, 4, 6: from below the larger runs ahead, from above they even out."""

    target = (3.0, 6.0)
    start = (0.1, 0.1)
    above = (6.0, 9.8)
    """Where a second path begins."""
    stops = (2.0, 4.0, 6.0)
    """The depths at which the dial rests."""
    lap = 5.0
    """Seconds in which the two weights run their race, at true pace."""

    def check_story(self) -> None:
        """What is learned of one weight is compared with what is learned of the other."""
        for name in ("target", "start"):
            if not min(getattr(self, name)) > 0:
                why = "has a weight at 0, where there is nothing to compare; give more"
                raise misfit(self, name, why)

    def construct(self) -> None:
        """Turn the dial twice, and look at what it does from below, then from above."""
        theme, clock, loss = self.theme, self.clock, PointLoss(self.target)
        reference = reference_weight(loss)
        rests = [Deep(depth).inverse_depth for depth in np.repeat(self.stops, 2)[:5]]
        depth = self.depth = Turns(np.array([0.0, 7.0, 10.0, 20.0, 23.0]), np.array(rests))
        along = np.linspace(rests[0], rests[-1], 41)
        low, high = paths_by_depth(loss, along, list(self.starts))
        self.order = leader_first(low[-1], self.target)
        self.even = keep_step(low[-1], self.target)
        ran = [by_depth(along, races_by_depth(loss, along, w), depth) for w in self.starts]
        racing = [lapping(race_at, self.lap, clock) for race_at in ran]

        plane = self.weight_plane()
        heights = {"law": 0.95, "numbers": 0.8, "share": 0.8, "race": 2.1}
        heights |= {"dial": 1.0, "pace": 0.6}
        rows = self.layout.rows(heights, spare=("pace", "race", "share", "numbers"))
        swarm = self.swarm(EvenPace(MorphingFlow(loss, depth, reference), self.speed), plane)
        below, over = (
            BendingPath(
                plane, by_depth(along, path, depth), clock, theme, seconds=self.lap, bead_at=bead
            )
            for path, bead in zip((low, high), racing, strict=True)
        )
        runners = [Runners(plane, bead, clock, theme, lap=self.lap) for bead in racing]
        power = "dot(w)_i prop w_i^(2 - 2 slash N) ({{w_i^*: minimizer}} - w_i)"
        law = self.formula(rows["law"], power)
        dial = self.depth_dial(rows["dial"], depth)
        mark = minimizer_mark(plane, self.target, theme)
        self.add(plane, law, dial, swarm, below, runners[0], mark, dial.pointer)
        self.tell_pace(rows)
        if "numbers" in rows:
            self.add(*self.reading(rows["numbers"], "N =", formatted(depth_in_words, depth)))
        gone: list[Mobject] = []
        order = larger_first(self.target) if self.even else self.order
        share = share_of_later(low, self.target, order) if order else np.full(len(along), np.nan)
        if "share" in rows and order:
            text_at = formatted("{:.2f}".format, by_depth(along, share, depth))
            source, pixels = half_way(order), theme.text_pixels
            share_of = self.reading(rows["share"], source, text_at, pixels=pixels)
            self.add(*share_of)
            gone += share_of  # it is of the path from below
        charts = []
        if "race" in rows:
            charts = [
                race_chart(self, rows["race"], heights["race"], race_at, self.lap)
                for race_at in ran
            ]
            self.add(charts[0], charts[0].live)

        self.next_section("From below")
        self.say("Dots and curves race at true pace.", seconds=3)
        told = self.told_from_below(float(by_depth(along, share, depth)(15.0)), float(share[-1]))
        for sentence, seconds in zip(told, (4, 6, 7, 8), strict=True):
            self.say(sentence, seconds=seconds)

        self.next_section("From above")
        # the path from above comes by where the target's name was
        ring, name = VGroup(*mark[:-1]), mark[-1]
        aside = minimizer_mark(plane, self.target, theme, side=DOWN + LEFT)[-1]
        self.remove(mark)
        gone += [below, runners[0], name]
        come: list[Mobject] = [over, runners[1], aside]
        if charts:
            gone += [charts[0], charts[0].live]
            come += [charts[1], charts[1].live]
        self.add(*come, ring, name)
        changes = in_place_of(gone, come)
        if np.all(np.array(self.starts[1]) > self.target):
            self.say("Another start, from above: the larger shrinks faster,", *changes, seconds=6)
            self.say("so on their way down the weights even out.", seconds=6)
        else:
            told_above = gettext("From above there is no room: $w^*$ is at the edge.")
            self.say(told_above, *changes, seconds=12)
        self.let_flow(2)

    def told_from_below(self, then: float, last: float) -> tuple[str, str, str, str]:
        """What is so from below: as depths turn, who is ahead, and by how much, if anyone is.

        ``then`` and ``last`` are the shares of the later weight at the second and the last depth.
        """
        if self.order is None:
            two, four, six = (f"{2 ** (2 - 2 / depth):.2g}" for depth in self.stops)
            here = gettext("All else being equal, the larger weight is faster.")
            if self.even:
                here = gettext("Their targets are alike, so neither is ahead.")
            return (
                gettext("Depth 2: twice the weight has {two} times the speed.", two=two),
                gettext("Depth 4: {four} times the speed.", four=four),
                here,
                gettext("Depth 6: {six} times. The rich get richer.", six=six),
            )
        early, late = names(self.order)
        begun = gettext("{early} is half way when {late} has hardly begun.", early=early, late=late)
        if then > BEGUN:
            begun = gettext(
                "When {early} is half way, {late} is at {reached} of its target.",
                early=early,
                late=late,
                reached=f"{then:.2f}",
            )
        by_one = gettext("Depth 6: nearly one by one. The rich get richer.")
        if last > BEGUN:
            by_one = gettext("Depth 6: further still. The rich get richer.")
        return (
            gettext("Depth 2: the larger weight is ahead."),
            gettext("Depth 4: further ahead."),
            begun,
            by_one,
        )

    @property
    def starts(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Of the path from below, and of that from above."""
        return self.start, self.from_above()

    def from_above(self) -> tuple[float, float]:
        """``above``, or for another target a place from which weights even out on their way down.

        The larger one begins at the plane's upper end, and so has further to go than the other.
        """
        target, above = np.array(self.target), np.array(self.above)
        if np.all(above > target) and np.ptp(above) > np.ptp(target):
            return self.above
        large, small = larger_first(self.target)
        high = max(self.above)
        above[large], above[small] = high, target[small] + NEARER * max(high - target[large], 0.0)
        return float(above[0]), float(above[1])


class DepthMorph(FlowScene):
    """Particles never stop while 1/N slides evenly from 1 to 0, and the field becomes w²(w* − w).

    Change any of these in a subclass: ``class Mine(DepthMorph): target = (5.0, 2.0)``.
    """

    target = (3.0, 6.0)
    depths = (1.0, np.inf)
    """From where to where N goes; both between 1 and ∞."""
    start = (0.1, 0.1)
    """Where the one path begins that the eye follows."""
    opening, sliding, closing = 10.0, 30.0, 10.0
    """Seconds at the first depth, between, and at the last."""
    to_read = 3.4
    """Seconds in which each sentence can be read that is said while depth slides."""

    def check_story(self) -> None:
        """Depth grows, from 1 or more, and there is time for what is said."""
        first, last = self.depths
        if not 1 <= first < last:
            why = "is not this dial's way; give depths from 1 to inf, the smaller first"
            raise misfit(self, "depths", why)
        if self.opening < 4 or self.sliding < 4 or self.closing < 8:
            raise ValueError(
                f"{type(self).__name__}: opening, sliding, closing are {self.opening}, "
                f"{self.sliding}, {self.closing} s; what is said in them needs at least 4, 4 and "
                "8 s."
            )

    def construct(self) -> None:
        """Tell the story: straight lines, then waiting, then one by one, then the limit."""
        self.integrate()
        self.set_the_stage()

        first, last = self.depths
        stop: Stop | None = None if self.opening >= _LONG else "still"  # short, and soon over
        self.next_section(gettext("Depth {depth}", depth=f"{first:g}"), stop=stop)
        if first == 1 and self.opening >= _LONG:
            self.say("Plain training: from anywhere, straight to the target.", seconds=5)
            self.bring_in_depth()
        else:
            self.model = VGroup()
            if "model" in self.rows:
                self.model = self.formula(self.rows["model"], MODEL)
            still, live = self.instruments()
            self.rest(self.law, self.model, *still)
            self.add(*live)
            grows = gettext("Depth {depth}. What if it goes on growing?", depth=f"{first:g}")
            self.say(grows, seconds=self.opening)

        self.next_section("Deeper")
        bending = gettext("Same loss, same start. The path begins to bend.")
        if self.even:
            bending = gettext("Same loss, same start. This path stays straight.")
        elif first > 1:
            bending = gettext("Same loss, same start. The path bends ever more.")
        near = gettext("Ever deeper changes ever less. A limit is near.")
        if last < np.inf:
            near = gettext("The deeper, the more so.")
        splits = gettext("What is small falls behind; the picture splits.")
        told = (bending, splits, self.told_of_halves(), near)
        read = told[: max(1, int(self.sliding / self.to_read))]  # in less time, less is said
        for sentence in read:
            self.say(sentence, seconds=self.sliding / len(read))
        if last == np.inf:
            self.next_section("The limit")
            self.reach_the_limit()
        else:
            self.next_section(gettext("Depth {depth}", depth=f"{last:g}"))
            ahead = gettext(
                "Depth {depth}: one weight is far ahead of the other.", depth=f"{last:g}"
            )
            if not self.one_by_one:
                ahead = gettext("All else being equal, the larger weight is faster.")
            self.say(ahead, seconds=3)
            self.let_flow(self.opening + self.sliding + self.closing - self.clock.get_value())

    def integrate(self) -> None:
        """Integrate first: every frame after this only looks up."""
        loss = PointLoss(self.target)
        reference = reference_weight(loss)
        first, last = (Deep(depth).inverse_depth for depth in self.depths)
        self.inverse_depth = Slide(first, last, self.opening, self.opening + self.sliding)
        self.flow = EvenPace(MorphingFlow(loss, self.inverse_depth, reference), self.speed)

        self.along = np.linspace(first, last, 61)
        plain = field_distance(1.0, loss, reference=reference)
        self.distances = field_distance(self.along, loss, reference=reference) / plain
        self.paths = paths_by_depth(loss, self.along, self.start)
        self.order = leader_first(self.paths[-1], self.target)
        self.even = keep_step(self.paths[-1], self.target)

    @property
    def one_by_one(self) -> bool:
        """Whether one weight has hardly begun when the other is half way, at the last depth."""
        if self.order is None:
            return False
        return bool(share_of_later(self.paths[-1:], self.target, self.order)[0] <= BEGUN)

    def told_of_halves(self) -> str:
        """Who is ahead, if anyone is."""
        if self.order:
            early, late = names(self.order)
            return gettext(
                "When {early} is half way, {late} has ever less.", early=early, late=late
            )
        if self.even:
            return gettext("Their targets are alike, so neither is ahead.")
        return gettext("All else being equal, the larger weight is faster.")

    def set_the_stage(self) -> None:
        """Build the picture: the plane, and beside it what it obeys, to appear row by row."""
        theme, clock, layout = self.theme, self.clock, self.layout
        plane = self.weight_plane()
        swarm = self.swarm(self.flow, plane)
        path_at = by_depth(self.along, self.paths, self.inverse_depth)
        path = BendingPath(plane, path_at, clock, theme, seconds=5.0)
        mark = minimizer_mark(plane, self.target, theme)
        heights = {"law": 0.95, "model": 0.95, "numbers": 0.85, "distance": 0.7}
        heights |= {"curve": 1.25, "dial": 1.0, "pace": 0.6}
        self.rows = layout.rows(heights, spare=("pace", "curve", "distance", "model", "numbers"))
        law = "dot(w)_i = {{w_i^*: minimizer}} - w_i" if self.depths[0] == 1 else POWER_LAW
        self.law = self.formula(self.rows["law"], law)
        self.add(plane, self.law, swarm, path, mark)
        self.tell_pace(self.rows)

    def bring_in_depth(self) -> None:
        """The weights become powers, the law gains its factor, and the dial stands at 1."""
        self.model = VGroup()
        if "model" in self.rows:
            self.model = self.formula(self.rows["model"], MODEL)
        self.say("Now each weight is a power of what is trained.", FadeIn(self.model), seconds=2)
        law = self.formula(self.rows["law"], POWER_LAW)
        self.let_flow(1.2, MatchShapes(self.law, law))
        self.law = law
        still, live = self.instruments()
        self.let_flow(CHANGE, *map(FadeIn, still + live))
        self.rest(self.law, self.model, *still)
        self.let_flow(self.opening - self.clock.get_value())

    def instruments(self) -> tuple[list[Mobject], list[Mobject]]:
        """What reads the depth: two numbers, the dial, and over it the distance to the limit."""
        theme, clock, depth, rows = self.theme, self.clock, self.inverse_depth, self.rows
        dial = self.depth_dial(rows["dial"], depth)
        still: list[Mobject] = [dial]
        live: list[Mobject] = [dial.pointer]
        if "numbers" in rows:
            aside = self.layout.dial - 0.5
            power = self.reading(
                rows["numbers"], "2 - 2 slash N =", formatted(power_in_words, depth)
            )
            name = self.reading(
                rows["numbers"], "N =", formatted(depth_in_words, depth), shift=aside
            )
            still += [power[0], name[0]]
            live += [power[1], name[1]]
        if "distance" in rows and self.language:
            far = self.prose(rows["distance"], "distance to the field of $e^u$:")
            part = by_depth(self.along, self.distances, depth)
            still.append(far)
            live.append(
                LiveNumber(
                    formatted(part_in_words, part), clock, theme, after=far,
                    pixels=theme.text_pixels, colour=theme.path,
                )
            )  # fmt: skip
        if "curve" in rows:
            lift = rows["curve"] - 0.55 - dial.left[1]
            curve = (self.along, self.distances, depth, clock, theme)
            fall = FallingCurve(dial, *curve, lift=lift, height=1.15)
            still.append(fall)
            live.append(fall.live)
        return still, live

    def reach_the_limit(self) -> None:
        """Only now is N infinite: the power becomes the exponential, and the law its square."""
        self.say("Infinitely deep: the weight is an exponential.", seconds=1.5)
        if "model" in self.rows:
            model = self.formula(self.rows["model"], "w_i = e^(u_i)")
            self.let_flow(1.5, MatchShapes(self.model, model))
            self.rest(model)
        else:  # what is said takes as long to read
            self.let_flow(1.5)
        law = self.formula(self.rows["law"], "dot(w)_i = w_i^2 ({{w_i^*: minimizer}} - w_i)")
        self.let_flow(1.5, MatchShapes(self.law, law))
        self.rest(law)
        one = gettext("One weight is learned, and then the other.")
        if not self.one_by_one:
            one = gettext("Of two weights that differ, one is first.")
            if self.order:
                one = gettext("{early} takes off first.", early=names(self.order)[0])
        self.say(one, seconds=3.0)
        self.let_flow(self.opening + self.sliding + self.closing - self.clock.get_value())


class DepthLimit(DepthMorph):
    """From depth 6, where RichGetRicher ends, to the limit: the end of DepthMorph, for the film."""

    depths = (6.0, np.inf)
    opening, sliding, closing = 4.0, 14.0, 9.0


def near_nothing(start: tuple[float, float], target: tuple[float, float]) -> bool:
    """Whether both weights begin far below what they are to become."""
    return bool(np.all(np.array(start) < 0.1 * np.array(target)))


def part_in_words(part: float) -> str:
    """A part as it stands on the screen: 0 only where it is."""
    return f"{part:.2f}" if part else "0"
