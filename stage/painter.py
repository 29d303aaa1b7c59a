"""Light from trails: a compiled kernel that turns sampled lives into pixels.

The light of a streak is proportional to its length, width and strength, summed over all streaks,
and then mapped by 1 - exp(-x), as film does: where many meet it grows white. Light is counted in
whole quanta, so the sum is the same in whatever order streaks are added, to the last bit.
A frame depends on its arguments alone; nothing is kept from one frame to the next.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

__all__ = ["darkness", "develop", "expose", "palette"]

_OFF = 0.15  # pixels that a piece may leave its curve by
_CELL = 64  # pixels: the light of a cell and around it fits a core's cache

# A pixel's light is one integer, red, green and blue in 21 bits each: one addition for all three.
# A quantum is 1/512 of a weight times 1/255 of a colour; from 8 units of light on, all is white.
_QUANTA = 512
_FULL = 255
_FIELD = 21
_MASK = np.uint64((1 << _FIELD) - 1)
_CEILING = np.uint64(1 << (_FIELD - 1))
_OVER = np.uint64(_CEILING | _CEILING << np.uint64(_FIELD) | _CEILING << np.uint64(2 * _FIELD))
_GREEN, _BLUE = np.uint64(_FIELD), np.uint64(2 * _FIELD)
_UNIT = np.float32(1 / (_QUANTA * _FULL))


def palette(second: np.ndarray, both: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The light of motion along w₂, both and w₁, and between, by the share of w₁ in its square."""
    share = np.linspace(0.0, 2.0, 257)[:, None]
    lights = (
        second + np.minimum(share, 1) * (both - second) + np.maximum(share - 1, 0) * (first - both)
    )
    packed = np.rint(lights * _FULL).astype(np.uint64)
    return packed @ (np.uint64(1) << np.array([0, _FIELD, 2 * _FIELD], np.uint64))


@lru_cache(maxsize=1)
def darkness(rows: int, columns: int) -> np.ndarray:
    """Light (rows, columns) that no streak has been added to; ``develop`` leaves it so again."""
    return np.zeros((rows, columns), np.uint64)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _add(flat, place, weight, colour):
    """Add light to a pixel, and return what is there now."""
    here = np.uint64(place)
    light = flat[here] + np.uint64(np.int64(weight)) * colour
    flat[here] = light
    return light


@njit(nogil=True, error_model="numpy")
def _clamp(flat, place, across, count):
    """Keep the fields of some pixels from running over: what is white is white."""
    for _ in range(count):
        light = flat[place]
        for field in range(3):
            if (light >> np.uint64(_FIELD * field)) & _CEILING:
                light &= ~(_MASK << np.uint64(_FIELD * field))
                light |= _CEILING << np.uint64(_FIELD * field)
        flat[place] = light
        place += across


@njit(nogil=True, error_model="numpy")
def _add_inside(flat, column, rows, along, across, top, bottom, covered, colour):
    """Add a column of light of any width, as far as it is in the picture."""
    for row in range(max(math.floor(top), 0), min(math.ceil(bottom), rows)):
        part = min(bottom, row + 1.0) - max(top, float(row))
        place = column * along + row * across
        if _add(flat, place, covered * part + 0.5, colour) & _OVER:
            _clamp(flat, place, across, 1)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _streak(flat, columns, rows, x0, y0, x1, y1, first, last, colour, width):
    """Add a line from (x0, y0) to (x1, y1), pixels, whose weight goes from ``first`` to ``last``.

    It is walked along its major axis. Each column is weighted by how much of it the line covers,
    each row by how much of the row its ``width`` pixels, at least 1, cover there: so the pieces of
    a trail join without a bead, and slanted lines do not pulse.
    """
    along, across = 1, columns
    # a little beyond the diagonal, where many lines lie and rounding would choose at each piece
    if abs(y1 - y0) > 1.02 * abs(x1 - x0):
        x0, y0, x1, y1 = y0, x0, y1, x1
        columns, rows = rows, columns
        along, across = across, along
    if x0 > x1:
        x0, y0, x1, y1 = x1, y1, x0, y0
        first, last = last, first
    run = x1 - x0
    if not (run > 1e-6 and x1 > 0.0 and x0 < columns):
        return
    per_run = 1.0 / run
    slope = (y1 - y0) * per_run
    stretch = math.sqrt(1.0 + slope * slope) / width * _QUANTA
    growth = (last - first) * per_run * stretch
    first *= stretch
    reach = 1 + math.ceil(width)  # rows that it can touch
    y0 -= 0.5 * width
    left = max(x0, 0.0)
    end = min(x1, float(columns))
    column = int(left)
    while left < end:
        right = min(column + 1.0, end)
        half = 0.5 * (left + right) - x0
        covered = (right - left) * (first + growth * half)
        top = y0 + slope * half
        row = math.floor(top)
        if reach <= 3 and row >= 0 and row + reach <= rows:
            # Written out: a loop over two or three rows takes twice as long as the rows.
            place = column * along + row * across
            rest = top + width - row - 1.0
            seen = _add(flat, place, covered * (row + 1.0 - top) + 0.5, colour)
            seen |= _add(flat, place + across, covered * min(rest, 1.0) + 0.5, colour)
            if reach == 3:
                most = covered * max(rest - 1.0, 0.0) + 0.5
                seen |= _add(flat, place + 2 * across, most, colour)
            if seen & _OVER:
                _clamp(flat, place, across, reach)
        else:
            bottom = top + width
            _add_inside(flat, column, rows, along, across, top, bottom, covered, colour)
        column += 1
        left = right


