"""Compiled: the lines that particles draw in slices of time, and their order: see ``finder``."""

from __future__ import annotations

import math

import numpy as np

from fields.compiled import inlined, kernel

RATE = 60
"""Time slices in a second: one for each frame of a film, so that none is cut."""
BAND = 4  # rows whose light stays near the processor together
_OFF = 0.15  # pixels that a line may leave its curve by
SHORT = 4.0  # pixels within which none does
_FAINT = 0.002  # of its full light: what begins and what ends is not seen before and after

# Trajectories are looked at so many at a time, and what is found of them at the end of a slice is
# in rows, one number of each after the other: so a processor computes four at once.
SIDE = 64
U, V, X, Y, AGE, LIGHT, HUE, IS_LONG, _PART, ROWS = range(10)


@inlined
def smooth(x):
    """From 0 to 1, level at both."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


@inlined
def _cubic(a, b, c, d, t):
    """Catmull and Rom's cubic from b to c."""
    return b + 0.5 * t * (
        c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a))
    )


@inlined
def _sample(at, final):
    """The sample that a life has passed last; of the last one, the one before."""
    return min(int(at), final - 1)


@inlined
def row_of(group, row):
    """Where in memory a row of a group begins."""
    return np.uint64((group * ROWS + row) * SIDE)


@inlined
def _age(moment, life, n):
    """How old life n is, as long as it lives."""
    number, interval, lifetime, _ = life
    return min(
        max(moment - (np.float64(number) + np.float64(np.int32(n))) * interval, 0.0), lifetime
    )


@inlined
def _pixel(affine, u, v):
    """The pixels of a place."""
    return (
        affine[0][0] * u + affine[0][1] * v + affine[0][2],
        affine[1][0] * u + affine[1][1] * v + affine[1][2],
    )


@inlined
def _coordinate(samples, i, c, n, t):
    """A coordinate of life n, between its samples i and i + 1."""
    final = samples.shape[0] - 1
    f, g = samples[np.uint64(i), c, n], samples[np.uint64(i + 1), c, n]
    e = np.float64(samples[np.uint64(max(i - 1, 0)), c, n])
    h = np.float64(samples[np.uint64(min(i + 2, final)), c, n])
    if i == 0:
        e = 3.0 * (f - g) + h
    elif i + 1 == final:
        h = 3.0 * (g - f) + e
    return _cubic(e, f, g, h, t)


@inlined
def place_at(samples, affine, n, at):
    """The pixels where life n is, ``at`` in samples since its birth."""
    i, n = _sample(at, samples.shape[0] - 1), np.uint64(n)
    t = at - i
    return _pixel(affine, _coordinate(samples, i, 0, n, t), _coordinate(samples, i, 1, n, t))


@inlined
def _interpolate(memory, group, samples, i, c, first, begin, end):
    """Coordinate c of lives that are all between their samples i and i + 1."""
    final, parts = samples.shape[0] - 1, row_of(group, _PART)
    to = row_of(group, U + c)
    before, after = samples[np.uint64(max(i - 1, 0)), c], samples[np.uint64(min(i + 2, final)), c]
    here, there = samples[np.uint64(i), c], samples[np.uint64(i + 1), c]
    if i == 0:
        for k in range(begin, end):
            j, n = np.uint64(k), np.uint64(first + k)
            f, g, h = here[n], there[n], after[n]
            memory[to + j] = _cubic(3.0 * (f - g) + h, f, g, np.float64(h), memory[parts + j])
    elif i + 1 == final:
        for k in range(begin, end):
            j, n = np.uint64(k), np.uint64(first + k)
            e, f, g = before[n], here[n], there[n]
            memory[to + j] = _cubic(np.float64(e), f, g, 3.0 * (g - f) + e, memory[parts + j])
    else:
        for k in range(begin, end):
            j, n = np.uint64(k), np.uint64(first + k)
            e, h = np.float64(before[n]), np.float64(after[n])
            memory[to + j] = _cubic(e, here[n], there[n], h, memory[parts + j])


