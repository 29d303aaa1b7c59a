"""Segments: the plays of a clip dealt to several, so that all finish together, and joined."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from studio.crew import Hands
from studio.task import RefusedError, Report, Task

START = 1.0
"""Seconds of film whose rendering takes about as long as a worker's way to its first play."""
_ROUNDS = 4


def plan(clips: Sequence[Sequence[float]], workers: int) -> list[list[tuple[int, ...]]]:
    """For each clip, its plays dealt into as many shares as let all clips be done soonest.

    Clips are lists of the lengths of their plays. More shares than workers even out who has how
    much to do; but each share costs its worker the way to it.
    """

    def load(clip: int, share: tuple[int, ...]) -> float:
        return sum(clips[clip][play] for play in share)

    def longest(dealt: list[list[tuple[int, ...]]], clip: int) -> float:
        whole = len(dealt[clip]) == len(clips[clip])  # nothing is left to be cut
        return 0.0 if whole else max(load(clip, share) for share in dealt[clip])

    def cut(count: int) -> list[list[tuple[int, ...]]]:
        dealt = [deal(plays, 1) for plays in clips]
        for _ in range(count - len(clips)):
            clip = max(range(len(clips)), key=lambda clip: longest(dealt, clip))
            dealt[clip] = deal(clips[clip], len(dealt[clip]) + 1)
        return dealt

    def end(dealt: list[list[tuple[int, ...]]]) -> float:
        free = [0.0] * workers
        loads = [load(clip, share) for clip, shares in enumerate(dealt) for share in shares]
        for some in sorted(loads, reverse=True):
            heapq.heapreplace(free, free[0] + START + some)
        return max(free)

    if not clips:
        return []
    return min((cut(rounds * workers) for rounds in range(1, _ROUNDS + 1)), key=end)


def deal(plays: Sequence[float], hands: int) -> list[tuple[int, ...]]:
    """Deal plays, by their length, to at most ``hands``.

    Longest first, each to whoever has least: within 4/3 of the best there is.
    """
    hands = max(1, min(hands, len(plays)))
    shares: list[list[int]] = [[] for _ in range(hands)]
    loads = [0.0] * hands
    for play in sorted(range(len(plays)), key=lambda play: (-plays[play], play)):
        least_loaded = loads.index(min(loads))
        shares[least_loaded].append(play)
        loads[least_loaded] += plays[play]
    return sorted(tuple(sorted(share)) for share in shares if share)


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
