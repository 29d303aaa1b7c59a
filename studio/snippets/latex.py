"""Plain text for LaTeX: every character that captions have, in the fonts that are always there."""

from __future__ import annotations

import re
import unicodedata

from studio.snippets.parts import one_line

_ESCAPED = {char: rf"\{char}" for char in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
}
_SIGNS = {
    **{"−": "-", "·": r"\cdot", "×": r"\times", "∞": r"\infty", "√": r"\sqrt{}", "‖": r"\|"},
    **{"→": r"\to", "↦": r"\mapsto", "≤": r"\le", "≥": r"\ge", "≈": r"\approx", "≠": r"\ne"},
    **{"∇": r"\nabla", "∂": r"\partial", "∈": r"\in", "Σ": r"\sum", "∑": r"\sum", "∏": r"\prod"},
    **{
        "ℓ": r"\ell",
        "∼": r"\sim",
        "∝": r"\propto",
        "≪": r"\ll",
        "≫": r"\gg",
        "′": r"'",
        "⊤": r"\top",
    },
    **{
        "∗": "*",
        "⊙": r"\odot",
        "±": r"\pm",
        "∫": r"\int",
        "≡": r"\equiv",
        "⋅": r"\cdot",
        "⋯": r"\cdots",
    },
}
_GREEK = {"omicron": "o", "lamda": r"\lambda", "Lamda": r"\Lambda", "Alpha": "A", "Beta": "B"}


def latex(text: str) -> str:
    """Text that LaTeX prints in its own fonts, whatever mathematics is in it."""
    return "".join(_latex(some) for some in unicodedata.normalize("NFC", one_line(text)))


def _latex(some: str) -> str:
    """A character; those that LaTeX does not know from the start are written as commands."""
    if some in _ESCAPED:
        return _ESCAPED[some]
    if ord(some) < 0x180 or some in "–—‘’“”…":
        return some
    if some in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[some]}}}"
    kind, *parts = unicodedata.decomposition(some).split() or [""]
    whole = "".join(chr(int(part, 16)) for part in parts)
    if kind in ("<sub>", "<super>"):
        return rf"\text{kind[1:-1]}script{{{latex(whole)}}}"
    if parts and kind.startswith("<"):
        return latex(whole)
    if parts and parts[-1] == "0307":
        return rf"\ensuremath{{\dot {chr(int(kind, 16))}}}"
    name = unicodedata.name(some, "").lower()
    if found := re.fullmatch(r"greek (small|capital) letter (\w+)", name):
        letter = found[2] if found[1] == "small" else found[2].title()
        return rf"\ensuremath{{{_GREEK.get(letter, chr(92) + letter)}}}"
    # a letter of another language: its fonts are the talk's own choice
    return some if unicodedata.category(some).startswith("L") else f"({name})"
