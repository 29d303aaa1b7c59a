"""Segments: the plays of a clip dealt to several, so that all finish together, and joined."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from studio.crew import Hands
from studio.task import RefusedError, Report, Task

_MOST = 4
"""Shares for each worker, at most."""
_HALVINGS = 40
_HAIR = 1e-9  # seconds: less is rounding

Shares = list[tuple[int, ...]]


def plan(
    clips: Sequence[Sequence[float]],
    workers: int,
    ways: Sequence[float] | None = None,
    sending: float = 0.0,
) -> list[Shares]:
    """For each clip, its plays dealt into as many shares as let all clips be done soonest.

    Clips are lists of the lengths of their plays; ``ways`` say for each how many seconds of film
    could be rendered while a worker is on its way to the first one. More shares than workers even
    out who has how much to do, but each costs its worker the way to it. ``sending`` is how long
    one link takes with what everybody made, in parts of the time that one takes to render it.
    """
    ways = ways or [0.0] * len(clips)

    def load(clip: int, share: tuple[int, ...]) -> float:
        return sum(clips[clip][play] for play in share)

    def end(dealt: list[Shares]) -> float:
        free = [0.0] * workers
        done = []
        loads = [(load(n, share), ways[n]) for n, shares in enumerate(dealt) for share in shares]
        for some, way in sorted(loads, reverse=True):
            done.append((free[0] + way + some, some))
            heapq.heapreplace(free, done[-1][0])
        link = 0.0
        for when, some in sorted(done):
            link = max(link, when) + sending * some
        return link

    dealt = [deal(plays, 1) for plays in clips]
    best = soonest = None
    while True:
        if best is None or end(dealt) < soonest - _HAIR:
            best, soonest = list(dealt), end(dealt)
        longest = {
            clip: max(load(clip, share) for share in shares) + ways[clip]
            for clip, shares in enumerate(dealt)
            if max(map(len, shares)) > 1
        }
        if not longest or sum(map(len, dealt)) >= _MOST * workers:
            return best
        clip = max(longest, key=longest.__getitem__)
        dealt[clip] = deal(clips[clip], len(dealt[clip]) + 1)


def deal(plays: Sequence[float], hands: int) -> Shares:
    """Deal plays, by their length, to ``hands`` at most: runs, of which the longest is short.

    In a run, what moves is followed from its beginning to its end once.
    """
    hands = max(1, min(hands, len(plays)))
    low, high = max(plays), sum(plays)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if len(_runs(plays, middle)) <= hands else (middle, high)
    runs = _runs(plays, high)
    while len(runs) < hands:  # one that is longer than a play is left, to be cut anywhere
        longest = max(runs, key=len)
        half = len(longest) // 2
        runs += [longest[:half], longest[half:]]
        runs.remove(longest)
    return sorted(runs)


def _runs(plays: Sequence[float], most: float) -> Shares:
    """As few runs as there can be of which none is longer than ``most``, or than a play."""
    runs, load = [], 0.0
    for play, length in enumerate(plays):
        if not runs or load + length > most + _HAIR:
            runs.append(())
            load = 0.0
        runs[-1] += (play,)
        load += length
    return runs


def film(
    plain: Task,
    shares: Sequence[tuple[int, ...]],
    found: Report,
    home: Hands,
    away: Hands | None,
    progress: Callable[[int], None],
) -> Report:
    """Have a film made: its shares rendered, ``away`` if anybody is there, and joined at ``home``.

    What joining cannot do, for a segment is not where it should be or the clip has sound, a plain
    pass over the clip does, which renders no more than is missing.
    """
    if not shares:
        return home.do(plain, progress)
    done: dict[int, int] = {}

    def render(number: int) -> Report:
        def tell(frames: int) -> None:
            done[number] = frames
            progress(sum(done.values()))

        share = shares[number]
        seconds = sum(found.plays[play] for play in share)
        return (away or home).do(replace(plain, kind="plays", plays=share, seconds=seconds), tell)

    with ThreadPoolExecutor(len(shares)) as pool:
        reports = list(pool.map(render, range(len(shares))))
    names = dict(segment for report in reports for segment in report.segments)
    frames = sum(report.frames for report in reports)
    if len(names) == len(found.plays) and not found.has_sound:
        with suppress(RefusedError):
            parts = tuple(names[play] for play in range(len(found.plays)))
            home.do(replace(plain, kind="join", parts=parts), lambda frames: None)
            return replace(found, frames=frames)
    return home.do(plain, lambda more: progress(frames + more))
