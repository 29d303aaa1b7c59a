"""Functions of film time: values between keyframes, as numbers, in words, and as a path so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fields.ease import smoothstep

Schedule = Callable[[float], float | np.ndarray]
"""A number by film time; ``fields.Slide`` and ``fields.Turns`` give it as an array of shape ()."""


def interpolated(times: ArrayLike, values: ArrayLike) -> Callable[[float], np.ndarray]:
    """Film time to ``values`` (k, ...) at rising ``times`` (k,), linear between, held beyond."""
    times, values = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    order = np.arange(len(times), dtype=float)

    def value_at(time: float) -> np.ndarray:
        place = np.interp(time, times, order)
        k = min(int(place), len(times) - 2)
        return np.asarray(values[k] + (place - k) * (values[k + 1] - values[k]))

    return value_at


def by_depth(
    depths: ArrayLike, values: ArrayLike, depth: Schedule
) -> Callable[[float], np.ndarray]:
    """Film time to ``values`` (k, ...), given at inverse ``depths`` (k,), by the depth of then."""
    order = np.argsort(depths)
    value_at = interpolated(np.asarray(depths)[order], np.asarray(values)[order])

    def value_then(time: float) -> np.ndarray:
        return value_at(float(depth(time)))

    return value_then


def formatted(
    words: Callable[[float], str], value_at: Callable[[float], np.ndarray]
) -> Callable[[float], str]:
    """Film time to a number in words."""

    def text_at(time: float) -> str:
        return words(float(value_at(time)))

    return text_at


def constant(value: Sequence[float]) -> Callable[[float], np.ndarray]:
    """Film time to what is always the same."""
    lasting = np.array(value, dtype=float)
    return lambda time: lasting


def eased(times: Sequence[float], values: ArrayLike) -> Callable[[float], np.ndarray]:
    """Film time to what is ``values[k]`` at ``times[k]``, and goes gently from one to the next."""
    moments, stops = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    order = np.arange(len(moments), dtype=float)

    def value_at(time: float) -> np.ndarray:
        place = float(np.interp(time, moments, order))
        k = min(int(place), len(moments) - 2)
        return np.asarray(stops[k] + smoothstep(place - k) * (stops[k + 1] - stops[k]))

    return value_at


def eased_keyframes(
    times: ArrayLike, stops: ArrayLike, *, rate: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """Instants (k,) and numbers (k,) that move from stop to stop, softly, as times (m,) tell.

    Between two different stops there are ``rate`` instants a second; the stops are met exactly.
    """
    times, stops = np.asarray(times, dtype=float), np.asarray(stops, dtype=float)
    instants, numbers = [times[:1]], [stops[:1]]
    for begin, end, start, stop in zip(times, times[1:], stops, stops[1:], strict=False):
        many = 1 if start == stop else max(2, round((end - begin) * rate))
        part = np.linspace(0, 1, many + 1)[1:]
        instants.append(begin + part * (end - begin))
        number = start + smoothstep(part) * (stop - start)
        number[-1] = stop
        numbers.append(number)
    return np.concatenate(instants), np.concatenate(numbers)


def crossfade_in(part: float) -> float:
    """How a swarm appears while another one leaves evenly, so that the light stays what it is.

    Light of both on one place is seen once. Measured, it is 0.28 of the light of either.
    """
    return part / (1.0 - 0.28 * (1.0 - part))


def so_far(times: np.ndarray, points: np.ndarray, now: float) -> np.ndarray:
    """A path up to now: of ``points`` (m, k) at rising ``times`` (m,) those passed, and here."""
    here = [np.interp(now, times, points[:, axis]) for axis in range(points.shape[1])]
    return np.vstack([points[:1], points[times < now], [here]])
