"""How far the field of depth N is from its limit, that of w = eᵘ."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.flow import MorphingFlow, Slide
from fields.loss import Array, PointLoss


def field_distance(
    inverse_depth: ArrayLike,
    loss: PointLoss,
    *,
    extent: float = 10.0,
    reference: float = 1.0,
    grid: int = 101,
) -> Array:
    """Sup ‖F_s(w) − F₀(w)‖ over [0, extent]², of the shape of ``inverse_depth`` s = 1/N.

    F_s = (w/w_ref)^(2−2s)(w* − w), F₀ that of the exponential parameterization. It falls to exactly
    0, of first order in s. The supremum is taken over a grid of ``grid``² points with the corners,
    one of which attains it for w* = (3, 6), s ≤ 1. Infinite for s > 1: the fields part on the axes.
    """
    line = np.linspace(0.0, extent, grid)
    w = np.stack(np.meshgrid(line, line), axis=-1)
    flow = MorphingFlow(loss, Slide(0.0, 1.0, 0.0, 1.0), reference)
    limit = flow.velocity(w, 0.0)
    s = np.asarray(inverse_depth, dtype=float)
    if np.any(s < 0):
        raise ValueError(f"field_distance: 1/N is {s.min()}; give numbers from 0 on.")
    apart = [
        np.max(np.linalg.norm(flow.velocity(w, one) - limit, axis=-1)) if one <= 1 else np.inf
        for one in s.ravel()
    ]
    return np.reshape(apart, s.shape)
