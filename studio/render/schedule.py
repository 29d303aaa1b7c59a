"""Which plays of which clips are still to be rendered, and who goes through them: work stealing.

A worker goes through a range of plays, one after the other: it has to seek to the first one, which
may take long, and to none of the others. A worker that has nothing left to do steals the end of the
range that would be done last. What a worker was given and will not render is given out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

PIECE = 3.0
"""Seconds of film that are rendered for one task, about: what is done can be sent."""


@dataclass(eq=False)
class PlayRange:
    """Consecutive plays of a clip that one worker goes through; all times in seconds of film.

    ``lengths`` are those of all plays of the clip; ``seek_cost`` is how much could be rendered
    while a worker seeks to a play; ``busy`` is what the worker is at, None where there is none.
    """

    clip: object
    lengths: Sequence[float]
    seek_cost: float
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
        self.busy = taken + (self.seek_cost if self.busy is None else 0.0)
        return tuple(range(first, self.begin))

    def split(self) -> tuple[float, int]:
        """When all is done if another worker helps, and the play with which that one begins."""

        def done(play: int) -> float:
            theirs = sum(self.lengths[play : self.end])
            return max(self.load - theirs, self.seek_cost + theirs)

        return min((done(play), play) for play in range(self.begin, self.end))


class Ledger:
    """What is left of all clips: a value that knows nothing of workers, processes or clocks.

    Whoever uses it tells it what becomes of a worker: ``release`` when it leaves a range, and
    ``give_back`` when plays that it has taken will not come.
    """

    def __init__(self) -> None:
        self._ranges: list[PlayRange] = []

    def open(
        self,
        clip: object,
        lengths: Sequence[float],
        seek_cost: float,
        missing: Iterable[int] | None = None,
    ) -> PlayRange | None:
        """Enter a clip, of which all plays are ``missing`` or some; return its first range."""
        plays = range(len(lengths)) if missing is None else sorted(missing)
        found: list[PlayRange] = []
        for play in plays:
            if found and found[-1].end == play:
                found[-1].end += 1
            else:
                found.append(PlayRange(clip, lengths, seek_cost, play, play + 1))
        self._ranges += found
        return found[0] if found else None

    def close(self, clip: object) -> None:
        """Strike out what is left of a clip."""
        for some in self._ranges:
            if some.clip is clip:
                some.end = some.begin

    def release(self, some: PlayRange) -> None:
        """Leave a range without a worker: it has gone, or does something else now."""
        some.busy = None

    def give_back(self, some: PlayRange, plays: Sequence[int]) -> None:
        """Have plays rendered that were taken from a range and will not come."""
        first, end = plays[0], plays[-1] + 1
        if end == some.begin:
            some.begin, some.busy = first, None
        else:  # the range has been gone on with
            some = replace(some, begin=first, end=end, busy=None)
        if some not in self._ranges:
            self._ranges.append(some)

    def choose(self, may_steal: bool = True) -> PlayRange | None:
        """The range that an idle worker should go through now; None if there is none.

        The longest that has no worker; or else, for one that ``may_steal``, the end of the range
        that would be done last of those that are done sooner with help.
        """
        self._ranges = [some for some in self._ranges if some.begin < some.end]
        if free := [some for some in self._ranges if some.busy is None]:
            return max(free, key=lambda some: some.left)
        slow = [some for some in self._ranges if may_steal and some.split()[0] < some.load]
        if not slow:
            return None
        last = max(slow, key=lambda some: some.load)
        _, play = last.split()
        rest = replace(last, begin=play, busy=None)
        last.end = play
        self._ranges.append(rest)
        return rest
