"""Roots by bisection, to the last bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fields.loss import Array


def bisected(rising: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """The root of a rising function between two numbers, by halving the floats between them."""
    most = np.finfo(float).max
    one, other = (_ordinal(np.clip(x, -most, most)) for x in (low, high))
    for _ in range(65):
        middle = one + (other - one) // 2 if _close(one, other) else one // 2 + other // 2
        below = rising(_float(middle)) < 0
        one, other = np.where(below, middle, one), np.where(below, other, middle)
    return _float(other)


def root(function: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """The root of a falling function between two barriers, by bisection to the last bit."""
    reach = np.ones_like(low)
    near = np.where(function(np.zeros_like(low)) > 0, 1.0, -1.0)
    inner = np.zeros_like(low)
    outer = np.where(near > 0, high, low)
    for _ in range(1100):  # double until the root lies between; 2¹⁰²³ is the end of numbers
        probe = np.where(np.isfinite(outer), outer, near * reach)
        with np.errstate(invalid="ignore"):
            short = ~np.isfinite(outer) & (near * function(probe) > 0) & (reach < 1e300)
        if not short.any():
            break
        inner, reach = np.where(short, probe, inner), np.where(short, 2 * reach, reach)
    outer = np.where(np.isfinite(outer), outer, near * reach)
    for _ in range(200):
        middle = 0.5 * (inner + outer)
        with np.errstate(invalid="ignore", over="ignore"):
            before = near * function(middle) > 0
        done = (middle == inner) | (middle == outer)  # there is no number between them
        inner, outer = np.where(before, middle, inner), np.where(before, outer, middle)
        if done.all():
            break
    return inner


def _close(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Whether all differences are numbers of 64 bits."""
    return bool(np.all((one >= 0) | (other < 0)))


def _ordinal(x: Array) -> NDArray[np.int64]:
    """The place of each float among all: integers that rise as the floats do."""
    bits = np.ascontiguousarray(x, dtype=float).view(np.int64)
    return np.asarray(np.where(bits < 0, np.int64(-(2**63)) - bits, bits))


def _float(ordinal: NDArray[np.int64]) -> Array:
    bits = np.where(ordinal < 0, np.int64(-(2**63)) - ordinal, ordinal)
    return np.ascontiguousarray(bits).view(float)
