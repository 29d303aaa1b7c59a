"""Segments: the plays of a clip dealt to several, so that all finish together, and joined."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from uuid import uuid4

from studio.crew import Hands
from studio.files import write_whole
from studio.task import RefusedError, Report, Task

START = 1.5
"""Seconds of film whose rendering takes about as long as a worker's way to its first play."""
_ROUNDS = 4


def plan(clips: Sequence[Sequence[float]], workers: int) -> list[list[tuple[int, ...]]]:
    """For each clip, its plays dealt into as many shares as let all clips be done soonest.

    Clips are lists of the lengths of their plays. More shares than workers even out who has how
    much to do; but each share costs its worker the way to it.
    """

    def cut(count: int) -> list[list[tuple[int, ...]]]:
        hands = [1] * len(clips)
        for _ in range(count - len(clips)):
            loads = [
                sum(plays) / some if some < len(plays) else 0.0
                for plays, some in zip(clips, hands, strict=True)
            ]
            if any(loads):  # the longest shares become shorter
                hands[loads.index(max(loads))] += 1
        return [deal(plays, some) for plays, some in zip(clips, hands, strict=True)]

    def end(dealt: list[list[tuple[int, ...]]]) -> float:
        free = [0.0] * workers
        for plays, shares in sorted(zip(clips, dealt, strict=True), key=lambda d: -sum(d[0])):
            for share in shares:
                heapq.heapreplace(free, free[0] + START + sum(plays[play] for play in share))
        return max(free)

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
    home: Hands,
    elsewhere: Hands,
    progress: Callable[[int], None],
) -> Report:
    """Have a film made: its shares rendered ``elsewhere``, the rest and the joining at ``home``.

    The film takes its place in the crew only when all shares have theirs: it waits for them, and
    they must not have to wait for it.
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
    sign = Path(plain.target).with_name(f"{uuid4().hex}.sign")
    given = tuple(sorted(play for share in shares for play in share))
    with ThreadPoolExecutor(len(shares) + 1) as pool:
        jobs = [
            pool.submit(elsewhere.do, replace(plain, kind="plays", plays=share), told(number))
            for number, share in enumerate(shares)
        ]
        for job, event in zip(jobs, started, strict=True):
            while not event.wait(0.05) and not job.done():
                pass
        last = replace(plain, plays=given, sign=str(sign))
        joined = pool.submit(home.do, last, told(len(shares)))
        try:
            names = [segment for job in jobs for segment in job.result().segments]
            write_whole(sign, json.dumps(names))
        except BaseException:
            write_whole(sign, "[]")  # which sends the one who waits away
            raise
    sign.unlink(missing_ok=True)
    try:
        return joined.result()
    except RefusedError:  # something is not where it should be: the plain way mends that
        return home.do(plain, told(len(shares)))
