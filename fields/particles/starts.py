"""Where particles respawn: evenly over the plane, and yet on no lattice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.loss import Array

_PLASTIC = 1.324717957244746  # x³ = x + 1: its powers spread points evenly in the plane


def starts(numbers: NDArray[np.integer[Any]], seed: int, extent: float, count: int) -> Array:
    """Where trajectories of consecutive numbers begin, (n, 2): evenly, to 5 % beyond the square.

    A low-discrepancy sequence (R₂ of M. Roberts, shifted by the seed), shuffled and loosened by the
    distance between neighbours among ``count``: even, and yet no lattice shows.
    """
    shift = np.random.default_rng(seed).random(2)
    even = shift + np.outer(numbers, [1 / _PLASTIC, 1 / _PLASTIC**2])
    chance = np.random.default_rng([seed, int(numbers[0]) % 2**32])
    loose = even + (chance.random(even.shape) - 0.5) / math.sqrt(count)
    order = np.arange(len(loose))
    chance.shuffle(order)
    return np.asarray(extent * (1e-3 + 1.049 * (loose[order] % 1.0)))
