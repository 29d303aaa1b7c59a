"""The direction fields of the post's twelve pictures, on the grid of its notebook.

Source: D. Gissin, "A Primer on Implicit Regularization", its notebook.
"""

from __future__ import annotations

import math

import numpy as np

from fields.flow import GradientFlow
from fields.loss import Array, LineLoss, PointLoss
from fields.parameterization.polar import Polar
from fields.parameterization.power import Deep

TARGET = PointLoss((3.0, 6.0))
LINE = LineLoss(-1.0, -2.0, 15.0)


def _deep(loss: PointLoss | LineLoss, depth: float) -> GradientFlow:
    return GradientFlow(loss, Deep(depth), rate=depth**2)  # the post's own scaling


FIGURES: dict[str, GradientFlow] = {
    "point_identity": GradientFlow(TARGET, Deep(1)),
    "point_deep_2": _deep(TARGET, 2),
    "point_deep_4": _deep(TARGET, 4),
    "point_deep_6": _deep(TARGET, 6),
    "point_exp": GradientFlow(TARGET, Deep(math.inf)),
    "point_deep_0.5": _deep(TARGET, 0.5),
    "point_deep_0.2": _deep(TARGET, 0.2),
    "point_polar": GradientFlow(TARGET, Polar()),
    "line_identity": GradientFlow(LINE, Deep(1)),
    "line_deep_4": _deep(LINE, 4),
    "line_deep_0.25": _deep(LINE, 0.25),
    "line_polar": GradientFlow(LINE, Polar()),
}
"""Each flow by name, with the post's own scaling, N² of ours."""


def grid() -> Array:
    """The notebook's 100 × 100 weights over [0, 10]², shape (100, 100, 2), rows of equal w₂."""
    line = np.linspace(0.0, 10.0, 100)
    return np.stack(np.meshgrid(line, line), axis=-1)


def field(name: str) -> Array:
    """ẇ of the figure on ``grid()``, (100, 100, 2); infinite on the axes for N < 1.

    Raises KeyError with the names there are.
    """
    if name not in FIGURES:
        raise KeyError(f"field: there is no figure {name!r}; choose of {', '.join(FIGURES)}.")
    return FIGURES[name].velocity(grid())
