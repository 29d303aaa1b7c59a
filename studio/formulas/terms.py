"""Terms of a formula in plain text: what is one term, raised, lowered, or under an accent."""

from __future__ import annotations

import re
import unicodedata

from studio.formulas.signs import ACCENTS

_ABOVE = str.maketrans("0123456789+-−∗*⊤T′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻**ᵀᵀ′")
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_GROUP = r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|‖[^‖]*‖|\|[^|]*\|"
_MARKS = "[\u0300-\u036f\u20d0-\u20ff₀-₉⁰¹²³⁴-⁹⁺⁻ᵀ′*]*"
_ATOM = re.compile(rf"√?(?:\d+(?:\.\d+)?|[^\W\d_]+|∞|\ue000){_MARKS}(?:[_^](?:\w+|\ue000))*")


def is_one(text: str) -> bool:
    """Whether a text is one term: a number, a name or a group, with its marks."""
    while (closed := re.sub(_GROUP, "\ue000", text)) != text:
        text = closed
    return bool(_ATOM.fullmatch(text.strip()))


def as_one(text: str) -> str:
    """A text as one term: in brackets where it is several."""
    return text.strip() if is_one(text) else f"({text.strip()})"


def to_raised(text: str) -> str:
    """Digits and signs, raised."""
    return text.translate(_ABOVE)


def raised(text: str) -> str:
    """A text raised, in signs of Unicode where there are such."""
    if not text:
        return ""
    if re.fullmatch(r"[−-]?\d+|\*|∗|⊤|T|[+−]|′+", text):
        return text.translate(_ABOVE)
    return f"^{text}" if re.fullmatch(r"\w+", text) else f"^({text})"


def lowered(text: str) -> str:
    """A text lowered, likewise."""
    if not text:
        return ""
    if text.isdigit():
        return text.translate(_BELOW)
    return f"_{text}" if re.fullmatch(r"\w+|∞", text) else f"_({text})"


def accented(base: str, accent: str) -> str:
    """A term under an accent, which is named where it is over several letters."""
    if len(base) == 1:
        return base + accent
    name = ACCENTS.get(accent) or unicodedata.name(accent).lower().removeprefix("combining ")
    return f"{name}({base})"
