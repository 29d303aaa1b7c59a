"""Who is ahead: of two weights on one path, which is half way to its target first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields import share_at_half

_IN_STEP = 0.02
"""Of their targets, by which two weights may differ and still look as if they kept step."""


def larger_first(pair: ArrayLike) -> list[int]:
    """Which weight has the larger of two numbers, 0 or 1, and which the other."""
    first, second = np.asarray(pair, dtype=float)
    return [1, 0] if second >= first else [0, 1]


def leader_first(path: ArrayLike, target: ArrayLike) -> list[int] | None:
    """Which weight is half way to its target first on a path (m, 2), 0 or 1, and which the other.

    None where no one is: they keep step, or one of them begins half way or further.
    """
    w, target = np.asarray(path, dtype=float), np.asarray(target, dtype=float)
    if np.any(w[0] >= target / 2) or keep_step(w, target):
        return None
    passed = w >= target / 2
    when = np.where(passed.any(axis=0), passed.argmax(axis=0), len(w))
    if when[0] == when[1]:  # within one step of the path: whose part of its target is larger there
        return larger_first(w[min(when[0], len(w) - 1)] / target)
    return [0, 1] if when[0] < when[1] else [1, 0]


def keep_step(path: ArrayLike, target: ArrayLike) -> bool:
    """Whether two weights on a path (m, 2) are at one part of their targets, all the way."""
    target = np.asarray(target, dtype=float)
    if not np.all(target > 0):
        return False
    return bool(np.max(np.abs(np.diff(np.asarray(path) / target, axis=-1))) < _IN_STEP)


def names(order: list[int]) -> tuple[str, str]:
    """The names of two weights in prose, in that order."""
    one, other = (f"#w{k + 1}" for k in order)
    return one, other


def half_way(order: list[int]) -> str:
    """What stands before the part of its target that the second has when the first is half way."""
    early, late = (f"w_{k + 1} slash w_{k + 1}^*" for k in order)
    return f'{early} = 0.5":" space {late} ='


def share_of_later(paths: ArrayLike, target: ArrayLike, order: list[int]) -> np.ndarray:
    """That part, on paths (k, m, 2): (k,)."""
    late_first = order[::-1]
    return share_at_half(np.asarray(paths)[..., late_first], np.asarray(target)[late_first])
