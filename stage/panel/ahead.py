"""Who is ahead: of two weights that start alike, which is learned first, and which last."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields import share_at_half


def larger_first(pair: ArrayLike) -> list[int]:
    """Which weight has the larger of two numbers, 0 or 1, and which the other."""
    first, second = np.asarray(pair, dtype=float)
    return [1, 0] if second >= first else [0, 1]


def names(pair: ArrayLike) -> tuple[str, str]:
    """The names of two weights in prose, that with the larger number first."""
    one, other = (f"#w{k + 1}" for k in larger_first(pair))
    return one, other


def half_way(target: ArrayLike) -> str:
    """What stands before the part of its target that a weight has when the other is half way.

    From a small start the one with the larger target is half way first.
    """
    early, late = (f"w_{k + 1} slash w_{k + 1}^*" for k in larger_first(target))
    return f'{early} = 0.5":" space {late} ='


def share_of_later(paths: ArrayLike, target: ArrayLike) -> np.ndarray:
    """That part, on paths (k, m, 2): (k,)."""
    order = larger_first(target)[::-1]
    return share_at_half(np.asarray(paths)[..., order], np.asarray(target)[order])