@inlined
def find_places(memory, group, samples, life, moment, affine, first, many):
    """Where some lives are at a moment, in weights and in pixels."""
    final, rate = samples.shape[0] - 1, 1.0 / life[3]
    ages, parts = row_of(group, AGE), row_of(group, _PART)
    for k in range(many):
        memory[ages + np.uint64(k)] = _age(moment, life, first + k)
    begin = 0
    while begin < many:
        # those that were born later are younger: they are at the same sample, or at an earlier one
        i, end = _sample(memory[ages + np.uint64(begin)] * rate, final), many
        low = begin + 1
        if _sample(memory[ages + np.uint64(many - 1)] * rate, final) < i:
            while low < end:
                middle = (low + end) // 2
                if _sample(memory[ages + np.uint64(middle)] * rate, final) < i:
                    end = middle
                else:
                    low = middle + 1
        for k in range(begin, end):
            j = np.uint64(k)
            memory[parts + j] = memory[ages + j] * rate - np.float64(i)
        for c in range(2):
            _interpolate(memory, group, samples, i, c, first, begin, end)
        begin = end
    u, v, x, y = row_of(group, U), row_of(group, V), row_of(group, X), row_of(group, Y)
    for k in range(many):
        j = np.uint64(k)
        memory[x + j], memory[y + j] = _pixel(affine, memory[u + j], memory[v + j])


@inlined
def light_inside(w, edge):
    """How much light there is at a far edge: 1 well inside, 0 beyond."""
    light = smooth((edge[1] - w) / (edge[1] - edge[0]))
    return light if w > edge[0] else 1.0


@inlined
def _glow(memory, group, lifetime, fade, edge, weight, many):
    """The light of the lines from one group to the next."""
    rise, fall = 1.0 / fade[0], 1.0 / fade[1]
    young, old, to = row_of(group, AGE), row_of(group + 1, AGE), row_of(group, LIGHT)
    u, v = row_of(group, U), row_of(group, V)
    for k in range(many):
        j = np.uint64(k)
        age = 0.5 * (memory[young + j] + memory[old + j])
        alive = smooth(age * rise) * smooth((lifetime - age) * fall)
        inside = light_inside(memory[u + j], edge) * light_inside(memory[v + j], edge)
        light = alive * inside * weight
        is_seen = (memory[young + j] < memory[old + j]) & (alive >= _FAINT)
        memory[to + j] = light if is_seen else 0.0


@inlined
def find_hues(memory, group, is_polar, many):
    """The place in the palette of the lines from one group to the next, from 0 to 256."""
    u, v, to = row_of(group, U), row_of(group, V), row_of(group, HUE)
    p, q = row_of(group + 1, U), row_of(group + 1, V)
    for k in range(many):
        j = np.uint64(k)
        x, y = memory[p + j] - memory[u + j], memory[q + j] - memory[v + j]
        along, up = x * x, y * y
        if is_polar:
            a, b = memory[u + j] + memory[p + j], memory[v + j] + memory[q + j]
            square = a * a + b * b
            out, round_ = x * a + y * b, y * a - x * b
            # at the origin itself all motion is outwards
            along = out * out / square if square > 0.0 else along + up
            up = round_ * round_ / square if square > 0.0 else 0.0
        hue = 256.0 * along / (along + up) if along + up > 0.0 else 128.0
        memory[to + j] = np.float64(np.float32(hue)) + 0.5


@inlined
def _length(memory, group, many):
    """Which of the lines from one group to the next may have to bend."""
    x, y, to = row_of(group, X), row_of(group, Y), row_of(group, IS_LONG)
    p, q = row_of(group + 1, X), row_of(group + 1, Y)
    for k in range(many):
        j = np.uint64(k)
        run = max(abs(memory[p + j] - memory[x + j]), abs(memory[q + j] - memory[y + j]))
        memory[to + j] = 0.0 if run < SHORT else 1.0


