"""Words, equations and live numbers, typeset by Typst with the fonts that it brings along."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy, deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from manim import UP, CapStyleType, LineJointType, Mobject, ValueTracker, VGroup, VMobject
from manim.utils.color import ManimColor

from stage.engine.still import keep_still
from stage.text.glyphs import Mathematics, Prose
from stage.text.language import current
from stage.text.source import PREAMBLE, fonts
from stage.theme import PIXELS_PER_UNIT, Theme, font_size

_WRAP = """if measure(it).width <= most { it } else {
let wrapped(part) = block(width: part * most, align(center, it))
let (part, tall) = (1.0, measure(wrapped(1.0)).height)
while part > 0.5 and measure(wrapped(part - 0.02)).height <= tall { part = part - 0.02 }
wrapped(part) } }"""
"""Lines of nearly one length, and no more than there have to be: no last word stands alone."""
_BAR = 0.024  # stroke width of a bar, for each pixel of the em: Typst's own
_MEANINGS = (
    "first",
    "second",
    "radial",
    "angular",
    "minimizer",
)  # labels in the source that wear the theme's colour


class Written(VGroup):
    """Glyphs that belong together; ``em`` is their size, in pixels at 1080 lines."""

    em: float = 0.0

    @property
    def foot(self) -> float:
        """Height of the line on which the glyphs stand, the last one of several."""
        feet = np.array([g.get_bottom()[1] for g in self.family_members_with_points()])
        return float(np.median(feet[feet < feet.min() + 0.3]))


class Letter(VMobject):
    """An outline that is copied sooner than Manim does, which asks each number how to copy it.

    Animations copy what they fade or move, and most of that is letters.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Letter:
        """The same that Manim's own comes to."""
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        kept = vars(made)
        for name, value in vars(self).items():
            kind = type(value)
            if kind in _UNCHANGING:
                kept[name] = value
            elif kind is np.ndarray:
                kept[name] = value.copy(order="K")
            elif kind is list and not value:
                kept[name] = []
            else:
                kept[name] = deepcopy(value, memo)
        kept["original_id"] = str(id(self))
        return made


_UNCHANGING = frozenset(
    (bool, int, float, str, type(None), ManimColor, LineJointType, CapStyleType)
)


@dataclass(frozen=True)
class Type:
    """What Typst drew of a source: its glyphs, undressed, and which of them a label names.

    A glyph is what it looks like and its outline: with a mobject for each, a text that is kept
    takes twice the memory.
    """

    glyphs: list[tuple[VMobject, np.ndarray]]
    named: dict[str, list[int]]
    em: float
    """In pixels at 1080 lines."""

    def some(self, numbers: Iterable[int]) -> VGroup:
        """Some of the glyphs, anew."""
        return VGroup(*(_like(*self.glyphs[n]) for n in numbers))


@lru_cache(maxsize=128)  # those of some ten clips; a caption takes 100 kB
def typeset(kind: type[Prose], source: str, pixels: float) -> Type:
    """Have Typst set a source, or recall what it made of it."""
    made = kind(
        source,
        font_size=font_size(pixels),
        typst_preamble=PREAMBLE,
        font_paths=fonts(),
        use_svg_cache=False,
    )
    *outlines, _ = np.split(made.points, np.cumsum([shape.points for shape in made.shapes]))
    glyphs = []
    named: dict[str, list[int]] = {}
    for number, (shape, outline) in enumerate(zip(made.shapes, outlines, strict=True)):
        glyphs.append((_inked(shape.fill, shape.stroke, pixels), outline))
        for label in shape.labels:
            named.setdefault(label, []).append(number)
    return Type(glyphs, named, pixels)


@lru_cache(maxsize=256)
def _inked(fill: float, stroke: float | None, em: float) -> VMobject:
    """Something to look like: with no stroke a glyph, else the bar of a fraction or a root."""
    if stroke is None:
        return Letter(fill_opacity=fill, stroke_width=0)
    return Letter(fill_opacity=fill, stroke_opacity=stroke, stroke_width=_BAR * em)


def _like(mobject: VMobject, points: np.ndarray) -> VMobject:
    """Another mobject that looks the same, sooner than Manim makes one."""
    other = copy(mobject)
    for own in ("fill_rgbas", "stroke_rgbas", "background_stroke_rgbas", "submobjects", "updaters"):
        setattr(other, own, getattr(mobject, own).copy())
    return other.set_points(points)


def _dressed(made: Type, theme: Theme, colour: str | None, faint: bool, halo: bool) -> Written:
    """Glyphs in their colours, and nothing else of what Typst made.

    With all else Manim takes a second at each play to copy and hash.
    """
    text = Written(*made.some(range(len(made.glyphs))))
    text.em = made.em
    text.set_color(colour or (theme.faint if faint else theme.ink))
    for meaning in _MEANINGS:
        for number in made.named.get(meaning, ()):
            text[number].set_color(getattr(theme, meaning))
    return text.add_to_back(_halo(text, theme)) if halo else text


