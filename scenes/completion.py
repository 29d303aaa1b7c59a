"""Depth fills in what was never seen: products of one, two and three matrices.

manim -pqh scenes/completion.py Completion
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import LEFT, ORIGIN, FadeIn, Mobject

from fields.ease import smoothstep
from fields.systems.factorization import Completion as Problem
from fields.systems.factorization import singular_values
from fields.theory.curve import arc_length
from stage import FlowScene, LiveNumber, equation
from stage.keyframes import formatted, interpolated
from stage.panel.matrix import Bars, MatrixBoard, MatrixFill
from stage.plane.arrange import triple
from stage.text.language import gettext
from stage.text.matching import in_place_of
from stage.text.writing import Written, on_line

CHAPTER = 21

DEPTHS = (1, 2, 3)
SMALL = np.array([[1.0, 2.0], [0.5, 1.0]])
SMALL_SEEN = np.array([[True, True], [True, False]])
SMALL_SCALE = 1e-3


def table(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A matrix (5, 5) of rank 2 and mean square 1, and which 17 of its entries are seen."""
    chance = np.random.default_rng(seed)
    matrix = chance.normal(size=(5, 2)) @ chance.normal(size=(5, 2)).T
    seen = np.ones(25, dtype=bool)
    seen[chance.choice(25, 8, replace=False)] = False
    return matrix / np.sqrt(np.mean(matrix**2)), seen.reshape(5, 5)


class Completion(FlowScene):
    """A table with gaps: all depths fit what is seen, and the deeper the better what is not."""

    table_seed = 166
    """Of the matrix; for others too, but not for all, does the error fall tenfold."""
    scale = 1e-2
    """The α of the start, αI."""
    lap = 8.5
    """Seconds that training takes, each depth at a pace of its own."""

    def construct(self) -> None:
        """One gap first, then eight: three depths train on the same table."""
        self.integrate()
        small = Trio(self, SMALL, SMALL_SEEN, self.small, begin=4.5, lap=4.0)
        small.read('"?" =', "{:.4f}".format, [W[:, 1, 1] for W in self.small])
        self.add(*small.boards, *small.names, *small.signs, *small.live)
        self.next_section("One gap")
        self.say("Three numbers are seen, the fourth is not.", seconds=4.5)
        self.say("A product of $N$ matrices learns the three.", seconds=4.5)
        self.say("From $N = 2$ on, the gap is filled: rank one.", seconds=4.0)

        self.next_section("Eight gaps")
        begin = self.clock.get_value() + 4.5
        whole = Trio(self, self.matrix, self.seen, self.runs, begin=begin, lap=self.lap)
        whole.read("epsilon =", "{:.3f}".format, self.errors)
        whole.add_bars(self.runs)
        # names are the same, and stay
        gone, come = [*small.boards, *small.signs, *small.live], [*whole.boards, *whole.signs]
        changes = in_place_of(gone, [*come, *whole.live])
        self.say("Now a table of rank two, and eight gaps.", *changes, seconds=4.5)
        self.say("All three come to fit what is seen.", seconds=self.lap)
        self.next_section("The truth")
        truth = [FadeIn(part) for part in whole.truth()]
        self.say("Green: what was hidden. The error there is $epsilon$.", *truth, seconds=4.5)
        self.say("Bars: singular values. The deeper, the fewer,", seconds=4.0)
        first, *_, last = (error[-1] for error in self.errors)
        closer = gettext(
            "and three matrices are {times} times closer than one.", times=f"{first / last:.0f}"
        )
        self.say(closer, seconds=4.5)
        self.next_section("Source", stop="still")
        self.say("S. Gunasekar et al., 2017; S. Arora et al., 2019.", seconds=4.0)

    def integrate(self) -> None:
        """Train all depths first: every frame after this only looks up."""
        self.matrix, self.seen = table(self.table_seed)
        self.small = [played(Problem(SMALL, SMALL_SEEN, n, SMALL_SCALE)) for n in DEPTHS]
        self.runs = [played(Problem(self.matrix, self.seen, n, self.scale)) for n in DEPTHS]
        misses = [(W - self.matrix)[:, ~self.seen] for W in self.runs]
        self.errors = [np.sqrt(np.mean(miss * miss, axis=1)) for miss in misses]


