"""Where particles respawn: evenly over the plane, and yet on no lattice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.loss import Array

_PLASTIC = 1.324717957244746  # x³ = x + 1: its powers spread points evenly in the plane


_DRAWS = 100
"""How often a place is drawn anew where the one before could not be reached."""


def starts(
    numbers: NDArray[np.integer[Any]],
    seed: int,
    extent: float,
    count: int,
    reach: Callable[[Array], NDArray[np.bool_]] | None = None,
) -> Array:
    """Where trajectories of consecutive numbers begin, (n, 2): evenly, to 5 % beyond the square.

    A low-discrepancy sequence (R₂ of M. Roberts, shifted by the seed), shuffled and loosened by the
    distance between neighbours among ``count``: even, and yet no lattice shows. In place of those
    (n, 2) that ``reach`` says no of, others are drawn, evenly over all that it says yes of.
    Raises ValueError where it says yes of none.
    """
    places = _all_over(numbers, seed, extent, count)
    if reach is None:
        return places
    lost = np.flatnonzero(~reach(places))
    chance = np.random.default_rng([seed, int(numbers[0]) % 2**32, 1])
    for _ in range(_DRAWS):
        if not len(lost):
            return places
        places[lost] = extent * (1e-3 + 1.049 * chance.random((len(lost), 2)))
        lost = lost[~reach(places[lost])]
    if len(lost) == len(places):
        raise ValueError(
            f"Stream: no parameters reach any of {_DRAWS * len(places):,} places up to {extent:g}; "
            "give a parameterization or a view that reaches some of the square."
        )
    # where hardly any is reached, several begin at one place, each at its own time
    kept = np.setdiff1d(np.arange(len(places)), lost)
    places[lost] = places[kept[chance.integers(len(kept), size=len(lost))]]
    return places


def _all_over(numbers: NDArray[np.integer[Any]], seed: int, extent: float, count: int) -> Array:
    shift = np.random.default_rng(seed).random(2)
    even = shift + np.outer(numbers, [1 / _PLASTIC, 1 / _PLASTIC**2])
    chance = np.random.default_rng([seed, int(numbers[0]) % 2**32])
    loose = even + (chance.random(even.shape) - 0.5) / math.sqrt(count)
    order = np.arange(len(loose))
    chance.shuffle(order)
    return np.asarray(extent * (1e-3 + 1.049 * (loose[order] % 1.0)))
