"""Compiled: the lines that trails are drawn in at one moment: see ``snapshot``."""

from __future__ import annotations

import numpy as np

from fields.compiled import inlined, kernel
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

_OFF = 0.05  # pixels that a line may leave its curve by


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
