"""Colour that is hardly seen through, made cheap to encode: compiled code, for every pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stage.compiled import inlined, kernel

Pixels = NDArray[np.uint8]

_FAINT = 64  # alpha below which colour may be smoothed
_REACH = 2  # pixels to each side over which it is


def denoise(pixels: Pixels) -> Pixels:
    """Smooth straight colour where it hardly shows, but costs an encoder most of the bytes.

    The straight colour of a faint pixel is mostly rounding, which is taken for detail. The fainter
    it is, the more of it is the mean over 5 × 5 pixels, each weighed with its alpha; (h, w, 4).
    """
    pixels = np.ascontiguousarray(pixels)
    calmed, wide = pixels.copy(), pixels.shape[1]
    _smooth(pixels, calmed, np.zeros((wide, 4), np.int32), np.zeros((wide + 1, 4), np.int64))
    return calmed


@kernel
def _smooth(
    pixels: Pixels, calmed: Pixels, columns: NDArray[np.int32], before: NDArray[np.int64]
) -> None:
    # columns: sums over the rows around, colour by alpha, and alpha; before: sums of those, across
    high = pixels.shape[0]
    for y in range(-_REACH, high):
        if y + _REACH < high:
            _add(columns, pixels[y + _REACH], 1)
        if y - _REACH - 1 >= 0:
            _add(columns, pixels[y - _REACH - 1], -1)
        if y >= 0:
            _mix(columns, before, pixels[y], calmed[y])


@inlined
def _add(columns: NDArray[np.int32], row: Pixels, times: int) -> None:
    for x in range(len(row)):
        alpha = times * np.int32(row[x, 3])
        for k in range(3):
            columns[x, k] += alpha * row[x, k]
        columns[x, 3] += alpha


@inlined
def _mix(
    columns: NDArray[np.int32], before: NDArray[np.int64], row: Pixels, calmed: Pixels
) -> None:
    wide = len(row)
    for x in range(wide):
        for k in range(4):
            before[x + 1, k] = before[x, k] + columns[x, k]
    for x in range(wide):
        if row[x, 3] >= _FAINT:
            continue
        low, high = max(x - _REACH, 0), min(x + _REACH + 1, wide)
        shown = np.float32(row[x, 3]) / np.float32(_FAINT)
        whole = max(before[high, 3] - before[low, 3], 1)
        for k in range(3):
            around = np.float32(before[high, k] - before[low, k]) / np.float32(whole)
            value = shown * row[x, k] + (np.float32(1) - shown) * around
            calmed[x, k] = np.uint8(value + np.float32(0.5))
