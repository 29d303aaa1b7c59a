"""Where a network of one input bends: ticks on an axis, and the paths that brought them there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manim import UP, ValueTracker, VGroup

from stage.network.outline import shape, strokes
from stage.theme import Theme

_EVERY = 3
"""Of the snapshots of a training, one in so many is a corner of a path."""


@dataclass(frozen=True)
class River:
    """Where paths run down: x to the stage by ``origin`` and ``unit``, ±``reach``, top to bottom.

    Ticks stand on the axis at ``ground``, ``tall`` units high.
    """

    origin: float
    unit: float
    reach: float
    top: float
    bottom: float
    ground: float
    tall: float = 0.2


class Kinks(VGroup):
    """Kinks as ticks, and below them their paths: faint as a whole, bright as far as training is.

    Film time gives ``paths_at``, (s, m) places of m kinks at s snapshots; ``bends_at``, (m,), whose
    signs choose the colour; and ``part_at``, how far training has come, 0 to 1.
    """

    def __init__(
        self,
        paths_at: Callable[[float], np.ndarray],
        bends_at: Callable[[float], np.ndarray],
        part_at: Callable[[float], float],
        river: River,
        clock: ValueTracker,
        theme: Theme,
    ) -> None:
        super().__init__()
        nowhere = np.array([[river.origin, river.ground, 0.0]])

        def add(sign: int, whole: bool, width: float, light: float) -> None:
            def points_at(time: float) -> np.ndarray:
                paths = paths_at(time)[:, bends_at(time) * sign > 0]
                part = 1.0 if whole else part_at(time)
                begin, end = _reaches(paths, part, river)
                if not whole:
                    heads = _at(paths, part * (len(paths) - 1))
                    foot = _placed(heads[np.abs(heads) < river.reach], river.ground, river)
                    begin = np.concatenate([begin, foot])
                    end = np.concatenate([end, foot + river.tall * UP])
                return strokes(begin, end) if len(begin) else strokes(nowhere, nowhere)

            colour = theme.first if sign > 0 else theme.second
            look = {"fill_opacity": 0.0, "stroke_width": width, "stroke_opacity": light}
            self.add(shape(points_at, clock, colour, **look))

        for sign in (1, -1):
            add(sign, whole=True, width=1.5, light=0.3)
        for sign in (1, -1):
            add(sign, whole=False, width=3.0, light=0.9)


def _at(paths: np.ndarray, stop: float) -> np.ndarray:
    """Places (m,) at a snapshot, or between two."""
    k = min(int(stop), len(paths) - 2)
    return np.asarray(paths[k] + (stop - k) * (paths[k + 1] - paths[k]))


def _placed(x: np.ndarray, height: np.ndarray | float, river: River) -> np.ndarray:
    """Where x (...) at heights (...) stand on the stage, (..., 3)."""
    across = river.origin + river.unit * x
    return np.stack([across, np.broadcast_to(height, x.shape), 0 * x], axis=-1)


def _reaches(paths: np.ndarray, part: float, river: River) -> tuple[np.ndarray, np.ndarray]:
    """Both ends (k, 3) of the pieces of all paths up to a part of the training, path by path."""
    last = part * (len(paths) - 1)
    stops = np.append(np.arange(0.0, last, _EVERY), last)
    x = np.array([_at(paths, stop) for stop in stops])
    down = stops[:, None] / (len(paths) - 1)
    places = _placed(x, river.top + down * (river.bottom - river.top), river)
    shown = np.abs(x) < river.reach
    both = (shown[:-1] & shown[1:]).T
    return np.swapaxes(places[:-1], 0, 1)[both], np.swapaxes(places[1:], 0, 1)[both]