@njit(nogil=True, error_model="numpy", forceinline=True)
def _cubic(a, b, c, d, t):
    """Catmull and Rom's cubic from b to c."""
    return b + 0.5 * t * (
        c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a))
    )


@njit(nogil=True, error_model="numpy")
def _by_place(lives, middles, affine, columns, rows):
    """The lives in the order of where they are, cell by cell, so that light stays in the cache."""
    across, down = columns // _CELL + 1, rows // _CELL + 1
    cells = np.empty(lives.shape[0], np.int64)
    begin = np.zeros(across * down + 1, np.int64)
    for n in range(lives.shape[0]):
        u, v = lives[n, middles[n], 0], lives[n, middles[n], 1]
        x = affine[0, 0] * u + affine[0, 1] * v + affine[0, 2]
        y = affine[1, 0] * u + affine[1, 1] * v + affine[1, 2]
        column = int(min(max(x, 0.0), columns - 1.0)) // _CELL
        row = int(min(max(y, 0.0), rows - 1.0)) // _CELL
        cells[n] = row * across + column
        begin[cells[n] + 1] += 1
    begin = np.cumsum(begin)
    order = np.empty(lives.shape[0], np.int64)
    for n in range(lives.shape[0]):
        order[begin[cells[n]]] = n
        begin[cells[n]] += 1
    return order


@njit(nogil=True, error_model="numpy", forceinline=True)
def _inside(u, v, edge):
    """How much light there is at the far edges: 1 well inside, 0 beyond."""
    light = 1.0
    for w in (u, v):
        if w > edge[0]:
            light *= _smooth((edge[1] - w) / (edge[1] - edge[0]))
    return light


@njit(nogil=True, error_model="numpy", forceinline=True)
def _colour(move_u, move_v, colours):
    """The light of a motion, by the share of w₁ in its square."""
    length = move_u * move_u + move_v * move_v
    share = move_u * move_u / length if length > 0.0 else 0.5
    return colours[int(share * (len(colours) - 1) + 0.5)]


@njit(nogil=True, error_model="numpy", forceinline=True)
def _pixels(u, v, affine):
    """Length of a difference of positions, across and up, in pixels."""
    return abs(affine[0, 0] * u + affine[0, 1] * v) + abs(affine[1, 0] * u + affine[1, 1] * v)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _trail(flat, columns, rows, box, life, head, tail, full, affine, colours, width, edge):
    """Add a trail from ``tail`` to ``head``, in samples of its life; its light grows to ``full``.

    A tail before its birth is not there yet.

    Its pieces end at fixed ages of the life, not at fixed distances from its head: a streak stays
    where it is and only its light moves on, so it cannot flicker.
    """
    final = life.shape[0] - 1
    loss = full / (head - tail)
    begin = max(tail, 0.0)
    px = py = weight = 0.0
    start = min(int(head), final - 1)
    i = start
    while i >= int(begin):
        low = i
        if i % 2 == 1 and i < start and begin <= i - 1:
            half_u = 0.5 * (life[i - 1, 0] + life[i + 1, 0]) - life[i, 0]
            half_v = 0.5 * (life[i - 1, 1] + life[i + 1, 1]) - life[i, 1]
            if _pixels(half_u, half_v, affine) < _OFF:
                low = i - 1  # two samples on, and still straight
        before, after = max(low - 1, 0), min(i + 2, final)
        ax, ay, bx, by = life[before, 0], life[before, 1], life[low, 0], life[low, 1]
        cx, cy, dx, dy = life[i + 1, 0], life[i + 1, 1], life[after, 0], life[after, 1]
        pieces = 1
        if low == i:
            bend = _pixels(bx + cx - ax - dx, by + cy - ay - dy, affine)
            while bend > 16.0 * _OFF * pieces * pieces and pieces < 64:
                pieces += 1
        colour = _colour(cx - bx, cy - by, colours)
        newest, oldest = min(head - i, 1.0), max(begin - low, 0.0)
        last = math.ceil(newest * pieces) - 1
        for piece in range(last + (i == start), int(oldest * pieces) - 1, -1):
            t = min(max(piece / pieces, oldest), newest)
            u, v = float(bx), float(by)
            if t > 0.0:
                u, v = _cubic(ax, bx, cx, dx, t), _cubic(ay, by, cy, dy, t)
            qx = affine[0, 0] * u + affine[0, 1] * v + affine[0, 2]
            qy = affine[1, 0] * u + affine[1, 1] * v + affine[1, 2]
            older = (low + t - tail) * loss * _inside(u, v, edge)
            if i < start or piece <= last:
                _streak(flat, columns, rows, px, py, qx, qy, weight, older, colour, width)
            px, py, weight = qx, qy, older
            box[0], box[1] = min(box[0], px), min(box[1], py)
            box[2], box[3] = max(box[2], px), max(box[3], py)
        i = low - 1


