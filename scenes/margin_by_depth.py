"""Depth picks the margin: the same points, plain, deep and convolutional.

manim -pqh scenes/margin_by_depth.py MarginByDepth
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, Mobject, VGroup, VMobject

from fields import Deep, EvenPace, Parameterization, Stream, Turns, integrate
from fields.data.classification import ExponentialLoss
from fields.data.examples import examples
from fields.ease import smoothstep
from fields.parameterization.convolution import Convolutional
from fields.systems.log_time import LogTimeFlow, MarginPlaneFlow
from fields.systems.margin import max_margin
from stage import FlowScene, LiveNumber, Particles, Walker, equation
from stage.clock import Clock, follow_clock
from stage.keyframes import eased_keyframes, formatted, interpolated
from stage.plane.arrange import Tile, triple
from stage.plane.landing_marks import ringed
from stage.text.language import gettext
from stage.text.writing import on_line
from stage.theme import Theme

CHAPTER = 20

EXTENT = 1.0
"""Of a plane of w/ln t."""
BEFORE = -40.0
"""The ln t before which nothing has moved, to the last digit."""


@dataclass(frozen=True)
class Network:
    """A way to write the weights, and the norm that it comes to make small."""

    name: str
    parameterization: Parameterization | None
    rate: float
    order: float
    """Of the norm ‖w‖: 2, 1, or ∞, which for two weights is the sum of both frequencies."""
    label: str
    side: tuple[float, float]
    """Of the point that it touches, on which its name stands."""
    corners: Callable[[], np.ndarray]
    """The norm's unit ball in the quadrant, (k, 2)."""


def _arc() -> np.ndarray:
    angle = np.linspace(0.0, np.pi / 2, 41)
    return np.column_stack([np.cos(angle), np.sin(angle)])


