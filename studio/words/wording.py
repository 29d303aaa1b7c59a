"""Sentences in Typst markup as plain words: as a reader writes them, and as one reads them out.

Typst itself reads the markup, with the definitions that it has on the screen. Its content comes
back as a tree of elements, as ``typst query`` writes them; each kind of element has its wording.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import typst

from stage.text.source import PREAMBLE, fonts

Element = dict[str, Any]

_ABOVE = str.maketrans("0123456789+-−∗*⊤T′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻**ᵀᵀ′")
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RELATIONS = frozenset("=≠<>≤≥≪≫≈∼≃≅≡∝→←↔⇒⇐⇔↦∈∉⊂⊆⊃⊇≔")
_SIGNS = frozenset("+−±∓")
_GROUP = r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|‖[^‖]*‖|\|[^|]*\|"
_MARKS = "[\u0300-\u036f\u20d0-\u20ff₀-₉⁰¹²³⁴-⁹⁺⁻ᵀ′*]*"
_ATOM = re.compile(rf"√?(?:\d+(?:\.\d+)?|[^\W\d_]+|∞|\ue000){_MARKS}(?:[_^](?:\w+|\ue000))*")
_ACCENTS = {
    **{"\u0307": "dot", "\u0308": "double dot", "\u0302": "hat", "\u0303": "tilde"},
    **{"\u0304": "bar", "\u0305": "bar", "\u20d7": "vector", "\u030c": "check"},
}
# Elements that only dress what is in them.
_DRESSED = {
    **dict.fromkeys(("strong", "emph", "underline", "highlight", "smallcaps", "heading"), "body"),
    **dict.fromkeys(("box", "block", "rect", "circle", "ellipse", "square", "align"), "body"),
    **dict.fromkeys(("pad", "move", "rotate", "scale", "equation", "link", "class"), "body"),
    **dict.fromkeys(("lr", "mid", "limits", "scripts", "stretch", "quote"), "body"),
    "styled": "child",
    "op": "text",
}
_SPACES = ("space", "linebreak", "parbreak", "h", "v")
_UNSEEN = ("align-point", "hide", "metadata", "place-flush")


@lru_cache(maxsize=512)
def plain(sentence: str) -> str:
    """A sentence as a reader writes it, in Unicode; ValueError names what cannot be written so."""
    return _worded(sentence, aloud=False)


@lru_cache(maxsize=512)
def aloud(sentence: str) -> str:
    """A sentence as it is read out, its signs as words; ValueError as for ``plain``."""
    text = _worded(sentence, aloud=True)
    for sign, words in _SPOKEN:
        text = re.sub(sign, words, text)
    text = "".join(_named(sign) for sign in text)
    text = re.sub(r" +([,;.:)?!])", r"\1", " ".join(text.split()))
    text = text.replace("( ", "(")
    text = re.sub(r",+([,;.:?!])", r"\1", text)
    return text if sentence.rstrip().endswith(",") else text.removesuffix(",")


def _worded(sentence: str, *, aloud: bool) -> str:
    source = f"{PREAMBLE}\n#metadata([{sentence}])<flowreel>\n"
    try:
        found = typst.query(
            source.encode(), "<flowreel>", field="value", one=True, font_paths=fonts()
        )
        text = _Wording(aloud).of(json.loads(found))
    except (RuntimeError, _UnsaidError) as error:  # Typst's own errors are of the first kind
        raise ValueError(
            f"The sentence {sentence!r} cannot be put into plain words: {error}."
        ) from error
    return " ".join(text.split())


class _UnsaidError(Exception):
    """An element has no wording; the message names it."""


class _Wording:
    """What the elements of a sentence are in words."""

    def __init__(self, aloud: bool) -> None:
        self.aloud = aloud
        self.mathematics = False

    def of(self, element: Element | str | None) -> str:
        if element is None or isinstance(element, str):
            return element or ""
        kind = element["func"]
        if kind in _SPACES:
            return " "
        if kind in _UNSEEN:
            return ""
        if kind == "equation":
            return self.equation(element)
        if kind == "sequence" and self.mathematics:
            return self.formula(element["children"])
        if kind in _DRESSED:
            return self.of(element.get(_DRESSED[kind]))
        wording: Callable[[Element], str] | None = _WORDINGS.get(kind, lambda *of: None)(self)
        if wording is None:
            raise _UnsaidError(f"there is no wording for Typst's element {kind!r}")
        return wording(element)

    def equation(self, element: Element) -> str:
        outside, self.mathematics = self.mathematics, True
        try:
            return self.formula([element["body"]])
        finally:
            self.mathematics = outside

    def sequence(self, element: Element) -> str:
        return "".join(map(self.of, element["children"]))

    def formula(self, children: list[Element]) -> str:
        """Relations, and signs between two terms, with a space on either side."""
        text = ""
        for child in children:
            piece = self.of(child)
            sign = piece if child["func"] == "symbol" else ""
            before = text.rstrip()
            if sign in _RELATIONS:
                text = f"{before} {sign} "
            elif sign in _SIGNS:
                binary = before and before[-1] not in "([{,;" and before[-1] not in _RELATIONS
                text = f"{before} {sign} " if binary and before[-1] not in _SIGNS else text + sign
            elif sign == ",":
                text = f"{before}, "
            elif piece.isspace() and text.endswith((" ", *"([{")):
                continue
            elif piece.isspace() and before and before[-1] in _SIGNS and text == before:
                continue  # a sign that belongs to what comes
            else:
                text += piece
        return text

    def written(self, element: Element) -> str:
        return str(element["text"])

    def quoted(self, element: Element) -> str:
        return '"' if element.get("double", True) else "'"

    def fraction(self, element: Element) -> str:
        above, below = self.of(element["num"]), self.of(element["denom"])
        if not self.aloud:
            return f"{_one(above)}/{_one(below)}"
        over = "over" if _is_one(above) else ", all over"
        return f"{above} {over} {below if _is_one(below) else f'the quantity {below},'}"

    def root(self, element: Element) -> str:
        body = self.of(element["radicand"])
        index = self.of(element.get("index")).strip()
        if self.aloud:
            kind = {"": "square root", "2": "square root", "3": "cube root"}.get(index)
            return (
                f" the {kind or f'root of order {index}'} of {body}{'' if _is_one(body) else ','}"
            )
        if index and not index.isdigit():
            return f"{_one(body)}^(1/{_one(index)})"
        return f"{index.translate(_ABOVE)}√{_one(body)}"

    def attached(self, element: Element) -> str:
        base = self.of(element["base"])
        above, below = (
            "".join(self.of(element.get(place)).strip() for place in places)
            for places in (("t", "tr"), ("b", "br"))
        )
        before = _above(self.of(element.get("tl")).strip()) + _below(
            self.of(element.get("bl")).strip()
        )
        if self.aloud and element["base"]["func"] == "op" and not above:
            name = "limit" if base == "lim" else base
            return f" the {name} {f'as {below} ' if below else ''}of "
        if self.aloud and base in _SUMS:
            bounds = f"{f'from {below} ' if below else ''}{f'to {above} ' if above else ''}"
            return f" the {_SUMS[base]} {bounds}of "
        limit = below if base.endswith("‖") and below == "∞" else _below(below)
        if not base.endswith("‖"):
            base = base if _is_one(base) or len(base) == 1 or below else _one(base)
        return f"{before}{base}{limit}{_above(above)}"

    def primes(self, element: Element) -> str:
        return "′" * int(element["count"])

    def accented(self, element: Element) -> str:
        return _accented(self.of(element["base"]), str(element["accent"]))

    def barred(self, element: Element) -> str:
        body = self.of(element["body"])
        return _accented(body, "\u0305") if self.mathematics else body

    def raised(self, element: Element) -> str:
        body = self.of(element["body"])
        return body if body in ("st", "nd", "rd", "th") else _above(body)

    def lowered(self, element: Element) -> str:
        return _below(self.of(element["body"]))

    def chosen(self, element: Element) -> str:
        below = ", ".join(map(self.of, element["lower"]))
        return f"({self.of(element['upper'])} choose {below})"

    def vector(self, element: Element) -> str:
        return f"({', '.join(map(self.of, element['children']))})"

    def matrix(self, element: Element) -> str:
        return f"({'; '.join(', '.join(map(self.of, row)) for row in element['rows'])})"

    def cases(self, element: Element) -> str:
        each = "; ".join(self.of(case).strip() for case in element["children"])
        return each if self.aloud else f"{{{each}}}"

    def noted(self, element: Element) -> str:
        note = self.of(element.get("annotation"))
        return self.of(element["body"]) + (f" ({note})" if note else "")


_WORDINGS: dict[str, Callable[[_Wording], Callable[[Element], str]]] = {
    "sequence": lambda wording: wording.sequence,
    **dict.fromkeys(("text", "symbol", "raw"), lambda wording: wording.written),
    "smartquote": lambda wording: wording.quoted,
    "frac": lambda wording: wording.fraction,
    "root": lambda wording: wording.root,
    "attach": lambda wording: wording.attached,
    "primes": lambda wording: wording.primes,
    "accent": lambda wording: wording.accented,
    "overline": lambda wording: wording.barred,
    "super": lambda wording: wording.raised,
    "sub": lambda wording: wording.lowered,
    "binom": lambda wording: wording.chosen,
    "vec": lambda wording: wording.vector,
    "mat": lambda wording: wording.matrix,
    "cases": lambda wording: wording.cases,
    **dict.fromkeys(
        [f"{side}{kind}" for side in ("under", "over") for kind in ("brace", "bracket", "paren")],
        lambda wording: wording.noted,
    ),
}


def _is_one(text: str) -> bool:
    """Whether a text is one term: a number, a name or a group, with its marks."""
    while (closed := re.sub(_GROUP, "\ue000", text)) != text:
        text = closed
    return bool(_ATOM.fullmatch(text.strip()))


def _one(text: str) -> str:
    return text.strip() if _is_one(text) else f"({text.strip()})"


def _above(text: str) -> str:
    if not text:
        return ""
    if re.fullmatch(r"[−-]?\d+|\*|∗|⊤|T|[+−]|′+", text):
        return text.translate(_ABOVE)
    return f"^{text}" if re.fullmatch(r"\w+", text) else f"^({text})"


def _below(text: str) -> str:
    if not text:
        return ""
    if text.isdigit():
        return text.translate(_BELOW)
    return f"_{text}" if re.fullmatch(r"\w+|∞", text) else f"_({text})"


def _accented(base: str, accent: str) -> str:
    if len(base) == 1:
        return base + accent
    name = _ACCENTS.get(accent) or unicodedata.name(accent).lower().removeprefix("combining ")
    return f"{name}({base})"


_SUMS = {"∑": "sum", "∏": "product", "∫": "integral"}
_SPOKEN: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"‖([^‖]+)‖∞", r"infinity norm of \1"),
    (r"‖([^‖]+)‖([₁₂])", r"\2 norm of \1"),
    (r"‖([^‖]+)‖", r"norm of \1"),
    (r"\|([^|]+)\|", r"absolute value of \1"),
    (r"\{([^{}]+?) *[:|] ([^{}]*)\}", r"the set of \1 such that \2"),
    (r"\{([^{}]*)\}", r"the set \1"),
    ("<=", " at most "),
    (">=", " at least "),
    ("(?<=\\S)[₀-₉]{2,}", lambda found: " " + unicodedata.normalize("NFKC", found[0])),
    (
        "(?<=\\S)[⁰¹²³⁴-⁹]{2,}",
        lambda found: " to the " + unicodedata.normalize("NFKC", found[0]),
    ),
    (r"ᵀ|\^T\b", " transposed"),
    ("²", " squared"),
    ("³", " cubed"),
    ("⁻([⁰¹²³⁴-⁹])", r" to the minus \1"),
    ("(?<=[^⁰¹²³⁴-⁹])(?=[⁰¹⁴-⁹])(?<!minus )", " to the "),
    ("(\\w)\u0307", r"\1 dot "),
    *((f"(\\w){mark}", rf"\1 {name} ") for mark, name in _ACCENTS.items()),
    (r"(?<=\b\w)_\((.+?)\)", r" \1 "),
    (r"(?<=\b\w)_(\w+)", r" \1 "),
    (r"\^\((.+?)\)|\^(\w+)", r" to the \1\2 "),
    (r"\b(\w)/(\w)\b", r"\1 over \2"),
    (r" / ", " over "),
    (r"(?<=[\w)])\*", " star "),
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
    **dict(
        zip("₀₁₂₃₄₅₆₇₈₉", "zero one two three four five six seven eight nine".split(), strict=True)
    ),
    **dict(zip("⁰¹⁴⁵⁶⁷⁸⁹", "zero one four five six seven eight nine".split(), strict=True)),
}


def _named(sign: str) -> str:
    """A sign as words, by our table or by the last resort: its name in Unicode."""
    if sign in _NAMES:
        return f" {_NAMES[sign]} "
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK") and "LETTER" in name:
        return (
            f" {name.rsplit('LETTER ')[-1].split(' WITH ')[0].lower().replace('lamda', 'lambda')} "
        )
    if unicodedata.category(sign) in ("Sm", "So", "No"):
        return f" {name.lower()} "
    return sign
