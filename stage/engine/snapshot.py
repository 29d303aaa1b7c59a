"""Light of one moment: trails drawn whole, for a picture of which nothing was in the one before.

While the camera moves, all light is somewhere else in each frame. Two sums a pixel tell how bright
it is at any time (see ``painter``), and are looked at once. A snapshot has one sum a pixel, of what
is seen at its moment. A trail is drawn in lines of three slices of time; along each light goes
evenly from what it is at its begin to what it is at its end. Where trails bend, lines are shorter.
Sums are whole numbers, and so a snapshot too depends on what is asked alone, to the last bit.
"""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from stage.engine.compiled.lines import RATE, ROWS, SIDE
from stage.engine.compiled.trail_light import BLOCK, COLOURS, FULL_LIGHT, draw_trails
from stage.engine.compiled.trails import find_trails
from stage.engine.finder import grown
from stage.engine.painter import FULL, Lens, Source

_SPAN = 3  # slices of time that a line lasts: longer ones differ more in hue, shorter ones no less
_NOTHING = 1e-6  # of a slice: a film's clock counts nanoseconds


class Snapshot:
    """The light of some trajectories as a lens sees them at one time."""

    def __init__(self) -> None:
        self.lens: Lens | None = None
        self.margin = 0
        """Pixels at both sides of a row that are not of the picture."""
        self.light = np.empty((0, 0), np.uint16)
        """A row for each of the part of the picture that light can reach: see ``trails``."""
        self._room = np.empty(0, np.uint16)
        self._memory = np.empty(0)
        self._count = np.zeros(1, np.int64)
        self._lines, self._hues = np.empty((0, 6), np.float32), np.empty(0, np.uint16)

    def seek(self, trajectories: Source, lens: Lens, time: float) -> None:
        """Draw what is seen at a time, in seconds."""
        self._begin(lens)
        now, self._count[0] = time * RATE, 0
        begin, end = math.floor(now - lens.slices + _NOTHING), math.ceil(now - _NOTHING)
        for some, since, until, later, share in trajectories.strands(begin / RATE, end / RATE):
            here = now - later * RATE
            first, last = max(since * RATE, here - lens.slices), min(until * RATE, here)
            if last - first > _NOTHING:
                self._find(some, lens, (first, last), here, share)
        width = max(lens.width, 1.0)
        rows, columns = self._shape(lens)
        colours = np.zeros((257, COLOURS), np.float32)
        colours[:, :3] = np.frombuffer(lens.palette, np.int32).reshape(-1, 3) * (FULL_LIGHT / FULL)
        count = int(self._count[0])
        draw_trails(
            self.light.reshape(-1),
            (rows, columns, self.margin),
            self._lines[:count],
            self._hues[:count],
            colours.reshape(-1),
            np.float32(width),
        )

    def _shape(self, lens: Lens) -> tuple[int, int]:
        left, top, right, bottom = lens.frame
        return max(bottom - top, 0), max(right - left, 0)

    def _begin(self, lens: Lens) -> None:
        rows, columns = self._shape(lens)
        reach = math.ceil(max(lens.width, 1.0)) + 1
        self.lens, self.margin = lens, BLOCK * math.ceil(reach / BLOCK)
        numbers = (columns + 2 * self.margin) * COLOURS
        if rows * numbers > len(self._room):  # a camera that comes nearer soon needs more again
            self._room = np.empty(rows * numbers * 9 // 8, np.uint16)
        self.light = self._room[: rows * numbers].reshape(rows, numbers)
        self.light[:] = 0

    def _find(
        self, some: Any, lens: Lens, window: tuple[float, float], now: float, share: float
    ) -> None:
        """Find the lines of what was left in a window, in slices of time, as it is seen ``now``."""
        affine, weight = lens.in_frame, lens.strength * min(lens.width, 1.0) * share
        first, last = window
        parts = math.ceil((last - first) / _SPAN - _NOTHING)
        span = (last - first) / parts
        # as in steps, of which each is as bright as it is at its end
        lights = (lens.slices + 0.5 - (now - first)) / lens.slices, span / lens.slices
        if len(self._memory) < (size := (parts + 1) * ROWS * SIDE):
            self._memory = np.empty(size)
        for number, samples in some.blocks(first / RATE, last / RATE):
            life = (number, some.lifetime / some.count, some.lifetime, some.spacing)
            how = np.ascontiguousarray(samples), life, (float(first), span, parts), lights, affine
            look = lens.fade, lens.edge, weight, lens.is_polar
            before = int(self._count[0])
            while True:
                room = self._lines, self._hues
                find_trails(room, self._count, self._memory, *how, *look)
                if (count := int(self._count[0])) <= len(self._lines):
                    break
                self._lines, self._hues = (grown(part, before, count) for part in room)
                self._count[0] = before


# Beside its source, where the hash behind Manim's cache does not come: its memory is used again.
_snapshots: WeakKeyDictionary[Source, Snapshot] = WeakKeyDictionary()


def snapshot_of(trajectories: Source) -> Snapshot:
    """The snapshot that was drawn of these last, to be drawn anew."""
    return _snapshots.setdefault(trajectories, Snapshot())
