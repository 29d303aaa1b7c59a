"""Light from trails: a compiled kernel that turns sampled lives into pixels.

The light of a streak is proportional to its length, width and strength, summed over all streaks in
single precision, and then mapped by 1 - exp(-x), as film does: where many meet it grows white.
A frame depends on its arguments alone; nothing is kept from one frame to the next.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["PAINTER_VERSION", "develop", "empty_box", "expose"]

PAINTER_VERSION = 1
"""Part of the cache key: raise it whenever the same arguments give other pixels."""

_STEP = 512  # entries of the film curve per unit of light: half an 8-bit level
_CURVE = (1 - np.exp(-np.arange(_STEP * 8) / _STEP)).astype(np.float32)


@njit(cache=True, nogil=True)
def _smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@njit(cache=True, nogil=True)
def _streak(light, x0, y0, x1, y1, red, green, blue, radius):
    """Add a line from (x0, y0) to (x1, y1), pixels, walked along its major axis.

    Each column is weighted by how much of it the line covers, so that the pieces of a trail join
    without a bead; across, light falls off as a tent of ``radius`` pixels.
    """
    height, width = light.shape[0], light.shape[1]
    steep = abs(y1 - y0) > abs(x1 - x0)
    if steep:
        x0, y0 = y0, x0
        x1, y1 = y1, x1
    if x0 > x1:
        x0, x1 = x1, x0
        y0, y1 = y1, y0
    run = x1 - x0
    if run < 1e-6:
        return
    slope = (y1 - y0) / run
    stretch = math.sqrt(1.0 + slope * slope) / radius
    columns = height if steep else width
    rows = width if steep else height
    first = max(int(math.floor(x0)), 0)
    last = min(int(math.floor(x1)), columns - 1)
    for column in range(first, last + 1):
        left = max(x0, float(column))
        right = min(x1, column + 1.0)
        covered = (right - left) * stretch
        if covered <= 0.0:
            continue
        middle = y0 + slope * (0.5 * (left + right) - x0) - 0.5
        lowest = max(int(math.ceil(middle - radius)), 0)
        highest = min(int(math.floor(middle + radius)), rows - 1)
        for row in range(lowest, highest + 1):
            weight = covered * (1.0 - abs(row - middle) / radius)
            i, j = (column, row) if steep else (row, column)
            light[i, j, 0] += weight * red
            light[i, j, 1] += weight * green
            light[i, j, 2] += weight * blue


@njit(cache=True, nogil=True)
def _place(life, age, spacing, last):
    """Where a life is at an age: the cubic through its four nearest samples."""
    position = min(max(age / spacing, 0.0), last)
    i = min(int(position), last - 1)
    t = position - i
    before, after = max(i - 1, 0), min(i + 2, last)
    a = -0.5 * t * (1.0 - t) * (1.0 - t)
    b = 1.0 + t * t * (1.5 * t - 2.5)
    c = t * (0.5 + t * (2.0 - 1.5 * t))
    d = -0.5 * t * t * (1.0 - t)
    x = a * life[before, 0] + b * life[i, 0] + c * life[i + 1, 0] + d * life[after, 0]
    y = a * life[before, 1] + b * life[i, 1] + c * life[i + 1, 1] + d * life[after, 1]
    return x, y


@njit(cache=True, nogil=True)
def expose(light, box, lives, ages, spacing, affine, colours, trail, fade, edge):
    """Add every life's trail to ``light``.

    ``lives`` (n, m, 2) are positions sampled every ``spacing`` seconds, ``ages`` (n,) seconds;
    ``affine`` (2, 3) takes a position to pixels; ``colours`` (3, 3) are the light of motion along
    w₂, along both and along w₁; ``trail`` is (seconds, segments, pixels, strength, tent radius);
    ``fade`` the seconds of appearing and of vanishing; ``edge`` where the far sides fade.
    ``box`` (4,) grows to the pixels (left, top, right, bottom) that were touched.
    """
    last = lives.shape[1] - 1
    lifetime = spacing * last
    seconds, segments, pixels, strength, radius = trail
    count = int(segments)
    for n in range(lives.shape[0]):
        age = ages[n]
        alive = _smooth(age / fade[0]) * _smooth((lifetime - age) / fade[1])
        if alive <= 0.002:
            continue
        life = lives[n]
        x, y = _place(life, age, spacing, last)
        px = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
        py = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
        for k in range(1, count + 1):
            back = age - seconds * k / count
            u, v = _place(life, max(back, 0.0), spacing, last)
            qx = affine[0, 0] * u + affine[0, 1] * v + affine[0, 2]
            qy = affine[1, 0] * u + affine[1, 1] * v + affine[1, 2]
            if (qx - px) ** 2 + (qy - py) ** 2 < 0.36 and k < count and back > 0.0:
                continue  # too short to see: let the next piece carry it
            dx, dy = x - u, y - v
            length = dx * dx + dy * dy
            if length > 0.0:
                inside = _smooth((edge[1] - u) / (edge[1] - edge[0]))
                inside *= _smooth((edge[1] - v) / (edge[1] - edge[0]))
                tail = 1.0 - (k - 0.5) / count
                weight = strength * pixels * alive * tail * inside
                if weight > 0.0:
                    share = 2.0 * dx * dx / length
                    near = min(share, 1.0)
                    far = max(share - 1.0, 0.0)
                    r = colours[0, 0] + near * (colours[1, 0] - colours[0, 0])
                    g = colours[0, 1] + near * (colours[1, 1] - colours[0, 1])
                    b = colours[0, 2] + near * (colours[1, 2] - colours[0, 2])
                    r += far * (colours[2, 0] - colours[1, 0])
                    g += far * (colours[2, 1] - colours[1, 1])
                    b += far * (colours[2, 2] - colours[1, 2])
                    _streak(light, px, py, qx, qy, weight * r, weight * g, weight * b, radius)
                    box[0] = min(box[0], px, qx)
                    box[1] = min(box[1], py, qy)
                    box[2] = max(box[2], px, qx)
                    box[3] = max(box[3], py, qy)
            if back <= 0.0:
                break
            x, y, px, py = u, v, qx, qy


@njit(cache=True, nogil=True)
def _develop(light, left, top, right, bottom, pixels, opacity, curve, step):
    end = curve.shape[0] - 1
    for i in range(top, bottom):
        for j in range(left, right):
            cover = 0.0
            for c in range(3):
                x = light[i, j, c]
                if x > 0.0:
                    glow = opacity * curve[min(int(x * step), end)]
                    cover = max(cover, glow)
                    below = pixels[i, j, c]
                    pixels[i, j, c] = np.uint8(below + (255.0 - below) * glow + 0.5)
                    light[i, j, c] = 0.0
            below = pixels[i, j, 3]
            pixels[i, j, 3] = np.uint8(below + (255.0 - below) * cover + 0.5)


def develop(
    light: np.ndarray, box: np.ndarray, radius: float, pixels: np.ndarray, opacity: float
) -> None:
    """Screen ``light`` over ``pixels`` (rows, columns, RGBA) in place, and leave it dark again."""
    rows, columns = light.shape[:2]
    reach = math.ceil(radius) + 1
    left, top = (max(int(math.floor(low)) - reach, 0) for low in np.minimum(box[:2], 1e6))
    right = min(int(max(box[2], -1e6)) + reach + 1, columns)
    bottom = min(int(max(box[3], -1e6)) + reach + 1, rows)
    _develop(light, left, top, right, bottom, pixels, opacity, _CURVE, _STEP)


def empty_box() -> np.ndarray:
    """A box that no pixel has touched yet."""
    return np.array([np.inf, np.inf, -np.inf, -np.inf])
