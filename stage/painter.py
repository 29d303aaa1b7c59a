"""Light from trails: a compiled kernel that turns sampled lives into pixels.

The light of a streak is proportional to its length, width and strength, summed over all streaks,
and then mapped by 1 - exp(-x), as film does: where many meet it grows white. Light is counted in
whole quanta, so the sum is the same in whatever order streaks are added, to the last bit.
A frame depends on its arguments alone; nothing is kept from one frame to the next.

All of it is in one file: compiled code is kept as long as the file that it was called from is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from numba import njit

__all__ = ["darkness", "develop", "expose", "palette"]

_OFF = 0.15  # pixels that a piece may leave its curve by
_HANDS = 4  # threads that paint, at most: each has a plate of its own
_WORTH = 8192  # lives for which it is worth to employ another
_CELL = 32  # pixels: the light of a cell and around it fits a core's cache

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
def darkness(rows: int, columns: int) -> list[np.ndarray]:
    """Plates (rows, columns) without light, one for each thread; ``develop`` leaves them so."""
    return [np.zeros((rows, columns), np.uint64) for _ in range(min(os.cpu_count() or 1, _HANDS))]


@lru_cache(maxsize=1)
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_HANDS, "painter")


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
def _streak(flat, columns, rows, x0, y0, x1, y1, first, last, colour, line):
    """Add a line from (x0, y0) to (x1, y1), pixels, whose weight goes from ``first`` to ``last``.

    It is walked along its major axis. Each column is weighted by how much of it the line covers,
    each row by how much of the row its ``width`` pixels, at least 1, cover there: so the pieces of
    a trail join without a bead, and slanted lines do not pulse.
    """
    _, width, reach, quanta = line
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


@njit(cache=True, nogil=True, error_model="numpy")
def _by_place(lives, heads, length, affine, rows, columns):
    """The lives in the order of where they are, cell by cell, and the cell of each.

    The light of a cell then stays in a processor's cache.
    """
    across, down = columns // _CELL + 1, rows // _CELL + 1
    cells = np.empty(lives.shape[0], np.int64)
    begin = np.zeros(across * down + 1, np.int64)
    for n in range(lives.shape[0]):
        middle = min(int(max(heads[n] - 0.5 * length, 0.0)), lives.shape[1] - 1)
        u, v = lives[n, middle, 0], lives[n, middle, 1]
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
    return order, cells


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
def _trail(flat, columns, rows, box, life, run, head, tail, affine, colours, line, edge):
    """Add a trail from ``tail`` to ``head``, in samples of its life, its light growing evenly.

    A tail before its birth is not there yet.

    It is made of straight runs, as long as ``run`` tells, and of cubics where it bends. They end at
    fixed ages of the life, not at fixed distances from its head: a streak stays where it is and
    only its light moves on, so it cannot flicker.
    """
    final = life.shape[0] - 1
    loss = line[0] / (head - tail)
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
                _streak(flat, columns, rows, px, py, qx, qy, weight, older, colour, line)
            px, py, weight = qx, qy, older
            box[0], box[1] = min(box[0], px), min(box[1], py)
            box[2], box[3] = max(box[2], px), max(box[3], py)
        high, is_first = low, False
        newest = float(high)
        low = high - run[high]


# Memory answers many questions at once in little more time than one. So before a cell is painted,
# all that it needs is read, where otherwise each trail in turn would wait for its own.


@njit(nogil=True, error_model="numpy")
def _fetch_lives(chosen, cells, lives, runs, ages, spacing):
    """Read samples of all lives in the cell of the first that is chosen."""
    final, seen = lives.shape[1] - 1, np.uint64(0)
    for n in chosen:
        if cells[n] != cells[chosen[0]]:
            break
        head = min(int(ages[n] / spacing), final)
        seen |= np.uint64(runs[n, head])
        for back in (0, 7, 12):
            seen |= np.uint64(np.int64(lives[n, max(head - back, 0), 0]))
    return seen


@njit(nogil=True, error_model="numpy")
def _fetch_light(light, row, column):
    """Read the light of a cell: the next one down and to the right, for trails reach into it."""
    seen = np.uint64(0)
    for i in range(row * _CELL, min((row + 1) * _CELL, light.shape[0])):
        for j in range(column * _CELL, min((column + 1) * _CELL, light.shape[1]), 8):
            seen |= light[i, j]
    return seen


@njit(cache=True, nogil=True, error_model="numpy")
def _expose(light, chosen, cells, lives, runs, ages, spacing, affine, colours, trail, fade, edge):
    """Add the trails of the ``chosen`` lives to ``light``, and return the box that holds them."""
    final = lives.shape[1] - 1
    lifetime = spacing * final
    seconds, pixels, strength = trail
    width = max(pixels, 1.0)  # finer lines are as wide, and darker
    reach, quanta = 1 + math.ceil(width), _QUANTA / width  # rows that it can touch
    rows, columns = light.shape
    flat = light.reshape(-1)
    box = np.array([np.inf, np.inf, -np.inf, -np.inf])
    fetched, cell, across = np.uint64(0), -1, columns // _CELL + 1
    for k in range(chosen.shape[0]):
        n = chosen[k]
        if cells[n] != cell:
            cell = cells[n]
            fetched |= _fetch_lives(chosen[k:], cells, lives, runs, ages, spacing)
            fetched |= _fetch_light(light, cell // across + 1, cell % across + 1)
        age, life, run = ages[n], lives[n], runs[n]
        alive = _smooth(age / fade[0]) * _smooth((lifetime - age) / fade[1])
        if alive > 0.002:
            head = min(age / spacing, float(final))
            tail = head - seconds / spacing
            line = (alive * pixels * strength, width, reach, quanta)
            _trail(flat, columns, rows, box, life, run, head, tail, affine, colours, line, edge)
    return box, fetched  # what was fetched is of no use, but a compiler would leave it out


def expose(
    plates: list[np.ndarray],
    lives: np.ndarray,
    runs: np.ndarray,
    ages: np.ndarray,
    spacing: float,
    affine: np.ndarray,
    colours: np.ndarray,
    trail: tuple[float, float, float],
    fade: tuple[float, float],
    edge: tuple[float, float],
) -> list[np.ndarray]:
    """Add every life's trail to the plates, and return for each the box that holds its light.

    ``lives`` (n, m, 2) are positions sampled every ``spacing`` seconds, joined by Catmull and Rom's
    cubics, or by chords where ``runs`` (n, m) say that they began more than one sample before;
    ``ages`` (n,) seconds. ``affine`` (2, 3) takes a position to pixels; ``colours`` hold
    the light of motion from along w₂, over both, to along w₁, as ``palette`` packs it. ``trail`` is
    (seconds, pixels, strength); its light falls evenly to nothing at its end. ``fade``
    are the seconds of appearing and of vanishing; ``edge`` where the far sides fade. A box is
    (left, top, right, bottom), in pixels, without the width.
    """
    order, cells = _by_place(lives, ages / spacing, trail[0] / spacing, affine, *plates[0].shape)
    parts = np.array_split(order, min(len(plates), math.ceil(len(order) / _WORTH)))
    how = (cells, lives, runs, ages, spacing, affine, colours, trail, fade, edge)
    if len(parts) == 1:
        return [_expose(plates[0], parts[0], *how)[0]]
    exposing = [_hands().submit(_expose, *some, *how) for some in zip(plates, parts, strict=False)]
    return [exposed.result()[0] for exposed in exposing]


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


@njit(cache=True, nogil=True, error_model="numpy")
def _gather(light, other, left, top, right, bottom):
    """Add the light of another plate, and leave that one dark."""
    for i in range(top, bottom):
        here, there = light[i, left:right], other[i, left:right]
        for j in range(here.shape[0]):
            total = np.uint64(0)
            for field in range(3):
                shift = np.uint64(_FIELD * field)
                one, two = here[j] >> shift & _MASK, there[j] >> shift & _MASK
                total |= min(one + two, _MASK) << shift
            here[j], there[j] = total, np.uint64(0)


def develop(
    plates: list[np.ndarray],
    boxes: Sequence[Sequence[float]],
    width: float,
    pixels: np.ndarray,
    opacity: float = 1.0,
    *,
    paper: bool = False,
) -> None:
    """Screen the plates' light over ``pixels`` (rows, columns, RGBA) in place; they are dark again.

    Colour is dimmed by its alpha, as Cairo keeps it. On ``paper`` the same is done to the negative:
    light takes away.
    """
    rows, columns = plates[0].shape
    reach = math.ceil(max(width, 1.0))
    frames = []
    for plate, box in zip(plates, boxes, strict=False):
        if box[0] > box[2]:
            continue
        left, top = (max(math.floor(min(low, 1e6)) - reach, 0) for low in box[:2])
        right = min(int(max(box[2], -1e6)) + reach + 1, columns)
        bottom = min(int(max(box[3], -1e6)) + reach + 1, rows)
        if left < right and top < bottom:
            frames.append((left, top, right, bottom))
            if plate is not plates[0]:
                _gather(plates[0], plate, *frames[-1])
    if frames:
        left, top, right, bottom = np.transpose(frames)
        words = pixels.view("<u4")[..., 0]
        whole = (min(left), min(top), max(right), max(bottom))
        _develop(plates[0], *whole, words, np.float32(opacity), paper)
