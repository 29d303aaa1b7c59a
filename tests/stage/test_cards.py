"""Cards are laid out in pages that are equally full."""

from __future__ import annotations

import pytest

from stage.text.cards import card_pages
from stage.theme import DARK

BOX = (-6.5, -2.5, 6.5, 3.5)


@pytest.mark.parametrize("count", [1, 7, 9, 10, 13])
def test_no_page_is_left_with_the_rest(count: int) -> None:
    cards = [(f"Name {number}", "What it is about.") for number in range(count)]
    pages = card_pages(cards, DARK, BOX)
    sizes = [len(page) for page in pages]
    assert sum(sizes) == count
    assert max(sizes) - min(sizes) <= 1
    full = len(card_pages(cards * 3, DARK, BOX)[0])
    assert len(pages) <= -(-count // full), "as few pages as can be"


def test_cards_are_read_in_order() -> None:
    names = [f"{number}" for number in range(9)]
    pages = card_pages([(name, "It.") for name in names], DARK, BOX)
    for page in pages:
        places = [card.get_corner([-1, 1, 0]) for card in page]
        order = sorted(range(len(page)), key=lambda k: (round(places[k][0], 3), -places[k][1]))
        assert order == list(range(len(page))), "column after column, from the top"
