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
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from stage.engine.segments import RATE, add_light, by_rows, exchange_light, segments

Segments = tuple[np.ndarray, np.ndarray]
"""Lines and their looks, from ``segments``."""
Slice = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Those of a slice in order, and where its bands begin in them, from ``by_rows``."""

_NOTHING = 1e-6  # of a slice: a film's clock counts nanoseconds

# A quantum is 1/128 of a pixel's full weight times 1/63 of a colour: fine enough that its rounding
# is not seen, and coarse enough that no sum runs over where 100,000 trails meet in one pixel.
QUANTA = 128
FULL = 63

_TOGETHER = 4  # slices whose lines are found at once: where one ends the next one begins


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


class AccumulationBuffer:
    """The light of some trajectories as a lens sees them, kept from one frame to the next."""

    def __init__(self) -> None:
        self.lens: Lens | None = None
        self.step = 0  # the slices before this one are in the buffer, as far as they are not dark
        self.part = 0.0  # and so much of this one
        self.light = np.zeros((0, 6, 0), np.int32)  # r, g, b, and each times the slice's number
        self._drawn: dict[int, Slice] = {}  # what each slice left: it will be taken away
        self._ahead: dict[int, list[Slice]] = {}  # what slices leave that are found together

    def seek(self, trajectories: Source, lens: Lens, time: float) -> None:
        """Bring the buffer to a time, in seconds."""
        now = time * RATE
        step = math.floor(now + _NOTHING)
        part = now - step if now - step > _NOTHING else 0.0
        if self.part:
            self._lay(trajectories, self.step, self.step + 1, -1, self.part)
        if lens != self.lens or 2 * abs(step - self.step) >= lens.slices:
            self._begin(lens)
            self._lay(trajectories, step - lens.slices, step, 1)
        else:
            for number in range(*sorted((self.step, step))):
                ends = number, number - lens.slices
                self._exchange(trajectories, *(ends if step > self.step else ends[::-1]))
        self.step, self.part = step, part
        if part:
            self._lay(trajectories, step, step + 1, 1, part)

    def _begin(self, lens: Lens) -> None:
        left, top, right, bottom = lens.frame
        shape = (max(bottom - top, 0), 6, max(right - left, 0))
        if shape == self.light.shape:
            self.light[:] = 0
        else:
            self.light = np.zeros(shape, np.int32)
        self.lens, self.part = lens, 0.0
        self._drawn.clear()
        self._ahead.clear()

    def _exchange(self, trajectories: Source, comes: int, goes: int) -> None:
        """Add the light of one slice of time, and take that of another away as it was added."""
        assert self.lens is not None  # since _begin
        old = self._drawn.pop(goes, None) or self._slice(trajectories, goes)
        new = self._drawn[comes] = self._slice(trajectories, comes)
        colours = np.frombuffer(self.lens.palette, np.int32).reshape(-1, 3)
        exchange_light(self.light, new, old, colours, max(self.lens.width, 1.0))

    def _slice(self, trajectories: Source, number: int) -> Slice:
        """What a slice leaves, in order; its neighbours begin where it ends, and are kept ready."""
        first = number // _TOGETHER * _TOGETHER
        if first not in self._ahead:
            drawn = list(self._segments(trajectories, first, first + _TOGETHER))
            drawn = drawn or [(np.empty((0, 4), np.float32), np.empty((0, 3), np.float32))]
            lines, looks = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
            lines, looks, begins = by_rows(lines, looks, len(self.light), first, _TOGETHER)
            while len(self._ahead) > 1:  # those that come and those that go
                del self._ahead[next(iter(self._ahead))]
            self._ahead[first] = [(lines, looks, bands) for bands in begins]
        return self._ahead[first][number - first]

    def _lay(
        self, trajectories: Source, first: int, stop: int, sign: int, part: float = 1.0
    ) -> None:
        """Add the light of some slices of time, a ``part`` of each, or take it away again."""
        self._add(self._segments(trajectories, first, stop, part), sign)

    def _add(self, drawn: Iterable[Segments], sign: int) -> None:
        assert self.lens is not None  # since _begin
        colours = np.frombuffer(self.lens.palette, np.int32).reshape(-1, 3)
        for lines, looks in drawn:
            add_light(self.light, lines, looks, colours, max(self.lens.width, 1.0), sign)

    def _segments(
        self, trajectories: Source, first: int, stop: int, part: float = 1.0
    ) -> Iterator[Segments]:
        """What some slices of time leave, a ``part`` of each, by blocks of trajectories."""
        lens = self.lens
        assert lens is not None  # since _begin
        left, top, *_ = lens.frame
        (a, b, x), (c, d, y) = lens.affine
        affine = (a, b, x - left), (c, d, y - top)
        weight = lens.strength * min(lens.width, 1.0) * QUANTA
        for some, since, until, later, share in trajectories.strands(first / RATE, stop / RATE):
            slices, back = (round(since * RATE), round(until * RATE), part), round(later * RATE)
            for number, samples in some.blocks(since, until):
                life = (number, some.lifetime / some.count, some.lifetime, some.spacing)
                look = (lens.fade, lens.edge, weight * share, lens.is_polar)
                lines, looks = segments(samples, life, slices, affine, *look)
                looks[:, 2] += back
                yield lines, looks


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
