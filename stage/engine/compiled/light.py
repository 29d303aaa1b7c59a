"""Compiled: the light that lines leave in a buffer.

Of each pixel a buffer holds eight whole numbers: the light that is there, red, green and blue, one
number to spare, and then the same of that light times the number of the slice that left it, which
may be below zero. A processor adds what a line leaves in a pixel to all of them at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel, made_late
from stage.engine.finder import Batch, Found

Numbers = NDArray[np.int32]

PIXEL = 8
"""Numbers of each pixel."""
_LINE = 64  # bytes that a processor fetches together
_AHEAD = 8  # lines that are on their way from memory while one is drawn


def dark(pixels: int) -> Numbers:
    """Pixels without light, (pixels, 8): none is in two lines of the cache."""
    room = np.zeros(pixels * PIXEL + _LINE // 4, np.int32)
    skipped = -room.ctypes.data % _LINE // 4
    return room[skipped : skipped + pixels * PIXEL].reshape(pixels, PIXEL)


def sums(light: Numbers) -> Numbers:
    """Both sums of a buffer's colours: (rows, columns, 2, 3)."""
    return light.reshape(*light.shape[:2], 2, PIXEL // 2)[..., :3]


def inks(colours: Numbers, slices: range) -> Numbers:
    """What a quantum of each colour (k, 3) adds to a pixel in each slice: (slices, k, 8)."""
    made = np.zeros((len(slices), len(colours), 2, PIXEL // 2), np.int32)
    made[..., 0, :3] = colours
    made[..., 1, :3] = np.array(slices, np.int32)[:, None, None] * colours
    return made.reshape(len(slices), len(colours), PIXEL)


@made_late
def fetch() -> Any:
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


@made_late
def _pour() -> Any:
    """Add the eight numbers of an ink, times some quanta, to those of a pixel."""
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        light, place, inks, ink, quanta = values
        word, eight = ir.IntType(32), ir.VectorType(ir.IntType(32), PIXEL)

        def eight_of(array, kind, index):
            data = context.make_array(kind)(context, builder, array).data
            return builder.bitcast(builder.gep(data, [index]), eight.as_pointer())

        none = ir.Constant(eight, ir.Undefined)
        times = builder.insert_element(none, quanta, ir.Constant(word, 0))
        times = builder.shuffle_vector(times, none, ir.Constant(eight, PIXEL * [0]))
        own = builder.load(eight_of(inks, signature.args[2], ink), align=4)
        here = eight_of(light, signature.args[0], place)
        lit = builder.add(builder.load(here, align=4), builder.mul(own, times))
        builder.store(lit, here, align=4)
        return context.get_dummy_value()

    def typed(typing, light, place, inks, ink, quanta):
        return types.void(light, types.int64, inks, types.int64, types.int32), code

    return intrinsic(typed)


@inlined
def _fetch_ahead(light, shape, lines, k):
    """Fetch the light where a line that is drawn soon begins and ends, and above and below."""
    ahead = np.uint64(min(k + _AHEAD, lines.shape[0] - 1))
    for end in range(0, 4, 2):
        x, y = np.int64(lines[ahead, np.uint64(end)]), np.int64(lines[ahead, np.uint64(end + 1)])
        place = ((y - 1) * shape[1] + x) * PIXEL
        for _ in range(3):
            fetch(light, place)
            place += PIXEL * shape[1]


@inlined
def _leave(light, place, amount, inks, ink):
    """Leave light in a pixel."""
    _pour(light, place, inks, ink, np.int32(amount + 0.5))


@inlined
def _cross(light, place, across, part, width, covered, inks, ink):
    """Leave the light of a column, whose first pixel holds all but ``part``: two or three rows."""
    rest = part + width - 1.0
    _leave(light, place, covered * (1.0 - part), inks, ink)
    _leave(light, place + across, covered * min(rest, 1.0), inks, ink)
    while rest > 1.0:
        rest -= 1.0
        place += across
        _leave(light, place + across, covered * min(rest, 1.0), inks, ink)


@inlined
def _leave_lines(light, shape, lines, hues, first, stop, inks, own, width):
    """Leave the light of some lines on a buffer of that shape; their inks begin at ``own``."""
    for k in range(first, stop):
        _fetch_ahead(light, shape, lines, k)
        ink = own + np.int64(hues[np.uint64(k)]) * PIXEL
        _leave_line(light, shape, lines, np.uint64(k), width, inks, ink)


@inlined
def _leave_line(light, shape, lines, line, width, inks, ink):
    """Leave the light of a line.

    It is walked along its major axis. Each column is weighted by how much of it the line covers,
    each row by how much of the row its ``width`` pixels, at least 1, cover there: so the slices of
    a trail join without a bead, and slanted lines do not pulse.
    """
    reach = 1 + math.ceil(width)  # the most rows that a column can touch
    x0, y0 = np.float64(lines[line, 0]), np.float64(lines[line, 1])
    x1, y1 = np.float64(lines[line, 2]), np.float64(lines[line, 3])
    along, across, columns, rows = PIXEL, PIXEL * shape[1], shape[1], shape[0]
    # a little beyond the diagonal, where many lines lie and rounding would choose in each slice
    if abs(y1 - y0) > 1.02 * abs(x1 - x0):
        x0, y0, x1, y1 = y0, x0, y1, x1
        along, across, columns, rows = across, along, rows, columns
    if x0 > x1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    run = x1 - x0
    if run <= 1e-6:
        return
    slope = (y1 - y0) / run
    y0 -= 0.5 * width
    y1 -= 0.5 * width
    is_within = min(y0, y1) > 1e-6 and max(y0, y1) + reach < rows
    weight = np.float64(lines[line, 4]) * math.sqrt(1.0 + slope * slope)
    top, left, end = y0 - slope * x0, max(x0, 0.0), min(x1, float(columns))
    column = int(left)
    while left < end:
        right = min(column + 1.0, end)
        here, covered = top + slope * 0.5 * (left + right), (right - left) * weight
        row = math.floor(here)
        place, part = column * along + row * across, here - row
        if is_within:
            _cross(light, place, across, part, width, covered, inks, ink)
        else:  # each row is asked for
            for step in range(reach):
                some = min(step + 1.0, part + width) - max(float(step), part)
                if some > 0.0 and 0 <= row + step < rows:
                    _leave(light, place + step * across, covered * some, inks, ink)
        column += 1
        left = right


def add_light(light: Numbers, found: Found, colours: Numbers, width: float, sign: int) -> None:
    """Leave the light of lines on a buffer, or take it away again."""
    ink = sign * inks(colours, found.slices)
    how = found.bands, ink[0].size
    _add(light.reshape(-1), light.shape, *found[1:4], how, ink.reshape(-1), float(width))


@kernel
def _add(light, shape, lines, hues, places, how, inks, width):
    bands, size = how
    for k in range(len(lines)):
        own = np.int64(np.uint32(places[np.uint64(k)]) // np.uint32(bands)) * size
        _leave_lines(light, shape, lines, hues, k, k + 1, inks, own, width)


def exchange_light(
    light: Numbers,
    comes: tuple[Batch, int],
    goes: tuple[Batch, int],
    colours: Numbers,
    width: float,
) -> None:
    """Leave the light of one slice of a batch, and take that of another away.

    Band by band: light that was fetched for the one is still near for the other.
    """
    (new, number), (old, other) = comes, goes
    bands = (len(new.begins) - 1) // len(new.slices)
    which = bands, number - new.slices.start, other - old.slices.start
    ink = inks(colours, range(number, number + 1))
    old_ink = -inks(colours, range(other, other + 1))
    parts = *new[1:], ink.reshape(-1), *old[1:], old_ink.reshape(-1)
    _exchange(light.reshape(-1), light.shape, which, *parts, float(width))


@kernel
def _exchange(
    light, shape, which, lines, hues, begins, inks, old_lines, old_hues, old_begins, old_inks, width
):
    bands, new, old = which
    for band in range(bands):
        k = new * bands + band
        _leave_lines(light, shape, lines, hues, begins[k], begins[k + 1], inks, 0, width)
        k = old * bands + band
        first, stop = old_begins[k], old_begins[k + 1]
        _leave_lines(light, shape, old_lines, old_hues, first, stop, old_inks, 0, width)
