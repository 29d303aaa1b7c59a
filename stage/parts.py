"""An equation whose parts are lit one after the other."""

from __future__ import annotations

from manim import MathTypst, VGroup

from stage.theme import Theme, font_size
from stage.writing import PREAMBLE, Written, bare

DIM = 0.28
"""Opacity of a part that is not lit yet."""


class LitEquation(Written):
    """Typst mathematics in which ``{{J: name}}`` names a part, to be dimmed and lit by its name.

    Its submobjects are the parts, in the order of ``names``, then all the rest.
    """

    def __init__(self, source: str, theme: Theme, *names: str, pixels: float | None = None) -> None:
        super().__init__()
        self.names = names
        self.em = pixels or theme.equation_pixels
        made = MathTypst(source, font_size=font_size(self.em), typst_preamble=PREAMBLE)
        made.set_color(theme.ink)
        every, taken = made.family_members_with_points(), set()
        for name in names:
            glyphs = made.select(name).family_members_with_points()
            taken |= set(map(id, glyphs))
            self.add(bare(glyphs))
        self.add(bare([glyph for glyph in every if id(glyph) not in taken]))

    def part(self, name: str) -> VGroup:
        """The glyphs of a part."""
        return self.submobjects[self.names.index(name)]

    def darkened(self) -> LitEquation:
        """Leave all parts that have a name in the dark."""
        for part in self.submobjects[: len(self.names)]:
            part.set_opacity(DIM)
        return self
