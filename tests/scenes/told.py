"""A sentence of a clip while it is shown, and what can be asked of any."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from fields import (
    Deep,
    GradientFlow,
    LineLoss,
    PointLoss,
    integrate,
    learning_time,
    point_solution,
)
from stage import FlowScene
from tests.scenes.clips import clips

TARGET, START = np.array([3.0, 6.0]), (0.1, 0.1)
POINT, LINE = PointLoss((3.0, 6.0)), LineLoss(-1, -2, 15)


class Shown:
    """A sentence while it is shown: its scene, and when it begins and ends, in seconds of film."""

    def __init__(self, scene: FlowScene, begin: float) -> None:
        self.scene, self.begin, self.end = scene, begin, math.inf
        self.numbers = 0

    def times(self) -> np.ndarray:
        """Instants from when it can be read until the next one comes."""
        return np.linspace(self.begin + 1.0, self.end, 9)

    def depths(self) -> np.ndarray:
        """N at these instants, by the clip's own dial."""
        inverse = np.array([float(self.scene.depth(time)) for time in self.times()])
        return np.where(inverse > 0, 1 / np.where(inverse > 0, inverse, 1.0), np.inf)


Claim = Callable[[Shown], object]


def share(depth: float, part: float = 0.5) -> float:
    """What w₁ is of its target when w₂ is ``part`` of its own, from (0.1, 0.1)."""
    time = learning_time(6.0, 0.1, part, Deep(depth))
    return float(point_solution(POINT, Deep(depth), START, [time])[0, 0] / 3.0)


def bends(depth: float) -> float:
    """How far the path from (0.1, 0.1) leaves the straight one, in weights."""
    path = integrate(GradientFlow(POINT, Deep(depth)), START, np.linspace(0, 60, 2001))
    way = (TARGET - START) / np.linalg.norm(TARGET - START)
    across = (path - START) @ np.array([-way[1], way[0]])
    return float(np.max(np.abs(across)))


def plain_is_straight(shown: Shown) -> bool:
    return bends(1) < 1e-6


def dial_is(*depths: float) -> Claim:
    return lambda shown: np.allclose(
        shown.depths()[[0, -1]], depths if len(depths) == 2 else depths * 2
    )


def infinite(shown: Shown) -> bool:
    return bool(np.all(np.isinf(shown.depths())))


@cache
def clip(name: str) -> type[FlowScene]:
    return next(kind for kind in clips() if kind.__name__ == name)
