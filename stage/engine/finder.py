"""The lines of slices of time, found block by block, and kept until their light is taken away."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from stage.engine.compiled.lines import BAND, ROWS, SIDE, find_lines, order_lines

Floats = NDArray[np.float32]
Hues = NDArray[np.uint16]
Affine = tuple[tuple[float, float, float], tuple[float, float, float]]


class Look(NamedTuple):
    """How lines are seen."""

    affine: Affine
    """What takes a position to pixels."""
    fade: tuple[float, float]
    """Seconds in which a particle's light comes and goes."""
    edge: tuple[float, float]
    """Where, in weights, the far sides begin to fade and are dark."""
    weight: float
    """Of a line at its full light, in quanta."""
    is_polar: bool
    """Whether a hue tells the radius from the angle, and not w₁ from w₂."""


class Found(NamedTuple):
    """The lines of some slices of time, as they were found."""

    slices: range
    lines: Floats
    """(k, 5): from where to where, in pixels, and how much light a pixel's length of it leaves."""
    hues: Hues
    """(k,): places in the palette, from 0 for motion along w₂ (around) to 256 along w₁ (out)."""
    places: NDArray[np.int32]
    """(k,): of which slice each is, times how many bands there are, and in which one it begins."""
    bands: int
    """Of the picture."""


class Batch(NamedTuple):
    """The same lines by their places: from top to foot, light that they touch stays near."""

    slices: range
    lines: Floats
    hues: Hues
    begins: NDArray[np.int64]
    """Where the lines of each band of each slice begin, and where the last ones end."""


class Finder:
    """Finds lines, in memory that it uses again and again: fresh memory takes longer."""

    def __init__(self) -> None:
        self._slices, self._bands = range(0), 0
        self._count = np.zeros(1, np.int64)
        self._lines, self._hues = np.empty((0, 5), np.float32), np.empty(0, np.uint16)
        self._places = np.empty(0, np.int32)
        self._memory = np.empty(0)
        self._spare: list[tuple[Floats, Hues]] = []

    def begin(self, slices: range, rows: int) -> None:
        """Begin to find the lines of some slices, in a picture of so many rows."""
        self._slices, self._bands, self._count[0] = slices, rows // BAND + 2, 0
        if len(self._memory) != (size := (len(slices) + 1) * ROWS * SIDE):
            self._memory = np.empty(size)

    def add(
        self,
        samples: Floats,
        life: tuple[int, float, float, float],
        slices: tuple[int, int, float],
        later: int,
        look: Look,
    ) -> None:
        """Find what lives leave in some slices, which is seen so many slices later.

        ``life`` is the number of the first of them, seconds from one birth to the next, of a life,
        and between its ``samples`` (m, 2, n). Of the last slice it is only a part: ``slices`` are
        the first one, the one behind the last one, and that part.
        """
        where = later - self._slices.start, self._bands
        before = int(self._count[0])
        while True:
            room = self._lines, self._hues, self._places
            how = np.ascontiguousarray(samples), life, slices, *look, where
            find_lines(room, self._count, self._memory, *how)
            if (count := int(self._count[0])) <= len(self._lines):
                return
            self._lines, self._hues, self._places = (grown(part, before, count) for part in room)
            self._count[0] = before

    def found(self) -> Found:
        """What was found since ``begin``; it lasts until one begins again."""
        count = int(self._count[0])
        room = self._lines[:count], self._hues[:count], self._places[:count]
        return Found(self._slices, *room, self._bands)

    def batch(self) -> Batch:
        """The same in order, and it lasts."""
        found = self.found()
        lines, hues = self._room(len(found.lines))
        begins = np.zeros(self._bands * len(found.slices) + 1, np.int64)
        order_lines(lines, hues, begins, np.empty_like(begins), *found[1:4])
        return Batch(found.slices, lines, hues, begins)

    def take_back(self, batch: Batch) -> None:
        """Use the memory of a batch again, which nothing reads any more."""
        self._spare.append((batch.lines, batch.hues))

    def _room(self, count: int) -> tuple[Floats, Hues]:
        while self._spare:
            lines, hues = (cast(np.ndarray, part.base) for part in self._spare.pop())
            if len(hues) >= count:
                break
        else:
            some = count + count // 16  # the next ones will not be as many
            lines, hues = np.empty((some, 5), np.float32), np.empty(some, np.uint16)
        return lines[:count], hues[:count]


def grown(part: NDArray[Any], kept: int, count: int) -> NDArray[Any]:
    """An array of at least so many lines, of which some are kept."""
    larger = np.empty((max(count, 3 * len(part) // 2), *part.shape[1:]), part.dtype)
    larger[:kept] = part[:kept]
    return larger
