"""Compiled: the line segments that particles draw in slices of time, and their light in a buffer.

The kernels are in one file with all that they are made of, numbers too: compiled code is kept as
long as that file is the same.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel, made_late

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

RATE = 60
"""Time slices in a second: one for each frame of a film, so that none is cut."""
_AHEAD = 12  # lines that are on their way from memory while one is drawn
_BAND = 4  # rows whose light stays near the processor together
_OFF = 0.15  # pixels that a line may leave its curve by


@inlined
def _smooth(x):
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@inlined
def _inside(u, v, edge):
    """How much light there is at the far edges: 1 well inside, 0 beyond."""
    light = 1.0
    for w in (u, v):
        if w > edge[0]:
            light *= _smooth((edge[1] - w) / (edge[1] - edge[0]))
    return light


@inlined
def _cubic(a, b, c, d, t):
    """Catmull and Rom's cubic from b to c."""
    return b + 0.5 * t * (
        c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a))
    )


@inlined
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


@inlined
def _pixel(affine, w):
    """The pixels of a place."""
    return (
        affine[0][0] * w[0] + affine[0][1] * w[1] + affine[0][2],
        affine[1][0] * w[0] + affine[1][1] * w[1] + affine[1][2],
    )


@inlined
def _bends(affine, first, last, samples, n, at):
    """Of how many lines a curve is made whose middle is ``at``: nearly always of one."""
    if max(abs(last[0] - first[0]), abs(last[1] - first[1])) < 4.0:  # pixels
        return 1
    x, y = _pixel(affine, _place(samples, n, at))
    off = max(abs(x - 0.5 * (first[0] + last[0])), abs(y - 0.5 * (first[1] + last[1])))
    return 1 if off <= _OFF else min(math.ceil(math.sqrt(off / _OFF)), 16)


@inlined
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


def segments(
    samples: Floats,
    life: tuple[int, float, float, float],
    slices: tuple[int, int, float],
    affine: tuple[tuple[float, float, float], tuple[float, float, float]],
    fade: tuple[float, float],
    edge: tuple[float, float],
    weight: float,
    is_polar: bool = False,
) -> tuple[Floats, Floats]:
    """Lines (k, 4), in pixels, and their looks (k, 3): what is left in some slices of time.

    A look is a weight, a place in the palette, from 0 for motion along w₂ (around) to 256 along w₁
    (out), and the slice. Lines of one life follow each other: so does the light that they touch.
    """
    samples, count = np.ascontiguousarray(samples), np.zeros(1, np.int64)
    room = samples.shape[2] * (slices[1] - slices[0]) + 16
    while True:
        lines, looks = np.empty((room, 4), np.float32), np.empty((room, 3), np.float32)
        how = life, slices, affine, fade, edge, float(weight), is_polar
        _segments(lines, looks, count, samples, *how)
        if count[0] <= room:
            return lines[: count[0]], looks[: count[0]]
        room = int(count[0])


@kernel
def _segments(lines, looks, count, samples, life, slices, affine, fade, edge, weight, is_polar):
    """Fill lines and looks as far as they reach, and say how many there are."""
    number, interval, lifetime, spacing = life
    begin, stop, whole = slices
    rate, rise, fall = 1.0 / spacing, 1.0 / fade[0], 1.0 / fade[1]
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
                k += bends
                continue
            for bend in range(1, bends + 1):
                at = (young + (old - young) * bend / bends) * rate
                end = last if bend == bends else _pixel(affine, _place(samples, n, at))
                lines[k, 0], lines[k, 1] = first
                lines[k, 2], lines[k, 3] = end
                looks[k, 0], looks[k, 1], looks[k, 2] = light, colour, piece
                first = end
                k += 1
    count[0] = k


