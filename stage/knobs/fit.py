"""Whether the knobs of a clip make sense, before anything is built."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def check(scene: Any, extent: float) -> None:
    """Raise ValueError where a knob that ``scene`` has makes no sense on a plane of that extent.

    This is asked of attributes of a class as well, which no ``Knob`` has read.
    """
    _check_places(scene, extent)
    for name, least in (("count", 1), ("seed", 0)):
        value = getattr(scene, name, least)
        if not (isinstance(value, int | np.integer) and value >= least):
            raise misfit(scene, name, f"must be a whole number from {least} on")
    for name in ("speed", "seconds", "lifetime"):
        if not 0 < getattr(scene, name, 1.0) < math.inf:
            raise misfit(scene, name, "must be a number above 0")
    for name in ("depth", "depths"):
        given = getattr(scene, name, 1.0)
        if isinstance(given, int | float | tuple) and not np.all(np.asarray(given) > 0):
            raise misfit(scene, name, "must be above 0; inf is the limit, w = eᵘ")
    if hasattr(scene, "line"):
        _check_line(scene, extent)


def _check_line(scene: Any, extent: float) -> None:
    from fields import LineLoss  # only here: the command reads settings, and no mathematics

    if len(LineLoss(*scene.line).minimizers(extent)) < 2:
        why = f"does not cross the plane, where weights go from 0 to {extent:g}; give another line"
        raise misfit(scene, "line", why)


def _check_places(scene: Any, extent: float) -> None:
    for name in ("target", "start"):
        numbers = np.asarray(getattr(scene, name, (0.0, 0.0)), dtype=float)
        if numbers.shape != (2,) or not ((numbers >= 0) & (numbers <= extent)).all():
            why = f"is off the plane; give two weights from 0 to {extent:g}, such as 3,6"
            raise misfit(scene, name, why)
    if getattr(scene, "start", 0) == getattr(scene, "target", None):
        raise misfit(scene, "start", "is the target itself, and nothing would move")


def misfit(scene: Any, name: str, why: str) -> ValueError:
    """The error for a knob whose value does not fit this clip."""
    value = getattr(scene, name)
    shown = ",".join(f"{part:g}" for part in value) if isinstance(value, tuple) else f"{value}"
    return ValueError(f"{type(scene).__name__}: {name} = {shown} {why}.")
