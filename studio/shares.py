"""Who renders what: the plays of a clip dealt out so that all finish together."""

from __future__ import annotations

from collections.abc import Sequence

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
