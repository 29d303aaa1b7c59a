"""Steps with error control, of many particles at once, each with a step of its own.

A mean over all particles would let one stiff particle hide among ten thousand easy ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np
from numpy.typing import NDArray

from fields.chart import AXIS, LogChart
from fields.flow import Flow
from fields.loss import Array, place
from fields.solve import settle
from fields.solve.bundle import SHORT, STEPS, Bundle, Leap
from fields.solve.choose import attempt, choose, together
from fields.solve.explicit import Trial, larger, rows
from fields.solve.seen import Seen, is_hard

RESOLVED = 4 * float(np.finfo(float).eps)
"""The shortest step, in parts of the time that has gone by."""
FEWER = "Stop before, start elsewhere, or give a larger rtol, such as 1e-6"
"""What mends too many steps."""
OFTEN = 251
"""Steps after which we look whether a particle is at rest, though they are long."""
_SEEK = 5  # steps, if they are short, between two looks for where coordinates settle
_WITHIN = 10.0  # errors of a step, within which a coordinate may be moved to where it settles
_NOTHING = -300.0  # the ln w of a weight whose powers, and their squares, are soon no numbers
_CRAWL = 1000  # shortest steps in a row that are taken before giving up


def march(
    flow: Flow,
    begin: Array,
    origin: Array,
    span: Array,
    *,
    rtol: float,
    first: int | NDArray[np.intp] = 0,
    seen: Seen | None = None,
    hard: list[int] | None = None,
) -> Iterator[Leap]:
    """All steps of particles that start at z = ``begin`` (n, k), until ``span`` has gone by.

    ``origin`` (n,) are their first times. Time is counted from there, so that a start on an axis,
    where all happens within 1e-50, is resolved at any hour. No step is shortened to meet a time:
    where a particle is does not depend on when it is looked at, nor on who goes along. Steps end at
    the ``breaks`` of a flow, if it has any: times at which it is not smooth.

    Where a particle is at rest to the last digits, it rests until the next break. A flow that
    decays is followed in steps that grow with time, so that a span of 40 decades takes some
    hundreds of them.

    With ``seen``, particles are followed until they have been seen for long enough. With ``hard``,
    who ``is_hard`` is noted there, by its place, and left.

    Raises ArithmeticError where a particle, called by its number in ``first``, or counted from
    there, cannot be followed, or takes more than ``STEPS`` steps while its time grows tenfold.
    """
    chart, begin = flow.chart, np.asfortranarray(begin)
    slope = flow.drift(begin, origin)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        pace = larger(np.abs(slope) / chart.scale(begin))
        step = np.where(pace == 0, 1.0, 0.01 / np.clip(pace, 1e-300, 1e300))
    b = Bundle.at(begin, origin, span, slope, step, telling=seen is None)
    breaks = np.append(np.unique(getattr(flow, "breaks", ())), np.inf)
    for tried in count():
        _keep(b, seen)
        b.count(breaks)
        if hard is not None:
            leaving = is_hard(b, tried)
            hard += b.who[leaving].tolist()
            b.keep(~leaving)
        _complain(
            flow, b, b.tries > STEPS, first, f"it takes more than {STEPS:,} steps", seen, FEWER
        )
        if seen is not None:
            yield from _end(b, seen.resting(b), b.z, b.span, seen)
            _keep(b, seen)
        yield from _pause(flow, b, breaks, seen)
        _keep(b, seen)
        if len(b.who) == 0:
            return
        now, proposed = b.origin + b.time, b.step
        gap = breaks[b.pieces(breaks)] - now
        choice = choose(flow, b, now, gap)
        b.step = choice.step
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            parts = attempt(flow, b, now, choice, rtol)
            new, slope, error, factor, *_ = together(parts, b.z)
        good, tiny = error <= 1.0, np.zeros(len(now), dtype=bool)
        after = b.time + b.step
        if not good.all():
            tiny = ~good & ~(b.step > RESOLVED * b.time) | (after <= b.time)
            if tiny.any():
                yield from _rest(flow, b, tiny)
                # A kink thinner than time resolves, such as an axis for N < 1, is stepped over.
                going = tiny & (after > b.time) & (b.time < b.span)
                good |= going & np.isfinite(new + slope).all(axis=1)
                b.crawl = np.where(tiny, b.crawl + 1, 0)
                stuck = tiny & (~good | (b.crawl > _CRAWL)) & (b.time < b.span)
                if hard is not None:
                    hard += b.who[stuck].tolist()
                    b.span = np.where(stuck, b.time, b.span)
                    good &= ~stuck
                _complain(
                    flow, b, stuck & (b.time < b.span), first, "the flow is singular there", seen
                )
        new, slope = _settle_down(flow, b, good, tiny, new, slope, after, rtol)
        whole = Leap(b.who, good, b.z, new, b.time, after, b.step, [])
        for which, leap in _leaps(whole, parts):
            if seen is not None:
                leap, limit = seen.look(flow, leap)
                good[which], factor[which] = leap.good, np.minimum(factor[which], limit)
            yield leap
        b.z = np.where(good[:, None], new, b.z)
        b.slope = np.where(good[:, None], slope, b.slope)
        b.time = np.where(good, np.maximum(after, b.time), b.time)
        # a step that a break has shortened tells little about how long the next may be
        grown = np.where(b.step < proposed, np.maximum(b.step * factor, proposed), b.step * factor)
        b.step = np.where(good, grown, b.step * np.minimum(factor, 0.9))
        b.step = np.maximum(b.step, 0.5 * RESOLVED * b.time)


def _keep(b: Bundle, seen: Seen | None) -> None:
    """Let go of particles that are at their end."""
    b.keep(b.time < b.span)
    if seen is not None:
        b.keep(seen.going(b))


def _leaps(
    whole: Leap, parts: list[tuple[NDArray[np.intp], Trial]]
) -> Iterator[tuple[NDArray[np.intp], Leap]]:
    """The steps, those of one method at a time, and whose."""
    for which, trial in parts:
        leap = whole._replace(stages=trial.stages, implicit=trial.implicit)
        if len(parts) > 1:
            who, good, time, after, step = leap.who, leap.good, leap.time, leap.after, leap.step
            leap = leap._replace(
                who=who[which],
                good=good[which],
                z=rows(leap.z, which),
                new=rows(leap.new, which),
                time=time[which],
                after=after[which],
                step=step[which],
            )
        yield which, leap


def _rest(flow: Flow, b: Bundle, tiny: NDArray[np.bool_]) -> Iterator[Leap]:
    """Let particles that reach an axis in finite time rest there, if the chart ends there."""
    if not isinstance(flow.chart, LogChart):
        return
    with np.errstate(invalid="ignore"):
        vanishing = b.slope * b.step[:, None] < -1e-4  # ln w, within what time resolves
        vanishing |= (b.z < _NOTHING) & (b.slope < 0)
    ended = tiny & vanishing.any(axis=1) & np.isfinite(b.slope).all(axis=1)
    yield from _end(b, ended, np.where(vanishing, AXIS, b.z), b.span)


def _pause(flow: Flow, b: Bundle, breaks: Array, seen: Seen | None) -> Iterator[Leap]:
    """Let particles rest until the next break that take short steps, for they are at rest."""
    short = (b.since > 0) & (b.since % SHORT == 0)
    asked = np.flatnonzero(short | (b.tries > 0) & (b.tries % OFTEN == 0))
    if len(asked) == 0:
        return
    z, now = rows(b.z, asked), b.origin[asked] + b.time[asked]
    until = np.minimum(b.span[asked], breaks[b.piece[asked]] - b.origin[asked])
    resting = settle.at_rest(flow, z, now, b.origin[asked] + until)
    ended = np.zeros(len(b.who), dtype=bool)
    ended[asked[resting]] = True
    end = b.time.copy()
    end[asked] = until
    yield from _end(b, ended, b.z, end, seen)
    if (ended & (b.time < b.span)).any():
        b.slope = np.where(ended[:, None], flow.drift(b.z, b.origin + b.time), b.slope)


def _settle_down(
    flow: Flow,
    b: Bundle,
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
    some = np.flatnonzero(good & (tiny | b.slow() & (b.tries % _SEEK == 0)))
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


def _end(
    b: Bundle, ended: NDArray[np.bool_], z: Array, until: Array, seen: Seen | None = None
) -> Iterator[Leap]:
    """From now on ``until`` then, some particles rest at z."""
    if ended.any():
        rest, time, after = z[ended], b.time[ended], until[ended]
        leap = Leap(b.who[ended], ended[ended], rest, rest, time, after, after - time, [])
        yield leap if seen is None else seen.rest(leap)
        b.time = np.where(ended, until, b.time)


def _complain(
    flow: Flow,
    b: Bundle,
    stuck: NDArray[np.bool_],
    first: int | NDArray[np.intp],
    why: str,
    seen: Seen | None,
    cure: str = "Stop before, or start elsewhere",
) -> None:
    if stuck.any():
        k = int(np.argmax(stuck))
        w, when = place(flow.chart.leave(b.z[k])), b.time if seen is None else seen.now[b.who]
        who = int(b.who[k])
        number = first + who if isinstance(first, int) else first[who]
        raise ArithmeticError(
            f"integrate: particle {number} cannot be followed beyond time "
            f"{b.origin[k] + when[k]:.6g}, at w = {w}; {why}. "
            f"{cure}."
        )
