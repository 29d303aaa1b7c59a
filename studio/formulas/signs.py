"""Mathematical signs as words, in the language that is spoken now: its catalogue has them too."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from stage.text.language import ENGLISH, SPOKEN, current


class UnsaidError(Exception):
    """Something has no wording; the message names it."""


ACCENTS = {
    **{"\u0307": "dot", "\u0308": "double dot", "\u0302": "hat", "\u0303": "tilde"},
    **{"\u0304": "bar", "\u0305": "bar", "\u20d7": "vector", "\u030c": "check"},
}
_RAISED = "⁰¹²³⁴-⁹"
# Patterns, in their order, and what is said for each; groups stand in it by their names.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"‖(?P<x>[^‖]+)‖∞", "infinity norm of {x}"),
    (r"‖(?P<x>[^‖]+)‖(?P<n>[₁₂])", "{n} norm of {x}"),
    (r"‖(?P<x>[^‖]+)‖", "norm of {x}"),
    (r"\|(?P<x>[^|]+)\|", "absolute value of {x}"),
    (r"\{(?P<x>[^{}]+?) *[:|] (?P<y>[^{}]*)\}", "the set of {x} such that {y}"),
    (r"\{(?P<x>[^{}]*)\}", "the set {x}"),
    ("<=", "at most"),
    (">=", "at least"),
    (r"ᵀ|\^T\b", "transposed"),
    (rf"(?<![⁻{_RAISED}])²(?![{_RAISED}])", "squared"),
    (rf"(?<![⁻{_RAISED}])³(?![{_RAISED}])", "cubed"),
    (rf"⁻(?P<x>[{_RAISED}]+)", "to the minus {x}"),
    (rf"(?P<x>[{_RAISED}]+)", "to the {x}"),
    *((rf"(?P<x>\w){mark}", f"{{x}} {name}") for mark, name in ACCENTS.items()),
    (r"(?<=\b\w)_\((?P<x>.+?)\)", "{x}"),
    (r"(?<=\b\w)_(?P<x>\w+)", "{x}"),
    (r"(?<=\w)_(?P<x>∞)", "{x}"),
    (r"ℓ(?=\s*[₀-₉∞])", "ell"),
    (r"\^\((?P<x>.+?)\)", "to the {x}"),
    (r"\^(?P<x>\w+)", "to the {x}"),
    (r"\b(?P<x>\w)/(?P<y>\w)\b", "{x} over {y}"),
    (r" / ", "over"),
    (r"(?<=[\w)])\*", "star"),
)
_NAMES = {
    **{"→": "to", "−": "minus", "=": "equals", "×": "times", "·": "times", "⋅": "times"},
    **{"∗": "times", "∞": "infinity", "ℓ": "loss", "ᵢ": "i", "ᴺ": "to the N", "+": "plus"},
    **{"±": "plus or minus", "<": "less than", ">": "greater than", "≤": "at most"},
    **{"≥": "at least", "≠": "not equal to", "≈": "about", "∼": "about", "∈": "in"},
    **{"∉": "not in", "√": "the square root of", "∑": "the sum of", "∏": "the product of"},
    **{"∫": "the integral of", "∇": "the gradient of", "∂": "partial", "∀": "for all"},
    **{"∃": "there is", "∝": "proportional to", "⇒": "implies", "⇔": "if and only if"},
    **{"↦": "goes to", "∪": "union", "∩": "intersection", "⊂": "within", "⊆": "within"},
    **{"∅": "the empty set", "°": "degrees", "′": "prime", "&": "and", "½": "one half"},
    **{"ℝ": "the real numbers", "ℕ": "the natural numbers", "ℤ": "the integers"},
    **{"ℚ": "the rational numbers", "ℂ": "the complex numbers", "⁻": "minus"},
    "%": "percent",
}
_DIGITS = "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
ELEMENTS = (
    "the quantity {x},", "{x}, all over {y}", "the cube root of {x}", "the square root of {x}",
    "the root of order {n} of {x}", "the limit as {x} of", "the {name} as {x} of", "the {name} of",
    "the sum", "the product", "the integral", "from {x}", "to {x}", "of",
)  # fmt: skip
"""What is said of elements that have a wording of their own."""


def spoken(message: str, **values: str) -> str:
    """What is said for a sign, in the language that is spoken now; UnsaidError if it lacks that."""
    language = current()
    if language != ENGLISH and (SPOKEN, message) not in language.texts:
        raise UnsaidError(f"in {language.name} there are no words for {message!r}")
    return language.gettext(message, SPOKEN, **values)


def messages() -> list[str]:
    """All that may be said for signs, for translators."""
    said = [message for _, message in _PATTERNS if message != "{x}"]
    return list(dict.fromkeys([*said, *_NAMES.values(), *_DIGITS, *ELEMENTS]))


def signs_as_words(text: str) -> str:
    """A plain text with words in place of its signs."""
    for pattern, message in _PATTERNS:
        text = re.sub(pattern, partial(_said, message), text)
    text = re.sub("(?<=\\S)[₀-₉]{2,}", lambda found: f" {_flat(found[0])}", text)
    text = "".join(_named(sign) for sign in text)
    text = re.sub(r" +([,;.:)?!])", r"\1", " ".join(text.split()))
    text = text.replace("( ", "(")
    return re.sub(r",+([,;.:?!])", r"\1", text)


def _said(message: str, found: re.Match[str]) -> str:
    """Words for a pattern; one raised digit is a word, several are a number."""
    parts = {name: _number(part) for name, part in found.groupdict().items()}
    return f" {spoken(message, **parts)} " if message != "{x}" else f" {parts['x']} "


def _flat(text: str) -> str:
    """Raised and lowered digits as plain ones."""
    return unicodedata.normalize("NFKC", text)


def _number(text: str) -> str:
    flat = _flat(text) if re.fullmatch(rf"[{_RAISED}]+|[₀-₉]+", text) else text
    return spoken(_DIGITS[int(flat)]) if flat != text and len(flat) == 1 else flat


def _named(sign: str) -> str:
    """A sign as words, by our table; in English, as a last resort, by its name in Unicode."""
    if sign in _NAMES:
        return f" {spoken(_NAMES[sign])} "
    if sign in "₀₁₂₃₄₅₆₇₈₉":
        return f" {spoken(_DIGITS[int(_flat(sign))])} "
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK") and "LETTER" in name:
        letter = name.rsplit("LETTER ")[-1].split(" WITH ")[0].lower()
        return f" {letter.replace('lamda', 'lambda')} "
    if unicodedata.category(sign) in ("Sm", "So", "No"):
        if current() != ENGLISH:
            raise UnsaidError(
                f"in {current().name} there are no words for {sign!r}, {name.lower()}"
            )
        return f" {name.lower()} "
    return sign
