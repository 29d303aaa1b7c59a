"""Compiled: the line segments that particles draw in slices of time, and their light in a buffer.

Both kernels are in one file with all that they are made of, numbers too: compiled code is kept as
long as the file that it was called from is.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

RATE = 60
"""Time slices in a second: one for each frame of a film, so that none is cut."""
_AHEAD = 12  # lines that are on their way from memory while one is drawn
_BAND = 4  # rows whose light stays near the processor together
_OFF = 0.15  # pixels that a line may leave its curve by


@njit(nogil=True, error_model="numpy", forceinline=True)
def _smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _inside(u, v, edge):
    """How much light there is at the far edges: 1 well inside, 0 beyond."""
    light = 1.0
    for w in (u, v):
        if w > edge[0]:
            light *= _smooth((edge[1] - w) / (edge[1] - edge[0]))
    return light


@njit(nogil=True, error_model="numpy", forceinline=True)
def _cubic(a, b, c, d, t):
    """Catmull and Rom's cubic from b to c."""
    return b + 0.5 * t * (
        c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a))
    )


@njit(nogil=True, error_model="numpy", forceinline=True)
def _place(samples, n, at):
    """Where life n is, ``at`` in samples since its birth."""
    final = samples.shape[0] - 1
    i = min(int(at), final - 1)
    t = at - i
    b, c = samples[np.uint64(i)], samples[np.uint64(i + 1)]
    a, d = samples[np.uint64(max(i - 1, 0))], samples[np.uint64(min(i + 2, final))]
    n = np.uint64(n)
    e, f, g, h = a[0, n], b[0, n], c[0, n], d[0, n]
    p, q, r, s = a[1, n], b[1, n], c[1, n], d[1, n]
    if i == 0:
        e, p = 3.0 * (f - g) + h, 3.0 * (q - r) + s
    elif i + 1 == final:
        h, s = 3.0 * (g - f) + e, 3.0 * (r - q) + p
    u = _cubic(e, f, g, h, t)
    v = _cubic(p, q, r, s, t)
    return u, v


@njit(nogil=True, error_model="numpy", forceinline=True)
def _pixel(affine, w):
    """The pixels of a place."""
    return (
        affine[0][0] * w[0] + affine[0][1] * w[1] + affine[0][2],
        affine[1][0] * w[0] + affine[1][1] * w[1] + affine[1][2],
    )


@njit(nogil=True, error_model="numpy", forceinline=True)
def _bends(affine, first, last, samples, n, at):
    """Of how many lines a curve is made whose middle is ``at``: nearly always of one."""
    if max(abs(last[0] - first[0]), abs(last[1] - first[1])) < 4.0:  # pixels
        return 1
    x, y = _pixel(affine, _place(samples, n, at))
    off = max(abs(x - 0.5 * (first[0] + last[0])), abs(y - 0.5 * (first[1] + last[1])))
    return 1 if off <= _OFF else min(math.ceil(math.sqrt(off / _OFF)), 16)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _shares(here, there, is_polar):
    """The squares of a step's parts along w₁ and w₂, or out and around the origin."""
    x, y = there[0] - here[0], there[1] - here[1]
    if not is_polar:
        return x * x, y * y
    u, v = here[0] + there[0], here[1] + there[1]
    square = u * u + v * v
    if square == 0.0:
        return x * x + y * y, 0.0
    out, round_ = x * u + y * v, y * u - x * v
    return out * out / square, round_ * round_ / square


