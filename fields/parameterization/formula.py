"""A parameterization from a formula as one writes it: "u^3 + u", or "r cos(t), r sin(t)".

The text is read by a grammar of its own, and is never run as a program.

    sum = term (("+" | "−") term)*       term = sign factor (("·" | "/" | nothing) factor)*
    factor = atom ("^" sign factor)?     atom = number | name | function atom | "(" sum ")"
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from fields.parameterization.custom import Own

FUNCTIONS = {
    name: getattr(np, {"ln": "log"}.get(name, name))
    for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "ln", "log", "sqrt")
}
CONSTANTS = {"pi": np.pi, "e": np.e}
_TOKEN = re.compile(
    r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([A-Za-z]+_?\d*)|(\*\*|[-+−*·/^(),]))"
)
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma"
    " tau upsilon phi chi psi omega".split()
)
_PLAIN = {"**": "^", "·": "*", "−": "-"}

_DEEPEST = 200
"""Steps from a formula's outermost sign to its innermost: each is a call within a call."""

Tree = tuple[Any, ...]


@dataclass(frozen=True)
class Equation:
    """One or two formulas that were read, with the names of what is trained in them."""

    trees: tuple[Tree, ...]
    names: tuple[str, ...]

    def __call__(self, u: Any) -> Any:
        """w(u), (..., 2), real or complex."""
        if len(self.trees) == 1:
            return _value(self.trees[0], {self.names[0]: u})
        known = {name: u[..., k] for k, name in enumerate(self.names)}
        return np.stack([_value(tree, known) + 0 * u[..., 0] for tree in self.trees], axis=-1)

    @property
    def typst(self) -> str:
        """The equation in Typst's mathematics: w_i = u_i^(3) + u_i."""
        if len(self.trees) == 1:
            return f"w_i = {_typst(self.trees[0], {self.names[0]: _sign(self.names[0], 'i')})}"
        names = {name: _sign(name) for name in self.names}
        if "t" in names and "theta" not in names:
            names["t"] = "theta"
        return ", quad ".join(
            f"w_{k + 1} = {_typst(tree, names)}" for k, tree in enumerate(self.trees)
        )


def formula(text: str, guess: tuple[float, float] = (1.0, 1.0)) -> Own:
    """The parameterization that ``text`` says, as an ``Own`` whose function is an ``Equation``.

    One formula of one name makes each weight of a parameter of its own; two formulas, separated by
    a comma, share two names, in the order in which they first appear. ``guess`` is a u in the
    middle of the branch that is meant.

    Raises ValueError where the text is no such thing, with the place.
    """
    return Own(equation(text), guess)


def equation(text: str) -> Equation:
    """Read one formula, or two."""
    reader = _Reader(text)
    trees = [reader.tree()]
    while reader.take(","):
        trees.append(reader.tree())
    if reader.token is not None:
        raise reader.error(f"{reader.token!r} is not expected")
    names = tuple(reader.names)
    if len(trees) != len(names) or len(names) > 2:
        raise ValueError(
            f"formula: {text!r} has {len(trees)} formulas of {len(names)} names "
            f"({', '.join(names)}); write one of one, such as 'u^3 + u', or two of two."
        )
    return Equation(tuple(trees), names)


@dataclass(frozen=True)
class Expression:
    """One formula of several names, as a function of the last axis: f(w), (..., d) → (...)."""

    tree: Tree
    names: tuple[str, ...]
    columns: tuple[int, ...]
    """Which place of the last axis each name is."""

    def __call__(self, w: Any) -> Any:
        """f(w), real or complex."""
        known = {name: w[..., k] for name, k in zip(self.names, self.columns, strict=True)}
        return _value(self.tree, known) + 0 * w[..., 0]

    @property
    def typst(self) -> str:
        """The formula in Typst's mathematics; w1 as w_1."""
        return _typst(self.tree, {name: _sign(name) for name in self.names})


def expression(text: str) -> Expression:
    """Read one formula of any names, each its own place of the last axis, as they first appear.

    Raises ValueError where the text is no formula, with the place.
    """
    reader = _Reader(text)
    tree = reader.tree()
    if reader.token is not None:
        raise reader.error(f"{reader.token!r} is not expected")
    names = tuple(reader.names)
    return Expression(tree, names, tuple(range(len(names))))


