"""Light from trails: a compiled kernel that turns sampled lives into pixels.

Each particle leaves light where it has been, which dims evenly to nothing in the seconds of a
trail. The light of a pixel is the sum of all that was left there, mapped by 1 - exp(-x), as film
does: where many meet it grows white.

Time is cut into pieces of 1/60 s. A plate counts, in whole quanta, the light that every piece left
in a pixel, and that light times the number of its piece: from the two sums follows how bright the
pixel is at any moment. From frame to frame only the newest pieces are added, and those that have
gone dark are taken away again. Whole numbers add up alike in any order and leave nothing behind
when they are taken away, so a plate that went along with a film and one that was made for a single
frame are the same to the last bit: a frame depends on what is asked alone.

All of it is in one file: compiled code is kept as long as the file that it was called from is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

__all__ = ["Lens", "Plate", "develop", "palette", "plate_of"]

Marks = tuple[np.ndarray, np.ndarray]
"""Lines and their looks: see ``_marks``."""

_RATE = 60  # pieces in a second: one for each frame of a film, so that none is cut
_NOTHING = 1e-6  # of a piece: a film's clock counts nanoseconds
_AHEAD = 12  # lines that are on their way from memory while one is drawn
_OFF = 0.15  # pixels that a line may leave its curve by

# A quantum is 1/128 of a pixel's full weight times 1/63 of a colour: fine enough that its rounding
# is not seen, and coarse enough that no sum runs over where 100,000 trails meet in one pixel.
_QUANTA = 128
_FULL = 63


class Lives(Protocol):
    """Whose light it is: see ``fields.Stream``."""

    @property
    def lifetime(self) -> float:
        """Seconds."""
        ...

    @property
    def count(self) -> int:
        """How many are alive at a time."""
        ...

    @property
    def spacing(self) -> float:
        """Seconds between two samples."""
        ...

    def blocks(self, since: float, until: float) -> Sequence[tuple[int, np.ndarray]]:
        """Numbers of first lives, and the lives (m, 2, n), that may be alive between two times."""
        ...


class Source(Protocol):
    """What light is asked of: see ``fields.Stream`` and ``fields.HeldStream``."""

    def strands(self, since: float, until: float) -> Iterable[tuple[Lives, float, float, float]]:
        """Who leaves light between two times: lives, from when to when, and how much later.

        All are whole pieces of time, so that what is left later is the same to the last bit.
        """
        ...


class Lens(NamedTuple):
    """How lives are seen: all that the light on a plate depends on, beside lives and time."""

    shape: tuple[int, int]
    """Rows and columns of the picture."""
    affine: tuple[tuple[float, float, float], tuple[float, float, float]]
    """What takes a position to pixels."""
    palette: bytes
    """From ``palette``."""
    seconds: float
    """Until light is dark."""
    width: float
    """Of a streak, in pixels; finer ones than a pixel are as wide as one, and darker."""
    strength: float
    fade: tuple[float, float]
    """Seconds in which a particle's light comes and goes."""
    edge: tuple[float, float]
    """Where, in weights, the far sides begin to fade and are dark."""

    @property
    def pieces(self) -> int:
        """Pieces of time in a trail."""
        return max(1, round(self.seconds * _RATE))

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """The part of the picture that light can reach: left, top, right, bottom."""
        (a, b, x), (c, d, y) = self.affine
        e, rim = self.edge[1], math.ceil(max(self.width, 1.0)) + 1
        across = (x, x + a * e, x + b * e, x + (a + b) * e)
        up = (y, y + c * e, y + d * e, y + (c + d) * e)
        rows, columns = self.shape
        return (
            min(max(math.floor(min(across)) - rim, 0), columns),
            min(max(math.floor(min(up)) - rim, 0), rows),
            max(min(math.ceil(max(across)) + rim, columns), 0),
            max(min(math.ceil(max(up)) + rim, rows), 0),
        )