@njit(cache=True, nogil=True, error_model="numpy")
def segments(samples, life, slices, affine, fade, edge, weight, is_polar=False):
    """Lines (k, 4), in pixels, and their looks (k, 3): what is left in some slices of time.

    A look is a weight, a place in the palette, from 0 for motion along w₂ (around) to 256 along w₁
    (out), and the slice. Lines of one life follow each other: so does the light that they touch.
    """
    number, interval, lifetime, spacing = life
    begin, stop, whole = slices
    rate, rise, fall = 1.0 / spacing, 1.0 / fade[0], 1.0 / fade[1]
    lines = np.empty((samples.shape[2] * (stop - begin) + 16, 4), np.float32)
    looks = np.empty((samples.shape[2] * (stop - begin) + 16, 3), np.float32)
    k = 0
    for n in range(samples.shape[2]):
        birth = (number + n) * interval
        until, there, last = -1.0, (0.0, 0.0), (0.0, 0.0)
        for piece in range(begin, stop):
            young = max(piece / RATE - birth, 0.0)
            old = min((piece + whole) / RATE - birth, lifetime)
            age = 0.5 * (young + old)
            alive = _smooth(age * rise) * _smooth((lifetime - age) * fall)
            if young >= old or alive < 0.002:
                continue
            # most begin where the piece before has ended
            here = there if young == until else _place(samples, n, young * rate)
            first = last if young == until else _pixel(affine, here)
            until, there = old, _place(samples, n, old * rate)
            last = _pixel(affine, there)
            light = alive * _inside(here[0], here[1], edge) * weight
            along, up = _shares(here, there, is_polar)
            colour = 256.0 * along / (along + up) if along + up > 0.0 else 128.0
            bends = _bends(affine, first, last, samples, n, age * rate)
            if k + bends > len(lines):
                lines = np.concatenate((lines, np.empty_like(lines)))
                looks = np.concatenate((looks, np.empty_like(looks)))
            for bend in range(1, bends + 1):
                at = (young + (old - young) * bend / bends) * rate
                end = last if bend == bends else _pixel(affine, _place(samples, n, at))
                lines[k, 0], lines[k, 1] = first
                lines[k, 2], lines[k, 3] = end
                looks[k, 0], looks[k, 1], looks[k, 2] = light, colour, piece
                first = end
                k += 1
    return lines[:k], looks[:k]


@njit(cache=True, nogil=True, error_model="numpy")
def by_rows(lines, looks, rows, first, many):
    """The same lines and looks, by slice from the ``first`` of ``many`` on, each from top to foot.

    And where in them each band of a picture of so many ``rows`` begins, (many, bands + 1). Light
    adds up alike in any order. Where there are many lines, that of neighbours is still near: in the
    order of lives each one would have to wait for memory.
    """
    bands = rows // _BAND + 2
    begins = np.zeros(many * bands + 1, np.int64)
    place = np.empty(len(lines), np.int32)
    for k in range(len(lines)):
        band = min(max(math.floor(lines[k, 1] / _BAND) + 1, 0), bands - 1)
        place[k] = (np.int64(looks[k, 2]) - first) * bands + band
        begins[place[k] + 1] += 1
    for band in range(many * bands):
        begins[band + 1] += begins[band]
    free = begins.copy()
    sorted_, seen = np.empty_like(lines), np.empty_like(looks)
    for k in range(len(lines)):
        to = free[place[k]]
        free[place[k]] = to + 1
        for part in range(4):
            sorted_[to, part] = lines[k, part]
        for part in range(3):
            seen[to, part] = looks[k, part]
    found = np.empty((many, bands + 1), np.int64)
    for k in range(many):
        found[k] = begins[k * bands : (k + 1) * bands + 1]
    return sorted_, seen, found


@intrinsic
def _fetch(typing, array, index):
    """Let the processor fetch what is at an index, and do not wait for it."""

    def code(context, builder, signature, values):
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        place = builder.bitcast(builder.gep(data, [values[1]]), byte)
        builder.call(fetch, [place, *(ir.Constant(word, how) for how in (1, 3, 1))])  # to write
        return context.get_dummy_value()

    return types.void(array, index), code


@njit(nogil=True, error_model="numpy", forceinline=True)
def _fetch_around(light, apart, x, y):
    """Fetch the light of a pixel, and above and below it."""
    place = (np.int64(y) - 1) * 6 * apart + np.int64(x)
    for _ in range(18):  # three rows of six sums
        _fetch(light, place)
        place += apart


@njit(nogil=True, error_model="numpy", forceinline=True)
def _leave(light, place, apart, amount, colour):
    """Leave light in a pixel."""
    quanta = np.int32(amount + 0.5)
    for sum_ in range(6):
        # an index without a sign: numba would ask of each whether it counts from the end
        light[np.uint64(place + sum_ * apart)] += quanta * colour[sum_]


