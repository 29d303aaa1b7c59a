"""Steps with error control, of many particles at once, each with a step of its own.

A mean over all particles would let one stiff particle hide among ten thousand easy ones. Where a
stable explicit step is much shorter than accuracy asks for, a particle takes an implicit one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fields.chart import AXIS, LogChart
from fields.flow import Flow
from fields.loss import Array
from fields.solve import explicit, implicit, settle
from fields.solve.explicit import Trial, larger
from fields.solve.implicit import Jacobian

_RESOLVED = 4 * float(np.finfo(float).eps)  # of the time that has gone by: the shortest step
# odd numbers: at rest a particle may be moved to and fro by two steps
_SHORT, _GAIN = 65, 1.01  # so many steps, in which its time has not grown so much: they are short
_MANY = 400  # so many in which it has not grown tenfold: they are short as well
_OFTEN = 251  # steps after which we look whether a particle is at rest, though they are long
_SEEK = 5  # steps, if they are short, between two looks for where coordinates settle
_WITHIN = 10.0  # errors of a step, within which a coordinate may be moved to where it settles
_STIFF = 2.0  # stable steps in one that accuracy allows: from there on an implicit one is cheaper
_NOTHING = -300.0  # the ln w of a weight whose powers, and their squares, are soon no numbers
_CRAWL = 1000  # shortest steps in a row that are taken before giving up


STEPS = 3_000
"""The most steps that are tried for a particle while its time, counted from its start, grows
tenfold, and between two ``breaks`` of its flow."""


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


@dataclass
class _Bundle:
    """The particles that are still on their way."""

    who: NDArray[np.intp]
    origin: Array
    span: Array
    z: Array
    time: Array
    slope: Array
    step: Array
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

    def keep(self, mask: NDArray[np.bool_]) -> None:
        if not mask.all():
            for name, value in vars(self).items():
                setattr(self, name, value.T.compress(mask, axis=-1).T)


def march(
    flow: Flow, begin: Array, origin: Array, span: Array, *, rtol: float, first: int = 0
) -> Iterator[Leap]:
    """All steps of particles that start at z = ``begin`` (n, 2), until ``span`` has gone by.

    ``origin`` (n,) are their first times. Time is counted from there, so that a start on an axis,
    where all happens within 1e-50, is resolved at any hour. No step is shortened to meet a time:
    where a particle is does not depend on when it is looked at, nor on who goes along. Steps end at
    the ``breaks`` of a flow, if it has any: times at which it is not smooth.

    Where a particle is at rest to the last digits, it rests until the next break. A flow that
    decays is followed in steps that grow with time, so that a span of 40 decades takes some
    hundreds of them.

    Raises ArithmeticError where a particle, called by its number from ``first`` on, cannot be
    followed, or takes more than ``STEPS`` steps while its time grows tenfold.
    """
    chart, n, begin = flow.chart, len(begin), np.asfortranarray(begin)
    slope = flow.drift(begin, origin)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        pace = larger(np.abs(slope) / chart.scale(begin))
        step = np.where(pace == 0, 1.0, 0.01 / np.clip(pace, 1e-300, 1e300))
    who, nought = np.arange(n), np.zeros(n)
    still = np.zeros(n, dtype=bool)
    tallies = 0 * who, 0 * who, 0 * who, nought, 0 * who, nought
    b = _Bundle(who, origin, span, begin, nought, slope, step, *tallies, still)
    breaks = np.append(np.unique(getattr(flow, "breaks", ())), np.inf)
    while True:
        b.keep(b.time < b.span)
        _count(b, breaks)
        _complain(flow, b, b.tries > STEPS, first, f"it takes more than {STEPS:,} steps")
        yield from _pause(flow, b, breaks)
        b.keep(b.time < b.span)
        if len(b.who) == 0:
            return
        now, proposed = b.origin + b.time, b.step
        gap = breaks[_piece(b, breaks)] - now
        rates = implicit.jacobian(flow, b.z, now, b.slope)
        noise = np.zeros_like(b.z)
        if b.held.any():
            rates = _refined(flow, b, now, rates)
            held = np.flatnonzero(b.held)
            noise[held] = settle.rounding(flow, rows(b.z, held), now[held], rows(b.slope, held))
        stable, long = rates.stable(), np.minimum(proposed, gap)
        b.step, stiff = np.minimum(long, stable), long > _STIFF * stable
        if stiff.any():
            long = np.minimum(long, rates.telling())
            stiff = long > _STIFF * stable
            b.step = np.where(stiff, long, b.step)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            parts = _attempt(flow, b, now, rates, stiff, rtol, noise)
            new, slope, error, factor, *_ = _together(parts, len(now))
        good, tiny = error <= 1.0, np.zeros(len(now), dtype=bool)
        after = b.time + b.step
        if not good.all():
            tiny = ~good & ~(b.step > _RESOLVED * b.time) | (after <= b.time)
            if tiny.any():
                yield from _rest(flow, b, tiny)
                # A kink thinner than time resolves, such as an axis for N < 1, is stepped over.
                going = tiny & (after > b.time) & (b.time < b.span)
                good |= going & np.isfinite(new + slope).all(axis=1)
                b.crawl = np.where(tiny, b.crawl + 1, 0)
                stuck = tiny & (~good | (b.crawl > _CRAWL)) & (b.time < b.span)
                _complain(flow, b, stuck, first, "the flow is singular there")
        new, slope = _settle_down(flow, b, good, tiny, new, slope, after, rtol)
        whole = Leap(b.who, good, b.z, new, b.time, after, b.step, [])
        yield from _leaps(whole, parts)
        b.z = np.where(good[:, None], new, b.z)
        b.slope = np.where(good[:, None], slope, b.slope)
        b.time = np.where(good, np.maximum(after, b.time), b.time)
        # a step that a break has shortened tells little about how long the next may be
        grown = np.where(b.step < proposed, np.maximum(b.step * factor, proposed), b.step * factor)
        b.step = np.where(good, grown, b.step * np.minimum(factor, 0.9))
        b.step = np.maximum(b.step, 0.5 * _RESOLVED * b.time)


def interpolant(flow: Flow, leap: Leap, origin: Array, part: NDArray[np.intp]) -> list[Array]:
    """The polynomial through the steps ``part``, as the coefficients that ``evaluate`` nests."""
    z = rows(leap.z, part)
    if not leap.stages:
        return [np.zeros_like(z)] * 7
    change, stages = rows(leap.new, part) - z, [rows(stage, part) for stage in leap.stages]
    if leap.implicit:
        return implicit.bend(stages, change)
    return explicit.bend(flow, z, origin + leap.time[part], leap.step[part], stages, change)


def evaluate(polynomial: list[Array], part: Array) -> Array:
    """The change of z after a ``part`` of the step, 0 … 1, shape (n, 1)."""
    total = np.zeros_like(polynomial[0])
    for k, coefficient in enumerate(reversed(polynomial)):
        total = (total + coefficient) * (part if k % 2 == 0 else 1.0 - part)
    return total


def rows(values: Array, which: NDArray[np.intp]) -> Array:
    """Some rows of (n, 2), kept column by column: what is done to all is then one long loop."""
    return np.asarray(values.T.take(which, axis=-1).T)


def _attempt(
    flow: Flow,
    b: _Bundle,
    now: Array,
    rates: Jacobian,
    stiff: NDArray[np.bool_],
    rtol: float,
    noise: Array,
) -> list[tuple[NDArray[np.intp], Trial]]:
    """A step of each particle, by the method that suits it: whose, and what came out."""
    if not stiff.any():
        return [
            (np.arange(len(now)), explicit.attempt(flow, b.z, now, b.step, b.slope, rtol, noise))
        ]
    parts = []
    for which in (np.flatnonzero(~stiff), np.flatnonzero(stiff)):
        state = rows(b.z, which), now[which], b.step[which], rows(b.slope, which)
        if len(which) and not stiff[which[0]]:
            parts.append((which, explicit.attempt(flow, *state, rtol, noise[which])))
        elif len(which):
            at = Jacobian(*(rate[which] for rate in rates))
            parts.append((which, implicit.attempt(flow, *state, rtol, at, noise[which])))
    return parts


def _together(parts: list[tuple[NDArray[np.intp], Trial]], n: int) -> Trial:
    """What came out, of all particles in their order; stages stay with their method."""
    if len(parts) == 1:
        return parts[0][1]
    new, slope = (np.empty((2, n)).T for _ in range(2))
    whole = Trial(new, slope, np.empty(n), np.empty(n), [], implicit=False)
    for which, trial in parts:
        for column, values in zip(whole[:4], trial[:4], strict=True):
            column[which] = values
    return whole


def _leaps(whole: Leap, parts: list[tuple[NDArray[np.intp], Trial]]) -> Iterator[Leap]:
    """The steps, those of one method at a time."""
    for which, trial in parts:
        leap = whole._replace(stages=trial.stages, implicit=trial.implicit)
        if len(parts) > 1:
            who, good, time, after, step = leap.who, leap.good, leap.time, leap.after, leap.step
            leap = leap._replace(
                who=who[which],
                good=good[which],
                z=rows(leap.z, which),
                new=trial.new,
                time=time[which],
                after=after[which],
                step=step[which],
            )
        yield leap


def _rest(flow: Flow, b: _Bundle, tiny: NDArray[np.bool_]) -> Iterator[Leap]:
    """Let particles that reach an axis in finite time rest there, if the chart ends there."""
    if not isinstance(flow.chart, LogChart):
        return
    with np.errstate(invalid="ignore"):
        vanishing = b.slope * b.step[:, None] < -1e-4  # ln w, within what time resolves
        vanishing |= (b.z < _NOTHING) & (b.slope < 0)
    ended = tiny & vanishing.any(axis=1) & np.isfinite(b.slope).all(axis=1)
    yield from _end(b, ended, np.where(vanishing, AXIS, b.z), b.span)


def _piece(b: _Bundle, breaks: Array) -> NDArray[np.intp]:
    """The number of the next break; what is within rounding of one is beyond it."""
    now = b.origin + b.time
    return np.searchsorted(breaks, now + 1e-13 * (1 + np.abs(now)), "right")


def _count(b: _Bundle, breaks: Array) -> None:
    """Count one more step, of each particle since the last break, and of short ones."""
    piece = _piece(b, breaks)
    anew = (piece != b.piece) | (b.time > 10.0 * b.decade)
    b.tries, b.decade = np.where(anew, 0, b.tries + 1), np.where(anew, b.time, b.decade)
    grown = b.time > _GAIN * b.mark
    b.piece, b.mark = piece, np.where(grown, b.time, b.mark)
    b.since = np.where(grown, 0, b.since + 1)
    b.held |= _slow(b)


def _slow(b: _Bundle) -> NDArray[np.bool_]:
    """Which particles have taken short steps, or many."""
    return (b.since >= _SHORT) | (b.tries >= _MANY)


def _pause(flow: Flow, b: _Bundle, breaks: Array) -> Iterator[Leap]:
    """Let particles rest until the next break that take short steps, for they are at rest."""
    short = (b.since > 0) & (b.since % _SHORT == 0)
    asked = np.flatnonzero(short | (b.tries > 0) & (b.tries % _OFTEN == 0))
    if len(asked) == 0:
        return
    z, now = rows(b.z, asked), b.origin[asked] + b.time[asked]
    until = np.minimum(b.span[asked], breaks[b.piece[asked]] - b.origin[asked])
    resting = settle.at_rest(flow, z, now, b.origin[asked] + until)
    ended = np.zeros(len(b.who), dtype=bool)
    ended[asked[resting]] = True
    end = b.time.copy()
    end[asked] = until
    yield from _end(b, ended, b.z, end)
    if (ended & (b.time < b.span)).any():
        b.slope = np.where(ended[:, None], flow.drift(b.z, b.origin + b.time), b.slope)


def _refined(flow: Flow, b: _Bundle, now: Array, rates: Jacobian) -> Jacobian:
    """The derivatives, of particles that are held found anew by finer differences."""
    held = np.flatnonzero(b.held)
    coarse = Jacobian(*(rate[held] for rate in rates))
    fine = implicit.refined(coarse, flow, rows(b.z, held), now[held])
    whole = Jacobian(*(rate.copy() for rate in rates))
    for rate, values in zip(whole, fine, strict=True):
        rate[held] = values
    return whole


def _settle_down(
    flow: Flow,
    b: _Bundle,
    good: NDArray[np.bool_],
    tiny: NDArray[np.bool_],
    new: Array,
    slope: Array,
    after: Array,
    rtol: float,
) -> tuple[Array, Array]:
    """Where good steps end, and the drift there, of particles whose steps are short.

    What is within the tolerance of where it settles is put there. A step as short as time resolves
    may end anywhere: there, whatever settles within a step of Euler's method has settled.
    """
    some = np.flatnonzero(good & (tiny | _slow(b) & (b.tries % _SEEK == 0)))
    if len(some) == 0:
        return new, slope
    short, when = tiny[some, None], b.origin[some] + after[some]
    z = np.where(short, rows(b.z, some), rows(new, some))
    drift = np.where(short, rows(b.slope, some), rows(slope, some))
    reach = _WITHIN * rtol * flow.chart.scale(z)
    with np.errstate(over="ignore", invalid="ignore"):
        way = np.where(short, b.step[some, None] * drift, np.sign(drift) * reach)
    turned, place = settle.settled(flow, z, drift, way, when)
    which = np.flatnonzero(turned.any(axis=1))
    if len(which):
        place = np.where(short & ~turned, z + way, place)[which]
        new, slope = new.copy(), slope.copy()
        new[some[which]], slope[some[which]] = place, flow.drift(place, when[which])
    return new, slope


def _end(b: _Bundle, ended: NDArray[np.bool_], z: Array, until: Array) -> Iterator[Leap]:
    """From now on ``until`` then, some particles rest at z."""
    if ended.any():
        rest, time, after = z[ended], b.time[ended], until[ended]
        yield Leap(b.who[ended], ended[ended], rest, rest, time, after, after - time, [])
        b.time = np.where(ended, until, b.time)


def _complain(flow: Flow, b: _Bundle, stuck: NDArray[np.bool_], first: int, why: str) -> None:
    if stuck.any():
        k = int(np.argmax(stuck))
        w = tuple(float(x) for x in flow.chart.leave(b.z[k]))
        raise ArithmeticError(
            f"integrate: particle {first + int(b.who[k])} cannot be followed beyond time "
            f"{b.origin[k] + b.time[k]:.6g}, at w = {w}; {why}. "
            "Stop before, or start elsewhere."
        )
