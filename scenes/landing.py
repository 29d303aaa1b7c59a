"""Where training lands: of all perfect weights, the parameterization picks the ones that we get.

manim -pqh scenes/landing.py LandingDial
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Animation, FadeIn, FadeOut, Mobject, VGroup

from fields import (
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    MorphingFlow,
    Polar,
    Power,
    Stream,
    Turns,
    conserved_curve,
    integrate,
    landing,
    landing_path,
    least_norm,
)
from stage import (
    CHANGE,
    BendingPath,
    FlowScene,
    LiveNumber,
    Particles,
    Walker,
    equation,
    minimizer_line,
)
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.panel.dial import depth_in_words, dial_depth, dial_place
from stage.plane.arrange import Tile, tiles
from stage.plane.landing_marks import Excess, Landing, MovingCurve, ringed

CHAPTER = 11

NORMS = ((1.0, "1"), (2.0, "2"), (np.inf, "infinity"))


class LandingDial(FlowScene):
    """One start, one dial, three norms: the landing bead slides along the line of perfect fits."""

    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    smaller = 0.01
    """What the start is multiplied by, to see what the limits are limits of."""
    turns = (0.0, 13.0, 18.5, 22.0, 25.0, 26.5, 32.0, 45.0, 52.0)
    """Seconds: between one and the next, the dial goes from stop to stop, or rests."""
    stops = (0.2, 0.2, 1.0, 1.0, 2.0, 2.0, np.inf, np.inf, 0.2)
    shrinks = (35.0, 38.0, 43.0, 44.5)
    """Seconds: the start shrinks between the first two, and grows back between the last."""

    hurry = 1.5
    """How much faster than particles the four dots go at last, to land while we look."""

    def check_story(self) -> None:
        """Each norm has its own least point on the line, with weights that training reaches."""
        a, b, c = self.line
        if not (a * b > 0 and a * c < 0):
            why = "must cut both axes above 0, for norms to be compared on it; such as -1,-2,15"
            raise misfit(self, "line", why)
        if not min(self.start) > 0:
            why = "has a weight at 0, where fields of depth below 1 are infinite; give more"
            raise misfit(self, "start", why)

    def construct(self) -> None:
        """Turn the dial from one end to the other, then see four landings side by side."""
        self.integrate()
        self.set_the_stage()

        self.next_section("One start")
        self.say("Every point of this line fits perfectly.", seconds=4.5)
        self.bring_in_the_norms()
        self.say("Anti-deep: near the least $norm(w)_infinity$.", seconds=13.0 - 9.0)

        self.next_section("The dial")
        self.say("The start stays. Only the dial turns.", seconds=5.5)
        self.say("Plain: the least $norm(w)_2$, the nearest point.", seconds=3.5)
        self.say("Deeper: #w2 does ever more of the work,", seconds=4.5)
        self.say("until #w1 is hardly needed: a sparse solution.", seconds=5.5)
        self.say("Infinitely deep: near the least $norm(w)_1$.", seconds=3.0)

        self.next_section("Limits")
        self.say("The least $norm(w)_1$ is a limit: of ever smaller starts.", seconds=4.5)
        self.say("The least $norm(w)_infinity$ too, and there with $N -> 0$.", seconds=4.5)

        self.next_section("What stays")
        self.ride()

        self.next_section("Side by side")
        self.side_by_side()

    def integrate(self) -> None:
        """Find all paths and landings in closed form: every frame after this only looks up."""
        loss = self.loss = LineLoss(*self.line)
        stops = dial_place([1 / depth for depth in self.stops])
        small = np.log([1.0, self.smaller, self.smaller, 1.0])
        sooner, places = eased_keyframes(self.turns, stops)
        later, sizes = eased_keyframes(self.shrinks, small)
        times = np.union1d(sooner, later)
        depths = dial_depth(np.interp(times, sooner, places))
        starts = np.outer(np.exp(np.interp(times, later, sizes)), self.start)
        powers = [Deep(1 / s if s > 0 else np.inf) for s in depths]
        ends = landing(loss, powers, starts)
        self.depth = Turns(times, depths)
        made = list(zip(powers, starts, ends, strict=True))
        self.path_at = interpolated(times, [landing_path(loss, *one) for one in made])
        self.curve_at = interpolated(times, [conserved_curve(loss, *one[:2]) for one in made])
        self.times, self.ends = times, ends
        self.place_at = interpolated(times, ends)
        self.size_at = interpolated(times, np.linalg.norm(starts, axis=1))
        self.norm_at = {
            order: interpolated(times, np.linalg.norm(ends, ord=order, axis=1))
            for order, _ in NORMS
        }
        self.flow = EvenPace(MorphingFlow(loss, self.depth), self.speed, 0.3, loss)

    def set_the_stage(self) -> None:
        """Build the picture: the plane with the path, and beside it the dial and what it does."""
        theme, clock = self.theme, self.clock
        plane = self.plane = self.weight_plane()
        heights = {"law": 0.9, "number": 0.78, "dial": 0.95, "where": 0.78}
        heights |= {"1": 0.72, "2": 0.72, "infinity": 0.72, "pace": 0.6}
        spare = ("pace", "number", "law", "2", "infinity", "1", "where")
        self.rows = self.layout.rows(heights, spare=spare)
        dial = self.depth_dial(self.rows["dial"], self.depth)
        line = minimizer_line(plane, self.loss, theme)
        swarm = self.swarm(self.flow, plane).set_opacity(0.45)
        path = BendingPath(plane, self.path_at, clock, theme, seconds=4.0)
        bead = Landing(plane, self.place_at, clock, theme)
        self.still: list[Mobject] = [plane, dial]
        self.live: list[Mobject] = [swarm, line, path, bead, dial.pointer]
        if "law" in self.rows:
            self.law = self.formula(self.rows["law"], "dot(w)_i prop w_i^(2 - 2 slash N) g_i")
            self.still.append(self.law)
        if "number" in self.rows:
            depth = partial(depth_in_words, digits=2)
            self.read("number", "N =", formatted(depth, self.depth))
            size = formatted("{:.3f}".format, self.size_at)
            aside = min(2.5, self.layout.across - 2.75)
            self.beginning = self.read("number", "norm(w(0)) =", size, shift=aside, stands=1)
        if "where" in self.rows:
            for axis, meaning in enumerate(("first", "second")):
                name = f"{{{{w_{axis + 1}: {meaning}}}}} ="
                weight = formatted(in_words, interpolated(self.times, self.ends[:, axis]))
                self.read("where", name, weight, shift=2.55 * axis)
        self.still.append(self.tell_pace(self.rows))
        self.rest(*self.still)
        self.add(*self.live)

    def read(
        self, row: str, name: str, text_at: Callable[[float], str], **place: Any
    ) -> tuple[VGroup, LiveNumber]:
        """Add a name and its number to what stands still and to what is live."""
        sign, number = self.reading(self.rows[row], name, text_at, **place)
        self.still.append(sign)
        self.live.append(number)
        return sign, number

    def bring_in_the_norms(self) -> None:
        """Mark the three best points of the line, and read the three norms of the landing."""
        theme, left = self.theme, self.layout.panel[0]
        ends = self.loss.minimizers(self.plane.extent)
        marks: list[Mobject] = []
        meters: list[Mobject] = []
        numbers: list[Mobject] = []
        for order, name in NORMS:
            best = least_norm(self.loss, order)
            green: dict[str, Any] = {
                "pixels": theme.number_pixels,
                "colour": theme.minimizer,
                "halo": True,
            }
            label = equation(f"ell_{name}", theme, **green)
            marks.append(ringed(self.plane, best, label, theme, RIGHT + 0.5 * UP))
            if name not in self.rows:
                continue
            norm = formatted(in_words, self.norm_at[order])
            sign, number = self.reading(self.rows[name], f"norm(w)_{name} =", norm, stands=1)
            numbers.append(number)
            most = max(float(np.linalg.norm(end, ord=order)) for end in (*ends, best))
            least = float(np.linalg.norm(best, ord=order))
            tag = equation(f"{least:.3g}", theme, pixels=theme.text_pixels, colour=theme.minimizer)
            place = np.array([left + 3.72, self.rows[name], 0.0])
            bar = Excess(
                self.norm_at[order],
                least,
                min(most, least + 2.5),
                tag,
                self.clock,
                theme,
                left=place,
                unit=min(0.62, (self.layout.across - 3.72) / 2.5),
            )
            meters += [sign, bar]
            numbers.append(bar.live)
        self.say("On it, each norm is least somewhere else.", *map(FadeIn, marks), seconds=2.0)
        self.let_flow(2.5, *(FadeIn(one, run_time=CHANGE) for one in (*meters, *numbers)))
        self.rest(*meters)
        self.still += meters
        self.live = [*self.live[:2], *marks, *self.live[2:], *numbers]
        self.remove(*self.live)
        self.add(*self.live)

    def ride(self) -> None:
        """One quantity stays what it was along each path, and so tells where it lands."""
        curve = MovingCurve(self.plane, self.curve_at, self.clock, self.theme)
        shown: list[Animation] = [FadeIn(curve)]
        if "law" in self.rows:
            kept = self.formula(self.rows["law"], 'n_2 q(w_1) - n_1 q(w_2) = "const"')
            kept.scale(min(1.0, self.layout.across / kept.width), about_edge=LEFT)
            shown += [FadeOut(self.law, run_time=0.5), FadeIn(kept)]
            self.still.remove(self.law)
            self.still.append(kept)
        if "number" in self.rows:
            rule = self.formula(
                self.rows["number"], "q' = w^(2 slash N - 2)", self.theme.number_pixels
            )
            rule.shift(min(2.65, self.layout.across - rule.width) * RIGHT)
            shown += [FadeIn(rule), *(FadeOut(one, run_time=0.5) for one in self.beginning)]
            self.live.remove(self.beginning[1])
            self.still.remove(self.beginning[0])
            self.still.append(rule)
        self.say("Each path rides on a curve: something is conserved.", *shown, seconds=1.5)
        self.live.insert(1, curve)
        self.let_flow(self.turns[-1] + 1.0 - self.clock.get_value())

    def side_by_side(self) -> None:
        """Four parameterizations, the same start: four perfect fits."""
        theme, loss = self.theme, self.loss
        gone = [FadeOut(one) for one in (*self.still, *self.live)]
        self.let_flow(CHANGE, *gone)
        above = 2.0 if self.layout.width != self.layout.height else 0.85
        size, centres = tiles(self.layout, 4, above=above)
        begin = self.clock.get_value() + 1.0
        appear: list[Mobject] = []
        landed: list[Mobject] = []
        for centre, (name, how) in zip(centres, self.four().items(), strict=True):
            tile = Tile(theme, size=size, centre=centre)
            flow = EvenPace(GradientFlow(loss, how), self.speed, 0.3, loss)
            times = np.linspace(0, 10, 401)
            path = integrate(flow, self.start, times)
            swarm = Stream(flow, max(1, self.count // 4), self.lifetime, self.seed)
            light = Particles(swarm, self.clock, tile.frame, tile.extent, theme)
            top = tile.at((5, 10))
            end = landing(loss, how, self.start)
            title = equation(name, theme, pixels=theme.text_pixels).next_to(top, UP)
            base = top + (above - 0.5) * UP  # all names on one line
            title.shift((base - title[0].get_bottom())[1] * UP)
            title.shift(min(0.0, self.layout.right - title.get_right()[0]) * RIGHT)
            small: dict[str, Any] = {"pixels": theme.text_pixels}
            ended = f"({end[0]:.2f}, {end[1]:.2f})"
            where = equation(ended, theme, colour=theme.path, **small)
            where.next_to(top, UP, buff=0.82)
            least = f"approx min norm(w)_{nearest(loss, end)}"
            near = equation(least, theme, colour=theme.minimizer, **small)
            near.next_to(top, UP, buff=0.2)
            green = minimizer_line(tile, loss, theme)
            walker = Walker(tile, times / self.hurry, path, self.clock, theme, begin=begin)
            appear += [tile, light, green, title, walker]
            landed += [where, near] if above > 1 else []
        self.say("Same loss, same start: four perfect fits.", *map(FadeIn, appear), seconds=5.5)
        self.say("The parameterization picked the solution.", *map(FadeIn, landed), seconds=4.5)

    def four(self) -> dict[str, Power | Polar]:
        """The parameterizations of the last part, by how they are written."""
        return {
            "w = u": Deep(1),
            "w = u^4": Deep(4),
            "w = root(4, u)": Deep(1 / 4),
            "w = r (cos theta, sin theta)": Polar(),
        }


def in_words(number: float) -> str:
    """A weight or a norm as it stands on the screen; weights of depth below 1 may pass 0."""
    return f"{number:.2f}".replace("-", "−")


def nearest(loss: LineLoss, w: np.ndarray) -> str:
    """The norm, of the three, whose least on the line is nearest to that of w, in parts of it."""

    def part(order: float) -> float:
        least = np.linalg.norm(least_norm(loss, order), ord=order)
        return float(np.linalg.norm(w, ord=order) / least)

    return min(NORMS, key=lambda norm: part(norm[0]))[1]
