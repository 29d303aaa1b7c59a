"""An equation whose parts are lit one after the other."""

from __future__ import annotations

from manim import VGroup

from stage.text.glyphs import Mathematics
from stage.text.language import current
from stage.text.writing import Written, typeset
from stage.theme import Theme

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
        made = typeset(Mathematics, current().mathematics(source), self.em)
        rest = set(range(len(made.glyphs)))
        for name in names:
            self.add(made.some(made.named[name]))
            rest -= set(made.named[name])
        self.add(made.some(sorted(rest)))
        self.set_color(theme.ink)

    def part(self, name: str) -> VGroup:
        """The glyphs of a part."""
        part = self.submobjects[self.names.index(name)]
        assert isinstance(part, VGroup)
        return part

    def darkened(self) -> LitEquation:
        """Leave all parts that have a name in the dark."""
        for part in self.submobjects[: len(self.names)]:
            part.set_opacity(DIM)
        return self
