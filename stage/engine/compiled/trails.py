"""Compiled: the lines of trails as they are at one moment, and their light: see ``snapshot``.

Of each pixel there are four numbers, the light in red, green and blue and one to spare. They are
added up in whole quanta and stay at 65,535, so that the sums are the same in any order. Four pixels
side by side are in one vector of a processor: a flat line is drawn in blocks of four columns, row by
row, and a steep one row by row, each of them in as many blocks as it is wide.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from fields.compiled import inlined, kernel, made_late
from stage.engine.compiled.light import fetch
from stage.engine.compiled.lines import (
    AGE,
    HUE,
    IS_LONG,
    LIGHT,
    RATE,
    SHORT,
    SIDE,
    U,
    V,
    X,
    Y,
    count_bends,
    find_hues,
    find_places,
    light_inside,
    place_at,
    row_of,
    smooth,
)

COLOURS = 4
"""Numbers of each pixel."""
BLOCK = 4
"""Pixels that are drawn at once."""
QUANTA = 8192
"""Of a pixel's full light: a sum that stays at its highest is white, by 1 - exp(-8)."""
_HIGHEST = 65535
_OFF = 0.05  # pixels that a line may leave its curve by
_AHEAD = 3  # lines whose light is on its way from memory while one is drawn
_FARTHEST = 20  # places of a line that are fetched ahead: nearly all lines have fewer
_SHORTEST = np.float32(1e-6)  # pixels: what is shorter leaves nothing


@inlined
def _shine(memory, group, lifetime, fade, edge, weight, many):
    """The light of lives at a moment."""
    rise, fall = 1.0 / fade[0], 1.0 / fade[1]
    ages, to = row_of(group, AGE), row_of(group, LIGHT)
    u, v = row_of(group, U), row_of(group, V)
    for k in range(many):
        j = np.uint64(k)
        age = memory[ages + j]
        alive = smooth(age * rise) * smooth((lifetime - age) * fall)
        inside = light_inside(memory[u + j], edge) * light_inside(memory[v + j], edge)
        memory[to + j] = alive * inside * weight


@inlined
def _curve(memory, group, parts, many):
    """Which of the lines from one moment to the next may leave their curve: by how they turn."""
    before, after = max(group - 1, 0), min(group + 2, parts)
    x, y, to = row_of(group, X), row_of(group, Y), row_of(group, IS_LONG)
    p, q = row_of(group + 1, X), row_of(group + 1, Y)
    a, b, c, d = row_of(before, X), row_of(before, Y), row_of(after, X), row_of(after, Y)
    for k in range(many):
        j = np.uint64(k)
        across, up = memory[p + j] - memory[x + j], memory[q + j] - memory[y + j]
        turn = 0.0
        if before < group:
            out = abs(across - (memory[x + j] - memory[a + j]))
            turn = max(turn, out, abs(up - (memory[y + j] - memory[b + j])))
        if after > group + 1:
            out = abs(across - (memory[c + j] - memory[p + j]))
            turn = max(turn, out, abs(up - (memory[d + j] - memory[q + j])))
        if parts == 1:  # there is none beside it
            may_bend = max(abs(across), abs(up)) >= SHORT
        else:
            may_bend = turn > 8.0 * _OFF
        memory[to + j] = 1.0 if may_bend else 0.0


@inlined
def _put(room, k, x, y, p, q, begin, end, hue):
    """Put line k where there is room for it."""
    lines, hues = room
    if k < len(lines):
        to = np.uint64(k)
        lines[to, 0], lines[to, 1], lines[to, 2], lines[to, 3] = x, y, p, q
        lines[to, 4], lines[to, 5], hues[to] = begin, end, hue


