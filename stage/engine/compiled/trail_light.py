"""Compiled: the light of lines that trails are drawn in at one moment: see ``snapshot``.

Of each pixel there are four numbers of 16 bits, the light in red, green and blue and one to spare.
A line adds to four pixels side by side at once, which are sixteen numbers of a vector: it covers a
part of each, and what would be more than fits stays the most that does.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fields.compiled import inlined, kernel, made_late
from stage.engine.compiled.light import fetch

COLOURS = 4
"""Numbers of each pixel."""
BLOCK = 4
"""Pixels that are drawn at once."""
FULL_LIGHT = 8192
"""Quanta of a pixel's full light: a sum that stays at its highest is white, by 1 - exp(-8)."""
_HIGHEST = 65535
_AHEAD = 3  # lines whose light is on its way from memory while one is drawn
_FARTHEST = 20  # places of a line that are fetched ahead: nearly all lines have fewer
_SHORTEST = np.float32(1e-6)  # pixels: what is shorter leaves nothing


class _Lanes:
    """Code for sixteen numbers at once: four colours of four pixels."""

    def __init__(self, context: Any, builder: Any) -> None:
        from llvmlite import ir

        size = BLOCK * COLOURS
        self.ir, self.context, self.builder = ir, context, builder
        self.floats = ir.VectorType(ir.FloatType(), size)
        self.words = ir.VectorType(ir.IntType(32), size)
        self.shorts = ir.VectorType(ir.IntType(16), size)
        self.pixels = self.constant(k // COLOURS for k in range(size))
        self.next_pixels = self.constant(k // COLOURS + 1 for k in range(size))
        self.zero, self.half = self.constant(size * [0.0]), self.constant(size * [0.5])
        self.one = self.constant(size * [1.0])

    def constant(self, numbers: Any) -> Any:
        return self.ir.Constant(self.floats, [float(number) for number in numbers])

    def all_of(self, number: Any) -> Any:
        """A number in each lane."""
        first = self.ir.Constant(self.ir.IntType(32), 0)
        none = self.ir.Constant(self.floats, self.ir.Undefined)
        one = self.builder.insert_element(none, number, first)
        lanes = self.ir.Constant(self.words, BLOCK * COLOURS * [0])
        return self.builder.shuffle_vector(one, none, lanes)

    def least(self, one: Any, other: Any) -> Any:
        return self.builder.select(self.builder.fcmp_ordered("<", one, other), one, other)

    def most(self, one: Any, other: Any) -> Any:
        return self.builder.select(self.builder.fcmp_ordered(">", one, other), one, other)

    def between(self, low: Any, high: Any, begin: Any, end: Any) -> Any:
        """How much of what is from ``begin`` to ``end`` lies between two others."""
        inner = self.builder.fsub(self.least(high, end), self.most(low, begin))
        return self.most(inner, self.zero)

    def ink(self, inks: Any, kind: Any, place: Any) -> Any:
        """The colours at a place of the palette, for each pixel."""
        four = self.ir.VectorType(self.ir.FloatType(), COLOURS)
        own = self.builder.load(self._at(inks, kind, place, four), align=4)
        lanes = [k % COLOURS for k in range(BLOCK * COLOURS)]
        none = self.ir.Constant(four, self.ir.Undefined)
        return self.builder.shuffle_vector(own, none, self.ir.Constant(self.words, lanes))

    def add(self, light: Any, kind: Any, place: Any, amounts: Any) -> None:
        """Add some quanta to the light from a place on; what is full stays so."""
        quanta = self.builder.fptosi(self.builder.fadd(amounts, self.half), self.words)
        highest = self.ir.Constant(self.words, BLOCK * COLOURS * [_HIGHEST])
        quanta = self._call("llvm.smin.v16i32", self.words, quanta, highest)
        quanta = self.builder.trunc(quanta, self.shorts)
        here = self._at(light, kind, place, self.shorts)
        there = self.builder.load(here, align=2)
        lit = self._call("llvm.uadd.sat.v16i16", self.shorts, there, quanta)
        self.builder.store(lit, here, align=2)

    def _call(self, name: str, kind: Any, *arguments: Any) -> Any:
        function = self.ir.FunctionType(kind, [kind] * len(arguments))
        return self.builder.call(
            self.builder.module.declare_intrinsic(name, (), function), arguments
        )

    def _at(self, array: Any, kind: Any, index: Any, vector: Any) -> Any:
        data = self.context.make_array(kind)(self.context, self.builder, array).data
        return self.builder.bitcast(self.builder.gep(data, [index]), vector.as_pointer())


@made_late
def _across() -> Any:
    """Leave light in the pixels of a block, as far as they lie between ``low`` and ``high``."""
    from numba import types
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        light, place, inks, ink, amount, low, high = values
        lanes = _Lanes(context, builder)
        ends = lanes.all_of(low), lanes.all_of(high)
        covered = lanes.between(*ends, lanes.pixels, lanes.next_pixels)
        colour = lanes.ink(inks, signature.args[2], ink)
        amounts = builder.fmul(builder.fmul(colour, lanes.all_of(amount)), covered)
        lanes.add(light, signature.args[0], place, amounts)
        return context.get_dummy_value()

    def typed(typing, light, place, inks, ink, amount, low, high):
        index, number = types.int64, types.float32
        return types.void(light, index, inks, index, number, number, number), code

    return intrinsic(typed)


@made_late
def _along() -> Any:
    """Leave the light of a line in the columns of a block, from ``row`` to before ``stop``.

    ``line`` is where it begins and ends, where its upper side would be in column 0 and how much
    lower in the next, how bright it is at its begin and how much more in the next, and its width.
    """
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic

    def code(context, builder, signature, values):
        light, place, pitch, row, stop, inks, ink, column, line = values
        lanes = _Lanes(context, builder)
        begin, end, top, slope, bright, brighter, width = (
            lanes.all_of(builder.extract_value(line, k)) for k in range(7)
        )
        left = builder.fadd(lanes.all_of(column), lanes.pixels)
        right = lanes.least(builder.fadd(left, lanes.one), end)
        left = lanes.most(left, begin)
        length = lanes.most(builder.fsub(right, left), lanes.zero)
        middle = builder.fmul(builder.fadd(left, right), lanes.half)
        into = builder.fsub(middle, begin)
        amount = builder.fmul(length, builder.fadd(bright, builder.fmul(brighter, into)))
        colour = builder.fmul(lanes.ink(inks, signature.args[5], ink), amount)
        upper = builder.fadd(top, builder.fmul(slope, middle))
        lower = builder.fadd(upper, width)
        one = lanes.ir.Constant(row.type, 1)
        with cgutils.for_range_slice(builder, row, stop, one, row.type) as (number, _):
            here = lanes.all_of(builder.sitofp(number, lanes.ir.FloatType()))
            covered = lanes.between(upper, lower, here, builder.fadd(here, lanes.one))
            to = builder.add(place, builder.mul(number, pitch))
            lanes.add(light, signature.args[0], to, builder.fmul(colour, covered))
        return context.get_dummy_value()

    def typed(typing, light, place, pitch, row, stop, inks, ink, column, line):
        index, number = types.int64, types.float32
        kinds = light, index, index, index, index, inks, index, number
        return types.void(*kinds, types.UniTuple(number, 7)), code

    return intrinsic(typed)


@inlined
def _fetch_ahead(light, pitch, margin, lines, line):
    """Fetch the light that a line which is drawn soon will touch."""
    x, y = lines[line, 0], lines[line, 1]
    across, down = lines[line, 2] - x, lines[line, 3] - y
    length = max(abs(down), abs(across) / np.float32(BLOCK))
    steps = np.int64(min(length, np.float32(_FARTHEST))) + 1
    across /= np.float32(steps)
    down /= np.float32(steps)
    for _ in range(steps + 1):
        place = np.int64(y) * pitch + (np.int64(x) + margin) * COLOURS
        fetch(light, place)
        fetch(light, place + pitch)
        x += across
        y += down


@inlined
def _draw_steep(light, shape, inks, ink, line):
    """Leave the light of a line that has at least as many rows as columns; x and y are swapped."""
    rows, columns, margin = shape
    x, p, top, slope, bright, brighter, width = line
    pitch = (columns + 2 * margin) * COLOURS
    half, nothing = np.float32(0.5), np.float32(0.0)
    reach = 1 + math.ceil(width)  # the most pixels of a row that it can touch
    here, stop = max(x, nothing), min(p, np.float32(rows))
    row = np.int64(here)
    while here < stop:
        below = min(np.float32(row + 1), stop)
        middle = half * (here + below)
        amount = (below - here) * (bright + brighter * (middle - x))
        left = top + slope * middle + np.float32(margin)
        if nothing <= left < np.float32(columns + margin):
            column = np.int64(left)
            low = left - np.float32(column)
            place = row * pitch + column * COLOURS
            for _ in range(0, reach, BLOCK):
                _across(light, place, inks, ink, amount, low, low + width)
                low -= np.float32(BLOCK)
                place += BLOCK * COLOURS
        row += 1
        here = below


@inlined
def _draw_flat(light, shape, inks, ink, line):
    """Leave the light of a line that has more columns than rows."""
    rows, columns, margin = shape
    x, p, top, slope, _, _, width = line
    pitch = (columns + 2 * margin) * COLOURS
    for column in range(np.int64(max(x, np.float32(0.0))), columns, BLOCK):
        left = np.float32(column)
        if left >= p:
            break
        one = top + slope * max(left, x)
        other = top + slope * min(left + np.float32(BLOCK), p)
        row = max(np.int64(min(one, other)), 0)
        stop = min(np.int64(max(one, other) + width) + 1, rows)
        _along(light, (column + margin) * COLOURS, pitch, row, stop, inks, ink, left, line)


@kernel
def draw_trails(light, shape, lines, hues, inks, width):
    """Leave the light of lines on a picture; ``shape`` are its rows, columns and margin in pixels.

    Each row of ``light`` has that margin on both sides: blocks may reach over the picture's edge.
    """
    pitch = (shape[1] + 2 * shape[2]) * COLOURS
    for k in range(len(lines)):
        line = np.uint64(k)
        _fetch_ahead(light, pitch, shape[2], lines, np.uint64(min(k + _AHEAD, len(lines) - 1)))
        ink = np.int64(hues[line]) * COLOURS
        x, y, p, q = lines[line, 0], lines[line, 1], lines[line, 2], lines[line, 3]
        begin, end = lines[line, 4], lines[line, 5]
        is_steep = abs(q - y) > abs(p - x)
        if is_steep:
            x, y, p, q = y, x, q, p
        if x > p:
            x, y, p, q, begin, end = p, q, x, y, end, begin
        run = p - x
        if run <= _SHORTEST:
            continue
        slope = (q - y) / run
        longer = math.sqrt(np.float32(1.0) + slope * slope)
        top = y - np.float32(0.5) * width - slope * x
        how = x, p, top, slope, begin * longer, (end - begin) * longer / run, width
        if is_steep:
            _draw_steep(light, shape, inks, ink, how)
        else:
            _draw_flat(light, shape, inks, ink, how)
