"""Streamlines of a field that is held still, evenly spaced, as lines and as a motion.

A streamline is tangent to the field at one instant. On a flow that changes, no particle follows it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fields.chart import Chart, PlaneChart
from fields.flow import Flow
from fields.loss import Array
from fields.pace import EvenPace
from fields.parameterization.custom import OwnChart
from fields.solve.cache import Memory

_lines = Memory(1 << 22)
"""Of fields: a worker films a clip again for other plays of it, and for other shapes."""
_STEPS = 4  # in a separation: RK4 is then right to a thousandth of a line's width
_CLOSE = 0.5  # of the separation: so near may a line come before it ends


@dataclass(frozen=True, eq=False)
class Streamlines:
    """Marks that run along lines: ``at(time)`` is a pure function, as of any ``Motion``.

    Each of the ``lines`` (k, 2) carries a mark for about every ``gap`` of its length, which runs at
    ``speed`` (weight per unit of time) and begins anew where its line begins.
    """

    lines: tuple[Array, ...]
    gap: float = 1.0
    speed: float = 1.0

    def at(self, time: float) -> Array:
        """Positions (n, 2), in weights."""
        return np.concatenate([place for place, _ in self._marks(time)])

    def age(self, time: float) -> Array:
        """For how long each runs since its line's beginning, (n,)."""
        return np.concatenate([way / self.speed for _, way in self._marks(time)])

    def _marks(self, time: float) -> Iterator[tuple[Array, Array]]:
        for line in self.lines:
            steps = np.hypot(*np.diff(line, axis=0).T)
            length = np.concatenate([[0.0], np.cumsum(steps)])
            count = max(1, round(length[-1] / self.gap))
            way = (np.arange(count) / count + time * self.speed / length[-1]) % 1.0 * length[-1]
            place = np.stack([np.interp(way, length, line[:, i]) for i in range(2)], axis=-1)
            yield place, way


def streamlines(
    flow: Flow,
    *,
    separation: float,
    extent: float = 10.0,
    instant: float = 0.0,
    shortest: float | None = None,
) -> tuple[Array, ...]:
    """Lines (k, 2) that fill [0, extent]² at about one distance, each along the field.

    New lines begin ``separation`` beside old ones and end where they come within half of it, at
    the picture's edge, or at a minimizer; those below ``shortest``, twice the separation, are left
    out. The same lines come out of every call.

    Source: B. Jobard, W. Lefer, "Creating Evenly-Spaced Streamlines of Arbitrary Density", 1997.
    Raises ValueError where the separation is not above 0 and below the extent.
    """
    if not 0 < separation < extent:
        raise ValueError(
            f"streamlines: the separation is {separation!r}; give a number above 0 and below "
            f"the extent, {extent}."
        )
    shortest = 2 * separation if shortest is None else shortest

    def numbered() -> Array:
        lines = streamlines_anew(flow, separation, extent, instant, shortest)
        rows = [np.column_stack([np.full(len(line), k), line]) for k, line in enumerate(lines)]
        return np.concatenate([np.empty((0, 3)), *rows])

    kept = _lines.recall((flow, separation, extent, instant, shortest), numbered)
    ends = np.flatnonzero(np.diff(kept[:, 0])) + 1
    return tuple(np.split(kept[:, 1:], ends)) if len(kept) else ()


def streamlines_anew(
    flow: Flow, separation: float, extent: float, instant: float, shortest: float
) -> tuple[Array, ...]:
    """The same, and not remembered."""
    tracer = _Tracer(EvenPace(flow, 1.0, 1e-9), separation, extent, instant)
    lines: list[Array] = []
    waiting: deque[Array] = deque()
    grid = separation * (0.5 + np.arange(math.floor(extent / separation)))
    # a line may leave whole regions unreached (a crest of the field), so the grid tries last
    seeds = iter(np.stack(np.meshgrid(grid, grid), -1).reshape(-1, 2)[:: 1 + len(grid) // 7])
    while True:
        if waiting:
            candidates = _beside(waiting.popleft(), separation)
        else:
            seed = next(seeds, None)
            if seed is None:
                return tuple(lines)
            candidates = seed[None]
        for candidate in candidates:
            if tracer.free(candidate, 1.0):
                line = tracer.trace(candidate)
                if np.sum(np.hypot(*np.diff(line, axis=0).T)) >= shortest:
                    tracer.keep(line)
                    lines.append(line)
                    waiting.append(line)


def _beside(line: Array, separation: float) -> Array:
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-300)[:, None]
    across = 1.0001 * separation * np.stack([-along[:, 1], along[:, 0]], -1)
    return np.concatenate([line + across, line - across])[::2]


class _Tracer:
    def __init__(self, flow: Flow, separation: float, extent: float, instant: float) -> None:
        self.flow, self.separation, self.extent = flow, separation, extent
        self.instant = instant
        # along w, unless each u(w) is an iteration of its own: then along u
        self.chart: Chart = flow.chart if isinstance(flow.chart, OwnChart) else PlaneChart()
        self.cells: dict[tuple[int, int], list[tuple[float, float]]] = {}

    def keep(self, line: Array) -> None:
        for x, y in line.tolist():
            cell = (int(x // self.separation), int(y // self.separation))
            self.cells.setdefault(cell, []).append((x, y))

    def free(self, place: Array, part: float) -> bool:
        """Whether no line is within a ``part`` of the separation, and the place in the picture."""
        x, y = float(place[0]), float(place[1])
        if not (0 <= x <= self.extent and 0 <= y <= self.extent):
            return False
        reach = (part * self.separation) ** 2
        i, j = int(x // self.separation), int(y // self.separation)
        return not any(
            (x - a) ** 2 + (y - b) ** 2 < reach
            for k in (i - 1, i, i + 1)
            for m in (j - 1, j, j + 1)
            for a, b in self.cells.get((k, m), ())
        )

    def trace(self, seed: Array) -> Array:
        back = list(self._run(seed, -1.0))
        return np.array([*back[::-1], seed, *self._run(seed, 1.0)])

    def _run(self, seed: Array, sign: float) -> Iterator[Array]:
        """Places one step apart, by RK4 along the direction of the field."""
        h, w, z = sign * self.separation / _STEPS, seed, self.chart.enter(seed)
        for _ in range(round(4 * _STEPS * self.extent / self.separation)):
            a = self._direction(z)
            b = self._direction(z + h / 2 * a)
            c = self._direction(z + h / 2 * b)
            d = self._direction(z + h * c)
            begin, end = self.chart.push(z, a), self.chart.push(z + h * c, d)
            z = z + h * ((a + 2 * b + 2 * c + d) / 6)
            before, w = w, self.chart.leave(z)
            way = (w - before) / h
            # shorter where the directions disagree: a minimizer lies between
            if not (begin @ end > 0.5 and way @ way > 0.9):
                return
            if not self.free(w, _CLOSE):
                return
            yield w

    def _direction(self, z: Array) -> Array:
        if isinstance(self.chart, PlaneChart):
            return self.flow.velocity(z, self.instant)
        return self.flow.drift(z, self.instant)
