"""The elements of a sentence in Typst markup, each in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.formulas.signs import UnsaidError, spoken
from studio.formulas.terms import accented, as_one, is_one, lowered, raised, to_raised

Element = dict[str, Any]

_RELATIONS = frozenset("=≠<>≤≥≪≫≈∼≃≅≡∝→←↔⇒⇐⇔↦∈∉⊂⊆⊃⊇≔")
_SIGNS = frozenset("+−±∓")
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
_SUMS = {"∑": "the sum", "∏": "the product", "∫": "the integral"}


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
            raise UnsaidError(f"there is no wording for Typst's element {kind!r}")
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
            return f"{as_one(above)}/{as_one(below)}"
        if not is_one(below):
            below = spoken("the quantity {x},", x=below)
        whole = "{x} over {y}" if is_one(above) else "{x}, all over {y}"
        return spoken(whole, x=above, y=below)

    def root(self, element: Element) -> str:
        body = self.of(element["radicand"])
        index = self.of(element.get("index")).strip()
        if self.aloud:
            body = body if is_one(body) else f"{body},"
            if index == "3":
                return f" {spoken('the cube root of {x}', x=body)}"
            if index in ("", "2"):
                return f" {spoken('the square root of {x}', x=body)}"
            return f" {spoken('the root of order {n} of {x}', n=index, x=body)}"
        if index and not index.isdigit():
            return f"{as_one(body)}^(1/{as_one(index)})"
        return f"{to_raised(index)}√{as_one(body)}"

    def attached(self, element: Element) -> str:
        base = self.of(element["base"])
        above, below = (
            "".join(self.of(element.get(place)).strip() for place in places)
            for places in (("t", "tr"), ("b", "br"))
        )
        before = raised(self.of(element.get("tl")).strip()) + lowered(
            self.of(element.get("bl")).strip()
        )
        if self.aloud and element["base"]["func"] == "op" and not above:
            if base == "lim":
                return f" {spoken('the limit as {x} of', x=below)} "
            if below:
                return f" {spoken('the {name} as {x} of', name=base, x=below)} "
            return f" {spoken('the {name} of', name=base)} "
        if self.aloud and base in _SUMS:
            low = spoken("from {x}", x=below) if below else ""
            high = spoken("to {x}", x=above) if above else ""
            return f" {spoken(_SUMS[base])} {low} {high} {spoken('of')} "
        limit = below if base.endswith("‖") and below == "∞" else lowered(below)
        if not base.endswith("‖"):
            base = base if is_one(base) or len(base) == 1 or below else as_one(base)
        return f"{before}{base}{limit}{raised(above)}"

    def primes(self, element: Element) -> str:
        return "′" * int(element["count"])

    def accented(self, element: Element) -> str:
        return accented(self.of(element["base"]), str(element["accent"]))

    def barred(self, element: Element) -> str:
        body = self.of(element["body"])
        return accented(body, "\u0305") if self.mathematics else body

    def raised(self, element: Element) -> str:
        body = self.of(element["body"])
        return body if body in ("st", "nd", "rd", "th") else raised(body)

    def lowered(self, element: Element) -> str:
        return lowered(self.of(element["body"]))

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


def in_words(element: Element, *, aloud: bool) -> str:
    """A sentence's elements as plain text, or as it is read out; UnsaidError names what is not."""
    return _Wording(aloud).of(element)
