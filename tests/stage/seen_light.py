"""Trajectories whose light is known, and how they are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stage.engine.painter import Lens, palette

LIGHTS = [np.array(light) for light in ([0, 0, 1.0], [0, 1.0, 0], [1.0, 0, 0])]  # w₂, both, w₁
WHITE = [np.ones(3)] * 3
ROWS, COLUMNS = 120, 160
SECONDS = 0.75


@dataclass(eq=False)
class Paths:
    """Trajectories that all begin at time 0: ``samples`` (n, m, 2) over ``lifetime`` seconds."""

    samples: np.ndarray
    lifetime: float = 1.0
    count: int = 10**300  # one begins after the other, in no time at all

    @property
    def spacing(self) -> float:
        return self.lifetime / (self.samples.shape[1] - 1)

    def strands(self, since: float, until: float):
        return [(self, since, until, 0.0, 1.0)]

    def blocks(self, since: float, until: float):
        paths = np.ascontiguousarray(np.moveaxis(self.samples, 0, -1), dtype=np.float32)
        return [(0, paths)] if until > 0 and since < self.lifetime else []


def rays(angles, length=70.0, at=(80.3, 60.7)) -> Paths:
    """Straight trajectories that go evenly from a place as far as a distance, in pixels."""
    out = np.linspace(0.1, 1.0, 17)[:, None] * length
    ways = np.stack([np.cos(angles), np.sin(angles)], -1)
    return Paths(np.array(at) + ways[:, None] * out)


def lens(lights=LIGHTS, *, shape=(ROWS, COLUMNS), scale=1.0, shift=(0.0, 0.0), **changes) -> Lens:
    """Weights are pixels, but for scale and shift; nothing fades."""
    how = {
        "affine": ((scale, 0.0, float(shift[0])), (0.0, scale, float(shift[1]))),
        "seconds": SECONDS,
        "width": 1.0 * scale,
        "strength": 1.0,
        "fade": (1e-9, 1e-9),
        "edge": (1e4, 2e4),
    }
    return Lens(shape=shape, palette=palette(*lights), **(how | changes))
