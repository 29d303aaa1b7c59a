"""Compiled: the light that lines leave in a buffer.

A word of a buffer holds two sums of a colour: in its lower half the light that is there, and in its
upper half that light times the number of the slice that left it, which may be below zero. Words are
added as whole numbers, and so both sums at once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fields.compiled import inlined, kernel, made_late
from stage.engine.finder import Batch, Found

Words = NDArray[np.int64]

_AHEAD = 12  # lines that are on their way from memory while one is drawn


def sums(light: Words) -> NDArray[np.int32]:
    """Both sums of a buffer's words (rows, 3, columns): (rows, 3, columns, 2)."""
    return light.view("<i4").reshape(*light.shape, 2)


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
def _fetch_ahead(light, shape, lines, k):
    """Fetch the light where a line begins that is drawn soon, and above and below it."""
    ahead = np.uint64(min(k + _AHEAD, lines.shape[0] - 1))
    place = (np.int64(lines[ahead, 1]) - 1) * 3 * shape[2] + np.int64(lines[ahead, 0])
    for _ in range(9):  # three rows of three colours
        _fetch(light, place)
        place += shape[2]


@inlined
def _leave(light, place, apart, amount, colour):
    """Leave light in a pixel."""
    quanta = np.int64(np.int32(amount + 0.5))
    for part in range(3):
        # an index without a sign: numba would ask of each whether it counts from the end
        light[np.uint64(place + part * apart)] += quanta * colour[part]


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
def _leave_lines(light, shape, lines, hues, first, stop, colours, width, word):
    """Leave the light of some lines on a buffer of that shape; ``word`` is that of a quantum."""
    for k in range(first, stop):
        _fetch_ahead(light, shape, lines, k)
        hue = np.uint64(hues[np.uint64(k)])
        colour = word * colours[hue, 0], word * colours[hue, 1], word * colours[hue, 2]
        _leave_line(light, shape, lines, np.uint64(k), width, colour)


@inlined
def _leave_line(light, shape, lines, line, width, colour):
    """Leave the light of a line.

    It is walked along its major axis. Each column is weighted by how much of it the line covers,
    each row by how much of the row its ``width`` pixels, at least 1, cover there: so the slices of
    a trail join without a bead, and slanted lines do not pulse.
    """
    apart, reach = shape[2], 1 + math.ceil(width)  # the most rows that a column can touch
    x0, y0 = np.float64(lines[line, 0]), np.float64(lines[line, 1])
    x1, y1 = np.float64(lines[line, 2]), np.float64(lines[line, 3])
    along, across, columns, rows = 1, 3 * shape[2], shape[2], shape[0]
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
            _cross(light, place, across, apart, part, width, covered, colour)
        else:  # each row is asked for
            for step in range(reach):
                some = min(step + 1.0, part + width) - max(float(step), part)
                if some > 0.0 and 0 <= row + step < rows:
                    _leave(light, place + step * across, apart, covered * some, colour)
        column += 1
        left = right


def add_light(
    light: Words, found: Found, colours: NDArray[np.int32], width: float, sign: int
) -> None:
    """Leave the light of lines on a buffer, or take it away again."""
    how = found.slices.start, found.bands, sign
    _add(light.reshape(-1), light.shape, *found[1:4], how, colours, float(width))


@kernel
def _add(light, shape, lines, hues, places, how, colours, width):
    first, bands, sign = how
    for k in range(len(lines)):
        word = sign * (1 + (np.int64(first + places[np.uint64(k)] // bands) << 32))
        _leave_lines(light, shape, lines, hues, k, k + 1, colours, width, word)


def exchange_light(
    light: Words,
    comes: tuple[Batch, int],
    goes: tuple[Batch, int],
    colours: NDArray[np.int32],
    width: float,
) -> None:
    """Leave the light of one slice of a batch, and take that of another away.

    Band by band: light that was fetched for the one is still near for the other.
    """
    (new, number), (old, other) = comes, goes
    bands = (len(new.begins) - 1) // len(new.slices)
    how = bands, number - new.slices.start, number, other - old.slices.start, other
    parts = *new[1:], *old[1:], how
    _exchange(light.reshape(-1), light.shape, *parts, colours, float(width))


@kernel
def _exchange(
    light, shape, lines, hues, begins, old_lines, old_hues, old_begins, how, colours, width
):
    bands, which, number, old_which, old_number = how
    word, old_word = 1 + (np.int64(number) << 32), -1 - (np.int64(old_number) << 32)
    how, old_how = (colours, width, word), (colours, width, old_word)
    for band in range(bands):
        k = which * bands + band
        _leave_lines(light, shape, lines, hues, begins[k], begins[k + 1], *how)
        k = old_which * bands + band
        _leave_lines(light, shape, old_lines, old_hues, old_begins[k], old_begins[k + 1], *old_how)