NETWORKS = (
    Network("w = u", None, 1.0, 2.0, "ell_2", (-1.0, -0.8), _arc),
    Network("w_i = u_i^2", Deep(2), 4.0, 1.0, "ell_1", (0.6, -3.0), lambda: np.eye(2)),
    Network(
        "w = u * v", Convolutional(), 1.0, np.inf, "hat(ell)_1", (-1.0, -0.8),
        lambda: np.array([(1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]),
    ),
)  # fmt: skip


class MarginByDepth(FlowScene):
    """Two points, three networks: w/ln t slides to the margin of least ℓ₂, ℓ₁, or ℓ₁ of its DFT."""

    points = ((1.0, 2.0), (1.2, 1.5))
    """Of one class; of the other they are mirrored."""
    weights = (0.15, 0.2)
    """Where training begins, in all three."""
    stops = (20.0, 20.0, 200.0, 200.0, 1000.0)
    """The ln t between which the clock goes, evenly in its logarithm."""
    turns = (0.0, 5.0, 20.0, 28.5, 33.0)
    """Seconds at which it is there."""
    grown = (21.0, 24.0)
    """Seconds at which the balls of the norms begin to grow, and touch."""
    speed = 0.12
    """Of particles: widths of the plane in a second."""

    def construct(self) -> None:
        """Let three swarms slide along one edge, each to its own end."""
        self.integrate()
        self.set_the_stage()
        self.next_section("One loss")
        self.say("Two points, one loss that falls for ever.", seconds=4.5)
        self.say("Green: both have a margin of $ln t$ or more.", seconds=4.5)
        self.say("Directions are exact, speeds evened.", seconds=3.0)
        self.next_section("Three networks")
        self.say("Weights, over $ln t$, fall to its edge,", seconds=4.0)
        self.say("and slide along it, each network its own way,", seconds=4.5)
        marks = self.touching()
        self.add(*self.walkers)  # whose dots are over balls and marks from the first
        self.next_section("Three norms")
        self.say("to the point that the smallest ball touches.", seconds=4.0)
        self.add(*marks, *self.walkers)
        balls = map(FadeIn, marks)
        self.say("A ball of $ell_2$, of $ell_1$, and of $ell_1$ in frequency.", *balls, seconds=4.5)
        self.next_section("Slowly")
        creeps = gettext(
            "The deep one creeps: $s$ falls as $(ln t)^(-{power})$.", power=f"{self.creep:.1f}"
        )
        self.say(creeps, seconds=5.5)
        self.next_section("Source", stop="still")
        self.say("S. Gunasekar et al., 2018: Convolutional Networks.", seconds=4.0)

    def integrate(self) -> None:
        """Follow the three trainings first: every frame after this only looks up."""
        X = np.array(self.points)
        data = examples(np.vstack([X, -X]), [1] * len(X) + [-1] * len(X))
        self.loss = ExponentialLoss(data)
        times, logs = eased_keyframes(self.turns, np.log(self.stops), rate=30)
        self.times, self.log_time = times, np.exp(logs)
        self.log_time_at = interpolated(times, self.log_time)
        late = np.append(BEFORE, self.log_time)
        self.paths, self.best = [], []
        for network in NETWORKS:
            flow = LogTimeFlow(self.loss, network.parameterization, network.rate)
            self.paths.append(integrate(flow, self.weights, late, rtol=1e-9)[1:])
            self.best.append(max_margin(data, network.order))
        self.creep = creep(X, self.best[1])
        self.shares = [path[:, 0] / path.sum(axis=1) for path in self.paths]

    def set_the_stage(self) -> None:
        """Three planes, each with its swarm, its path and its number, and one clock."""
        theme, clock, layout = self.theme, self.clock, self.layout
        places = triple(
            layout,
            head=0.85 if layout.height <= layout.width else 1.3,
            over=0.75,
            under=0.75,
            foot=0.4,
        )
        size, middles = places.size, places.middles
        head = layout.top - 0.4
        clock_at = formatted("{:.0f}".format, self.log_time_at)
        still: list[Mobject] = []
        live: list[Mobject] = []
        self.walkers: list[Walker] = []
        sign = equation("ln t =", theme, pixels=theme.number_pixels)
        sign.move_to((-layout.right, 0.0, 0.0), aligned_edge=LEFT)
        live.append(self.number(on_line(sign, head), clock_at))
        told = equation("s = {{w_1: first}} slash (w_1 + w_2)", theme, pixels=theme.text_pixels)
        told.move_to((layout.right, 0.0, 0.0), aligned_edge=RIGHT)
        still += [sign, on_line(told, head)]
        if layout.width > 12:
            pairs = " quad ".join(f"({a:g}, {b:g})" for a, b in self.points)
            points = equation(f'x":" quad {pairs}', theme, pixels=theme.text_pixels, faint=True)
            still.append(on_line(points.move_to((0.0, 0.0, 0.0)), head))
        log_time = Turns(self.times, self.log_time)
        bright = replace(theme, trail_light=theme.tile_light)
        self.planes = [Tile(theme, extent=EXTENT, size=size, centre=at) for at in middles]
        parts = zip(NETWORKS, self.planes, middles, self.paths, self.shares, strict=True)
        for network, plane, middle, path, share in parts:
            flow = MarginPlaneFlow(self.loss, log_time, network.parameterization)
            paced = EvenPace(flow, self.speed * EXTENT, 0.05 * EXTENT)
            share_of = max(1, self.count // len(NETWORKS))
            stream = Stream(paced, share_of, self.lifetime, self.seed, extent=EXTENT)
            name = equation(network.name, theme, pixels=theme.number_pixels)
            sign = equation("s =", theme, pixels=theme.number_pixels)
            if places.stacked:
                aside = middle + (size / 2 + 0.5) * RIGHT
                name.move_to(aside + 0.6 * UP, aligned_edge=LEFT)
                sign.move_to(aside, aligned_edge=LEFT)
                on_line(sign, middle[1] - 0.5)
            else:
                name.move_to(middle)
                on_line(name, middle[1] + size / 2 + (0.35 if size > 2.6 else 0.85))
                sign.move_to(middle + 0.75 * LEFT)
                on_line(sign, middle[1] - size / 2 - (0.5 if size > 2.6 else 0.9))
            live.append(
                self.number(sign, formatted("{:.3f}".format, interpolated(self.times, share)))
            )
            still += [plane, name, sign]
            swarm = Particles(stream, clock, plane.frame, EXTENT, bright)
            walker = Walker(
                plane, self.times, path / self.log_time[:, None], clock, theme, weight=0.8
            )
            self.walkers.append(walker)
            live += [swarm.set_opacity(0.7), region(plane, self.loss, theme), walker]
            for axis, corner, out in ((1, 1, DOWN), (2, 2, UP)):
                colour = theme.first if axis == 1 else theme.second
                label = equation(f"w_{axis}", theme, colour=colour, pixels=theme.text_pixels)
                side = LEFT if axis == 1 else RIGHT
                still.append(label.next_to(plane.frame[corner], out, buff=0.12).shift(0.2 * side))
        self.rest(*still)
        self.add(*live)

    def number(self, after: VGroup, text_at: Callable[[float], str]) -> LiveNumber:
        """A number that is read from the clock, behind its name."""
        return LiveNumber(text_at, self.clock, self.theme, after=after, colour=self.theme.path)

    def touching(self) -> list[Mobject]:
        """The ball of each norm, that grows until it touches the edge, and the point where."""
        theme = self.theme
        marks: list[Mobject] = []
        for network, plane, best in zip(NETWORKS, self.planes, self.best, strict=True):
            reach = float(np.max(np.linalg.norm(best, network.order)))
            grown = self.grown
            ball = Ball(plane, network.corners() * reach, grown, self.clock, theme)
            self.add(ball)
            look: dict[str, Any] = {"pixels": theme.number_pixels, "colour": theme.minimizer}
            label = equation(network.label, theme, halo=True, **look)
            marks.append(ringed(plane, best, label, theme, (*network.side, 0.0)))
        return marks


class Ball(VGroup):
    """A norm's ball in the quadrant, growing from the origin to ``corners`` (k, 2)."""

    def __init__(
        self,
        plane: Tile,
        corners: np.ndarray,
        grown: tuple[float, float],
        clock: Clock,
        theme: Theme,
    ) -> None:
        super().__init__()
        inside = VMobject(stroke_width=0, fill_color=theme.minimizer, fill_opacity=0.3)
        edge = VMobject(color=theme.minimizer, stroke_width=5)
        self.add(inside, edge)
        begin, end = grown

        def look(time: float) -> None:
            part = float(smoothstep(np.clip((time - begin) / (end - begin), 0.0, 1.0)))
            places = plane.at(part * corners)
            edge.set_points_as_corners(places)
            inside.set_points_as_corners([*places, plane.frame[0], places[0]])

        follow_clock(self, clock, look)


def creep(points: np.ndarray, best: np.ndarray) -> float:
    """The c in w₁/w₂ ∼ (ln t)^(−c) of w = u², for a margin that w₂ alone keeps, at one point x.

    There d ln wᵢ/d ln ln t = λxᵢ with λx₂ = 1, and wᵢ/ln t has 1 less: c = 1 − x₁/x₂.
    """
    x = points[np.argmin(points @ best)]
    return float(1 - x[0] / x[1])


def region(plane: Tile, loss: ExponentialLoss, theme: Theme) -> VGroup:
    """Where all margins are 1 and more, shaded, with its edge."""
    x = np.linspace(0.0, plane.extent, 401)
    points = np.unique(np.round(loss.points, 12), axis=0)
    with np.errstate(divide="ignore"):
        y = np.max((1 - x[:, None] * points[:, 0]) / points[:, 1], axis=1)
    keep = (y >= 0) & (y <= plane.extent)
    edge = plane.at(np.column_stack([x, y])[keep])
    line = VMobject(color=theme.minimizer, stroke_width=4).set_points_as_corners(edge)
    corners = plane.at(
        np.array([(plane.extent, 0.0), (plane.extent, plane.extent), (0.0, plane.extent)])
    )
    shade = VMobject(stroke_width=0, fill_color=theme.minimizer, fill_opacity=0.12)
    shade.set_points_as_corners([*edge, *corners, edge[0]])
    return VGroup(shade, line)
