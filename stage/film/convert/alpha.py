"""Colour that is seen through, as files want it: compiled code, for every pixel of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.compiled import kernel

Pixels = NDArray[np.uint8]


def straight(pixels: Pixels) -> Pixels:
    """Undo, in place, that Cairo keeps colour dimmed by its alpha; (h, w, 4).

    A channel c at alpha a becomes 255 c/a, rounded.
    """
    _straighten(pixels)
    return pixels


@kernel
def _straighten(pixels: Pixels) -> None:
    for row in pixels:
        for pixel in row:
            alpha = np.uint32(pixel[3])
            if alpha == 255 or alpha | pixel[0] | pixel[1] | pixel[2] == 0:
                continue
            alpha = max(alpha, np.uint32(1))
            for k in range(3):
                value = (np.uint32(255) * pixel[k] + alpha // np.uint32(2)) // alpha
                pixel[k] = min(value, np.uint32(255))
