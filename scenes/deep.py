"""Depth: what happens to training when every weight is a power of what is trained.

    manim -pqh scenes/deep.py DepthMorph

The limit of the deep parameterization is the exponential one: w = (1 + u/N)ᴺ → eᵘ.
"""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Dot,
    FadeIn,
    FadeOut,
    ReplacementTransform,
    VGroup,
    VMobject,
)

from fields import (
    EvenPace,
    Frozen,
    MorphingFlow,
    PointLoss,
    Slide,
    Stream,
    field_distance,
    integrate,
)
from stage import DepthDial, FlowScene, LiveNumber, Particles, WeightPlane, equation, words
from stage.dial import FallingCurve
from stage.plane import minimizer_mark


class DepthMorph(FlowScene):
    """Particles never stop while 1/N slides evenly from 1 to 0, and the field becomes w²(w* − w).

    Change any of these in a subclass: ``class Mine(DepthMorph): target = (5, 2)``.
    """

    target = (3.0, 6.0)
    depths = (1.0, np.inf)
    count = 10_000
    seed = 7
    start = (0.7, 0.7)
    """Where the one path begins that the eye follows."""
    opening, sliding, closing = 7.0, 30.0, 12.0
    """Seconds at the first depth, between, and at the last."""
    speed = 1.15
    """Even pace: units of weight per second of film."""
    lifetime = 3.0

    def construct(self):
        """Tell the story: straight lines, then waiting, then one by one, then the limit."""
        self.integrate()
        self.set_the_stage()

        self.next_section("Depth 1")
        self.say("Plain training walks *straight* to the target.", seconds=4)
        self.say("Now write each weight as a power, $w = (1 + u slash N)^N$.", seconds=self.opening - 4)

        self.next_section("Deeper")
        part = self.sliding / 4
        self.say("The same loss, the same start: the path begins to bend.", seconds=part)
        self.say("Small weights wait, large weights run ahead.", seconds=part)
        self.say("The picture splits: first #w2, then #w1.", seconds=part)
        self.say("Ever deeper, the change fades: a limit is near.", seconds=part)

        self.next_section("The limit")
        self.reach_the_limit()

    def integrate(self) -> None:
        """Integrate first: every frame after this only looks up."""
        first, last = (1 / depth for depth in self.depths)
        loss = PointLoss(self.target)
        reference = float(np.sqrt(np.prod(self.target))) or 1.0
        self.inverse_depth = Slide(first, last, self.opening, self.opening + self.sliding)
        morph = MorphingFlow(loss, self.inverse_depth, reference=reference)
        self.stream = Stream.of(
            EvenPace(morph, self.speed, softness=0.4),
            count=self.count,
            lifetime=self.lifetime,
            duration=self.opening + self.sliding + self.closing,
            seed=self.seed,
        )
        self.along = np.linspace(first, last, 241)
        at_depth = MorphingFlow(loss, Slide(first, last, 0.0, 1.0), reference=reference)
        frozen = Frozen(EvenPace(at_depth, 1.0, softness=0.2), np.linspace(0.0, 1.0, 241))
        starts = np.tile(self.start, (241, 1))
        self.paths = integrate(frozen, starts, np.linspace(0.0, 12.0, 161), rtol=1e-8)
        self.distances = field_distance(self.along, self.target, reference=reference)

    def set_the_stage(self) -> None:
        """Build the picture: the plane at the left, what it obeys at the right."""
        theme, clock, depth = self.theme, self.clock, self.inverse_depth
        plane = WeightPlane(theme, size=6.0, centre=self.place(-1, 0.28) + 3.62 * RIGHT)
        particles = Particles(self.stream, clock, plane.frame, plane.extent, theme)

        column = plane.frame[1][0] + 0.95
        top = plane.frame[2][1]
        self.law = equation("dot(w)_i = w_i^(2 - 2 slash N) (w_i^* - w_i)", theme)
        self.law.move_to([column, top - 0.3, 0], aligned_edge=LEFT)
        exponent = equation("2 - 2 slash N =", theme, pixels=56)
        exponent.next_to(self.law, DOWN, buff=0.38, aligned_edge=LEFT)
        number = LiveNumber(
            lambda time: f"{2 - 2 * float(depth(time)):.2f}",
            clock, theme, place=exponent.get_right() + 0.16 * RIGHT, pixels=56, colour=theme.path,
        )
        self.add(plane, self.law, exponent, particles, number)
        self.plane, self.column = plane, column