class Plate:
    """The light of some lives as a lens sees them, kept from one frame to the next."""

    def __init__(self) -> None:
        self.lens: Lens | None = None
        self.step = 0  # the pieces before this one are on the plate, as far as they are not dark
        self.part = 0.0  # and so much of this one
        self.light = np.zeros((0, 6, 0), np.int32)  # r, g, b, and each times the piece's number
        self._drawn: dict[int, list[Marks]] = {}  # what each piece left: it will be taken away

    def expose(self, lives: Source, lens: Lens, time: float) -> None:
        """Bring the plate to a time, in seconds."""
        now = time * _RATE
        step = math.floor(now + _NOTHING)
        part = now - step if now - step > _NOTHING else 0.0
        if self.part:
            self._lay(lives, self.step, self.step + 1, -1, self.part)
        if lens != self.lens or 2 * abs(step - self.step) >= lens.pieces:
            self._begin(lens)
            self._lay(lives, step - lens.pieces, step, 1)
        else:
            sign = 1 if step > self.step else -1
            for piece in range(*sorted((self.step, step))):
                self._move(lives, piece, sign)
                self._move(lives, piece - lens.pieces, -sign)
        self.step, self.part = step, part
        if part:
            self._lay(lives, step, step + 1, 1, part)

    def _begin(self, lens: Lens) -> None:
        left, top, right, bottom = lens.frame
        shape = (max(bottom - top, 0), 6, max(right - left, 0))
        if shape == self.light.shape:
            self.light[:] = 0
        else:
            self.light = np.zeros(shape, np.int32)
        self.lens, self.part = lens, 0.0
        self._drawn.clear()

    def _move(self, lives: Source, piece: int, sign: int) -> None:
        """Add the light of a piece of time, or take it away as it was added."""
        marks = self._drawn.pop(piece, None) or list(self._marks(lives, piece, piece + 1))
        if sign > 0:
            self._drawn[piece] = marks
        self._leave(marks, sign)

    def _lay(self, lives: Source, first: int, stop: int, sign: int, part: float = 1.0) -> None:
        """Add the light of some pieces of time, a ``part`` of each, or take it away again."""
        self._leave(self._marks(lives, first, stop, part), sign)

    def _leave(self, marks: Iterable[Marks], sign: int) -> None:
        assert self.lens is not None  # since _begin
        colours = np.frombuffer(self.lens.palette, np.int32).reshape(-1, 3)
        for lines, looks in marks:
            _lay(self.light, lines, looks, colours, max(self.lens.width, 1.0), sign)

    def _marks(self, lives: Source, first: int, stop: int, part: float = 1.0) -> Iterator[Marks]:
        """What some pieces of time leave, a ``part`` of each, by blocks of lives."""
        lens = self.lens
        assert lens is not None  # since _begin
        left, top, *_ = lens.frame
        (a, b, x), (c, d, y) = lens.affine
        affine = (a, b, x - left), (c, d, y - top)
        weight = lens.strength * min(lens.width, 1.0) * _QUANTA
        for some, since, until, later in lives.strands(first / _RATE, stop / _RATE):
            pieces = (round(since * _RATE), round(until * _RATE), part)
            back = round(later * _RATE)
            for number, samples in some.blocks(since, until):
                life = (number, some.lifetime / some.count, some.lifetime, some.spacing)
                lines, looks = _marks(samples, life, pieces, affine, lens.fade, lens.edge, weight)
                looks[:, 2] += back
                yield lines, looks


# Light by whose it is: of the next picture most of it is there already. It is kept here, where the
# hash behind Manim's cache does not come.
_plates: WeakKeyDictionary[Source, list[Plate]] = WeakKeyDictionary()


def plate_of(lives: Source, lens: Lens) -> Plate:
    """The plate that these lives were last exposed to through the lens, or else one to begin anew.

    Two are kept: lives may be seen at two places while one picture fades into another.
    """
    kept = _plates.setdefault(lives, [])
    same = next((plate for plate in kept if plate.lens == lens), None)
    plate = same or (kept[0] if len(kept) == 2 else Plate())
    kept[:] = [other for other in kept if other is not plate] + [plate]
    return plate


def palette(second: np.ndarray, both: np.ndarray, first: np.ndarray) -> bytes:
    """The light of motion along w₂, both and w₁, and between, by the share of w₁ in its square."""
    share = np.linspace(0.0, 2.0, 257)[:, None]
    lights = (
        second + np.minimum(share, 1) * (both - second) + np.maximum(share - 1, 0) * (first - both)
    )
    light: bytes = np.rint(lights * _FULL).astype(np.int32).tobytes()
    return light


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


