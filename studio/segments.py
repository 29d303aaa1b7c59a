"""Segments: the plays of a clip dealt to several, so that all finish together, and joined."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from uuid import uuid4

from studio.crew import Hands
from studio.files import write_whole
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
    lengths: Sequence[float],
    home: Hands,
    away: Hands | None,
    progress: Callable[[int], None],
) -> Report:
    """Have a film made: its shares rendered by others, the rest and the joining at ``home``.

    Those ``away`` render all of it. Without them the others are at home as well, and so is the
    film, while they render: it takes its place in the crew only when they have theirs, for it
    waits for them, and they must not have to wait for it.
    """
    done: dict[int, int] = {}
    started = [Event() for _ in shares]

    def told(number: int) -> Callable[[int], None]:
        def tell(frames: int) -> None:
            if number < len(started):
                started[number].set()
            done[number] = frames
            progress(sum(done.values()))

        return tell

    if not shares:
        return home.do(plain, told(0))
    given = tuple(sorted(play for share in shares for play in share))
    sign = Path(plain.target).with_name(f"{uuid4().hex}.sign")
    rest = replace(plain, plays=given, sign=str(sign))
    with ThreadPoolExecutor(len(shares) + 1) as pool:
        jobs = [
            pool.submit(
                (away or home).do,
                replace(plain, kind="plays", plays=share, seconds=sum(lengths[n] for n in share)),
                told(number),
            )
            for number, share in enumerate(shares)
        ]
        if not away:
            for job, event in zip(jobs, started, strict=True):
                while not event.wait(0.05) and not job.done():
                    pass
            joined = pool.submit(home.do, rest, told(len(shares)))
        _sign(sign, jobs)
        if away:
            joined = pool.submit(home.do, rest, told(len(shares)))
    try:
        return joined.result()
    except RefusedError:  # something is not where it should be: the plain way mends that
        return home.do(plain, told(len(shares)))
    finally:
        sign.unlink(missing_ok=True)


def _sign(sign: Path, jobs: Sequence[Future[Report]]) -> None:
    """Name the segments when all are there; if one is not to be had, whoever waits is sent away."""
    try:
        names = [segment for job in jobs for segment in job.result().segments]
        write_whole(sign, json.dumps(names))
    except BaseException:
        write_whole(sign, "[]")
        raise
