"""One equation becoming another, glyph by glyph, and what comes in the place of something else."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
from manim import (
    ORIGIN,
    Animation,
    FadeIn,
    FadeOut,
    Mobject,
    TransformMatchingShapes,
    smooth,
    squish_rate_func,
)

_MOVED = 0.6
"""Part of the time after which all that moves is where it belongs, and new glyphs may come."""


_GONE = 0.4
"""Part of the time after which what was there has gone, and what comes in its place may appear."""


def in_place_of(
    gone: Iterable[Mobject], come: Iterable[Mobject], seconds: float = 1.0
) -> list[Animation]:
    """Have mobjects fade out, and only then others fade in: both at once could not be read."""
    later: dict[str, Any] = {"run_time": seconds, "rate_func": squish_rate_func(smooth, _GONE, 1.0)}
    leaves = [FadeOut(one, run_time=_GONE * seconds) for one in gone]
    return [*leaves, *(FadeIn(one, **later) for one in come)]


class MatchShapes(TransformMatchingShapes):
    """Move the glyphs that two mobjects share; others fade out, then new ones fade in.

    Manim goes through shapes in the order of a set of hashes, which Python draws anew for each
    process: where glyphs cross, the picture, and always its key in the cache, was left to chance.
    And it has those that go fly through those that come, while both are seen: an exponent could not
    be read. Here they fade where they are, one after the other, and the others move in between.
    """

    def __init__(self, mobject: Mobject, target_mobject: Mobject, **kwargs: Any) -> None:
        super().__init__(mobject, target_mobject, **kwargs)
        going, coming = self.animations[-2:]
        assert isinstance(going, FadeOut) and isinstance(coming, FadeIn)  # as Manim has made them
        going.shift_vector = ORIGIN
        moving = [(one, 0.0, _MOVED) for one in self.animations[:-2]]
        for part, begin, end in (*moving, (going, 0.0, 0.45), (coming, _MOVED, 1.0)):
            whole: Any = part.rate_func
            part.rate_func = squish_rate_func(whole, begin, end)

    @staticmethod
    def get_mobject_key(mobject: Mobject) -> int:
        """A number for a shape, whatever its place and size: the same in every process."""
        shape = mobject.copy().center()
        if shape.height > 0:
            shape.set(height=1)
        rounded = np.round(shape.points, 3) + 0.0  # no −0
        return int.from_bytes(blake2b(rounded.tobytes(), digest_size=7).digest())