@njit(cache=True, nogil=True, error_model="numpy")
def _marks(samples, life, pieces, affine, fade, edge, weight):
    """Lines (k, 4), in pixels, and their looks (k, 3): what lives leave in some pieces of time.

    A look is a weight, a place in the palette, from 0 for motion along w₂ to 256 along w₁, and the
    piece. Lines of one life follow each other: so does the light that they touch.
    """
    number, born, lifetime, spacing = life
    begin, stop, whole = pieces
    rate, rise, fall = 1.0 / spacing, 1.0 / fade[0], 1.0 / fade[1]
    lines = np.empty((samples.shape[2] * (stop - begin) + 16, 4), np.float32)
    looks = np.empty((samples.shape[2] * (stop - begin) + 16, 3), np.float32)
    k = 0
    for n in range(samples.shape[2]):
        birth = (number + n) * born
        for piece in range(begin, stop):
            young = max(piece / _RATE - birth, 0.0)
            old = min((piece + whole) / _RATE - birth, lifetime)
            age = 0.5 * (young + old)
            alive = _smooth(age * rise) * _smooth((lifetime - age) * fall)
            if young >= old or alive < 0.002:
                continue
            here = _place(samples, n, young * rate)
            there = _place(samples, n, old * rate)
            light = alive * _inside(here[0], here[1], edge) * weight
            along, up = (there[0] - here[0]) ** 2, (there[1] - here[1]) ** 2
            colour = 256.0 * along / (along + up) if along + up > 0.0 else 128.0
            first, last = _pixel(affine, here), _pixel(affine, there)
            bends = _bends(affine, first, last, samples, n, age * rate)
            if k + bends > len(lines):
                lines = np.concatenate((lines, np.empty_like(lines)))
                looks = np.concatenate((looks, np.empty_like(looks)))
            for bend in range(1, bends + 1):
                at = (young + (old - young) * bend / bends) * rate
                there = last if bend == bends else _pixel(affine, _place(samples, n, at))
                lines[k, 0], lines[k, 1] = first
                lines[k, 2], lines[k, 3] = there
                looks[k, 0], looks[k, 1], looks[k, 2] = light, colour, piece
                first = there
                k += 1
    return lines[:k], looks[:k]


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


@njit(cache=True, nogil=True, error_model="numpy")
def _lay(plate, lines, looks, colours, width, sign):
    """Leave the light of lines on a plate, or take it away again.

    A line is walked along its major axis. Each column is weighted by how much of it the line
    covers, each row by how much of the row its ``width`` pixels, at least 1, cover there: so the
    pieces of a trail join without a bead, and slanted lines do not pulse.
    """
    apart, light = plate.shape[2], plate.reshape(-1)
    reach = 1 + math.ceil(width)  # rows that a column can touch
    for k in range(lines.shape[0]):
        ahead = min(k + _AHEAD, lines.shape[0] - 1)
        _fetch_around(light, apart, lines[ahead, 0], lines[ahead, 1])
        x0, y0 = np.float64(lines[k, 0]), np.float64(lines[k, 1])
        x1, y1 = np.float64(lines[k, 2]), np.float64(lines[k, 3])
        along, across, columns, rows = 1, 6 * apart, plate.shape[2], plate.shape[0]
        # a little beyond the diagonal, where many lines lie and rounding would choose at each piece
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


@njit(nogil=True, error_model="numpy", forceinline=True)
def _glow(x):
    """1 - exp(-x), the exponential by its first six terms."""
    one = np.float32(1.0)
    power = np.float32(1 / 120) * x
    power = (power + np.float32(1 / 24)) * x
    power = (power + np.float32(1 / 6)) * x
    power = (power + np.float32(1 / 2)) * x
    power = (power + one) * x
    return power / (one + power)


@njit(nogil=True, error_model="numpy", forceinline=True)
def _seen(amount, product, weight, part, unit, ceiling, opacity):
    """What is seen of a sum of light and of its ``product`` with the numbers of its pieces."""
    both = np.int32(weight * amount + product)
    light = _glow(unit * (np.float32(both) - part * np.float32(amount)))
    return opacity * (light if amount < ceiling else np.float32(1.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _develop(light, weight, part, unit, ceiling, pixels, left, top, right, opacity, paper):
    """Screen light over ``pixels``; a piece's light counts its number + ``weight`` - ``part``."""
    half, white, byte = np.float32(0.5), np.float32(255.0), np.uint32(255)
    how = np.int32(weight), part, unit, ceiling, opacity
    for i in range(light.shape[0]):
        red_now, green_now, blue_now = light[i, 0], light[i, 1], light[i, 2]
        red_then, green_then, blue_then = light[i, 3], light[i, 4], light[i, 5]
        seen = pixels[top + i, left:right]
        for j in range(seen.shape[0]):
            red = _seen(red_now[j], red_then[j], *how)
            green = _seen(green_now[j], green_then[j], *how)
            blue = _seen(blue_now[j], blue_then[j], *how)
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


def develop(plate: Plate, pixels: np.ndarray, opacity: float = 1.0, *, paper: bool = False) -> None:
    """Screen a plate's light over ``pixels`` (rows, columns, RGBA) in place.

    Colour is dimmed by its alpha, as Cairo keeps it. On ``paper`` the same is done to the negative:
    light takes away.
    """
    if plate.lens is None:  # not exposed yet
        return
    left, top, right, bottom = plate.lens.frame
    if left >= right or top >= bottom:
        return
    pieces = plate.lens.pieces
    words = pixels.view("<u4")[..., 0]
    unit = np.float32(1 / (_QUANTA * _FULL * pieces))
    ceiling = 2**31 // (pieces + 1)
    how = (
        np.float32(plate.part),
        unit,
        ceiling,
        words,
        left,
        top,
        right,
        np.float32(opacity),
        paper,
    )
    _develop(plate.light, pieces + 1 - plate.step, *how)
