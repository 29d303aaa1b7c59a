"""A parameterization from a formula as one writes it: "u^3 + u", or "r cos(t), r sin(t)".

The text is read by a grammar of its own (``grammar``), and is never run as a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fields.parameterization.custom import Own
from fields.parameterization.grammar import CONSTANTS, FUNCTIONS, Reader, Tree
from fields.parameterization.notation import named, typeset


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
            return f"w_i = {typeset(self.trees[0], {self.names[0]: named(self.names[0], 'i')})}"
        names = {name: named(name) for name in self.names}
        if "t" in names and "theta" not in names:
            names["t"] = "theta"
        return ", quad ".join(
            f"w_{k + 1} = {typeset(tree, names)}" for k, tree in enumerate(self.trees)
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
    reader = Reader(text)
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
        return typeset(self.tree, {name: named(name) for name in self.names})


def expression(text: str) -> Expression:
    """Read one formula of any names, each its own place of the last axis, as they first appear.

    Raises ValueError where the text is no formula, with the place.
    """
    reader = Reader(text)
    tree = reader.tree()
    if reader.token is not None:
        raise reader.error(f"{reader.token!r} is not expected")
    names = tuple(reader.names)
    return Expression(tree, names, tuple(range(len(names))))


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