def _halo(text: Written, theme: Theme) -> VMobject:
    """A back-stroke that parts a label from the light behind it.

    It is one for all glyphs, and behind them all: that of a hat would cover the top of its letter.
    """
    behind = Letter(fill_opacity=0, stroke_width=0)
    behind.set_points(np.concatenate([glyph.points for glyph in text]))
    return behind.set_stroke(theme.background, width=9, opacity=0.9, background=True)


def on_line(text: VGroup, height: float, stands: int = 0) -> VGroup:
    """Stand a text with its glyph ``stands`` on the line of the panel's row at ``height``."""
    return text.shift((height - 0.1 - text[stands].get_bottom()[1]) * UP)


def in_one(text: VGroup) -> VGroup:
    """The same picture with all glyphs of one colour as one outline: it fades at less cost."""
    glyphs: dict[str, list[VMobject]] = {}
    for glyph in text.family_members_with_points():
        assert isinstance(glyph, VMobject)
        glyphs.setdefault(glyph.get_fill_color().to_hex(), []).append(glyph)
    return VGroup(
        *(
            Letter().match_style(alike[0]).set_points(np.concatenate([g.points for g in alike]))
            for alike in glyphs.values()
        )
    )


def equation(
    source: str,
    theme: Theme,
    *,
    pixels: float | None = None,
    colour: str | None = None,
    faint: bool = False,
    halo: bool = False,
) -> Written:
    """Typst mathematics, its em ``pixels`` high at 1080 lines."""
    source = current().mathematics(source)
    made = typeset(Mathematics, source, pixels or theme.equation_pixels)
    return _dressed(made, theme, colour, faint, halo)


def words(
    source: str,
    theme: Theme,
    *,
    width: float | None = None,
    pixels: float | None = None,
    colour: str | None = None,
    faint: bool = False,
    halo: bool = False,
) -> Written:
    """Prose in Typst markup, its em ``pixels`` high at 1080 lines, in lines of up to ``width``."""
    pixels = pixels or theme.text_pixels
    if width is not None:
        ems = width * PIXELS_PER_UNIT / pixels
        source = f"#context {{ let it = [{source}]; let most = {ems:.3f}em.to-absolute()\n" + _WRAP
    made = typeset(Prose, source, pixels)
    return _dressed(made, theme, colour, faint, halo)


class Glyph(NamedTuple):
    """A character as it is written in a number."""

    outline: np.ndarray
    middle: float
    step: float
    """To the next character."""


class LiveNumber(Written):
    """A number on screen that is computed from the clock, digit by digit in steady places.

    ``text_at`` maps film time to what is shown, of the characters ``0123456789.−∞``; it stands on
    the line of the equation that it comes ``after``, on which its glyph ``stands`` does.
    """

    CHARACTERS = "0123456789.−∞"

    def __init__(
        self,
        text_at: Callable[[float], str],
        clock: ValueTracker,
        theme: Theme,
        *,
        after: VMobject,
        stands: int = 0,
        pixels: float | None = None,
        colour: str | None = None,
    ) -> None:
        super().__init__()
        self.text_at = text_at
        self.clock = clock
        self.em = pixels or theme.number_pixels
        base = after.family_members_with_points()[stands].get_bottom()[1]
        self.place = np.array([after.get_right()[0] + 0.18, base, 0.0])
        self.decimal = current().decimal
        characters = self.CHARACTERS.replace(".", self.decimal)
        line = equation(characters.replace("∞", "infinity"), theme, pixels=self.em)
        drawn = zip(characters, line.family_members_with_points(), strict=True)
        outlines = {character: glyph.points for character, glyph in drawn}
        self.line = float(outlines["1"][:, 1].min())
        self.digit = max(np.ptp(outlines[c][:, 0]) for c in "0123456789") * 1.13
        self.glyphs = {c: self._glyph(c, outline) for c, outline in outlines.items()}
        self.add(line[0].copy())  # all characters as one outline
        keep_still(self)  # until another number is read
        self.set_color(colour or theme.ink)
        self.add_updater(_read)  # not follow_clock: a copy reads for itself
        self.follows_clock = True
        _read(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> LiveNumber:
        """Share the clock: a copy shows the same time."""
        memo[id(self.clock)] = self.clock
        copy = type(self).__new__(type(self))
        memo[id(self)] = copy
        for name, value in self.__dict__.items():
            shared = name in ("updaters", "text_at", "glyphs")
            copy.__dict__[name] = value if shared else deepcopy(value, memo)
        return copy

    def _glyph(self, character: str, outline: np.ndarray) -> Glyph:
        left, right = outline[:, 0].min(), outline[:, 0].max()
        gap = (0.5 if character in ".," else 0.3) * self.digit
        step = self.digit if character.isdigit() else float(right - left) + gap
        return Glyph(outline, (left + right) / 2, step)


def _read(number: Mobject) -> None:
    assert isinstance(number, LiveNumber)
    cursor, base = number.place[:2]
    placed = []
    text = number.text_at(number.clock.get_value()).replace(".", number.decimal)
    for character in text:
        outline, middle, step = number.glyphs[character]
        placed.append(outline + np.array([cursor + step / 2 - middle, base - number.line, 0.0]))
        cursor += step
    number[0].points = np.concatenate(placed)
