"""Colour that is seen through: as files want it, straight, and quiet where it hardly shows.

Compiled code, for every pixel of a picture; films without a background of their own are made of
such pictures alone.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_FAINT = 64  # alpha below which colour may be smoothed
_REACH = 2  # pixels to each side over which it is


def straight(pixels: Pixels) -> Pixels:
    """Undo, in place, that Cairo keeps colour dimmed by its alpha; (h, w, 4).

    A channel c at alpha a becomes 255 c/a, rounded.
    """
    _straighten(pixels)
    return pixels


def calm(pixels: Pixels) -> Pixels:
    """Smooth straight colour where it hardly shows, but costs an encoder most of the bytes.

    The straight colour of a faint pixel is mostly rounding, which is taken for detail. The fainter
    it is, the more of it is the mean over 5 × 5 pixels, each weighed with its alpha; (h, w, 4).
    """
    calmed = pixels.copy()
    _smooth(pixels, calmed)
    return calmed


@njit(cache=True, nogil=True, error_model="numpy")
def _straighten(pixels: Pixels) -> None:
    for row in pixels:
        for pixel in row:
            alpha = np.uint32(pixel[3])
            if alpha == 255:
                continue
            alpha = max(alpha, np.uint32(1))
            for k in range(3):
                value = (np.uint32(255) * pixel[k] + alpha // np.uint32(2)) // alpha
                pixel[k] = min(value, np.uint32(255))


@njit(cache=True, nogil=True, error_model="numpy")
def _smooth(pixels: Pixels, calmed: Pixels) -> None:
    high, wide, _ = pixels.shape
    columns = np.zeros((wide, 4), np.int32)  # sums over the rows around: colour by alpha, and alpha
    before = np.zeros((wide + 1, 4), np.int32)  # sums of columns
    for y in range(-_REACH, high):
        if y + _REACH < high:
            _add(columns, pixels[y + _REACH], 1)
        if y - _REACH - 1 >= 0:
            _add(columns, pixels[y - _REACH - 1], -1)
        if y >= 0:
            _mix(columns, before, pixels[y], calmed[y])


@njit(nogil=True, error_model="numpy", inline="always")
def _add(columns: NDArray[np.int32], row: Pixels, times: int) -> None:
    for x in range(len(row)):
        alpha = times * np.int32(row[x, 3])
        for k in range(3):
            columns[x, k] += alpha * row[x, k]
        columns[x, 3] += alpha


@njit(nogil=True, error_model="numpy", inline="always")
def _mix(
    columns: NDArray[np.int32], before: NDArray[np.int32], row: Pixels, calmed: Pixels
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
