"""What to keep: all flows at once, three sentences, where to read on, and the small print.

manim -pqh scenes/mosaic.py Mosaic
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Animation, FadeIn, FadeOut, Mobject, smooth, squish_rate_func

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
)
from stage import FlowScene, Particles, Walker, equation, minimizer_line
from stage.plane.arrange import Tile, tiles
from stage.plane.plane import target_mark
from stage.text.cards import card_pages, paragraph

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
    (POINT, (DEEPEST,), "Deep and from a small start: sparse for long."),
    (LINE, (DEEP, EVEN, PLAIN), "Many perfect answers: the parameters choose one."),
    (POINT, (PLAIN, EVEN, DEEP), "So study the whole path, not only its end."),
)
READING = (
    ("Saxe et al. 2013", "Deep linear nets, mode by mode"),
    ("Gidel et al. 2019", "The same with finite steps"),
    ("Gissin et al. 2020", "One by one: why depth matters"),
    ("Gunasekar et al. 2017", "Matrices: small starts, low rank"),
    ("Arora et al. 2019", "Deeper factors, still lower rank"),
    ("Woodworth et al. 2019", "Scale decides: kernel or rich"),
    ("Soudry et al. 2018", "Classification: the max margin"),
    ("Gunasekar et al. 2018", "Convolution: few frequencies"),
    ("Nakkiran et al. 2019", "SGD learns the simple first"),
    ("Combes 2018, Williams 2019", "First steps beyond linear nets"),
)


class Mosaic(FlowScene):
    """All flows in sync, three things to keep, the further reading, and the caveats."""

    target = (3.0, 6.0)
    line = (-1.0, -2.0, 15.0)
    start = (0.1, 0.1)

    def construct(self) -> None:
        """Twelve planes, three sentences, ten cards, and the twelve again."""
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
        self.say("One start, one swarm, twelve flows in step.", seconds=3.5)
        self.say("Directions exact, speeds evened.", seconds=2.5)

        self.next_section("Three things to keep")
        kept = self.keep(mosaic)
        self.next_section("Further reading")
        last = self.read(kept)

        self.next_section("The small print", stop="still")
        again = self.mosaic(begin=self.clock.get_value() + 1.0)
        flow = "This was gradient flow: steps without a size."
        self.say(flow, *self.leave(last), *self.come(again), seconds=3.0)
        self.say("Sparse and even: limits of small starts.", seconds=2.5)
        self.say("Anti-deep: the axes are singular.", seconds=2.5)
        self.say("And two weights are a toy. Look at yours.", seconds=3.5)

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
        """Three tiles and, beside each, what it says."""
        layout, theme = self.layout, self.theme
        step = (layout.top - layout.bottom) / len(KEEP)
        size = min(step - 0.25, 0.3 * 2 * layout.right)
        left = -min(layout.right, 5.6)
        room = -2 * left - size - 0.45
        made: list[Mobject] = []
        for k, (loss, ways, sentence) in enumerate(KEEP):
            middle = np.array([left + size / 2, layout.top - (k + 0.5) * step, 0.0])
            begin = self.clock.get_value() + 0.5
            new = self.tile(loss, ways, middle, size, begin, hurry=3.0)
            if self.language:
                told = paragraph(sentence, theme, room, pixels=60 if room > 6 else None)
                aside = middle + (size / 2 + 0.45) * RIGHT
                new.append(told.move_to(aside, aligned_edge=LEFT))
            self.let_flow(1.0, *self.leave(before), *self.come(new))
            self.let_flow(2.0)
            made, before = made + new, []
        return made

    def read(self, before: list[Mobject]) -> list[Mobject]:
        """Cards, page by page; without language, what was there stays for as long."""
        layout, seconds = self.layout, 6.0
        box = (-layout.right, layout.bottom + 0.1, layout.right, layout.top)
        pages = card_pages(READING, self.theme, box) if self.language else []
        for page in pages:
            self.let_flow(1.0, *self.leave(before), *self.come([page]))
            self.let_flow(seconds / len(pages) - 1.0)
            before = [page]
        if not pages:
            self.let_flow(seconds)
        return before

    def come(self, mobjects: list[Mobject]) -> list[Any]:
        """Appear in the second half of a second, after what was there has left."""
        late = {"run_time": 1.0, "rate_func": squish_rate_func(smooth, 0.4, 1.0)}
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
        """Disappear in the first half of a second, and the caption with it."""
        gone, self.caption = [*mobjects, *filter(None, [self.caption])], None
        return [FadeOut(mobject, run_time=0.5) for mobject in gone]
