"""Segments: the plays of a clip dealt to several, so that all finish together, and joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from uuid import uuid4

from studio.crew import Hands
from studio.files import write_whole
from studio.task import RefusedError, Report, Task

START = 6.0
"""Seconds of film whose rendering takes about as long as a worker needs to reach its first play."""


def deal(plays: Sequence[float], hands: int, *, least: float = START) -> list[tuple[int, ...]]:
    """Deal plays, by their length, to at most ``hands``; nobody gets less than ``least`` seconds.

    Longest first, each to whoever has least: within 4/3 of the best there is.
    """
    hands = max(1, min(hands, len(plays), int(sum(plays) / least)))
    shares: list[list[int]] = [[] for _ in range(hands)]
    loads = [0.0] * hands
    for play in sorted(range(len(plays)), key=lambda play: (-plays[play], play)):
        least_loaded = loads.index(min(loads))
        shares[least_loaded].append(play)
        loads[least_loaded] += plays[play]
    return sorted(tuple(sorted(share)) for share in shares if share)


def hands_for(seconds: float, of: float, workers: int) -> int:
    """How many workers a clip gets when all clips together take ``of`` seconds of film."""
    return max(1, round(workers * seconds / of)) if of > 0 else 1


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
            for job in jobs:
                job.result()
            write_whole(sign, "done")
        except BaseException:
            write_whole(sign, "failed")
            raise
    sign.unlink(missing_ok=True)
    try:
        return joined.result()
    except RefusedError:  # something is not where it should be: the plain way mends that
        return home.do(plain, told(len(shares)))
