"""Echoes: in a hold another bead comes, a period behind, and the first one goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from manim import Mobject, VMobject

from fields.ease import smoothstep
from stage.clock import Clock

_INKS = ("background_stroke_rgbas", "fill_rgbas", "stroke_rgbas")


@contextmanager
def echoes(things: Iterable[Mobject], clock: Clock, period: float) -> Iterator[None]:
    """Let what runs in laps be at the end of a ``period`` as at its begin, whatever its laps are.

    Each part that moves is there twice: where it is, and where it was a period ago. The second one
    comes in the first half of the period, the first one goes in the other half; at the end the
    second is where the first began. One of them is always whole: nothing that both cover dims.
    """
    begun = [(thing, _Echo(thing, clock, period)) for thing in things]
    for thing, echo in begun:
        thing.add_updater(echo.look)
    try:
        yield
    finally:
        for thing, echo in begun:
            thing.remove_updater(echo.look)
            echo.end()


class _Echo:
    """The parts of a thing that move in its laps, and their copies, each inside of its part."""

    def __init__(self, thing: Mobject, clock: Clock, period: float) -> None:
        self.clock, self.period = clock, period
        self.own = [cast(Callable[[Mobject], Any], look) for look in thing.updaters]
        parts = [part for part in thing.get_family() if isinstance(part, VMobject)]
        now, *others = (self._seen(thing, parts, phase) for phase in (0.0, -0.5 * period, -period))
        self.parts = [
            part
            for k, part in enumerate(parts)
            if any(not np.array_equal(now[k], other[k]) for other in others)
        ]
        self._seen(thing, parts, 0.0)
        self.inks = [[getattr(part, ink).copy() for ink in _INKS] for part in self.parts]
        self.copies = [_alone(part) for part in self.parts]
        for part, copy in zip(self.parts, self.copies, strict=True):
            part.submobjects.insert(0, copy)

    def look(self, thing: Mobject) -> None:
        """Put the copies where their parts were a period ago, and dim both as is due."""
        phase = float(self.clock.phase.get_value())
        past = self._seen(thing, self.parts, phase - self.period)
        self._seen(thing, self.parts, phase)
        comes = float(smoothstep(min(2 * phase / self.period, 1.0)))
        stays = 1.0 - float(smoothstep(max(2 * phase / self.period - 1.0, 0.0)))
        for part, copy, points, inks in zip(self.parts, self.copies, past, self.inks, strict=True):
            copy.points = points
            _dim(copy, inks, comes)
            _dim(part, inks, stays)

    def end(self) -> None:
        """Leave the thing as it was."""
        for part, copy, inks in zip(self.parts, self.copies, self.inks, strict=True):
            part.submobjects.remove(copy)
            _dim(part, inks, 1.0)

    def _seen(self, thing: Mobject, parts: list[VMobject], phase: float) -> list[np.ndarray]:
        """The points of parts at a phase of the hold."""
        self.clock.phase.set_value(phase)
        for look in self.own:
            look(thing)
        return [part.points.copy() for part in parts]


def _alone(part: VMobject) -> VMobject:
    """A copy of a part that nothing moves, and without what it is made of."""
    inner, part.submobjects = part.submobjects, []
    try:
        copy = part.copy()
    finally:
        part.submobjects = inner
    copy.updaters = []
    return copy


def _dim(part: VMobject, inks: list[np.ndarray], opacity: float) -> None:
    for name, ink in zip(_INKS, inks, strict=True):
        setattr(part, name, ink * [1.0, 1.0, 1.0, opacity])