class Trio:
    """Boards of one table for all depths, with what stands over and under them."""

    def __init__(
        self,
        scene: Completion,
        target: np.ndarray,
        seen: np.ndarray,
        runs: list[np.ndarray],
        *,
        begin: float,
        lap: float,
    ) -> None:
        theme, clock = scene.theme, scene.clock
        self.scene, self.target, self.seen = scene, target, seen
        self.places = triple(scene.layout, head=0.1, over=0.75, under=2.1)
        self.times = begin + lap * np.linspace(0.0, 1.0, len(runs[0]))
        self.boards: list[MatrixBoard] = []
        self.bars: list[Bars] = []
        self.names: list[Written] = []
        self.signs: list[Written] = []
        self.live: list[Mobject] = []
        most = float(np.max(np.abs(target)))
        for k, (middle, run) in enumerate(zip(self.places.middles, runs, strict=True)):
            board = MatrixBoard(seen, theme, most=most, size=self.places.size, centre=middle)
            fill = MatrixFill(board, interpolated(self.times, run), clock, theme)
            name = equation(f"N = {DEPTHS[k]}", theme, pixels=theme.number_pixels)
            self.stand(name, k, over=True)
            self.boards.append(board)
            self.names.append(name)
            self.live += [fill, board.outline(np.where(seen, target, 0.0), theme.ink, 2.5)]

    def stand(self, name: Written, k: int, *, over: bool) -> None:
        """Put a name over the board k, or at the foot of what is under it."""
        places, middle = self.places, self.places.middles[k]
        half = places.size / 2
        if places.stacked:
            name.move_to((places.aside(k), 0.0, 0.0), aligned_edge=LEFT)
            on_line(name, middle[1] + (half - 0.35 if over else 0.3 - half))
        else:
            name.move_to(
                middle if over else middle + 1.08 * LEFT, aligned_edge=ORIGIN if over else LEFT
            )
            on_line(name, middle[1] + (half + 0.4 if over else -half - 1.75))

    def read(self, name: str, words: Callable[[float], str], values: list[np.ndarray]) -> None:
        """A number for each board, that is read from the clock."""
        theme = self.scene.theme
        for k, value in enumerate(values):
            sign = equation(name, theme, pixels=theme.number_pixels)
            self.stand(sign, k, over=False)
            text_at = formatted(words, interpolated(self.times, value))
            look: dict[str, Any] = {"after": sign, "colour": theme.path}
            self.signs.append(sign)
            self.live.append(LiveNumber(text_at, self.scene.clock, theme, **look))

    def add_bars(self, runs: list[np.ndarray]) -> None:
        """The singular values of each."""
        theme, places = self.scene.theme, self.places
        sizes = [singular_values(run) for run in runs]
        unit = 1.1 / max(float(size.max()) for size in sizes)
        for k, (middle, size) in enumerate(zip(places.middles, sizes, strict=True)):
            width = 2.5 if places.stacked else 0.8 * places.size
            left, foot = middle[0] - width / 2, middle[1] - places.size / 2 - 1.35
            if places.stacked:
                left, foot = places.aside(k), middle[1] - 0.55
            look: dict[str, Any] = {"left": (left, foot, 0.0), "width": width, "unit": unit}
            values_at = interpolated(self.times, size)
            self.bars.append(Bars(values_at, self.scene.clock, theme, **look))
        self.live += self.bars

    def truth(self) -> list[Mobject]:
        """What was hidden, as edges in each gap, and the true singular values over the bars."""
        hidden, green = np.where(self.seen, 0.0, self.target), self.scene.theme.minimizer
        ticks = [bars.ticks(singular_values(self.target), green) for bars in self.bars]
        return [*ticks, *(board.outline(hidden, green, 5.0) for board in self.boards)]


def played(problem: Problem, *, count: int = 241) -> np.ndarray:
    """W (count, n, m) from the start until all that is seen is fitted, evenly along its way."""
    arrival = problem.arrival()
    W = problem.path(np.append(0.0, np.geomspace(1e-6 * arrival, arrival, 3000)))
    way = arc_length(W)
    at = interpolated(way, W)
    return np.array([at(part) for part in smoothstep(np.linspace(0.0, 1.0, count)) * way[-1]])