@inlined
def _draw(room, k, memory, group, n, samples, life, affine, rate):
    """Put the line of a life from one moment to the next, or those that it bends to; the next k."""
    j = np.uint64(n)
    x, y = memory[row_of(group, X) + j], memory[row_of(group, Y) + j]
    p, q = memory[row_of(group + 1, X) + j], memory[row_of(group + 1, Y) + j]
    young, old = memory[row_of(group, AGE) + j], memory[row_of(group + 1, AGE) + j]
    light, end = memory[row_of(group, LIGHT) + j], memory[row_of(group + 1, LIGHT) + j]
    hue = np.uint16(np.int32(memory[row_of(group, HUE) + j]))
    if memory[row_of(group, IS_LONG) + j] > 0.0:
        middle = 0.5 * (young + old) * rate
        bends = count_bends(affine, x, y, p, q, samples, life, middle, _OFF)
        more = (end - light) / bends
        for bend in range(1, bends):
            at = (young + (old - young) * bend / bends) * rate
            a, b = place_at(samples, affine, life, at)
            _put(room, k, x, y, a, b, light, light + more, hue)
            x, y, light, k = a, b, light + more, k + 1
    _put(room, k, x, y, p, q, light, end, hue)
    return k + 1


@kernel
def find_trails(
    room, count, memory, samples, life, window, lights, affine, fade, edge, weight, is_polar
):
    """Add the lines of trails and their hues, as far as there is room, and say how many there are.

    A line (x, y, p, q, begin, end) goes from (x, y) to (p, q), and its light from ``begin`` to
    ``end``. ``window`` is when they begin, in slices of time, how many slices a line lasts, and
    how many of them there are; ``lights`` are how much of the light is seen that was left at their
    begin, and how much more of it from line to line.
    """
    begin, span, parts = window
    rate, k = 1.0 / life[3], count[0]
    for first in range(0, samples.shape[2], SIDE):
        many = min(samples.shape[2] - first, SIDE)
        for group in range(parts + 1):
            moment = (begin + group * span) / RATE
            find_places(memory, group, samples, life, moment, affine, first, many)
            seen = max(lights[0] + group * lights[1], 0.0) * weight
            _shine(memory, group, life[2], fade, edge, seen, many)
        for group in range(parts):
            find_hues(memory, group, is_polar, many)
            _curve(memory, group, parts, many)
        for n in range(many):
            # lines of one life follow each other: so does the light that they touch
            for group in range(parts):
                j, later = np.uint64(n), group + 1
                is_seen = memory[row_of(group, LIGHT) + j] + memory[row_of(later, LIGHT) + j] > 0.0
                if is_seen and memory[row_of(group, AGE) + j] < memory[row_of(later, AGE) + j]:
                    k = _draw(room, k, memory, group, n, samples, first + n, affine, rate)
    count[0] = k


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


@kernel
def draw_trails(light, shape, lines, hues, inks, width):
    """Leave the light of lines on a picture; ``shape`` are its rows, columns and margin in pixels.

    Each row of ``light`` has that margin on both sides: blocks may reach over the picture's edge.
    """
    rows, columns, margin = shape
    pitch = (columns + 2 * margin) * COLOURS
    half, nothing = np.float32(0.5), np.float32(0.0)
    reach = 1 + math.ceil(width)  # the most pixels of a row that a steep line can touch
    for k in range(len(lines)):
        line = np.uint64(k)
        _fetch_ahead(light, pitch, margin, lines, np.uint64(min(k + _AHEAD, len(lines) - 1)))
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
        bright, brighter = begin * longer, (end - begin) * longer / run
        top = y - half * width - slope * x
        if is_steep:
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
        else:
            how = x, p, top, slope, bright, brighter, width
            for column in range(np.int64(max(x, nothing)), columns, BLOCK):
                left = np.float32(column)
                if left >= p:
                    break
                one = top + slope * max(left, x)
                other = top + slope * min(left + np.float32(BLOCK), p)
                row = max(np.int64(min(one, other)), 0)
                stop_row = min(np.int64(max(one, other) + width) + 1, rows)
                place = (column + margin) * COLOURS
                _along(light, place, pitch, row, stop_row, inks, ink, left, how)
