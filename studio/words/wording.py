"""Sentences in Typst markup as plain words: as a reader writes them, and as one reads them out.

Typst itself reads the markup, with the definitions that it has on the screen. Its content comes
back as a tree of elements, as ``typst query`` writes them; each kind of element has its wording.
"""

from __future__ import annotations

import json
from functools import lru_cache

import typst

from stage.text.language import Language, current
from stage.text.source import PREAMBLE, fonts
from studio.formulas.elements import in_words
from studio.formulas.signs import UnsaidError, signs_as_words


@lru_cache(maxsize=512)
def plain(sentence: str) -> str:
    """A sentence as a reader writes it, in Unicode; ValueError names what cannot be written so."""
    return _worded(sentence, aloud=False)


def aloud(sentence: str) -> str:
    """A sentence as it is read out in the language that is spoken now, its signs as words.

    ValueError as for ``plain``.
    """
    return _aloud(sentence, current())


@lru_cache(maxsize=512)
def _aloud(sentence: str, language: Language) -> str:
    text = _worded(sentence, aloud=True)
    return text if sentence.rstrip().endswith(",") else text.removesuffix(",")


def _worded(sentence: str, *, aloud: bool) -> str:
    source = f"{PREAMBLE}\n#metadata([{sentence}])<flowreel>\n"
    try:
        found = typst.query(
            source.encode(), "<flowreel>", field="value", one=True, font_paths=fonts()
        )
        text = in_words(json.loads(found), aloud=aloud)
        if aloud:
            text = signs_as_words(text)
    except (RuntimeError, UnsaidError) as error:  # Typst's own errors are of the first kind
        raise ValueError(
            f"The sentence {sentence!r} cannot be put into plain words: {error}."
        ) from error
    return " ".join(text.split())
