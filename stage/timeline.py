"""Film time: which frames a play has, at any frame rate."""

from __future__ import annotations

import math
from fractions import Fraction

_SECOND = 1_000_000_000  # in nanoseconds
_ROUNDING = 10_000  # ns by which a sum of lengths may miss the frame that it means


class Timeline:
    """The grid of a film's frames, and how far into the film its plays have come.

    Frame n shows the instant n / rate. A play has the frames whose instants lie in it, from its
    begin to just before its end. So it is the sum of all lengths that is rounded: plays of T
    seconds altogether have ⌈T · rate⌉ frames, and from frame to frame 1 / rate seconds pass,
    wherever plays join. A play that lies between two frames has none.

    Lengths are in seconds and kept in nanoseconds; ``rate`` is exact, as 24000/1001.
    """

    def __init__(self, rate: Fraction) -> None:
        self.rate = rate
        self._now = 0

    @property
    def seconds(self) -> float:
        """How long all plays were until now."""
        return self._now / _SECOND

    def frames(self, seconds: float) -> range:
        """The frames of a play of ``seconds`` that begins now."""
        return range(self._from(self._now), self._from(self._now + _nanoseconds(seconds)))

    def into(self, frame: int) -> float:
        """Seconds from now to a frame, to the nanosecond."""
        return max(0, round(frame / self.rate * _SECOND) - self._now) / _SECOND

    def advance(self, seconds: float) -> None:
        """Let a play of ``seconds`` be over."""
        self._now += _nanoseconds(seconds)

    def advance_to(self, frame: int) -> None:
        """Let a play be over that ended with the frame before."""
        self._now = round(frame / self.rate * _SECOND)

    def whole(self, seconds: float) -> float:
        """The length nearest to ``seconds`` that is a whole number of frames, one at least."""
        return float(max(1, round(Fraction(seconds) * self.rate)) / self.rate)

    def _from(self, now: int) -> int:
        """The first frame that is not before an instant."""
        return max(0, math.ceil(Fraction(now - _ROUNDING, _SECOND) * self.rate))


def _nanoseconds(seconds: float) -> int:
    return round(_SECOND * seconds)
