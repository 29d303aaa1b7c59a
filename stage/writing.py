"""Words, equations and live numbers, typeset by Typst with the fonts that it brings along."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import RIGHT, MathTypst, Typst, ValueTracker, VGroup, VMobject

from stage.theme import Theme, font_size

_FONTS = (
    '#set text(font: "New Computer Modern", fallback: false)\n'
    '#show math.equation: set text(font: "New Computer Modern Math", fallback: false)\n'
)


def _dress(made: VMobject, theme: Theme, colour: str | None, faint: bool, halo: bool) -> VMobject:
    made.set_color(colour or (theme.faint if faint else theme.ink))
    if halo:  # a back-stroke parts a label from the light behind it
        made.set_stroke(theme.background, width=9, opacity=0.9, background=True)
    return made


def equation(
    source: str,
    theme: Theme,
    *,
    pixels: float | None = None,
    colour: str | None = None,
    faint: bool = False,
    halo: bool = False,
) -> MathTypst:
    """Typst mathematics, its em ``pixels`` high at 1080 lines."""
    size = font_size(pixels or theme.equation_pixels)
    made = MathTypst(source, font_size=size, typst_preamble=_FONTS)
    return _dress(made, theme, colour, faint, halo)


def words(
    source: str,
    theme: Theme,
    *,
    pixels: float | None = None,
    colour: str | None = None,
    faint: bool = False,
    halo: bool = False,
) -> Typst:
    """A line of prose in Typst markup, its em ``pixels`` high at 1080 lines."""
    size = font_size(pixels or theme.text_pixels)
    made = Typst(source, font_size=size, typst_preamble=_FONTS)
    return _dress(made, theme, colour, faint, halo)


class LiveNumber(VGroup):
    """A number on screen that is computed from the clock, digit by digit in steady places.

    ``text_at`` maps film time to what is shown, of the characters ``0123456789.−∞``.
    """

    CHARACTERS = "0123456789.−∞"

    def __init__(
        self,
        text_at: Callable[[float], str],
        clock: ValueTracker,
        theme: Theme,
        *,
        place: np.ndarray,
        pixels: float | None = None,
        colour: str | None = None,
    ) -> None:
        super().__init__()
        self.text_at = text_at
        self.clock = clock
        self.place = np.array(place, dtype=float)
        pixels = pixels or theme.text_pixels
        line = equation("0123456789.−∞".replace("∞", "infinity"), theme, pixels=pixels)
        self.glyphs = {
            c: g.copy().set_color(colour or theme.ink)
            for c, g in zip(self.CHARACTERS, line.family_members_with_points(), strict=True)
        }
        base = self.glyphs["1"].get_bottom()[1]
        self.lifts = {c: g.get_center()[1] - base for c, g in self.glyphs.items()}
        self.digit = max(self.glyphs[c].width for c in "0123456789") * 1.13
        self.add_updater(_read)
        _read(self)

    def __deepcopy__(self, memo: dict[int, object]) -> LiveNumber:
        """Share the clock: a copy shows the same time."""
        memo[id(self.clock)] = self.clock
        copy = type(self).__new__(type(self))
        memo[id(self)] = copy
        from copy import deepcopy

        for name, value in self.__dict__.items():
            copy.__dict__[name] = value if name == "updaters" else deepcopy(value, memo)
        return copy

    def width_of(self, text: str) -> float:
        """How wide a text stands on the stage."""
        return sum(self.advance(c) for c in text)

    def advance(self, character: str) -> float:
        """The step from a character to the next."""
        if character.isdigit():
            return self.digit
        return self.glyphs[character].width + (0.5 if character == "." else 0.3) * self.digit


def _read(number: LiveNumber) -> None:
    text = number.text_at(number.clock.get_value())
    number.submobjects = []
    cursor = np.array(number.place)
    for character in text:
        step = number.advance(character)
        glyph = number.glyphs[character].copy()
        glyph.move_to(cursor + step / 2 * RIGHT + np.array([0, number.lifts[character], 0]))
        number.submobjects.append(glyph)
        cursor = cursor + step * RIGHT
