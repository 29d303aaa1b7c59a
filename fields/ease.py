"""How a part of a way is gone through: at rest at its begin and at its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array


def smoothstep(part: ArrayLike) -> Array:
    """3p² − 2p³ for parts p of a way, 0 to 1: it begins and ends at rest; shape of ``part``."""
    part = np.asarray(part, dtype=float)
    return np.asarray(part * part * (3.0 - 2.0 * part))