def _sign(name: str, *more: str) -> str:
    """A name in Typst's mathematics, with its number and ``more`` as indices: x_1, alpha_(2,i).

    A letter, or a Greek one by its name, is itself. Other words are set as words, whatever else
    Typst calls so, as it does sum and hat.
    """
    letters = name.rstrip("0123456789")
    word = letters.rstrip("_")
    sign = word if len(word) == 1 or word.lower() in _GREEK else f'"{word}"'
    indices = [part for part in (name[len(letters) :], *more) if part]
    if not indices:
        return sign
    return f"{sign}_{indices[0]}" if len(indices) == 1 else f"{sign}_({','.join(indices)})"


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.end = text, 0, 0
        self.names: dict[str, None] = {}
        self.token: str | None = None
        self.step()

    def step(self) -> str | None:
        seen, self.at = self.token, self.end
        match = _TOKEN.match(self.text, self.end)
        if match is None and self.text[self.end :].strip():
            raise self.error(f"{self.text[self.end :].strip()[0]!r} is not known")
        self.token = None if match is None else _PLAIN.get(match[0].strip(), match[0].strip())
        self.end = self.end if match is None else match.end()
        return seen

    def take(self, *wanted: str) -> str | None:
        return self.step() if self.token in wanted else None

    def error(self, what: str) -> ValueError:
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
        tree = self.term()
        while sign := self.take("+", "-"):
            tree = (sign, tree, self.term())
        return tree

    def term(self) -> Tree:
        if sign := self.take("-", "+"):
            return ("neg", self.term()) if sign == "-" else self.term()
        tree = self.factor()
        while self.token is not None and self.token not in ("+", "-", ")", ",", "^"):
            tree = (self.take("*", "/") or "*", tree, self.factor())
        return tree

    def factor(self) -> Tree:
        tree = self.atom()
        if self.take("^"):
            sign = self.take("-")
            power = self.factor()
            tree = ("^", tree, ("neg", power) if sign else power)
        return tree

    def atom(self) -> Tree:
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


def _value(tree: Tree, known: dict[str, Any]) -> Any:
    match tree:
        case ("number", text):
            return float(text)
        case ("name", name):
            return known[name] if name in known else CONSTANTS[name]
        case ("call", name, inner):
            return FUNCTIONS[name](_value(inner, known))
        case ("neg", inner):
            return -_value(inner, known)
        case ("^", base, power):
            exponent = _value(power, known)
            whole = isinstance(exponent, float) and exponent.is_integer()
            return _value(base, known) ** (int(exponent) if whole else exponent)
    a, b = _value(tree[1], known), _value(tree[2], known)
    return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[tree[0]](a, b)


def _typst(tree: Tree, names: dict[str, str]) -> str:
    match tree:
        case ("number", text):
            digits, _, power = str(text).lower().partition("e")
            return f"{digits} dot 10^({power})" if power else digits
        case ("name", name):
            return str(names.get(name, name))
        case ("call", "sqrt", inner):
            return f"sqrt({_typst(inner, names)})"
        case ("call", name, inner):
            return f"{name}({_typst(inner, names)})"
        case ("neg", inner):
            return f"-{_bracket(inner, names, '+-')}"
        case ("^", base, power):
            return f"{_bracket(base, names, '+-*/^negcall')}^({_typst(power, names)})"
        case ("/", a, b):
            return f"frac({_typst(a, names)}, {_typst(b, names)})"
        case ("*", a, b):
            first, second = _bracket(a, names, "+-"), _bracket(b, names, "+-neg")
            # 2 · 3 is not 23
            return f"{first} dot {second}" if second[0] in "0123456789." else f"{first} {second}"
        case ("-", a, b):
            return f"{_typst(a, names)} - {_bracket(b, names, '+-neg')}"
    return f"{_typst(tree[1], names)} + {_typst(tree[2], names)}"


def _bracket(tree: Tree, names: dict[str, str], loose: str) -> str:
    text = _typst(tree, names)
    return f"({text})" if tree[0] in loose else text
