"""Prose that is longer than a caption: paragraphs, and cards in columns and pages."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, LEFT, UL, UP, Line, VGroup

from stage.text.language import gettext
from stage.text.writing import Written, words
from stage.theme import PIXELS_PER_UNIT, Theme

_RULE = 0.22
"""Between a card's rule and its text."""
_LINE = 0.5
"""From the top of a line of a card to the top of the next, in units."""
_GAP = 0.28
"""Between cards, in both directions."""


def paragraph(
    source: str,
    theme: Theme,
    width: float,
    *,
    pixels: float | None = None,
    faint: bool = False,
) -> Written:
    """Typst markup in lines of up to ``width`` units that begin at the left."""
    pixels = pixels or theme.text_pixels
    ems = width * PIXELS_PER_UNIT / pixels
    return words(f"#block(width: {ems:.3f}em)[{source}]", theme, pixels=pixels, faint=faint)


def card_pages(
    cards: Sequence[tuple[str, str]], theme: Theme, box: Sequence[float], *, column: float = 6.2
) -> list[VGroup]:
    """Pages of cards that fill a box (left, bottom, right, top), column after column.

    A card is a name and a sentence about it. There are two columns where a box has the width for
    them, each some ``column`` units wide, otherwise one. There are as few pages as can be, and all
    have the same number of cards, or one less: the last one is not left with the rest.
    """
    left, bottom, right, top = box
    columns = max(1, round((right - left) / column))
    width = (right - left + _GAP) / columns - _GAP
    made = [_card(name, text, theme, width) for name, text in cards]
    height = max(card.height for card in made)
    rows = max(1, int((top - bottom + _GAP) / (height + _GAP)))
    pages = []
    count = -(-len(made) // (rows * columns))
    for number in range(count):
        page = VGroup()
        on_page = made[-(-number * len(made) // count) : -(-(number + 1) * len(made) // count)]
        rows_used = -(-len(on_page) // columns)
        step = min(height + 2 * _GAP, (top - bottom - height) / max(1, rows_used - 1))
        begin = (top + bottom + (rows_used - 1) * step + height) / 2
        for k, card in enumerate(on_page):
            x = left + (k // rows_used) * (width + _GAP)
            card.move_to((x, begin - (k % rows_used) * step, 0.0), aligned_edge=UL)
            page.add(card)
        pages.append(page)
    return pages


def _card(name: str, text: str, theme: Theme, width: float) -> VGroup:
    inner = width - _RULE
    title = paragraph(f"*{gettext(name)}*", theme, inner)
    told = paragraph(gettext(text), theme, inner, faint=True)
    top = title.get_top()[1]
    told.next_to(title, DOWN, buff=0.17, aligned_edge=LEFT)
    if title.height < _LINE:  # lines keep their distance, whether or not letters hang below them
        told.shift((top - _LINE - told.get_top()[1]) * UP)
    foot = min(told.get_bottom()[1], top - 2 * _LINE + 0.08)
    x = title.get_left()[0]
    rule = Line((x, top, 0.0), (x, foot, 0.0))
    rule.set_stroke(theme.faint, width=4).shift(_RULE * LEFT)
    return VGroup(rule, title, told)