@inlined
def count_bends(affine, x, y, p, q, samples, n, at, most):
    """Of how many lines, off by ``most``, a curve is made whose middle is ``at``: often of one."""
    a, b = place_at(samples, affine, n, at)
    off = max(abs(a - 0.5 * (x + p)), abs(b - 0.5 * (y + q)))
    return 1 if off <= most else min(math.ceil(math.sqrt(off / most)), 16)


@inlined
def _put(room, k, line, light, hue, slot, bands):
    """Put line k where there is room for it, with its place, by its slice and its row."""
    lines, hues, places = room
    if k < len(lines):
        to, top = np.uint64(k), np.float32(line[1])
        lines[to, 0], lines[to, 1], lines[to, 2], lines[to, 3] = line[0], top, line[2], line[3]
        lines[to, 4], hues[to] = light, hue
        band = np.int32(math.floor(np.float64(top) / BAND)) + 1  # of 32 bits, it would be a call
        places[to] = slot * bands + min(max(band, 0), bands - 1)


@inlined
def _draw(room, k, memory, group, j, samples, n, affine, rate, slot, bands):
    """Put the line of life n from one group to the next, or those that it bends to; the next k."""
    light = memory[row_of(group, LIGHT) + j]
    hue = np.uint16(np.int32(memory[row_of(group, HUE) + j]))
    x, y = memory[row_of(group, X) + j], memory[row_of(group, Y) + j]
    p, q = memory[row_of(group + 1, X) + j], memory[row_of(group + 1, Y) + j]
    if memory[row_of(group, IS_LONG) + j] > 0.0:
        young, old = memory[row_of(group, AGE) + j], memory[row_of(group + 1, AGE) + j]
        bends = count_bends(affine, x, y, p, q, samples, n, 0.5 * (young + old) * rate, _OFF)
        for bend in range(1, bends):
            at = (young + (old - young) * bend / bends) * rate
            a, b = place_at(samples, affine, n, at)
            _put(room, k, (x, y, a, b), light, hue, slot, bands)
            x, y, k = a, b, k + 1
    _put(room, k, (x, y, p, q), light, hue, slot, bands)
    return k + 1


@kernel
def find_lines(
    room, count, memory, samples, life, slices, affine, fade, edge, weight, is_polar, where
):
    """Add lines, their hues and places, as far as there is room, and say how many there are."""
    begin, stop, whole = slices
    shift, bands = where
    rate, k = 1.0 / life[3], count[0]
    for first in range(0, samples.shape[2], SIDE):
        many = min(samples.shape[2] - first, SIDE)
        if _age((stop - 1.0 + whole) / RATE, life, first) <= 0.0:
            break  # not born yet, nor are those behind them
        if _age(begin / RATE, life, first + many - 1) >= life[2]:
            continue  # dark already, all of them
        for group in range(stop - begin + 1):
            moment = (begin + max(group - 1 + whole, 0.0)) / RATE
            find_places(memory, group, samples, life, moment, affine, first, many)
        for group in range(stop - begin):
            _glow(memory, group, life[2], fade, edge, weight, many)
            find_hues(memory, group, is_polar, many)
            _length(memory, group, many)
        for n in range(many):
            # lines of one life follow each other: so does the light that they touch
            for group in range(stop - begin):
                j, slot = np.uint64(n), begin + group + shift
                if memory[row_of(group, LIGHT) + j] > 0.0:
                    how = memory, group, j, samples, first + n, affine, rate, slot, bands
                    k = _draw(room, k, *how)
    count[0] = k


@kernel
def order_lines(ordered, hues, begins, free, lines, seen, places):
    """Order by counting: ``begins`` are zeros, one for each place and one more."""
    for k in range(len(places)):
        begins[places[k] + 1] += 1
    for place in range(1, len(begins)):
        begins[place] += begins[place - 1]
    for place in range(len(begins)):
        free[place] = begins[place]
    for k in range(len(places)):
        place = np.uint64(places[k])
        to = np.uint64(free[place])
        free[place] += 1
        hues[to] = seen[np.uint64(k)]
        for part in range(5):
            ordered[to, part] = lines[np.uint64(k), part]
