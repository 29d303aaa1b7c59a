"""Light from trails: what sampled trajectories leave in an accumulation buffer, slice by slice.

Each particle leaves light where it has been, which dims evenly to nothing in the seconds of a
trail. The light of a pixel is the sum of all that was left there, mapped by 1 - exp(-x), as film
does: where many meet it grows white.

Time is cut into slices of 1/60 s. A buffer counts, in whole quanta, the light that every slice left
in a pixel, and that light times the number of its slice: from the two sums follows how bright the
pixel is at any moment. From frame to frame only the newest slices are added, and those that have
gone dark are taken away again. Whole numbers add up alike in any order and leave nothing behind
when they are taken away, so a buffer that went along with a film and one that was made for a single
frame are the same to the last bit: a frame depends on what is asked alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from stage.engine.compiled.light import PIXEL, add_light, dark, exchange_light
from stage.engine.compiled.lines import RATE
from stage.engine.finder import Batch, Finder, Found, Look

_NOTHING = 1e-6  # of a slice: a film's clock counts nanoseconds

# A quantum is 1/128 of a pixel's full weight times 1/63 of a colour: fine enough that its rounding
# is not seen, and coarse enough that no sum runs over where 100,000 trails meet in one pixel.
QUANTA = 128
FULL = 63

# Slices whose lines are found at once, as time goes on and at first: one begins where another ends.
_TOGETHER, _AT_FIRST = 4, 9


class Trajectories(Protocol):
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
        """Those that may be alive between two times, (m, 2, n), and the number of each first."""
        ...


class Source(Protocol):
    """What light is asked of: see ``fields.Stream`` and ``fields.HeldStream``."""

    def strands(
        self, since: float, until: float
    ) -> Iterable[tuple[Trajectories, float, float, float, float]]:
        """Who leaves light between two times: whose, from when to when, how much later, what part.

        All are whole slices of time, so that what is left later is the same to the last bit.
        """
        ...


class Lens(NamedTuple):
    """How trajectories are seen: all that their light depends on, beside time."""

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
    is_polar: bool = False
    """Whether colour tells the radius from the angle, and not w₁ from w₂."""

    @property
    def slices(self) -> int:
        """Time slices in a trail."""
        return max(1, round(self.seconds * RATE))

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

    @property
    def in_frame(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """What takes a position to pixels of that part."""
        left, top, *_ = self.frame
        (a, b, x), (c, d, y) = self.affine
        return (a, b, x - left), (c, d, y - top)


class AccumulationBuffer:
    """The light of some trajectories as a lens sees them, kept from one frame to the next."""

    def __init__(self) -> None:
        self.lens: Lens | None = None
        self.step = 0  # the slices before this one are in the buffer, as far as they are not dark
        self.part = 0.0  # and so much of this one
        self._room = dark(0)  # for pixels of any picture that has been drawn
        self.light = self._room[None]  # both sums of each pixel, see ``light``
        self._batches: list[Batch] = []  # of slices that will be taken away
        self._partial: Found | None = None
        self._finder = Finder()

    def seek(self, trajectories: Source, lens: Lens, time: float) -> None:
        """Bring the buffer to a time, in seconds."""
        now = time * RATE
        step = math.floor(now + _NOTHING)
        part = now - step if now - step > _NOTHING else 0.0
        if self._partial:
            self._add(self._partial, -1)
            self._partial = None
        if lens != self.lens or 2 * abs(step - self.step) >= lens.slices:
            self._begin(lens)
            for first in range(step - lens.slices, step, _AT_FIRST):
                slices = range(first, min(first + _AT_FIRST, step))
                self._find(trajectories, slices)
                self._add(self._finder.found(), 1)
        else:
            for number in range(*sorted((self.step, step))):
                ends = number, number - lens.slices
                self._exchange(trajectories, *(ends if step > self.step else ends[::-1]))
        self.step, self.part = step, part
        if part:
            self._find(trajectories, range(step, step + 1), part)
            self._partial = self._finder.found()
            self._add(self._partial, 1)

    def _begin(self, lens: Lens) -> None:
        left, top, right, bottom = lens.frame
        rows, columns = max(bottom - top, 0), max(right - left, 0)
        if rows * columns > len(self._room):  # a camera that comes nearer soon needs more again
            self._room = dark(rows * columns * 9 // 8)
        self.light = self._room[: rows * columns].reshape(rows, columns, PIXEL)
        self.light[:] = 0
        self.lens, self.part = lens, 0.0
        self._keep(range(0))

    def _exchange(self, trajectories: Source, comes: int, goes: int) -> None:
        """Add the light of one slice of time, and take that of another away as it was added."""
        is_onward = comes > goes
        new, old = (self._batch(trajectories, number, is_onward) for number in (comes, goes))
        exchange_light(self.light, (new, comes), (old, goes), *self._ink)
        self._keep(range(min(comes, goes), max(comes, goes) + 1))

    def _batch(self, trajectories: Source, number: int, is_onward: bool) -> Batch:
        """The batch of a slice, in which those are that follow: they begin where it ends."""
        for batch in self._batches:
            if number in batch.slices:
                return batch
        first = number if is_onward else number - _TOGETHER + 1
        self._find(trajectories, range(first, first + _TOGETHER))
        self._batches.append(self._finder.batch())
        return self._batches[-1]

    def _keep(self, window: range) -> None:
        """Let go of batches of which no slice is in a window of time."""
        for batch in self._batches:
            if not _meet(batch.slices, window):
                self._finder.take_back(batch)
        self._batches = [batch for batch in self._batches if _meet(batch.slices, window)]

    def _add(self, found: Found, sign: int) -> None:
        add_light(self.light, found, *self._ink, sign)

    @property
    def _ink(self) -> tuple[NDArray[np.int32], float]:
        """Colours of light, (257, 3), and how wide it is drawn."""
        assert self.lens is not None  # since _begin
        colours = np.frombuffer(self.lens.palette, np.int32).reshape(-1, 3)
        return colours, max(self.lens.width, 1.0)

    def _find(self, trajectories: Source, slices: range, part: float = 1.0) -> None:
        """Find what some slices of time leave, a ``part`` of each."""
        lens = self.lens
        assert lens is not None  # since _begin
        affine, weight = lens.in_frame, lens.strength * min(lens.width, 1.0) * QUANTA
        self._finder.begin(slices, len(self.light))
        begin, end = slices.start / RATE, slices.stop / RATE
        for some, since, until, later, share in trajectories.strands(begin, end):
            when, back = (round(since * RATE), round(until * RATE), part), round(later * RATE)
            look = Look(affine, lens.fade, lens.edge, weight * share, lens.is_polar)
            for number, samples in some.blocks(since, until):
                life = (number, some.lifetime / some.count, some.lifetime, some.spacing)
                self._finder.add(samples, life, when, back, look)


def _meet(slices: range, window: range) -> bool:
    return slices.start < window.stop and window.start < slices.stop


# Light by whose it is: of the next picture most of it is there already. It is kept here, where the
# hash behind Manim's cache does not come.
_buffers: WeakKeyDictionary[Source, list[AccumulationBuffer]] = WeakKeyDictionary()


def buffer_for(trajectories: Source, lens: Lens) -> AccumulationBuffer:
    """The buffer that these were last seen in through the lens, or else one to begin anew.

    Two are kept: trajectories may be seen at two places while one picture fades into another.
    """
    kept = _buffers.setdefault(trajectories, [])
    same = next((buffer for buffer in kept if buffer.lens == lens), None)
    buffer = same or (kept[0] if len(kept) == 2 else AccumulationBuffer())
    kept[:] = [other for other in kept if other is not buffer] + [buffer]
    return buffer


def palette(second: np.ndarray, both: np.ndarray, first: np.ndarray) -> bytes:
    """The light of motion along w₂, both and w₁, and between, by the share of w₁ in its square."""
    share = np.linspace(0.0, 2.0, 257)[:, None]
    lights = (
        second + np.minimum(share, 1) * (both - second) + np.maximum(share - 1, 0) * (first - both)
    )
    light: bytes = np.rint(lights * FULL).astype(np.int32).tobytes()
    return light