@njit(cache=True, nogil=True, error_model="numpy")
def expose(light, lives, ages, spacing, affine, colours, trail, fade, edge):
    """Add every life's trail to ``light``, and return the box that holds them.

    ``lives`` (n, m, 2) are positions sampled every ``spacing`` seconds, joined by Catmull and Rom's
    cubics; ``ages`` (n,) seconds. ``affine`` (2, 3) takes a position to pixels; ``colours`` hold
    the light of motion from along w₂, over both, to along w₁, as ``palette`` packs it. ``trail`` is
    (seconds, pixels, strength); its light falls evenly to nothing at its end. ``fade``
    are the seconds of appearing and of vanishing; ``edge`` where the far sides fade. The box is
    (left, top, right, bottom), in pixels, without the width.
    """
    final = lives.shape[1] - 1
    lifetime = spacing * final
    seconds, pixels, strength = trail
    width = max(pixels, 1.0)  # finer lines are as wide, and darker
    rows, columns = light.shape
    flat = light.reshape(-1)
    box = np.array([np.inf, np.inf, -np.inf, -np.inf])
    middles = np.empty(lives.shape[0], np.int64)
    for n in range(lives.shape[0]):
        middles[n] = min(int(max(ages[n] - 0.5 * seconds, 0.0) / spacing), final)
    for n in _by_place(lives, middles, affine, columns, rows):
        age = ages[n]
        alive = _smooth(age / fade[0]) * _smooth((lifetime - age) / fade[1])
        if alive > 0.002:
            head = min(age / spacing, float(final))
            tail = head - seconds / spacing
            full = alive * pixels * strength
            life = lives[n]
            _trail(flat, columns, rows, box, life, head, tail, full, affine, colours, width, edge)
    return box[0], box[1], box[2], box[3]


@njit(nogil=True, error_model="numpy", forceinline=True)
def _glow(quanta):
    """1 - exp(-x) of a field of light, the exponential by its first six terms."""
    one = np.float32(1.0)
    x = np.float32(np.int32(quanta & _MASK)) * _UNIT
    power = np.float32(1 / 120) * x
    power = (power + np.float32(1 / 24)) * x
    power = (power + np.float32(1 / 6)) * x
    power = (power + np.float32(1 / 2)) * x
    power = (power + one) * x
    return power / (one + power)


@njit(cache=True, nogil=True, error_model="numpy")
def _develop(light, left, top, right, bottom, pixels, opacity, paper):
    half, white, byte = np.float32(0.5), np.float32(255.0), np.uint32(255)
    for i in range(top, bottom):
        row = light[i, left:right]
        seen = pixels[i, left:right]
        for j in range(row.shape[0]):
            red = opacity * _glow(row[j])
            green = opacity * _glow(row[j] >> _GREEN)
            blue = opacity * _glow(row[j] >> _BLUE)
            cover = max(red, green, blue)
            below = seen[j]
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
            seen[j] = low | np.uint32(b) << np.uint32(16) | np.uint32(alpha) << np.uint32(24)
            row[j] = np.uint64(0)


def develop(
    light: np.ndarray,
    box: tuple[float, float, float, float],
    width: float,
    pixels: np.ndarray,
    opacity: float = 1.0,
    *,
    paper: bool = False,
) -> None:
    """Screen ``light`` over ``pixels`` (rows, columns, RGBA) in place, and leave it dark again.

    Colour is dimmed by its alpha, as Cairo keeps it. On ``paper`` the same is done to the negative:
    light takes away.
    """
    rows, columns = light.shape
    if box[0] > box[2]:
        return
    reach = math.ceil(max(width, 1.0))
    left, top = (max(math.floor(min(low, 1e6)) - reach, 0) for low in box[:2])
    right = min(int(max(box[2], -1e6)) + reach + 1, columns)
    bottom = min(int(max(box[3], -1e6)) + reach + 1, rows)
    words = pixels.view("<u4")[..., 0]
    _develop(light, left, top, max(left, right), bottom, words, np.float32(opacity), paper)
