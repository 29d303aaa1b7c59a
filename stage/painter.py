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
def _add_rows(flat, place, across, reach, part, width, covered, colour):
    """Add a column of light, of which the first pixel holds all but ``part``."""
    # Written out: a loop over two or three rows takes twice as long as the rows.
    rest = width - 1.0 + part
    seen = _add(flat, place, covered * (1.0 - part) + 0.5, colour)
    if reach == 2:
        seen |= _add(flat, place + across, covered * rest + 0.5, colour)
    else:
        seen |= _add(flat, place + across, covered * min(rest, 1.0) + 0.5, colour)
        most = covered * min(max(rest - 1.0, 0.0), 1.0) + 0.5
        seen |= _add(flat, place + 2 * across, most, colour)
        for row in range(3, reach):
            most = covered * min(max(rest - row + 1.0, 0.0), 1.0) + 0.5
            seen |= _add(flat, place + row * across, most, colour)
    if seen & _OVER:
        _clamp(flat, place, across, reach)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _streak(flat, columns, rows, x0, y0, x1, y1, first, last, colour, width, reach, quanta):
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
    run, rise = x1 - x0, y1 - y0
    if not (run > 1e-6 and x1 > 0.0 and x0 < columns):
        return
    per_run = 1.0 / run
    stretch = math.sqrt(run * run + rise * rise) * per_run * quanta
    slope = rise * per_run
    growth = (last - first) * per_run * stretch
    y0 -= 0.5 * width
    y1 -= 0.5 * width
    within = min(y0, y1) > 1e-6 and max(y0, y1) + reach < rows  # else each row is asked for
    # from here on, light and top at x = 0
    light, top = first * stretch - growth * x0, y0 - slope * x0
    left, end = max(x0, 0.0), min(x1, float(columns))
    column, stop = int(left), int(end)
    while left < end:
        right = column + 1.0 if column < stop else end
        half = 0.5 * (left + right)
        here, covered = top + slope * half, (right - left) * (light + growth * half)
        if not within:
            _add_inside(flat, column, rows, along, across, here, here + width, covered, colour)
        else:
            row = int(here)
            place = column * along + row * across
            _add_rows(flat, place, across, reach, here - row, width, covered, colour)
            if right == column + 1.0 and column + 1 < stop:
                half = column + 1.5
                here, covered = top + slope * half, light + growth * half
                for whole in range(column + 1, stop):
                    row = int(here)
                    place = whole * along + row * across
                    _add_rows(flat, place, across, reach, here - row, width, covered, colour)
                    here += slope
                    covered += growth
                column = stop - 1
                right = float(stop)
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
def _trail(
    flat,
    columns,
    rows,
    box,
    life,
    run,
    head,
    tail,
    full,
    affine,
    colours,
    width,
    reach,
    quanta,
    edge,
):
    """Add a trail from ``tail`` to ``head``, in samples of its life; its light grows to ``full``.

    A tail before its birth is not there yet.

    It is made of straight runs, as long as ``run`` tells, and of cubics where it bends. They end at
    fixed ages of the life, not at fixed distances from its head: a streak stays where it is and
    only its light moves on, so it cannot flicker.
    """
    final = life.shape[0] - 1
    loss = full / (head - tail)
    begin = max(tail, 0.0)
    high = min(int(head), final - 1) + 1
    low = high - run[high]
    while high < final and run[high + 1] > 1:
        high += 1
    px = py = weight = 0.0
    newest, is_first = head, True
    while is_first or begin < high:
        bx, by, cx, cy = life[low, 0], life[low, 1], life[high, 0], life[high, 1]
        ax, ay, dx, dy = bx, by, cx, cy
        span, pieces = high - low, 1
        if span == 1:
            before, after = max(low - 1, 0), min(high + 1, final)
            ax, ay, dx, dy = life[before, 0], life[before, 1], life[after, 0], life[after, 1]
            bend = _pixels(bx + cx - ax - dx, by + cy - ay - dy, affine)
            while bend > 16.0 * _OFF * pieces * pieces and pieces < 64:
                pieces += 1
        colour = _colour(cx - bx, cy - by, colours)
        until, since = (newest - low) / span, max(begin - low, 0.0) / span
        last = math.ceil(until * pieces) - 1
        for piece in range(last + is_first, int(since * pieces) - 1, -1):
            t = min(max(piece / pieces, since), until)
            u, v = bx + t * (cx - bx), by + t * (cy - by)
            if pieces > 1:
                u, v = _cubic(ax, bx, cx, dx, t), _cubic(ay, by, cy, dy, t)
            qx = affine[0, 0] * u + affine[0, 1] * v + affine[0, 2]
            qy = affine[1, 0] * u + affine[1, 1] * v + affine[1, 2]
            older = (low + t * span - tail) * loss * _inside(u, v, edge)
            if piece <= last:
                _streak(
                    flat, columns, rows, px, py, qx, qy, weight, older, colour, width, reach, quanta
                )
            px, py, weight = qx, qy, older
            box[0], box[1] = min(box[0], px), min(box[1], py)
            box[2], box[3] = max(box[2], px), max(box[3], py)
        high, is_first = low, False
        newest = float(high)
        low = high - run[high]


@njit(cache=True, nogil=True, error_model="numpy")
def expose(light, lives, runs, ages, spacing, affine, colours, trail, fade, edge):
    """Add every life's trail to ``light``, and return the box that holds them.

    ``lives`` (n, m, 2) are positions sampled every ``spacing`` seconds, joined by Catmull and Rom's
    cubics, or by chords where ``runs`` (n, m) say that they began more than one sample before;
    ``ages`` (n,) seconds. ``affine`` (2, 3) takes a position to pixels; ``colours`` hold
    the light of motion from along w₂, over both, to along w₁, as ``palette`` packs it. ``trail`` is
    (seconds, pixels, strength); its light falls evenly to nothing at its end. ``fade``
    are the seconds of appearing and of vanishing; ``edge`` where the far sides fade. The box is
    (left, top, right, bottom), in pixels, without the width.
    """
    final = lives.shape[1] - 1
    lifetime = spacing * final
    seconds, pixels, strength = trail
    width = max(pixels, 1.0)  # finer lines are as wide, and darker
    reach, quanta = 1 + math.ceil(width), _QUANTA / width  # rows that it can touch
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
            _trail(
                flat,
                columns,
                rows,
                box,
                life,
                runs[n],
                head,
                tail,
                full,
                affine,
                colours,
                width,
                reach,
                quanta,
                edge,
            )
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
