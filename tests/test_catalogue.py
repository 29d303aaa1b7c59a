"""Catalogues say all that the sources say, with the same formulas and places for numbers."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path

import polib
import pytest
import typst
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from stage import DARK
from stage.layout import SHAPES, Layout
from stage.text.language import ENGLISH, LOCALE, SPOKEN, language_of, languages, speaking
from stage.text.source import PREAMBLE, fonts
from stage.theme import PIXELS_PER_UNIT
from studio.primer.script import read_script, translated
from studio.words.wording import aloud, plain
from tests.studio.words import letters, on_papers

ROOT = Path(__file__).parents[1]
COMPLETE = ("de",)
"""Languages in which nothing may be missing."""
Found = dict[tuple[str, str], str]


@cache
def sources() -> Found:
    """What is to be translated, by context and text, and where it stands."""
    with (ROOT / "assets" / "locale" / "babel.ini").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {"gettext": None, "pgettext": ((1, "c"), 2), "say": None, "_": None}
    found = extract_from_dir(ROOT, methods, options, keywords)
    made: Found = {}
    for name, line, message, _, context in found:
        made.setdefault((context or "", message), f"{name}:{line}")
    return made


@cache
def catalogue(tag: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / f"{tag}.po"), encoding="utf-8")


def captions() -> list[str]:
    """Sentences of the clips, for the caption band."""
    return [
        entry.msgid
        for entry in catalogue("de")
        if re.search(r"^[A-Z]\w+(, caption)?$", entry.comment, re.MULTILINE) and " " in entry.msgid
    ]


def filled(text: str) -> str:
    """A sentence with a number in each of its places."""
    return re.sub(r"\{\w+\}", "0.21", text)


@pytest.mark.parametrize("tag", COMPLETE)
def test_nothing_is_missing_and_nothing_left_over(tag: str) -> None:
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue(tag)}
    missing = [f"{place}: {key[1]}" for key, place in sources().items() if key not in entries]
    assert missing == [], "make catalogue, and translate what is new"
    assert [key[1] for key in entries if key not in sources()] == [], "make catalogue"
    assert [entry.msgid for entry in entries.values() if not entry.msgstr or entry.fuzzy] == []


@pytest.mark.parametrize("tag", languages()[1:])
def test_a_catalogue_is_read_by_others_as_by_us(tag: str) -> None:
    path = LOCALE / f"{tag}.po"
    theirs = read_po(io.BytesIO(path.read_bytes()), locale=tag, abort_invalid=True)
    told = {((one.context or ""), one.id): one.string for one in theirs if one.id and one.string}
    assert told == {**language_of(tag).texts}


@pytest.mark.parametrize("tag", languages()[1:])
def test_formulas_and_places_are_those_of_the_sources(tag: str) -> None:
    def kept(text: str) -> Counter[str]:
        return Counter(re.findall(r"\{\w+\}|\$[^$]+\$|#w\d|\n", text))

    wrong = [
        entry.msgid
        for entry in catalogue(tag)
        if entry.msgstr and not entry.fuzzy and kept(entry.msgid) != kept(entry.msgstr)
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", COMPLETE)
def test_every_caption_fits_its_band_in_every_shape(tag: str) -> None:
    language, said = language_of(tag), captions()
    pairs = list(product(said, sorted({shape(aspect) for aspect in SHAPES})))
    sizes = measured([(filled(language.gettext(text)), width) for text, (width, _) in pairs])
    large = [
        (text, width)
        for (text, (width, height)), size in zip(pairs, sizes, strict=True)
        if size[0] > width or size[1] > height
    ]
    assert large == []


def shape(aspect: str) -> tuple[float, float]:
    """Width and height of the caption band, in units."""
    across, up = SHAPES[aspect]
    short = min(across, up)
    layout = Layout(8 * across / short, 8 * up / short, DARK.safe_area)
    return round(2 * layout.right, 6), round(layout.caption, 6)


def measured(texts: list[tuple[str, float]]) -> list[tuple[float, float]]:
    """Width and height of each text in lines of up to so many units, by one run of Typst."""
    em = DARK.text_pixels / PIXELS_PER_UNIT
    lines = ['#set text(top-edge: "bounds", bottom-edge: "bounds", size: 10pt)', PREAMBLE]
    for text, width in texts:
        most = f"{10 * width / em:.4f}pt"
        lines.append(
            f"#context {{ let it = [{text}]; let wide = measure(it).width; "
            f"let low = measure(block(width: {most}, it)).height; "
            f"[#metadata((calc.min(wide, {most}).pt(), low.pt()))<size>] }}"
        )
    found = typst.query("\n".join(lines).encode(), "<size>", field="value", font_paths=fonts())
    return [(em * wide / 10, em * high / 10) for wide, high in json.loads(found)]


@pytest.mark.parametrize("tag", [ENGLISH.tag, *COMPLETE])
def test_captions_lose_nothing_and_can_be_said(tag: str) -> None:
    script = translated(read_script(), language_of(tag))
    spoken = [told.lines.values() for told in script.chapters.values()]
    lines = [line for sections in spoken for some in sections for line in some]
    with speaking(language_of(tag)) as language:
        # what clips say in English is looked at in tests/scenes
        shown = captions() * (language != ENGLISH)
        texts = lines + [filled(language.gettext(text)) for text in shown]
        for text, paper in zip(texts, on_papers(texts), strict=True):
            assert letters(plain(text)) == letters(paper)
            assert not re.search(r"[^\w\s,;.:()?!-]", aloud(text)), aloud(text)


def test_signs_are_said_in_every_complete_language() -> None:
    for tag in COMPLETE:
        said = {text for context, text in language_of(tag).texts if context == SPOKEN}
        assert {text for context, text in sources() if context == SPOKEN} == said
