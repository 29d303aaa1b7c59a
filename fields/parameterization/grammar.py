"""The grammar of formulas: a text is read into a tree, and is never run as a program.

sum = term (("+" | "−") term)*       term = sign factor (("·" | "/" | nothing) factor)*
factor = atom ("^" sign factor)?     atom = number | name | function atom | "(" sum ")"
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import numpy as np

FUNCTIONS = {
    name: getattr(np, {"ln": "log"}.get(name, name))
    for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log", "sqrt")
}
CONSTANTS = {"pi": np.pi, "e": np.e}
_TOKEN = re.compile(
    r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([A-Za-z]+_?\d*)|(\*\*|[-+−*·/^(),]))"
)
_PLAIN = {"**": "^", "·": "*", "−": "-"}

_DEEPEST = 200
"""Steps from a formula's outermost sign to its innermost: each is a call within a call."""

Tree = tuple[Any, ...]


class Reader:
    """Reads a text sign by sign; the names in it are noted in their order."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.end = text, 0, 0
        self.names: dict[str, None] = {}
        self.token: str | None = None
        self.step()

    def step(self) -> str | None:
        """The sign that was seen last, which is left for the next one."""
        seen, self.at = self.token, self.end
        match = _TOKEN.match(self.text, self.end)
        if match is None and self.text[self.end :].strip():
            raise self.error(f"{self.text[self.end :].strip()[0]!r} is not known")
        self.token = None if match is None else _PLAIN.get(match[0].strip(), match[0].strip())
        self.end = self.end if match is None else match.end()
        return seen

    def take(self, *wanted: str) -> str | None:
        """The next sign, if it is one of those; else none, and it stays."""
        return self.step() if self.token in wanted else None

    def error(self, what: str) -> ValueError:
        """What is wrong, and where."""
        return ValueError(
            f"formula: in {self.text!r}, at character {self.at + 1}, {what}; write numbers, names, "
            f"+ - * / ^, brackets, and {', '.join(FUNCTIONS)}."
        )

    def tree(self) -> Tree:
        """A whole formula, of no more depth than Python follows with ease."""
        with suppress(RecursionError):
            tree = self.sum()
            if _depth(tree) <= _DEEPEST:
                return tree
        start = self.text if len(self.text) < 40 else f"{self.text[:40]}…"
        raise ValueError(
            f"formula: {start!r} goes more than {_DEEPEST} deep, in brackets or in terms one after "
            "the other; write it in fewer."
        )

    def sum(self) -> Tree:
        """Terms that are added or subtracted."""
        tree = self.term()
        while sign := self.take("+", "-"):
            tree = (sign, tree, self.term())
        return tree

    def term(self) -> Tree:
        """Factors that are multiplied or divided, with a sign."""
        if sign := self.take("-", "+"):
            return ("neg", self.term()) if sign == "-" else self.term()
        tree = self.factor()
        while self.token is not None and self.token not in ("+", "-", ")", ",", "^"):
            tree = (self.take("*", "/") or "*", tree, self.factor())
        return tree

    def factor(self) -> Tree:
        """An atom, or a power of one."""
        tree = self.atom()
        if self.take("^"):
            sign = self.take("-")
            power = self.factor()
            tree = ("^", tree, ("neg", power) if sign else power)
        return tree

    def atom(self) -> Tree:
        """A number, a name, a function of an atom, or a sum in brackets."""
        if self.take("("):
            tree = self.sum()
            if not self.take(")"):
                raise self.error("a bracket is not closed")
            return tree
        if self.token is None:
            raise self.error("something is missing")
        if self.token[0].isdigit() or self.token[0] == ".":
            return ("number", str(self.step()))
        if self.token in FUNCTIONS:
            return ("call", str(self.step()), self.atom())
        if not self.token[0].isalpha():
            raise self.error(f"{self.token!r} is not expected")
        if self.token not in CONSTANTS:
            self.names[self.token] = None
        return ("name", str(self.step()))


def _depth(tree: Tree) -> int:
    """How many steps a formula takes from its outermost sign to its innermost, at the most."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(inner, depth + 1) for inner in part if isinstance(inner, tuple)]
    return deepest
