"""Languages: what the sources say in English, read in another one from its catalogue.

A catalogue is a gettext file, ``assets/locale/de.po``; English needs none. ``speaking`` sets the
language in which words are looked up from then on, and ``gettext`` looks one up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[2] / "assets" / "locale"
"""Where catalogues are, each called by the tag of its language: ``de.po``, ``pt_BR.po``."""
SPOKEN = "spoken"
"""Context, by gettext's ``msgctxt``, of words for signs that are read out."""
_PLACE = re.compile(r"\{(\w+)\}")
_DECIMAL = re.compile(r'"[^"]*"|(?<![\w.])\d+\.\d+(?!\d*\s*(?:em|pt|%))')
"""A decimal number in mathematics; or what is in quotes, which stays as it is."""
_PAIR = re.compile(r'("\d+,\d+"),(?=\s*[−-]?["\d])|(\d),(?=\s*[−-]?"\d)')
"""A number, and the comma that parts it from the next, where one of both has a decimal comma."""
FACTS = {
    "English": "the name of your language, in itself",
    "eng": "its code of three letters, by ISO 639-2/T",
    ".": "its decimal sign",
}
"""What every catalogue says of its language, in place of these."""


@dataclass(frozen=True)
class Language:
    """A language, and what its catalogue has in place of each English text."""

    tag: str = "en"
    """By BCP 47, as in HTML."""
    name: str = "English"
    """What its speakers call it."""
    code: str = "eng"
    """By ISO 639-2/T, as in MP4."""
    decimal: str = "."
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict, compare=False, repr=False)
    """By context, which mostly is empty, and English text."""

    def gettext(self, message: str, context: str = "", **values: str) -> str:
        """A text in this language, or as it is if the catalogue lacks it; with its placeholders.

        ``values`` take the places of ``{name}``; numbers among them get this decimal sign. KeyError
        names a placeholder that the English text does not have.
        """
        text = self.texts.get((context, message), message)

        def value(found: re.Match[str]) -> str:
            is_mathematics = found.string[: found.start()].count("$") % 2
            told = values[found[1]]
            return self.mathematics(told) if is_mathematics else self.number(told)

        return _PLACE.sub(value, text) if values else text

    def number(self, text: str) -> str:
        """A number as it is printed: ``0.5`` is ``0,5`` in German; thousands are not parted."""
        if self.decimal == "." or not re.fullmatch(r"[−-]?[\d,]+(\.\d+)?", text):
            return text
        return text.replace(",", "").replace(".", self.decimal)

    def mathematics(self, source: str) -> str:
        """Typst mathematics with this decimal sign, in quotes, for a comma is followed by a space.

        Where numbers have a comma, a semicolon parts two of them: (3,04; 5,98).
        """
        if self.decimal == ".":
            return source
        return _PAIR.sub(r"\1\2\\;", _DECIMAL.sub(self._quoted, source))

    def _quoted(self, found: re.Match[str]) -> str:
        text = found[0]
        return text if text.startswith('"') else f'"{text.replace(".", self.decimal)}"'


ENGLISH = Language()
_current: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def languages() -> tuple[str, ...]:
    """The tags of all languages that there are, English first."""
    return ENGLISH.tag, *(path.stem.replace("_", "-") for path in sorted(LOCALE.glob("*.po")))


def catalogue(tag: str) -> Path:
    """The file of a language; ValueError says which languages there are."""
    for path in sorted(LOCALE.glob("*.po")):
        if path.stem.replace("_", "-").lower() == tag.replace("_", "-").lower():
            return path
    raise ValueError(f"There is no language {tag!r}; there are: {', '.join(languages())}.")


def tag_of(text: str) -> str:
    """The tag that a setting names: "" for no words; ValueError for a language there is not."""
    tag = text.strip().lower()
    if tag in ("no", "off", "false"):
        return ""
    return language_of("" if tag in ("yes", "on", "true") else tag).tag


def language_of(tag: str) -> Language:
    """The language of a tag; English for "". ValueError for one that there is not."""
    if tag.lower() in ("", ENGLISH.tag):
        return ENGLISH
    path = catalogue(tag)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Language:
    """A catalogue, read once; ValueError says what is wrong with it, and where."""
    try:
        entries = polib.pofile(str(path), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no catalogue of gettext: {error}.") from error
    texts = {
        (entry.msgctxt or "", entry.msgid): entry.msgstr
        for entry in entries
        if entry.msgstr and not entry.fuzzy and not entry.obsolete
    }
    name, code, decimal = (texts.get(("", fact), fact) for fact in FACTS)
    if not re.fullmatch(r"[a-z]{3}", code) or len(decimal) != 1:
        raise ValueError(
            f"{path}: 'eng' is {code!r} and '.' is {decimal!r}; give the language's code of three "
            "letters by ISO 639-2, and the sign that is between 0 and 5 in its one half."
        )
    return Language(path.stem.replace("_", "-"), name, code, decimal, texts)


@contextmanager
def speaking(language: Language) -> Iterator[Language]:
    """Look words up in this language from now on, and then again in the one before."""
    token = _current.set(language)
    try:
        yield language
    finally:
        _current.reset(token)


def current() -> Language:
    """The language that is spoken now."""
    return _current.get()


def gettext(message: str, context: str = "", **values: str) -> str:
    """A text in the language that is spoken now: see ``Language.gettext``."""
    return current().gettext(message, context, **values)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each in one line, as catalogues have them."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def gettext_noop(message: str) -> str:
    """A text as it is, marked for the catalogues: it is looked up where it is shown."""
    return message
