"""What to keep: all flows at once, three sentences, who was right, and where to read on.

manim -pqh scenes/mosaic.py Mosaic
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    Mobject,
    SurroundingRectangle,
    smooth,
    squish_rate_func,
)

from fields import (
    DRAWN,
    Deep,
    EvenPace,
    GradientFlow,
    LineLoss,
    Loss,
    Parameterization,
    PointLoss,
    Polar,
    Stream,
    integrate,
    landing,
    least_norm,
)
from scenes.puzzle import answer_row, answers, check_apart, in_powers, mark_of_power
from stage import FlowScene, Particles, Walker, equation, minimizer_line
from stage.plane.arrange import Tile, tiles
from stage.plane.plane import target_mark
from stage.text.cards import card_pages, paragraph
from stage.text.language import gettext, gettext_noop

CHAPTER = 12

WAYS: tuple[tuple[str, Parameterization], ...] = (
    ("N = 1 slash 5", Deep(1 / 5)),
    ("N = 1", Deep(1)),
    ("N = 2", Deep(2)),
    ("N = 4", Deep(4)),
    ("N = infinity", Deep(math.inf)),
    ("r, theta", Polar()),
)
POINT, LINE = 0, 1
EVEN, PLAIN, DEEP, DEEPEST = 0, 1, 3, 4  # places in WAYS
KEEP = (
    (POINT, (DEEPEST,), gettext_noop("Deep and from a small start: sparse for long.")),
    (LINE, (DEEP, EVEN, PLAIN), gettext_noop("Many perfect answers: the parameters choose one.")),
    (POINT, (PLAIN, EVEN, DEEP), gettext_noop("So study the whole path, not only its end.")),
)
READING = (
    ("Saxe et al. 2013", gettext_noop("Deep linear nets, mode by mode")),
    ("Gidel et al. 2019", gettext_noop("The same with finite steps")),
    ("Gissin et al. 2020", gettext_noop("One by one: why depth matters")),
    ("Gunasekar et al. 2017", gettext_noop("Matrices: small starts, low rank")),
    ("Arora et al. 2019", gettext_noop("Deeper factors, still lower rank")),
    ("Woodworth et al. 2019", gettext_noop("Scale decides: kernel or rich")),
    ("Soudry et al. 2018", gettext_noop("Classification: the max margin")),
    ("Gunasekar et al. 2018", gettext_noop("Convolution: few frequencies")),
    ("Nakkiran et al. 2019", gettext_noop("SGD learns the simple first")),
    ("Combes 2018, Williams 2019", gettext_noop("First steps beyond linear nets")),
)


SMALL_PRINT = (
    (
        gettext_noop("Gradient flow"),
        gettext_noop("Infinitely small steps; real ones land a little off."),
    ),
    (gettext_noop("Limits"), gettext_noop("Sparse and even are limits of ever smaller starts.")),
    (
        gettext_noop("Anti-deep"),
        gettext_noop("The axes are singular: there the speed has no bound."),
    ),
    (gettext_noop("Two weights"), gettext_noop("They are a toy. Look at yours.")),
)


class Mosaic(FlowScene):
    """All flows in sync, three things to keep, who was right about the data, and what to read."""

    target = (3.0, 6.0)
    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)
    powers = (1.0, 4.0, 0.25)
    """Those of Puzzle, whose question is answered here."""
    unseen = (2.0, 1.0)
    """Its input that was not in the data."""

    def check_story(self) -> None:
        """The answers of Puzzle, whose question is answered here, differ."""
        check_apart(self, self.line, self.start, self.powers)

    def construct(self) -> None:
        """Twelve planes, three sentences, the table with the truth, and a last card."""
        self.losses: tuple[Loss, ...] = (PointLoss(self.target), LineLoss(*self.line))
        whole = [(loss, way) for loss in (POINT, LINE) for way in range(len(WAYS))]
        self.flows = {(loss, way): self.flow(loss, way) for loss, way in whole}
        # each tile has its share of the swarm, and repeats: its lives are integrated only once
        share, period = max(1, self.count // len(whole)), 2 * self.lifetime
        self.streams = {
            place: Stream(flow, share, self.lifetime, self.seed, period=period)
            for place, flow in self.flows.items()
        }
        self.times = np.linspace(0, 10, 401)
        self.paths = {
            place: integrate(flow, self.start, self.times, rtol=DRAWN)
            for place, flow in self.flows.items()
        }
        mosaic = self.mosaic(begin=1.0)
        self.add(*mosaic)
        self.next_section("All at once")
        self.say("One start, one swarm, twelve flows in step.", seconds=3.3)
        self.say("Directions are exact, speeds evened.", seconds=2.7)

        self.next_section("Three things to keep")
        kept = self.keep(mosaic)
        self.next_section("Who was right")
        last = self.answer(kept)

        self.next_section("Further reading", stop="still")
        self.read(self.read(last, SMALL_PRINT, 4.0), READING, 9.0)

    def answer(self, before: list[Mobject]) -> list[Mobject]:
        """The table of Puzzle returns, with the sparse truth that made the data."""
        theme, loss, layout = self.theme, LineLoss(*self.line), self.layout
        plane = self.weight_plane()
        truth = least_norm(loss, 1.0)
        ends = [landing(loss, Deep(depth), self.start) for depth in self.powers]
        heights = {"head": 0.95, "truth": 0.95} | {f"row {k}": 0.95 for k in range(len(ends))}
        rows = layout.rows(heights, spare=("row 2", "row 1", "row 0", "truth", "head"))
        green = minimizer_line(plane, loss, theme)
        walkers = [
            Walker(plane, self.times, path, self.clock, theme, begin=-10.0)
            for path in self.landed(loss)
        ]
        marks = [
            mark_of_power(plane, depth, end, theme)
            for depth, end in zip(self.powers, ends, strict=True)
        ]
        stage: list[Mobject] = [plane, green, *walkers, *marks]
        x = np.array(self.unseen)
        table: list[Mobject] = []
        if "row 0" in rows:
            names = [f"w = {in_powers(depth)}" for depth in self.powers]
            table = [*answers(self, rows, "f", x, names, [float(end @ x) for end in ends])]
        self.let_flow(1.0, *self.leave(before), *self.come([*stage, *table]))
        self.rest(plane, *table)
        ring = target_mark(theme).move_to(plane.at(truth))
        shown: list[Mobject] = [ring]
        if "truth" in rows and table:
            name = f'"{gettext("truth")}" quad' if self.language else "w^* ="
            name += f" ({truth[0]:g}, {truth[1]:g})"
            line = answer_row(self, rows["truth"], name, float(truth @ x), theme.minimizer)
            shown.append(line)
        self.say("Who was right? Say, the truth was sparse.", *map(FadeIn, shown), seconds=3.5)
        best = int(np.argmin([abs(end @ x - truth @ x) for end in ends]))
        frame: list[Mobject] = []
        if table:
            box = SurroundingRectangle(table[1 + best], color=theme.minimizer, buff=0.14)
            frame.append(box.set_stroke(width=4))
        came = gettext("On the new input, this one came closest:")
        if self.powers[best] > 1:
            came = gettext("On the new input, depth came closest:")
        self.say(came, *map(FadeIn, frame), seconds=3.0)
        self.say("it generalized, because the truth was sparse.", seconds=4.0)
        return [*stage, *table, *shown, *frame]

    def landed(self, loss: LineLoss) -> list[np.ndarray]:
        """The three paths of Puzzle."""
        return [
            integrate(
                EvenPace(GradientFlow(loss, Deep(depth)), self.speed, 0.3, loss),
                self.start,
                self.times,
            )
            for depth in self.powers
        ]

    def flow(self, loss: int, way: int) -> EvenPace:
        """A parameterization's flow under a loss, at even pace."""
        lost = self.losses[loss]
        return EvenPace(GradientFlow(lost, WAYS[way][1]), self.speed, 0.3, lost)

    def mosaic(self, begin: float) -> list[Mobject]:
        """A tile for each parameterization under each loss: first the point, then the line."""
        size, middles = tiles(self.layout, len(self.flows), above=0.5)
        made = []
        for (loss, way), middle in zip(self.flows, middles, strict=True):
            made += self.tile(loss, (way,), middle, size, begin, hurry=2.0)
            name = equation(WAYS[way][0], self.theme, pixels=self.theme.text_pixels)
            name.move_to(middle)
            line = middle[1] + size / 2 + 0.13  # on which all names stand
            made.append(name.shift((line - name[0].get_bottom()[1]) * UP))
        return made

    def tile(
        self,
        loss: int,
        ways: tuple[int, ...],
        middle: np.ndarray,
        size: float,
        begin: float,
        *,
        hurry: float = 1.0,
    ) -> list[Mobject]:
        """A plane with its minimizers, particles under the first way, and a dot for each.

        Dots go ``hurry`` times as fast as particles.
        """
        theme, clock, lost = self.theme, self.clock, self.losses[loss]
        plane = Tile(theme, size=size, centre=middle)
        stream = self.streams[loss, ways[0]]
        bright = replace(theme, trail_light=theme.tile_light)
        swarm = Particles(stream, clock, plane.frame, plane.extent, bright)
        if loss == POINT:
            best = target_mark(theme).scale(0.6).move_to(plane.at(self.target))
        else:
            best = minimizer_line(plane, lost, theme)
            for line, width in zip(best, (7, 3), strict=False):
                line.set_stroke(width=width)
        look: dict[str, Any] = {"begin": begin, "weight": 0.65}
        return [
            plane,
            swarm,
            best,
            *(
                Walker(plane, self.times / hurry, self.paths[loss, way], clock, theme, **look)
                for way in ways
            ),
        ]

    def keep(self, before: list[Mobject]) -> list[Mobject]:
        """Three tiles, and one after the other what each says."""
        layout, theme = self.layout, self.theme
        step = (layout.top - layout.bottom) / len(KEEP)
        size = min(step - 0.25, 0.3 * 2 * layout.right)
        left = -min(layout.right, 5.6)
        room = -2 * left - size - 0.45
        now, each = self.clock.get_value(), 3.0
        made: list[Mobject] = []
        told: list[Mobject] = []
        for k, (loss, ways, sentence) in enumerate(KEEP):
            middle = np.array([left + size / 2, layout.top - (k + 0.5) * step, 0.0])
            made += self.tile(loss, ways, middle, size, now + 0.5 + k * each, hurry=3.0)
            if self.language:
                said = paragraph(gettext(sentence), theme, room, pixels=60 if room > 6 else None)
                told.append(said.move_to(middle + (size / 2 + 0.45) * RIGHT, aligned_edge=LEFT))
        new = made
        for k in range(len(KEEP)):
            self.let_flow(1.0, *self.leave(before), *self.come([*new, *told[k : k + 1]]))
            self.let_flow(each - 1.0)
            before, new = [], []
        return [*made, *told]

    def read(
        self, before: list[Mobject], cards: Sequence[tuple[str, str]], seconds: float
    ) -> list[Mobject]:
        """Cards, one after the other; without language, what was there stays for as long."""
        layout = self.layout
        box = (-layout.right, layout.bottom + 0.1, layout.right, layout.top)
        pages = card_pages(cards, self.theme, box) if self.language else []
        for page in pages:
            starts = np.linspace(0.05, 0.7, len(page))
            shown = [
                FadeIn(card, run_time=2.0, rate_func=squish_rate_func(smooth, start, start + 0.3))
                for card, start in zip(page, starts, strict=True)
            ]
            self.let_flow(2.0, *self.leave(before), *shown)
            self.let_flow(max(1.0, seconds / len(pages) - 2.0))
            before = [page]
        if not pages:
            self.let_flow(seconds)
        return before

    def come(self, mobjects: list[Mobject]) -> list[Any]:
        """Appear while what was there leaves, a little later: the picture is never empty."""
        late = {"run_time": 1.0, "rate_func": squish_rate_func(smooth, 0.3, 0.95)}
        shown: list[Any] = []
        for mobject in mobjects:
            if isinstance(mobject, Particles):  # light appears while it moves
                mobject.set_opacity(0)
                animate: Any = mobject.animate
                moving = animate(suspend_mobject_updating=False, **late)
                shown.append(moving.set_opacity(1))
            else:
                shown.append(FadeIn(mobject, **late))
        return shown

    def leave(self, mobjects: list[Mobject]) -> list[Animation]:
        """Disappear in the first part of a second, and the caption with it."""
        gone, self.caption = [*mobjects, *filter(None, [self.caption])], None
        return [FadeOut(mobject, run_time=0.5) for mobject in gone]
