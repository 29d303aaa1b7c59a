"""Compiled: from sums of light to pixels, by 1 - exp(-x)."""

from __future__ import annotations

import numpy as np

from fields.compiled import inlined, kernel
from stage.engine.compiled.light import PIXEL
from stage.engine.compiled.trail_light import COLOURS, FULL_LIGHT
from stage.engine.painter import FULL, QUANTA, AccumulationBuffer
from stage.engine.snapshot import Snapshot

_WHITE = np.float32(1e5)  # so much light is white to the last bit


@inlined
def _glow(x):
    """1 - exp(-x), the exponential by its first six terms."""
    one = np.float32(1.0)
    power = np.float32(1 / 120) * x
    power = (power + np.float32(1 / 24)) * x
    power = (power + np.float32(1 / 6)) * x
    power = (power + np.float32(1 / 2)) * x
    power = (power + one) * x
    return power / (one + power)


@inlined
def _seen(amount, product, plain, weight, part, unit, ceiling, opacity):
    """What is seen of a sum of light and of its product with the numbers of its slices."""
    # no branch, which would fetch the product for some pixels alone
    full = np.int32(amount >= ceiling)
    both = np.int32(weight * amount + product) & (full - np.int32(1))
    light = np.float32(both)
    if not plain:
        light -= part * np.float32(amount)
    light = _glow(unit * light + _WHITE * np.float32(full))
    return light if plain else opacity * light


@inlined
def _over(below, red, green, blue, paper):
    """A pixel with light over it."""
    half, white, byte = np.float32(0.5), np.float32(255.0), np.uint32(255)
    cover = max(red, green, blue)
    a = np.float32(np.int32(below >> np.uint32(24)))
    r = np.float32(np.int32(below & byte))
    g = np.float32(np.int32(below >> np.uint32(8) & byte))
    b = np.float32(np.int32(below >> np.uint32(16) & byte))
    if paper:
        r, g, b = a - r, a - g, a - b
    r = np.int32(r + (white - r) * red + half)
    g = np.int32(g + (white - g) * green + half)
    b = np.int32(b + (white - b) * blue + half)
    alpha = np.int32(a + (white - a) * cover + half)
    if paper:
        r, g, b = alpha - r, alpha - g, alpha - b
    low = np.uint32(r) | np.uint32(g) << np.uint32(8)
    return low | np.uint32(b) << np.uint32(16) | np.uint32(alpha) << np.uint32(24)


@inlined
def _screen(light, weight, part, unit, ceiling, pixels, left, top, right, opacity, paper, plain):
    """Screen light over ``pixels``; a slice's light counts its number + ``weight`` - ``part``.

    ``light`` has a row for each of the picture, of eight numbers for each pixel: see ``dark``.

    It is ``plain`` where there is no part, all of the opacity and no paper.
    """
    one, two = np.uint64(1), np.uint64(2)
    how = plain, np.int32(weight), part, unit, np.int32(ceiling), opacity
    for i in range(light.shape[0]):
        sums, seen = light[i], pixels[top + i, left:right]
        for j in range(seen.shape[0]):
            k, m = np.uint64(PIXEL * j), np.uint64(PIXEL * j + PIXEL // 2)
            red = _seen(sums[k], sums[m], *how)
            green = _seen(sums[k + one], sums[m + one], *how)
            blue = _seen(sums[k + two], sums[m + two], *how)
            seen[j] = _over(seen[j], red, green, blue, paper)


@kernel
def _tone_map(light, weight, part, unit, ceiling, pixels, left, top, right, opacity, paper):
    how = weight, part, unit, ceiling, pixels, left, top, right, opacity
    if part == 0.0 and opacity == 1.0 and not paper:  # nearly always: a loop of its own
        _screen(light, *how, False, True)
    else:
        _screen(light, *how, paper, False)


@kernel
def _tone_map_snapshot(light, margin, pixels, left, top, right, opacity, paper):
    """The same of a snapshot, whose rows begin with a margin: see ``trail_light``."""
    unit = np.float32(1 / FULL_LIGHT)
    one, two = np.uint64(1), np.uint64(2)
    for i in range(light.shape[0]):
        sums, seen = light[i], pixels[top + i, left:right]
        for j in range(seen.shape[0]):
            k = np.uint64(COLOURS * (margin + j))
            red = opacity * _glow(unit * np.float32(np.int32(sums[k])))
            green = opacity * _glow(unit * np.float32(np.int32(sums[k + one])))
            blue = opacity * _glow(unit * np.float32(np.int32(sums[k + two])))
            seen[j] = _over(seen[j], red, green, blue, paper)


def tone_map(
    buffer: AccumulationBuffer | Snapshot,
    pixels: np.ndarray,
    opacity: float = 1.0,
    *,
    paper: bool = False,
) -> None:
    """Screen a buffer's light over ``pixels`` (rows, columns, RGBA) in place.

    Colour is dimmed by its alpha, as Cairo keeps it. On ``paper`` the same is done to the negative:
    light takes away.
    """
    if buffer.lens is None:  # not drawn yet
        return
    left, top, right, bottom = buffer.lens.frame
    if left >= right or top >= bottom:
        return
    words = pixels.view("<u4")[..., 0]
    if isinstance(buffer, Snapshot):
        where = words, left, top, right, np.float32(opacity), paper
        _tone_map_snapshot(buffer.light, buffer.margin, *where)
        return
    slices = buffer.lens.slices
    unit = np.float32(1 / (QUANTA * FULL * slices))
    ceiling = 2**31 // (slices + 1)
    how = (
        np.float32(buffer.part),
        unit,
        ceiling,
        words,
        left,
        top,
        right,
        np.float32(opacity),
        paper,
    )
    rows = buffer.light.reshape(len(buffer.light), -1)
    _tone_map(rows, slices + 1 - buffer.step, *how)
