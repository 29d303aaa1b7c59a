"""Times at which something is asked for, as a user gives them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array


def instants(who: str, times: ArrayLike, *, rise: bool = False) -> Array:
    """Times (m, ...) as numbers, for ``who`` asks for them.

    Raises ValueError where one is below 0 or NaN, or there is no row of them; with ``rise`` also
    where they fall, or are not finite.
    """
    asked = np.asarray(times, dtype=float)
    good = asked.ndim > 0 and bool((asked >= 0).all())
    if good and rise:
        good = bool(np.isfinite(asked).all() and (np.diff(asked, axis=0) >= 0).all())
    if not good:
        how = "finite numbers from 0 on, none falling" if rise else "numbers from 0 on"
        raise ValueError(f"{who}: the times are {times!r}; give {how}, such as [0.0, 1.0].")
    return asked
