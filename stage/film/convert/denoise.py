"""Colour that is hardly seen through, made cheap to encode: compiled code, for every pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel

Deep = NDArray[np.uint16]
Plane = NDArray[np.uint8]
Sums = NDArray[np.int32]
Levels = NDArray[np.float32]

_FAINT = 64  # alpha, of 255, below which colour may be smoothed
_REACH = 2  # pixels to each side over which it is
_BLACK, _GREY = 64, 512  # luma and chroma of nothing, in 10 bits of limited range


def denoise(deep: Sequence[Deep], planes: Sequence[Plane], wide: int) -> None:
    """Fill planes of 4:2:0 in 8 bits from those of 4:4:4 in 10, with faint colour smoothed.

    Both are luma, blue, red and alpha, with straight colour in limited range. Sizes are even; rows
    may be longer than the picture, which is ``wide``.

    The straight colour of a faint pixel is mostly rounding: an encoder takes it for detail, and
    spends most of the bytes on it. Where alpha a is below 64 of 255, colour c becomes
    a/64 c + (1 − a/64) Σ aᵢ cᵢ / Σ aᵢ, the sums over 5 × 5 pixels, and black where all of them are
    clear. Chroma is the mean of four pixels, in their middle.
    """
    (luma, blue, red, alpha), (to_luma, to_blue, to_red, to_alpha) = deep, planes
    columns = np.zeros((4, wide + 2 * _REACH), np.int32)
    sums, rows = np.empty((4, wide), np.int32), np.empty((5, wide), np.float32)
    _smooth(luma, blue, red, alpha, to_luma, to_blue, to_red, to_alpha, columns, sums, rows)


@kernel
def _smooth(
    luma: Deep,
    blue: Deep,
    red: Deep,
    alpha: Deep,
    to_luma: Plane,
    to_blue: Plane,
    to_red: Plane,
    to_alpha: Plane,
    columns: Sums,
    sums: Sums,
    rows: Levels,
) -> None:
    """In ``columns`` are sums over the rows around, in ``sums`` those over the columns around too.

    Of ``rows`` one is luma, and two each are blue and red.
    """
    high = luma.shape[0]
    for y in range(-_REACH, high):
        for n, times in ((y + _REACH, np.int32(1)), (y - _REACH - 1, np.int32(-1))):
            if 0 <= n < high:
                _add(columns[0], luma[n], alpha[n], np.int32(_BLACK), times)
                _add(columns[1], blue[n], alpha[n], np.int32(_GREY), times)
                _add(columns[2], red[n], alpha[n], np.int32(_GREY), times)
                _add_alpha(columns[3], alpha[n], times)
        if y < 0:
            continue
        for k in range(4):
            _spread(columns[k], sums[k])
        of_blue, of_red = rows[1 + y % 2], rows[3 + y % 2]
        _mix(rows[0], luma[y], alpha[y], sums[0], sums[3], np.int32(_BLACK))
        _mix(of_blue, blue[y], alpha[y], sums[1], sums[3], np.int32(_GREY))
        _mix(of_red, red[y], alpha[y], sums[2], sums[3], np.int32(_GREY))
        _round(to_luma[y], rows[0])
        for x in range(len(rows[0])):
            to_alpha[y, x] = np.uint8(alpha[y, x] >> np.uint16(2))
        if y % 2:
            _halve(to_blue[y // 2], rows[1], rows[2])
            _halve(to_red[y // 2], rows[3], rows[4])


@inlined
def _add(column: Sums, colour: Deep, alpha: Deep, nothing: np.int32, times: np.int32) -> None:
    for x in range(len(column) - 2 * _REACH):
        seen = times * np.int32(alpha[x] >> np.uint16(2))
        column[x + _REACH] += seen * (np.int32(colour[x]) - nothing)


@inlined
def _add_alpha(column: Sums, alpha: Deep, times: np.int32) -> None:
    for x in range(len(column) - 2 * _REACH):
        column[x + _REACH] += times * np.int32(alpha[x] >> np.uint16(2))


@inlined
def _spread(column: Sums, whole: Sums) -> None:
    for x in range(len(whole)):
        sides = column[x] + column[x + 1] + column[x + 3] + column[x + 4]
        whole[x] = column[x + 2] + sides


@inlined
def _mix(
    to: Levels, colour: Deep, alpha: Deep, around: Sums, whole: Sums, nothing: np.int32
) -> None:
    for x in range(len(to)):
        seen = min(np.int32(alpha[x] >> np.uint16(2)), np.int32(_FAINT))
        shown = np.float32(seen) / np.float32(_FAINT)
        mean = np.float32(around[x]) / np.float32(max(whole[x], np.int32(1)))
        own = np.float32(np.int32(colour[x]) - nothing)
        to[x] = shown * own + (np.float32(1) - shown) * mean + np.float32(nothing)


@inlined
def _round(to: Plane, levels: Levels) -> None:
    for x in range(len(levels)):
        level = np.int32(levels[x] * np.float32(0.25) + np.float32(0.5))
        to[x] = np.uint8(min(level, np.int32(255)))


@inlined
def _halve(to: Plane, above: Levels, below: Levels) -> None:
    for x in range(len(above) // 2):
        four = above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1]
        level = np.int32(four * np.float32(0.0625) + np.float32(0.5))
        to[x] = np.uint8(min(level, np.int32(255)))
