"""How long what remains will take, by what this run has measured until now."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

RECENT = 60.0
"""Seconds that count as recent: a few pieces of a film."""
_LEAST = 5.0
"""Seconds after which a rate says something."""


class Remaining:
    """An estimate of the seconds that remain, from frames and when they were done.

    It is the longest of three: all that is left, at the rate of the whole run; the same, at the
    rate of the last minute; and what one clip has left, at its own rate, for at the end no other
    worker helps it, with what comes after all clips, as joints and a voice do. Rates are until now,
    not until the last frame: time in which none came counts. One thread tells, another one asks.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._whole = _Rate()
        self._parts: dict[str, _Rate] = {}
        self._left = 0
        self._left_of: dict[str, int] = {}

    def told(self, left: int | None, done: int, parts: Mapping[str, tuple[int, int]]) -> None:
        """So many frames are left, and so many done; in ``parts``, done and left of each clip.

        ``left`` is None while nobody knows; that time does not count.
        """
        if left is None:
            return
        with self._lock:
            now = self._clock()
            self._left = left
            self._whole.add(now, done)
            for name, (some, more) in parts.items():
                if name in self._parts or some:  # it is read and made before its first frame
                    self._parts.setdefault(name, _Rate()).add(now, some)
                self._left_of[name] = more

    def seconds(self) -> float | None:
        """What remains now; None where nothing tells."""
        with self._lock:
            return self._seconds()

    def _seconds(self) -> float | None:
        now = self._clock()
        mean, recent = self._whole.since(now), self._whole.since(now, RECENT)
        if not mean:
            return None
        found = [self._left / rate for rate in (mean, recent) if rate]
        rates = {name: part.since(now, RECENT) for name, part in self._parts.items()}
        alone = [self._left_of[name] / rate for name, rate in rates.items() if rate]
        waiting = sum(more for name, more in self._left_of.items() if name not in self._parts)
        return max(*found, max(alone, default=0.0) + waiting / mean)


class _Rate:
    """Frames a second, from how many there were when."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """So many are done by now."""
        self._first = self._first or (now, done)
        if not self._seen or self._seen[-1][1] != done:
            self._seen.append((now, done))
        while len(self._seen) > 1 and self._seen[1][0] <= now - RECENT:
            self._seen.popleft()

    def since(self, now: float, seconds: float | None = None) -> float | None:
        """In the last ``seconds``, or from the first time on; None where that tells nothing."""
        if self._first is None:
            return None
        begin, before = self._first
        if seconds is not None and begin < now - seconds:
            begin = now - seconds
            before = max((done for at, done in self._seen if at <= begin), default=before)
        more = self._seen[-1][1] - before
        return more / (now - begin) if more > 0 and now - begin >= _LEAST else None
