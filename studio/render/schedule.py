"""The ledger: which plays of which clips are still to be rendered, and who goes through them.

A worker goes through a clip play after play: its way to the first one may be long, to the next one
there is none. One that has nothing left to do takes over the end of what would be done last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

PIECE = 3.0
"""Seconds of film that are rendered at one request, about: what is done can be sent."""


@dataclass(eq=False)
class Stretch:
    """Plays of a clip, one after the other, that one worker goes through; all in seconds of film.

    ``lengths`` are those of all plays of the clip; ``way`` is how much could be rendered while a
    worker is on its way to a play; ``busy`` is what the worker is at, None where there is none.
    """

    clip: object
    lengths: Sequence[float]
    way: float
    begin: int
    """The first play that nobody has taken yet."""
    end: int
    busy: float | None = None

    @property
    def left(self) -> float:
        """What nobody has taken yet."""
        return sum(self.lengths[self.begin : self.end])

    @property
    def load(self) -> float:
        """What is still to be rendered: of that which its worker is at, half, for all we know."""
        return (self.busy or 0.0) / 2 + self.left

    def take(self) -> tuple[int, ...]:
        """The next plays for its worker: one, and more while that comes nearer to ``PIECE``."""
        first, taken = self.begin, 0.0
        while self.begin < self.end:
            length = self.lengths[self.begin]
            if self.begin > first and taken + length / 2 > PIECE:
                break
            taken += length
            self.begin += 1
        self.busy = taken + (self.way if self.busy is None else 0.0)
        return tuple(range(first, self.begin))

    def halved(self) -> tuple[float, int]:
        """When all is done if one more helps, and the play with which that one begins."""

        def done(play: int) -> float:
            theirs = sum(self.lengths[play : self.end])
            return max(self.load - theirs, self.way + theirs)

        return min((done(play), play) for play in range(self.begin, self.end))


class Ledger:
    """What is left of all clips."""

    def __init__(self) -> None:
        self._stretches: list[Stretch] = []

    def open(self, clip: object, lengths: Sequence[float], way: float) -> Stretch:
        """Enter a clip, for whose plays see ``Stretch``."""
        self._stretches.append(Stretch(clip, lengths, way, 0, len(lengths)))
        return self._stretches[-1]

    def close(self, clip: object) -> None:
        """Strike out what is left of a clip."""
        for some in self._stretches:
            if some.clip is clip:
                some.end = some.begin

    def choose(self, may_help: bool = True) -> Stretch | None:
        """What a worker that stands nowhere should go through now; None if nothing.

        The longest that has no worker; or else, for one that ``may_help``, the end of the one that
        would be done last of those that are done sooner with help.
        """
        self._stretches = [some for some in self._stretches if some.begin < some.end]
        if new := [some for some in self._stretches if some.busy is None]:
            return max(new, key=lambda some: some.left)
        slow = [some for some in self._stretches if may_help and some.halved()[0] < some.load]
        if not slow:
            return None
        last = max(slow, key=lambda some: some.load)
        _, play = last.halved()
        rest = replace(last, begin=play, busy=None)
        last.end = play
        self._stretches.append(rest)
        return rest