def by_rows(
    lines: Floats, looks: Floats, rows: int, first: int, many: int
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The same lines and looks, by slice from the ``first`` of ``many`` on, each from top to foot.

    And where in them each band of a picture of so many ``rows`` begins, (many, bands + 1). Light
    adds up alike in any order. Where there are many lines, that of neighbours is still near: in the
    order of lives each one would have to wait for memory.
    """
    bands = rows // _BAND + 2
    ordered, seen = np.empty_like(lines), np.empty_like(looks)
    begins, place = np.zeros(many * bands + 1, np.int64), np.empty(len(lines), np.int32)
    _by_rows(ordered, seen, begins, np.empty_like(begins), place, lines, looks, first, bands)
    return ordered, seen, np.stack([begins[k * bands :][: bands + 1] for k in range(many)])


@kernel
def _by_rows(ordered, seen, begins, free, place, lines, looks, first, bands):
    """Order by counting: ``begins`` are zeros, one for each band of each slice and one more."""
    for k in range(len(lines)):
        band = min(max(math.floor(lines[k, 1] / _BAND) + 1, 0), bands - 1)
        place[k] = (np.int64(looks[k, 2]) - first) * bands + band
        begins[place[k] + 1] += 1
    free[0] = begins[0]
    for band in range(1, len(begins)):
        begins[band] += begins[band - 1]
        free[band] = begins[band]
    for k in range(len(lines)):
        to = free[place[k]]
        free[place[k]] = to + 1
        for part in range(4):
            ordered[to, part] = lines[k, part]
        for part in range(3):
            seen[to, part] = looks[k, part]


@made_late
def _fetch() -> Any:
    """Let the processor fetch what is at an index of an array, and do not wait for it."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        place = builder.bitcast(builder.gep(data, [values[1]]), byte)
        builder.call(fetch, [place, *(ir.Constant(word, how) for how in (1, 3, 1))])  # to write
        return context.get_dummy_value()

    return intrinsic(lambda typing, array, index: (types.void(array, index), code))


@inlined
def _fetch_around(light, apart, x, y):
    """Fetch the light of a pixel, and above and below it."""
    place = (np.int64(y) - 1) * 6 * apart + np.int64(x)
    for _ in range(18):  # three rows of six sums
        _fetch(light, place)
        place += apart


@inlined
def _leave(light, place, apart, amount, colour):
    """Leave light in a pixel."""
    quanta = np.int32(amount + 0.5)
    for sum_ in range(6):
        # an index without a sign: numba would ask of each whether it counts from the end
        light[np.uint64(place + sum_ * apart)] += quanta * colour[sum_]


@inlined
def _cross(light, place, across, apart, part, width, covered, colour):
    """Leave the light of a column, whose first pixel holds all but ``part``: two or three rows."""
    rest = part + width - 1.0
    _leave(light, place, apart, covered * (1.0 - part), colour)
    _leave(light, place + across, apart, covered * min(rest, 1.0), colour)
    while rest > 1.0:
        rest -= 1.0
        place += across
        _leave(light, place + across, apart, covered * min(rest, 1.0), colour)


@inlined
def _leave_lines(light, shape, lines, looks, first, stop, colours, width, sign):
    """Leave the light of some lines on a buffer of that shape, or take it away again.

    A line is walked along its major axis. Each column is weighted by how much of it the line
    covers, each row by how much of the row its ``width`` pixels, at least 1, cover there: so the
    slices of a trail join without a bead, and slanted lines do not pulse.
    """
    apart = shape[2]
    reach = 1 + math.ceil(width)  # rows that a column can touch
    for k in range(first, stop):
        ahead = min(k + _AHEAD, lines.shape[0] - 1)
        _fetch_around(light, apart, lines[ahead, 0], lines[ahead, 1])
        x0, y0 = np.float64(lines[k, 0]), np.float64(lines[k, 1])
        x1, y1 = np.float64(lines[k, 2]), np.float64(lines[k, 3])
        along, across, columns, rows = 1, 6 * apart, shape[2], shape[0]
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


def add_light(
    buffer: Ints, lines: Floats, looks: Floats, colours: Ints, width: float, sign: int
) -> None:
    """Leave the light of lines on a buffer, or take it away again."""
    _add_light(buffer.reshape(-1), buffer.shape, lines, looks, colours, float(width), sign)


@kernel
def _add_light(light, shape, lines, looks, colours, width, sign):
    _leave_lines(light, shape, lines, looks, 0, len(lines), colours, width, sign)


Slice = tuple[Floats, Floats, NDArray[np.int64]]
"""The lines of a slice and their looks in order, and where its bands begin, from ``by_rows``."""


def exchange_light(buffer: Ints, comes: Slice, goes: Slice, colours: Ints, width: float) -> None:
    """Leave the light of one slice, and take that of another away.

    Band by band: light that was fetched for the one is still near for the other.
    """
    _exchange_light(buffer.reshape(-1), buffer.shape, *comes, *goes, colours, float(width))


@kernel
def _exchange_light(
    light, shape, lines, looks, begins, old_lines, old_looks, old_begins, colours, width
):
    for k in range(len(begins) - 1):
        here = begins[k], begins[k + 1]
        _leave_lines(light, shape, lines, looks, here[0], here[1], colours, width, 1)
        here = old_begins[k], old_begins[k + 1]
        _leave_lines(light, shape, old_lines, old_looks, here[0], here[1], colours, width, -1)