@njit(nogil=True, error_model="numpy", forceinline=True)
def _cross(light, place, across, apart, part, width, covered, colour):
    """Leave the light of a column, whose first pixel holds all but ``part``: two or three rows."""
    rest = part + width - 1.0
    _leave(light, place, apart, covered * (1.0 - part), colour)
    _leave(light, place + across, apart, covered * min(rest, 1.0), colour)
    while rest > 1.0:
        rest -= 1.0
        place += across
        _leave(light, place + across, apart, covered * min(rest, 1.0), colour)


@njit(nogil=True, error_model="numpy")
def _leave_lines(buffer, lines, looks, first, stop, colours, width, sign):
    """Leave the light of some lines on a buffer, or take it away again.

    A line is walked along its major axis. Each column is weighted by how much of it the line
    covers, each row by how much of the row its ``width`` pixels, at least 1, cover there: so the
    slices of a trail join without a bead, and slanted lines do not pulse.
    """
    apart, light = buffer.shape[2], buffer.reshape(-1)
    reach = 1 + math.ceil(width)  # rows that a column can touch
    for k in range(first, stop):
        ahead = min(k + _AHEAD, lines.shape[0] - 1)
        _fetch_around(light, apart, lines[ahead, 0], lines[ahead, 1])
        x0, y0 = np.float64(lines[k, 0]), np.float64(lines[k, 1])
        x1, y1 = np.float64(lines[k, 2]), np.float64(lines[k, 3])
        along, across, columns, rows = 1, 6 * apart, buffer.shape[2], buffer.shape[0]
        # a little beyond the diagonal, where many lines lie and rounding would choose in each slice
        if abs(y1 - y0) > 1.02 * abs(x1 - x0):
            x0, y0, x1, y1 = y0, x0, y1, x1
            along, across, columns, rows = across, along, rows, columns
        if x0 > x1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        run = x1 - x0
        if not (run > 1e-6 and x1 > 0.0 and x0 < columns):
            continue
        slope = (y1 - y0) / run
        weight = looks[k, 0] * math.sqrt(1.0 + slope * slope)
        look = np.uint64(looks[k, 1] + 0.5)
        piece = np.int32(looks[k, 2])
        red, green, blue = sign * colours[look, 0], sign * colours[look, 1], sign * colours[look, 2]
        colour = red, green, blue, red * piece, green * piece, blue * piece
        y0 -= 0.5 * width
        y1 -= 0.5 * width
        within = min(y0, y1) > 1e-6 and max(y0, y1) + reach < rows  # else each row is asked for
        top = y0 - slope * x0
        left, end = max(x0, 0.0), min(x1, float(columns))
        column = int(left)
        while left < end:
            right = min(column + 1.0, end)
            here, covered = top + slope * 0.5 * (left + right), (right - left) * weight
            row = math.floor(here)
            place, part = column * along + row * across, here - row
            if within:
                _cross(light, place, across, apart, part, width, covered, colour)
            else:
                for step in range(reach):
                    some = min(step + 1.0, part + width) - max(float(step), part)
                    if some > 0.0 and 0 <= row + step < rows:
                        _leave(light, place + step * across, apart, covered * some, colour)
            column += 1
            left = right


@njit(cache=True, nogil=True, error_model="numpy")
def add_light(buffer, lines, looks, colours, width, sign):
    """Leave the light of lines on a buffer, or take it away again."""
    _leave_lines(buffer, lines, looks, 0, len(lines), colours, width, sign)


@njit(cache=True, nogil=True, error_model="numpy")
def exchange_light(buffer, comes, goes, colours, width):
    """Leave the light of one slice, and take that of another away, both in order as ``by_rows``.

    Band by band: light that was fetched for the one is still near for the other.
    """
    new_lines, new_looks, new_begins = comes
    old_lines, old_looks, old_begins = goes
    for k in range(len(new_begins) - 1):
        some = new_begins[k], new_begins[k + 1]
        _leave_lines(buffer, new_lines, new_looks, some[0], some[1], colours, width, 1)
        some = old_begins[k], old_begins[k + 1]
        _leave_lines(buffer, old_lines, old_looks, some[0], some[1], colours, width, -1)
