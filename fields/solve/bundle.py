"""The particles that are on their way, and a step of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fields.loss import Array

STEPS = 3_000
"""The most steps that are tried for a particle while its time, counted from its start, grows
tenfold, and between two ``breaks`` of its flow."""

# odd numbers: at rest a particle may be moved to and fro by two steps
SHORT = 65
"""So many steps in which its time has not grown by 1 % are short."""
GAIN = 1.01
"""By so much its time grows in steps that are not."""
_MANY = 400  # so many in which it has not grown tenfold: they are short as well


class Leap(NamedTuple):
    """A step of some particles, from z to ``new``; every array's first axis is theirs."""

    who: NDArray[np.intp]
    good: NDArray[np.bool_]
    """Whether the step was good enough to be taken; the others are tried again."""
    z: Array
    new: Array
    time: Array
    """Since the particle's own first time."""
    after: Array
    step: Array
    stages: list[Array]
    """What the method keeps of a step; empty for particles that rest from now on."""
    implicit: bool = False
    """Whether the method is the implicit one."""
    seen: Array | None = None
    """For how long it has been seen after a part x of the step: x Σ seen[:, j] xʲ, if it is."""
    times: tuple[Array, Array] | None = None
    """When it is seen to begin and to end, since the particle's first time, if it is."""

    @property
    def begin(self) -> Array:
        """When it begins, in the time that is asked for."""
        return self.time if self.times is None else self.times[0]

    @property
    def end(self) -> Array:
        """When it ends, likewise."""
        return self.after if self.times is None else self.times[1]


@dataclass
class Bundle:
    """The particles that are still on their way."""

    who: NDArray[np.intp]
    origin: Array
    span: Array
    z: Array
    time: Array
    slope: Array
    step: Array
    power: Array
    """The direction of the power method, of length 1, (n, k)."""
    crawl: NDArray[np.intp]
    piece: NDArray[np.intp]
    """Between which breaks of the flow it is."""
    tries: NDArray[np.intp]
    """Steps tried there since its time was ``decade``, and has grown less than tenfold."""
    decade: Array
    since: NDArray[np.intp]
    """Steps tried since its time was ``mark``, from which it has grown by less than 1 %."""
    mark: Array
    held: NDArray[np.bool_]
    """Whether steps have been short, so that it is looked at more closely from then on."""
    telling: NDArray[np.bool_]
    """Whether short steps tell of a layer: not in a time that may be long before anything moves."""

    @classmethod
    def at(
        cls, z: Array, origin: Array, span: Array, slope: Array, step: Array, telling: bool = True
    ) -> Bundle:
        """All particles at their start."""
        n = len(z)
        who, nought, none = np.arange(n), np.zeros(n), np.zeros(n, dtype=np.intp)
        still = np.zeros(n, dtype=bool)
        return cls(
            who, origin, span, z, nought, slope, step, np.full_like(z, z.shape[1] ** -0.5),
            none, none, none, nought, none, nought, still, np.full(n, telling),
        )  # fmt: skip

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Let go of the others."""
        if not mask.all():
            for name, value in vars(self).items():
                setattr(self, name, value.T.compress(mask, axis=-1).T)

    def pieces(self, breaks: Array) -> NDArray[np.intp]:
        """The number of the next break; what is within rounding of one is beyond it."""
        now = self.origin + self.time
        return np.searchsorted(breaks, now + 1e-13 * (1 + np.abs(now)), "right")

    def count(self, breaks: Array) -> None:
        """Count one more step, of each particle since the last break, and of short ones."""
        piece = self.pieces(breaks)
        anew = (piece != self.piece) | (self.time > 10.0 * self.decade)
        self.tries = np.where(anew, 0, self.tries + 1)
        self.decade = np.where(anew, self.time, self.decade)
        grown = (self.time > GAIN * self.mark) | ~self.telling
        self.piece, self.mark = piece, np.where(grown, self.time, self.mark)
        self.since = np.where(grown, 0, self.since + 1)
        self.held |= self.slow()

    def slow(self) -> NDArray[np.bool_]:
        """Which particles have taken short steps, or many."""
        return self.telling & ((self.since >= SHORT) | (self.tries >= _MANY))
