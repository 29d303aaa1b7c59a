"""One equation becoming another, glyph by glyph, in the same way in every process."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from manim import ORIGIN, FadeIn, FadeOut, Mobject, TransformMatchingShapes


class MatchShapes(TransformMatchingShapes):
    """Move the glyphs that two mobjects share, and fade the others.

    Manim goes through shapes in the order of a set of hashes, which Python draws anew for each
    process: where glyphs cross, the picture, and always its key in the cache, was left to chance.
    And it has those that go fly to the middle of those that come, which is the middle of the frame
    where none come: here they then fade where they are.
    """

    def __init__(self, mobject: Mobject, target_mobject: Mobject, **kwargs: Any) -> None:
        super().__init__(mobject, target_mobject, **kwargs)
        going, coming = self.animations[-2:]
        assert isinstance(going, FadeOut) and isinstance(coming, FadeIn)  # as Manim has made them
        if not coming.mobject.family_members_with_points():
            going.shift_vector = ORIGIN

    @staticmethod
    def get_mobject_key(mobject: Mobject) -> int:
        """A number for a shape, whatever its place and size: the same in every process."""
        shape = mobject.copy().center()
        if shape.height > 0:
            shape.set(height=1)
        rounded = np.round(shape.points, 3) + 0.0  # no −0
        return int.from_bytes(blake2b(rounded.tobytes(), digest_size=7).digest())
