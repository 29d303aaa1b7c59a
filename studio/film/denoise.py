"""Colour that is hardly seen through, made cheap to encode: compiled code, for every pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel

Pixels = NDArray[np.uint8]

_FAINT = 64  # alpha below which colour may be smoothed
_REACH = 2  # pixels to each side over which it is


def denoise(pixels: Pixels) -> Pixels:
    """Smooth straight colour where it hardly shows, but costs an encoder most of the bytes.

    The straight colour of a faint pixel is mostly rounding, which is taken for detail. The fainter
    it is, the more of it is the mean over 5 × 5 pixels, each weighed with its alpha; (h, w, 4).
    """
    pixels = np.ascontiguousarray(pixels)
    calmed = pixels.copy()
    _smooth(pixels, calmed, np.zeros((pixels.shape[1], 4), np.int32))
    return calmed


@kernel
def _smooth(pixels: Pixels, calmed: Pixels, columns: NDArray[np.int32]) -> None:
    """In ``columns`` are sums over the rows around: colour by alpha, and alpha."""
    high = pixels.shape[0]
    for y in range(-_REACH, high):
        if y + _REACH < high:
            _add(columns, pixels[y + _REACH], 1)
        if y - _REACH - 1 >= 0:
            _add(columns, pixels[y - _REACH - 1], -1)
        if y >= 0:
            _mix(columns, pixels[y], calmed[y])


@inlined
def _add(columns: NDArray[np.int32], row: Pixels, times: int) -> None:
    for x in range(len(row)):
        alpha = times * np.int32(row[x, 3])
        if alpha == 0:
            continue
        for k in range(3):
            columns[x, k] += alpha * row[x, k]
        columns[x, 3] += alpha


@inlined
def _mix(columns: NDArray[np.int32], row: Pixels, calmed: Pixels) -> None:
    wide = len(row)
    red = green = blue = whole = np.int32(0)  # sums over all pixels around
    for x in range(-_REACH, wide):
        for at, times in ((x + _REACH, np.int32(1)), (x - _REACH - 1, np.int32(-1))):
            if 0 <= at < wide:
                red += times * columns[at, 0]
                green += times * columns[at, 1]
                blue += times * columns[at, 2]
                whole += times * columns[at, 3]
        if x < 0 or row[x, 3] >= _FAINT:
            continue
        if whole == 0:  # nothing is seen here, nor around
            calmed[x, 0] = calmed[x, 1] = calmed[x, 2] = np.uint8(0)
            continue
        shown = np.float32(row[x, 3]) / np.float32(_FAINT)
        sums = red, green, blue
        for k in range(3):
            around = np.float32(sums[k]) / np.float32(whole)
            value = shown * row[x, k] + (np.float32(1) - shown) * around
            calmed[x, k] = np.uint8(value + np.float32(0.5))
