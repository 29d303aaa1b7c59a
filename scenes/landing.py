"""Where training lands: of all perfect weights, the parameterization picks the ones that we get.

manim -pqh scenes/landing.py LandingDial
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from manim import RIGHT, UP, FadeIn, FadeOut, Mobject, VGroup, smooth, squish_rate_func

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
    integrate,
    landing,
    landing_path,
    least_norm,
)
from stage import (
    BendingPath,
    FlowScene,
    LiveNumber,
    Particles,
    Walker,
    equation,
    minimizer_line,
)
from stage.keyframes import eased, eased_keyframes, formatted, interpolated
from stage.knobs import misfit
from stage.panel.ahead import larger_first, names
from stage.panel.dial import depth_in_words, dial_depth, dial_place
from stage.plane.arrange import Tile, tiles
from stage.plane.landing_marks import ALWAYS, Excess, Landing, NormBall, ringed
from stage.scene import EXTENT
from stage.text.language import gettext

CHAPTER = 11

NORMS = ((1.0, "1"), (2.0, "2"), (np.inf, "infinity"))
WEIGHTS = "{{w_1: first}}", "{{w_2: second}}"
MEANT = (
    "norm(w)_1 = {} + {}".format(*WEIGHTS),
    "norm(w)_2^2 = {{w_1^2: first}} + {{w_2^2: second}}",
    "norm(w)_infinity = max({}, {})".format(*WEIGHTS),
)
"""What each norm is in the quadrant."""


class LandingDial(FlowScene):
    """One start, one dial, three norms: the landing bead slides along the line of perfect fits."""

    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    smaller = 0.01
    """What the start is multiplied by, to see what the limits are limits of."""
    slides = (0.5, 3.8)
    """Seconds between which a bead goes along the line."""
    touches = ((4.6, 7.0), (8.1, 10.1), (11.4, 13.0))
    """Seconds between which the three shapes of equal norm grow, until they touch the line."""
    turns = (0.0, 22.0, 27.5, 31.0, 34.0, 35.5, 41.0, 47.5, 51.0)
    """Seconds: between one and the next, the dial goes from stop to stop, or rests."""
    stops = (0.2, 0.2, 1.0, 1.0, 2.0, 2.0, np.inf, np.inf, 0.2)
    shrinks = (44.5, 46.5, 51.5, 53.0)
    """Seconds: the start shrinks between the first two, and grows back between the last."""

    hurry = 1.5
    """How much faster than particles the four dots go at last, to land while we look."""

    def check_story(self) -> None:
        """Each norm has its own least point on the line, with weights that training reaches."""
        a, b, c = self.line
        if not (a * b > 0 and a * c < 0 and abs(a) != abs(b)):
            why = (
                "must cut both axes above 0, not alike, for norms to differ on it; such as -1,-2,15"
            )
            raise misfit(self, "line", why)
        if not min(self.start) > 0:
            why = "has a weight at 0, where fields of depth below 1 are infinite; give more"
            raise misfit(self, "start", why)

    def construct(self) -> None:
        """Let three shapes touch the line, turn the dial, see four landings side by side."""
        self.integrate()
        self.set_the_stage()

        self.next_section("Three norms")
        perfect = self.perfect = self.along_the_line()
        self.say("Every point of this line fits perfectly.", *map(FadeIn, perfect), seconds=4.0)
        self.touch_the_line()

        self.next_section("The dial")
        self.bring_in_the_dial()
        self.say("The start stays. Only the dial turns.", seconds=5.5)
        self.say("Plain: near the least $norm(w)_2$.", seconds=3.5)
        more, less = names(larger_first(np.abs(self.line[:2])))
        self.say(gettext("Deeper: {more} does ever more of the work,", more=more), seconds=4.5)
        sparse = gettext("until {less} is hardly needed: a sparse solution.", less=less)
        self.say(sparse, seconds=5.5)
        self.say("Infinitely deep: near the least $norm(w)_1$.", seconds=3.0)

        self.next_section("Limits")
        self.say("Near, for it is a limit: of ever smaller starts.", seconds=3.5)
        self.say("Back along the line, to the other end:", seconds=3.5)
        self.say("the least $norm(w)_infinity$, a limit of $N -> 0$.", seconds=3.5)

        self.next_section("Side by side")
        self.side_by_side()

    def integrate(self) -> None:
        """Find all paths and landings in closed form: every frame after this only looks up."""
        loss = self.loss = LineLoss(*self.line)
        first, last = loss.minimizers(EXTENT)
        self.perfect_at = eased(self.slides, first + np.outer((0.08, 0.92), last - first))
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
        self.still: list[Mobject] = [dial]
        self.live: list[Mobject] = [path, bead, dial.pointer]
        if "law" in self.rows:
            law = self.formula(self.rows["law"], "dot(w)_i prop w_i^(2 - 2 slash N) g_i")
            self.still.append(law)
        if "number" in self.rows:
            depth = partial(depth_in_words, digits=2)
            self.read("number", "N =", formatted(depth, self.depth))
            size = formatted("{:.3f}".format, self.size_at)
            aside = min(2.5, self.layout.across - 2.75)
            self.read("number", "norm(w(0)) =", size, shift=aside, stands=1)
        if "where" in self.rows:
            for axis, sign in enumerate(WEIGHTS):
                weight = formatted(in_words, coordinate(self.place_at, axis))
                self.read("where", f"{sign} =", weight, shift=2.55 * axis)
        self.swarm_of_all, self.best = swarm, line
        self.rest(plane)
        self.add(swarm, line)
        self.pace = self.tell_pace(self.rows, beside="law" if "law" in self.rows else "where")

    def along_the_line(self) -> list[Mobject]:
        """A bead that goes along the line: its weights change, and its loss stays 0."""
        shown: list[Mobject] = [*self.row("law", "{{L(w) = 0: minimizer}}")]
        if "where" in self.rows:
            for axis, sign in enumerate(WEIGHTS):
                weight = formatted(in_words, coordinate(self.perfect_at, axis))
                shown += self.reading(self.rows["where"], f"{sign} =", weight, shift=2.55 * axis)
        return [*shown, Landing(self.plane, self.perfect_at, self.clock, self.theme)]

    def row(self, name: str, source: str) -> list[VGroup]:
        """An equation in a row of the panel, where there is room for that row."""
        return [self.formula(self.rows[name], source)] if name in self.rows else []

    def read(
        self, row: str, name: str, text_at: Callable[[float], str], **place: Any
    ) -> tuple[VGroup, LiveNumber]:
        """Add a name and its number to what stands still and to what is live."""
        sign, number = self.reading(self.rows[row], name, text_at, **place)
        self.still.append(sign)
        self.live.append(number)
        return sign, number

    def touch_the_line(self) -> None:
        """Grow a diamond, a circle and a square from the origin, each until it touches the line."""
        theme, left = self.theme, self.layout.panel[0]
        told = (
            gettext("All $w$ of one $norm(w)_1$ are a diamond."),
            gettext("Those of one $norm(w)_2$ are a circle,"),
            gettext("of one $norm(w)_infinity$ a square."),
        )
        balls: list[Mobject] = []
        radii: list[Mobject] = []
        self.marks: list[Mobject] = []
        swarm: Any = self.swarm_of_all
        dims = [swarm.animate.set_opacity(0.12)]
        gone: list[Any] = [FadeOut(one, run_time=0.4) for one in self.perfect]
        later: dict[str, Any] = {"rate_func": squish_rate_func(smooth, 0.4, 1.0)}
        fades = [*(begin - 0.6 for begin, _ in self.touches[1:]), None]
        free: list[str] = [row for row in ("law", "number", "dial", "where") if row in self.rows]
        # one place for all, one after the other, where there is not one for each
        places = free[: len(NORMS)] if len(free) >= len(NORMS) else ["dial"] * len(NORMS)
        meant: list[Mobject] = []
        grown = zip(NORMS, told, self.touches, fades, strict=True)
        for k, ((order, name), sentence, (begin, end), fading) in enumerate(grown):
            best = least_norm(self.loss, order)
            least = float(np.linalg.norm(best, ord=order))
            radius_at = eased((begin, end), (0.0, least))
            light_at = eased((fading, fading + 1.0), (1.0, 0.3)) if fading else ALWAYS
            ball = NormBall(self.plane, order, radius_at, self.clock, theme, light_at)
            balls.append(ball)
            shown: list[Mobject] = []
            if name in self.rows:
                here = formatted(in_words, radius_at)
                sign, number = self.reading(self.rows[name], f"norm(w)_{name} =", here, stands=1)
                shown += [sign, number]
            if places.count(places[k]) > 1:
                gone += [FadeOut(one, run_time=0.4) for one in meant]
                meant = []
            meant += self.row(places[k], MEANT[k])
            radii += shown
            shown += meant[-1:]
            self.add(ball)
            come = [FadeIn(one, **later) for one in shown]
            self.say(sentence, *dims, *gone, *come, seconds=end - begin + 0.4)
            dims, gone = [], []
            green: dict[str, Any] = {"colour": theme.minimizer, "halo": True}
            label = equation(f"ell_{name}", theme, pixels=theme.number_pixels, **green)
            mark = ringed(self.plane, best, label, theme, RIGHT + 0.5 * UP)
            self.marks.append(mark)
            following = [begin for begin, _ in self.touches if begin > end]
            until = (following[0] - 0.6) if following else end + 0.9
            self.let_flow(max(0.5, until - self.clock.get_value()), FadeIn(mark, run_time=0.5))
        self.say("Each touches the line somewhere else.", seconds=2.6)
        gone = [FadeOut(one, run_time=0.5) for one in (*balls, *radii, *meant)]
        meters, numbers = self.meters(left)
        self.live += numbers
        self.still += meters
        bright = swarm.animate(run_time=0.5).set_opacity(0.45)
        self.let_flow(0.5, *gone, bright)

    def meters(self, left: float) -> tuple[list[Mobject], list[Mobject]]:
        """The three norms of the landing, each with a bar for what it has above its least."""
        theme = self.theme
        ends = self.loss.minimizers(self.plane.extent)
        meters: list[Mobject] = []
        numbers: list[Mobject] = []
        for order, name in NORMS:
            if name not in self.rows:
                continue
            best = least_norm(self.loss, order)
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
        return meters, numbers

    def bring_in_the_dial(self) -> None:
        """The start, its path, where it lands, and the dial: all that the shapes had no need of."""
        swarm = self.swarm_of_all
        self.add(*self.live)
        appear = [FadeIn(one) for one in (*self.still, *self.live)]
        least = gettext("One start. Anti-deep: near the least $norm(w)_infinity$.")
        self.say(least, *appear, seconds=self.turns[1] - self.clock.get_value())
        self.rest(self.plane, *self.still)
        self.remove(*self.marks, *self.live)
        self.add(*self.marks, *self.live)
        self.still.append(self.plane)
        self.live += [swarm, self.best, *self.marks]

    def side_by_side(self) -> None:
        """Four parameterizations, the same start: four perfect fits."""
        theme, loss = self.theme, self.loss
        gone = [FadeOut(one, run_time=0.5) for one in (*self.still, *self.live, self.pace)]
        above = 2.0 if self.layout.width != self.layout.height else 0.85
        size, centres = tiles(self.layout, 4, above=above)
        begin = self.clock.get_value() + 1.2
        appear: list[Mobject] = []
        if self.pace and "pace" in self.rows:
            pace = self.pace.copy()
            appear.append(pace.shift((-self.layout.right - pace.get_left()[0]) * RIGHT))
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
        late: dict[str, Any] = {"rate_func": squish_rate_func(smooth, 0.3, 0.95)}
        shown = [FadeIn(one, **late) for one in appear]
        self.say("Same loss, same start: four perfect fits.", *gone, *shown, seconds=5.5)
        self.say("The parameterization picked the solution.", *map(FadeIn, landed), seconds=4.5)

    def four(self) -> dict[str, Power | Polar]:
        """The parameterizations of the last part, by how they are written."""
        return {
            "w = u": Deep(1),
            "w = u^4": Deep(4),
            "w = root(4, u)": Deep(1 / 4),
            "w = r (cos theta, sin theta)": Polar(),
        }


def coordinate(place_at: Callable[[float], np.ndarray], axis: int) -> Callable[[float], np.ndarray]:
    """Film time to one coordinate of a place."""
    return lambda time: np.asarray(place_at(time)[axis])


def in_words(number: float) -> str:
    """A weight or a norm as it stands on the screen; weights of depth below 1 may pass 0."""
    return f"{number:.2f}".replace("-", "−")


def nearest(loss: LineLoss, w: np.ndarray) -> str:
    """The norm, of the three, whose least on the line is nearest to that of w, in parts of it."""

    def part(order: float) -> float:
        least = np.linalg.norm(least_norm(loss, order), ord=order)
        return float(np.linalg.norm(w, ord=order) / least)

    return min(NORMS, key=lambda norm: part(norm[0]))[1]
