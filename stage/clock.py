"""Film time, and how a mobject follows it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import Mobject, ValueTracker


class Clock(ValueTracker):
    """Time that flows, in seconds to the nanosecond: the same instant at every frame rate.

    In a hold it stands still, and ``phase``, otherwise 0, tells for how long the hold has gone on.
    """

    def __init__(self, value: float = 0.0) -> None:
        super().__init__(value)
        self.phase = ValueTracker(0.0)

    def get_value(self) -> float:
        """Seconds of it since the film began."""
        return round(float(super().get_value()), 9)


def lap_time(clock: ValueTracker) -> float:
    """Seconds for what goes on in a hold: swarms, and whatever runs in laps."""
    if not isinstance(clock, Clock):
        return float(clock.get_value())
    return round(clock.get_value() + float(clock.phase.get_value()), 9)


class Reckoning(ValueTracker):
    """Another reading of a clock: ``reckon`` maps film time to it, as to ln t of a training."""

    def __init__(self, clock: ValueTracker, reckon: Callable[[float], float | np.ndarray]) -> None:
        self.clock, self.reckon = clock, reckon
        super().__init__(0.0)

    def get_value(self) -> float:
        """What it shows now."""
        return float(self.reckon(self.clock.get_value()))


def follow_clock(mobject: Mobject, clock: ValueTracker, look: Callable[[float], None]) -> None:
    """Have ``look(time)`` give the mobject its points: now, in every frame, also while animated.

    ``look`` sets points outright, from arrays and from film time alone. It does not touch colours
    or opacities, which belong to animations. Manim puts updaters to sleep while their mobject is
    animated, and fades between two copies of it: what fades in would show an old state, and then
    jump. ``ClockScene`` leaves awake what has ``follows_clock``.
    """

    def read(_: Mobject) -> None:
        look(clock.get_value())

    mobject.add_updater(read)
    vars(mobject)["follows_clock"] = True
    read(mobject)
