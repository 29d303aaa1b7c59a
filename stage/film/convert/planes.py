"""Compiled: from RGB with all of its levels to the planes of BT.709 in limited range."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fields.compiled import kernel

Plane = NDArray[np.uint8]
Deep = NDArray[np.uint16]

# In 65536ths. A level of luma is 219/255 of one of grey, and one of chroma 224/255 of half of what
# is left of blue or red without it. Each row of chroma adds up to 0, so that grey has none.
_LUMA = 11966, 40254, 4064
_BLUE = -6596, -22189, 28785
_RED = 28784, -26145, -2639
_PAIR = np.uint64(0x00FF00FF00FF00FF)


def to_planes(pixels: NDArray[np.uint8], luma: Plane, blue: Plane, red: Plane) -> None:
    """Fill planes from pixels (rows, columns, RGBA), both sizes even; alpha is left out.

    Y′ = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B), Cb = 128 + 224 (B − Y)/1.8556 and
    Cr = 128 + 224 (R − Y)/1.5748 for R, G, B up to 1, each rounded to the nearest level. Chroma is
    that of the mean of four pixels, in their middle. Rows of planes may be longer than the picture.

    Source: ITU-R BT.709-6, items 3.2 to 3.4 and 4.5.
    """
    rows = pixels.reshape(len(pixels), -1)
    _fill(rows.view("<u4"), rows.view("<u8"), luma, blue, red)


@kernel
def _fill(
    words: NDArray[np.uint32], pairs: NDArray[np.uint64], luma: Plane, blue: Plane, red: Plane
) -> None:
    byte, half, low = np.uint32(255), np.int32(16 << 16 | 1 << 15), np.uint64(0xFFFF)
    lr, lg, lb = np.int32(_LUMA[0]), np.int32(_LUMA[1]), np.int32(_LUMA[2])
    br, bg, bb = np.int32(_BLUE[0]), np.int32(_BLUE[1]), np.int32(_BLUE[2])
    rr, rg, rb = np.int32(_RED[0]), np.int32(_RED[1]), np.int32(_RED[2])
    grey = np.int32(128 << 18 | 1 << 17)
    for i in range(words.shape[0] // 2):
        for k in range(2):
            seen, to = words[2 * i + k], luma[2 * i + k]
            for j in range(words.shape[1]):
                w = seen[j]
                r = np.int32(w & byte)
                g = np.int32(w >> np.uint32(8) & byte)
                b = np.int32(w >> np.uint32(16) & byte)
                to[j] = np.uint8(np.uint32(lr * r + lg * g + lb * b + half) >> np.uint32(16))
        above, below, to_blue, to_red = pairs[2 * i], pairs[2 * i + 1], blue[i], red[i]
        for j in range(pairs.shape[1]):
            # four pixels at a time: the sums have 16 bits each to grow in
            a, c = above[j], below[j]
            even = (a & _PAIR) + (c & _PAIR)
            odd = (a >> np.uint64(8) & _PAIR) + (c >> np.uint64(8) & _PAIR)
            even += even >> np.uint64(32)
            odd += odd >> np.uint64(32)
            r = np.int32(even & low)
            b = np.int32(even >> np.uint64(16) & low)
            g = np.int32(odd & low)
            to_blue[j] = np.uint8(np.uint32(br * r + bg * g + bb * b + grey) >> np.uint32(18))
            to_red[j] = np.uint8(np.uint32(rr * r + rg * g + rb * b + grey) >> np.uint32(18))


def to_clear_planes(
    pixels: NDArray[np.uint8], luma: Deep, blue: Deep, red: Deep, alpha: Deep
) -> None:
    """Fill planes of 4:4:4 in 10 bits from pixels (rows, columns, RGBA) dimmed by their alpha.

    Colour becomes straight: a channel c at alpha a is 255 c/a, at most 255; at 0, as at alpha 1.
    Y′ = 64 + 876 (0.2126 R + 0.7152 G + 0.0722 B), Cb = 512 + 896 (B − Y)/1.8556 and
    Cr = 512 + 896 (R − Y)/1.5748 for R, G, B up to 1, each rounded once; 255 of alpha are 1023.
    Rows of planes may be longer than the picture.

    Source: ITU-R BT.709-6, items 3.2 to 3.4 and 4.5.
    """
    words = pixels.reshape(len(pixels), -1).view("<u4")
    _fill_clear(words, luma, blue, red, alpha)


@kernel
def _fill_clear(words: NDArray[np.uint32], luma: Deep, blue: Deep, red: Deep, alpha: Deep) -> None:
    byte, half = np.uint32(255), np.float32(0.5)
    of_red, of_green, of_blue = np.float32(0.2126), np.float32(0.7152), np.float32(0.0722)
    bright, top = np.float32(876 / 255), np.float32(255)
    blueness, redness = np.float32(896 / 255 / 1.8556), np.float32(896 / 255 / 1.5748)
    for i in range(words.shape[0]):
        seen, to_luma, to_blue, to_red, to_alpha = words[i], luma[i], blue[i], red[i], alpha[i]
        for j in range(words.shape[1]):
            w = seen[j]
            a = w >> np.uint32(24)
            brighter = top / np.float32(max(np.int32(a), np.int32(1)))
            r = min(np.float32(np.int32(w & byte)) * brighter, top)
            g = min(np.float32(np.int32(w >> np.uint32(8) & byte)) * brighter, top)
            b = min(np.float32(np.int32(w >> np.uint32(16) & byte)) * brighter, top)
            y = of_red * r + of_green * g + of_blue * b
            to_luma[j] = np.uint16(np.int32(bright * y + np.float32(64) + half))
            to_blue[j] = np.uint16(np.int32(blueness * (b - y) + np.float32(512) + half))
            to_red[j] = np.uint16(np.int32(redness * (r - y) + np.float32(512) + half))
            to_alpha[j] = np.uint16(a << np.uint32(2) | a >> np.uint32(6))
