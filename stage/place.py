"""Where a mobject belongs, to the last bit."""

from __future__ import annotations

import numpy as np
from manim import VMobject
from numpy.typing import ArrayLike

_NEAR = 1e-3  # units, a seventh of a pixel at 1080 lines


def put(mobject: VMobject, place: ArrayLike) -> None:
    """Centre a mobject at a place, wherever it was before.

    ``move_to`` adds a step to where the mobject is, and the rounding of all steps with it: then a
    picture would depend, in its last bits, on how many frames came before it.
    """
    kept = vars(mobject)
    if "home" not in kept:
        kept["home"] = mobject.points - mobject.get_center()
    mobject.points = kept["home"] + np.asarray(place, dtype=float)


def thread(places: ArrayLike) -> np.ndarray:
    """Points of a curve, cubic from every second of the ``places`` (m, 3) to the next, (4k, 3).

    Tangents are those of the places beside: where these are a few pixels apart, the curve is off
    by less than a tenth of a pixel. Those at which it is as good as at its end are left out.
    """
    places = np.asarray(places, dtype=float)
    underway = np.flatnonzero(np.abs(places - places[-1]).max(axis=1) > _NEAR)
    places = np.concatenate([places[: np.max(underway, initial=0) + 1], places[-1:]])
    last = len(places) - 1
    k = np.append(np.arange(0, last, 2), last)
    around = np.concatenate([2 * places[:1] - places[1:2], places, 2 * places[-1:] - places[-2:-1]])
    handle = (around[k + 2] - around[k]) / 6
    gap = np.diff(k)[:, None]
    begin, end = places[k[:-1]], places[k[1:]]
    corners = [begin, begin + gap * handle[:-1], end - gap * handle[1:], end]
    return np.stack(corners, axis=1).reshape(-1, 3)


def grid_lines(values: ArrayLike) -> list[np.ndarray]:
    """Places (41, 2) of each line of a square grid: w₁ one of ``values`` (n,), then w₂."""
    values = np.asarray(values, dtype=float)
    along = np.linspace(values[0], values[-1], 41)
    across = [np.column_stack([np.full_like(along, value), along]) for value in values]
    return [*across, *(line[:, ::-1] for line in across)]
