"""Even pace in the flow's own time: curves are followed as they are, and then told how fast.

Where a flow is fast in one direction and slow in another, particles fall upon a curve, and creep
along it. At even pace they go along it at full speed, and what brings them back to it is one speed
too, whatever the distance: within a layer far thinner than a step no method can take a long one. In
the flow's own time what brings them back is linear, as implicit steps are made for. When a place is
seen follows from how long the way there is, and not from the drift, which within such a layer is
mostly rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from fields.chart import Chart, ParameterChart
from fields.flow import Flow, GradientFlow
from fields.loss import Array
from fields.pace import EvenPace
from fields.parameterization.base import apply
from fields.parameterization.custom import OwnChart
from fields.solve.bundle import Bundle, Leap
from fields.solve.dense import evaluate, interpolant, slope
from fields.solve.explicit import growth, rows

PATIENCE = 100
"""Steps at even pace, before a particle is followed anew in its flow's own time, and there those
in which it is not seen to get on, before it rests."""
HASTE = 20
"""So many of the former, if a step is by then ..."""
SHORTEST = 1e-5
"""... so short, in parts of the time that has gone by."""
NODES = 8
"""Places of a step at which it is asked how fast it is seen to go."""
_AT, _WEIGHTS = legendre.leggauss(NODES)
_STILL = 0.01  # of the tolerance, within which nothing is seen to get on
_WAVES = np.array([(j + 0.5) * _WEIGHTS * legendre.Legendre.basis(j)(_AT) for j in range(NODES)]).T
"""From values at the nodes to the series of Legendre's polynomials, (nodes, j)."""
_PARTS = 0.5 * (1.0 + _AT)
_POWERS = np.linalg.inv(_PARTS ** np.arange(NODES)[:, None]) / np.arange(1, NODES + 1)
"""From values at the nodes to the polynomial of their integral, without its first factor x."""


def own_time(flow: Flow) -> EvenPace | None:
    """The same, if it is the even pace of what is trained, as of formulas, in its coordinates u."""
    if isinstance(flow, EvenPace) and isinstance(flow.flow, GradientFlow):
        return flow if isinstance(flow.chart, OwnChart | ParameterChart) else None
    return None


def is_hard(b: Bundle, tried: int) -> NDArray[np.bool_]:
    """Which particles at even pace are sooner followed in their flow's own time."""
    short = (b.step < SHORTEST * b.time) & (tried > HASTE)
    return np.asarray(short | (tried > PATIENCE))


class Seen:
    """When particles are seen where they are: an even pace along the curves of its flow.

    ``until`` (n,) is for how long they are seen, since their first time.
    """

    def __init__(self, pace: EvenPace, until: Array, rtol: float) -> None:
        self.pace, self.until, self.rtol = pace, until, rtol
        self.now = np.zeros(len(until))
        """For how long each has been seen, (n,)."""
        self._reached, self._stalled = np.zeros(len(until)), np.zeros(len(until))
        self._steps = np.zeros(len(until), dtype=np.intp)

    def going(self, b: Bundle) -> NDArray[np.bool_]:
        """Which particles are to be followed further."""
        return np.asarray(self.now[b.who] < self.until[b.who])

    def resting(self, b: Bundle) -> NDArray[np.bool_]:
        """Which have not been seen to get on for long: 1/``rtol`` times as long as before.

        Or in ``PATIENCE`` steps, where rounding keeps these short.
        They come near a place that they never reach, as the axis in w = u² or 1 in w = tanh u: at
        even pace they are there soon, and rest.
        """
        who, now = b.who, self.now[b.who]
        grown = now > self._reached[who] * (1.0 + _STILL * self.rtol)
        self._reached[who] = np.where(grown, now, self._reached[who])
        self._stalled[who] = np.where(grown, b.time, self._stalled[who])
        self._steps[who] = np.where(grown, 0, self._steps[who] + 1)
        long = self.rtol * b.time > self._stalled[who]
        return np.asarray(long | (self._steps[who] > PATIENCE))

    def look(self, flow: Flow, leap: Leap) -> tuple[Leap, Array]:
        """The step with when it is seen, and by what its growth is limited for that, (n,).

        A step within which that cannot be told to ``rtol`` is no longer good.
        """
        n = len(leap.who)
        begin, good, limit = self.now[leap.who], leap.good.copy(), np.full(n, np.inf)
        seen, end = np.zeros((n, NODES)), begin.copy()
        if good.any():
            some = np.flatnonzero(good)
            bend = interpolant(flow, leap, np.zeros(len(some)), some)
            z, step = rows(leap.z, some), leap.step[some]
            delay = np.stack(
                [self._delay(flow.chart, z, bend, step, part) for part in _PARTS], axis=-1
            )
            error = _missed(delay) / (self.rtol * (1.0 + begin[some]))
            endless = np.asarray((delay == np.inf).any(axis=1))  # at a minimizer: it arrives
            good[some] = endless | (error <= 1.0)
            limit[some] = np.where(endless, np.inf, growth(np.maximum(error, 1e-12), NODES))
            with np.errstate(invalid="ignore"):
                seen[some] = np.where(endless[:, None], np.inf, apply(_POWERS.T, delay))
                end[some] = begin[some] + np.maximum(seen[some].sum(axis=1), 0.0)
        self.now[leap.who[good]] = end[good]
        return leap._replace(good=good, seen=seen, times=(begin, end)), limit

    def rest(self, leap: Leap) -> Leap:
        """A step in which particles rest, as it is seen: to the end."""
        begin, end = self.now[leap.who], self.until[leap.who]
        self.now[leap.who] = end
        return leap._replace(seen=(end - begin)[:, None], times=(begin, end))

    def _delay(self, chart: Chart, z: Array, bend: list[Array], step: Array, part: float) -> Array:
        """For how long a step is seen at a part of it, in parts of it, (n,)."""
        at = np.full((len(z), 1), part)
        place, h = z + evaluate(bend, at), step[:, None]
        with np.errstate(all="ignore"):
            velocity = chart.push(place, slope(bend, at) / h)
            return np.asarray(h * self.pace.delay(velocity, chart.leave(place)))[:, 0]


def _missed(delay: Array) -> Array:
    """By how much the integral of values at the nodes may be wrong within the step, (n,).

    By the next wave of a series whose last two are known; infinite where a value is no number.
    """
    with np.errstate(all="ignore"):
        before, last = np.abs(apply(_WAVES[:, -2:].T, delay)).T
        decay = np.where(last < before, last / before, 1.0)
        missed = last * decay / NODES
    return np.asarray(np.where(np.isnan(missed), np.inf, missed))
