"""One particle's path, or many, as a value that can be asked for any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.chart import Chart
from fields.flow import Flow
from fields.loss import Array
from fields.solve.bundle import Leap
from fields.solve.dense import evaluate, interpolant, part_seen
from fields.solve.integrate import check_accuracy, enter
from fields.solve.march import march
from fields.solve.seen import NODES, Seen, own_time


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Particles that followed a flow: ``at(time)`` looks up where they were, for good.

    Made by ``follow``. Between steps it is a polynomial, of order 7 or, where the flow is stiff, 4,
    and the same to the last bit as ``integrate``. Before ``begin`` particles are where they start,
    after ``end`` where they ended. It takes some 150 bytes per step and particle.
    """

    begin: float
    end: float
    chart: Chart
    shape: tuple[int, ...]
    first: NDArray[np.intp]
    """Where the steps of each particle begin in the arrays below, (n + 1,)."""
    time: Array
    after: Array
    step: Array
    place: Array
    arrival: Array
    bend: tuple[Array, ...]
    seen: Array
    """Of each step what a ``Leap`` has, (n, k); NaN where its time is the one asked for."""

    def at(self, time: float) -> Array:
        """Positions (..., d), in weights, of the shape of the starts."""
        elapsed = min(max(float(time), self.begin), self.end) - self.begin
        low, high = self.first[:-1].copy(), self.first[1:] - 1
        while np.any(low < high):  # the first step that ends at the time or after
            middle = (low + high) // 2
            late = self.after[middle] >= elapsed
            low, high = np.where(late, low, middle + 1), np.where(late, middle, high)
        part = self._part(low, elapsed)[:, None]
        z = self.place[self.first[:-1]]
        if elapsed > 0 and len(z):
            change = evaluate([coefficient[low] for coefficient in self.bend], part)
            over = elapsed >= self.after[low, None]
            z = np.where(over, self.arrival[low], self.place[low] + change)
        w = self.chart.leave(z)
        return w.reshape(*self.shape, w.shape[-1])

    def _part(self, which: NDArray[np.intp], elapsed: float) -> Array:
        """Which part of steps is over when so much time has gone by, (m,)."""
        wanted, seen = elapsed - self.time[which], self.seen[which]
        part = np.asarray(wanted / self.step[which])
        other = np.flatnonzero(~np.isnan(seen[:, 0]))
        part[other] = part_seen(wanted[other], seen[other])
        return part

    def age(self, time: float) -> Array:
        """For how long each has been moving, (...), in units of flow time."""
        return np.full(self.shape, max(float(time) - self.begin, 0.0))


def follow(
    flow: Flow, starts: ArrayLike, duration: float, *, begin: float = 0.0, rtol: float = 1e-10
) -> Trajectory:
    """The ``Trajectory`` of particles that are at ``starts`` (..., d) at time ``begin``.

    Raises what ``integrate`` raises, and ValueError where the duration is not above 0.
    """
    if not (np.isfinite(duration) and duration > 0):
        raise ValueError(f"follow: the duration is {duration!r}; give a number above 0.")
    check_accuracy("follow", rtol)
    z = enter(flow, starts, begin)
    shape, z = z.shape[:-1], z.reshape(-1, z.shape[-1])
    n = len(z)
    origin, span = np.full(n, float(begin)), np.full(n, float(duration))
    pace = own_time(flow)
    noted: list[int] = []
    steps = march(flow, z, origin, span, rtol=rtol, hard=None if pace is None else noted)
    records = list(_recorded(flow, steps, origin))
    if pace is not None and noted:
        hard = np.sort(noted)
        records = [tuple(c[~np.isin(record[0], hard)] for c in record) for record in records]
        told = Seen(pace, span[hard], rtol)
        steps = march(
            pace.flow, z[hard], origin[hard], np.full(len(hard), np.inf),
            rtol=rtol, first=hard, seen=told,
        )  # fmt: skip
        records += [(hard[who], *r) for who, *r in _recorded(pace.flow, steps, origin[hard])]
    if not records:  # of no particles
        none = np.empty(0)
        begins = np.zeros(1, dtype=np.intp)
        end = float(begin) + float(duration)
        return Trajectory(
            float(begin),
            end,
            flow.chart,
            shape,
            begins,
            none,
            none,
            none,
            z,
            z,
            (),
            np.empty((0, NODES)),
        )
    columns = [np.concatenate(column) for column in zip(*records, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    first = np.searchsorted(columns[0][order], np.arange(n + 1))
    time, after, step, place, arrival, seen, *bends = (column[order] for column in columns[1:])
    return Trajectory(
        float(begin),
        float(begin) + float(duration),
        flow.chart,
        shape,
        first,
        time,
        after,
        step,
        place,
        arrival,
        tuple(bends),
        seen,
    )


def _recorded(
    flow: Flow, steps: Iterator[Leap], origin: Array
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Of the good ones of some steps: whose, when, from where to where, and what is between."""
    for leap in steps:
        good = np.flatnonzero(leap.good)
        who = leap.who[good]
        bend = interpolant(flow, leap, origin[who], good)
        seen = np.full((len(leap.who), NODES), np.nan)
        if leap.seen is not None:
            seen[:] = 0.0
            seen[:, : leap.seen.shape[1]] = leap.seen
        row = (leap.begin, leap.end, leap.step, leap.z, leap.new, seen)
        yield who, *(column[good] for column in row), *bend
