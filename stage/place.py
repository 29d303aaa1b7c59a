"""Standing a mobject where it belongs, to the last bit."""

from __future__ import annotations

import numpy as np
from manim import VMobject
from numpy.typing import ArrayLike


def put(mobject: VMobject, place: ArrayLike) -> None:
    """Centre a mobject at a place, wherever it was before.

    ``move_to`` adds a step to where the mobject is, and the rounding of all steps with it: then a
    picture would depend, in its last bits, on how many frames came before it.
    """
    if not hasattr(mobject, "home"):
        mobject.home = mobject.points - mobject.get_center()
    mobject.points = mobject.home + np.asarray(place, dtype=float)
