"""What changes as time passes, looked up in what was computed for some instants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Circle, Dot, Line, ValueTracker, VGroup, VMobject
from numpy.typing import ArrayLike

from stage.place import put
from stage.plane.plane import WeightPlane
from stage.theme import Theme


def looked_up(times: ArrayLike, values: ArrayLike) -> Callable[[float], np.ndarray]:
    """Film time to ``values`` (k, ...) at rising ``times`` (k,), evenly between, held beyond."""
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)

    def value_at(time: float) -> np.ndarray:
        place = np.interp(time, times, np.arange(len(times)))
        k = min(int(place), len(times) - 2)
        return values[k] + (place - k) * (values[k + 1] - values[k])

    return value_at


def by_depth(
    depths: ArrayLike, values: ArrayLike, depth: Callable[[float], float]
) -> Callable[[float], np.ndarray]:
    """Film time to ``values`` (k, ...), given at inverse ``depths`` (k,), by the depth of then."""
    order = np.argsort(depths)
    value_at = looked_up(np.asarray(depths)[order], np.asarray(values)[order])

    def value_then(time: float) -> np.ndarray:
        return value_at(float(depth(time)))

    return value_then


def worded(
    words: Callable[[float], str], value_at: Callable[[float], np.ndarray]
) -> Callable[[float], str]:
    """Film time to a number in words."""

    def text_at(time: float) -> str:
        return words(float(value_at(time)))

    return text_at


def eased_between(times: ArrayLike, stops: ArrayLike, *, rate: int = 8) -> tuple:
    """Instants (k,) and numbers (k,) that move from stop to stop, softly, as times (m,) tell.

    Between two different stops there are ``rate`` instants a second; the stops are met exactly.
    """
    times, stops = np.asarray(times, dtype=float), np.asarray(stops, dtype=float)
    instants, numbers = [times[:1]], [stops[:1]]
    for begin, end, start, stop in zip(times, times[1:], stops, stops[1:], strict=False):
        many = 1 if start == stop else max(2, round((end - begin) * rate))
        part = np.linspace(0, 1, many + 1)[1:]
        instants.append(begin + part * (end - begin))
        number = start + part * part * (3 - 2 * part) * (stop - start)
        number[-1] = stop
        numbers.append(number)
    return np.concatenate(instants), np.concatenate(numbers)


def taking_over(part: float) -> float:
    """How a swarm appears while another one leaves evenly, so that the light stays what it is.

    Light of both on one place is seen once. Measured, it is 0.28 of the light of either.
    """
    return part / (1.0 - 0.28 * (1.0 - part))


class MovingCurve(VGroup):
    """A quiet curve through ``curve_at(time)``, (m, 2) in weights: something to ride on."""

    def __init__(
        self,
        plane: WeightPlane,
        curve_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
        *,
        colour: str | None = None,
        width: float = 3.0,
    ) -> None:
        super().__init__()
        self.add(VMobject(color=colour or theme.ink, stroke_width=width))

        def follow(_: VMobject) -> None:
            points = plane.at(curve_at(clock.get_value()))
            for line in self.submobjects:
                line.set_points_as_corners(points)

        self.add_updater(follow)
        follow(self)


class Landing(VGroup):
    """A bead with a ring at ``place_at(time)``, (2,) in weights: where training ends."""

    def __init__(
        self,
        plane: WeightPlane,
        place_at: Callable[[float], np.ndarray],
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        ring = Circle(radius=0.22, color=theme.path, stroke_width=4)
        halo = Dot(radius=0.26, color=theme.background)  # it hides what it has come to
        bead = Dot(radius=0.12, color=theme.path)
        self.add(halo, ring, bead)

        def follow(_: VMobject) -> None:
            for part in self.submobjects:
                put(part, plane.at(place_at(clock.get_value())))

        self.add_updater(follow)
        follow(self)


class Excess(VGroup):
    """A bar for what a number has above its least, which a green tick and its ``label`` mark.

    ``value_at`` maps film time to the number; the bar begins at ``left`` and is ``unit`` long for
    each 1 above ``least``, up to ``most``. ``live`` is what moves.
    """

    def __init__(
        self,
        value_at: Callable[[float], float],
        least: float,
        most: float,
        label: VGroup,
        clock: ValueTracker,
        theme: Theme,
        *,
        left: ArrayLike,
        unit: float,
    ) -> None:
        super().__init__()
        self.left, tall = np.array(left, dtype=float), np.array([0.0, 0.2, 0.0])
        end = self.left + np.array([unit * (most - least), 0.0, 0.0])
        tick = Line(self.left - tall, self.left + tall, color=theme.minimizer, stroke_width=6)
        label.move_to(self.left - np.array([0.14 + label.width / 2, 0, 0]))
        self.add(Line(self.left, end, color=theme.faint, stroke_width=2), label, tick)
        self.live = VMobject(color=theme.path, stroke_width=18)

        def follow(bar: VMobject) -> None:
            long = unit * max(0.0, float(value_at(clock.get_value())) - least)
            begin = self.left + np.array([0.03, 0.0, 0.0])
            bar.set_points_as_corners([begin, begin + np.array([long, 0.0, 0.0])])

        self.live.add_updater(follow)
        follow(self.live)


def ringed(
    plane: WeightPlane, w: ArrayLike, label: VGroup, theme: Theme, side: ArrayLike
) -> VGroup:
    """A green ring on the plane with its label on that ``side`` of it."""
    place = plane.at(np.asarray(w, dtype=float))
    ring = Circle(radius=0.13, color=theme.minimizer, stroke_width=4).move_to(place)
    hole = Dot(place, radius=0.13, color=theme.background)
    return VGroup(hole, ring, label.next_to(place, np.asarray(side), buff=0.2))
