"""Formulas as code: what the grammar of ``fields`` has read, and its derivatives, for a browser.

The code is one line of scalar arithmetic that GLSL and JavaScript read alike. Functions in it begin
with ``f_`` and are defined for both, in ``page/functions.glsl`` and ``page/functions.js``: those of
GLSL itself are too coarse, and undefined where mathematics is not.
"""

from __future__ import annotations

from collections.abc import Mapping

from fields.parameterization.grammar import CONSTANTS, Tree

_NOUGHT: Tree = ("number", "0")
_ONE: Tree = ("number", "1")


def code(tree: Tree, names: Mapping[str, str]) -> str:
    """The tree as an expression; ``names`` says how its names are called there."""
    match tree:
        case ("number", text):
            return literal(float(text))
        case ("name", name):
            return names[name] if name in names else literal(CONSTANTS[name])
        case ("call", name, inner):
            return f"f_{ {'log': 'ln'}.get(name, name) }({code(inner, names)})"
        case ("neg", inner):
            return f"(-{code(inner, names)})"
        case ("^", base, power):
            number = constant(power)
            if number is not None and number.is_integer() and abs(number) <= 64:
                return f"f_whole({code(base, names)}, {int(number)})"
            return f"f_power({code(base, names)}, {code(power, names)})"
    return f"({code(tree[1], names)} {tree[0]} {code(tree[2], names)})"


def literal(number: float) -> str:
    """A number as both languages read it, with all its digits."""
    text = repr(float(number))
    return text if "." in text or "e" in text else f"{text}.0"


def constant(tree: Tree) -> float | None:
    """The value of a tree without names, else None."""
    match tree:
        case ("number", text):
            return float(text)
        case ("name", name):
            return CONSTANTS.get(name)
        case ("neg", inner):
            value = constant(inner)
            return None if value is None else -value
        case ("+" | "-" | "*" | "/" as sign, one, other):
            a, b = constant(one), constant(other)
            if a is None or b is None or (sign == "/" and b == 0):
                return None
            return {"+": a + b, "-": a - b, "*": a * b}[sign] if sign != "/" else a / b
    return None


def derivative(tree: Tree, name: str) -> Tree:
    """∂/∂name of a tree, without terms that are 0."""
    match tree:
        case ("number", _):
            return _NOUGHT
        case ("name", other):
            return _ONE if other == name else _NOUGHT
        case ("neg", inner):
            return _negative(derivative(inner, name))
        case ("call", function, inner):
            return _product(_outer(function, inner), derivative(inner, name))
        case ("^", base, power):
            return _of_power(base, power, name)
    one, other = tree[1], tree[2]
    d_one, d_other = derivative(one, name), derivative(other, name)
    match tree[0]:
        case "+":
            return _sum(d_one, d_other)
        case "-":
            return _sum(d_one, _negative(d_other))
        case "*":
            return _sum(_product(d_one, other), _product(one, d_other))
    # (one/other)' = one'/other - one other'/other²
    slope = _product(one, d_other)
    first = _NOUGHT if _is(d_one, 0) else ("/", d_one, other)
    second = _NOUGHT if _is(slope, 0) else ("/", slope, ("*", other, other))
    return _sum(first, _negative(second))


def _of_power(base: Tree, power: Tree, name: str) -> Tree:
    d_base, d_power = derivative(base, name), derivative(power, name)
    number = constant(power)
    if number is not None:
        if number == 0:
            return _NOUGHT
        less: Tree = _ONE if number == 1 else ("^", base, ("number", repr(number - 1.0)))
        if number < 1:
            less = ("^", base, ("neg", ("number", repr(1.0 - number))))
        return _product(_product(("number", repr(number)), less), d_base)
    whole = ("^", base, power)
    by_power = _product(_product(whole, ("call", "ln", base)), d_power)
    by_base = _product(_product(("^", base, ("-", power, _ONE)), power), d_base)
    return _sum(by_power, by_base)


def _outer(function: str, x: Tree) -> Tree:
    """The derivative of one of the grammar's functions at x."""
    square: Tree = ("^", ("call", function, x), ("number", "2"))
    return {
        "sin": ("call", "cos", x),
        "cos": ("neg", ("call", "sin", x)),
        "tan": ("+", _ONE, square),
        "sinh": ("call", "cosh", x),
        "cosh": ("call", "sinh", x),
        "tanh": ("/", _ONE, ("^", ("call", "cosh", x), ("number", "2"))),
        "exp": ("call", "exp", x),
        "ln": ("/", _ONE, x),
        "log": ("/", _ONE, x),
        "sqrt": ("/", ("number", "0.5"), ("call", "sqrt", x)),
    }[function]


def _is(tree: Tree, number: float) -> bool:
    return tree[0] == "number" and float(tree[1]) == number


def _sum(one: Tree, other: Tree) -> Tree:
    if _is(one, 0):
        return other
    if _is(other, 0):
        return one
    return ("-", one, other[1]) if other[0] == "neg" else ("+", one, other)


def _product(one: Tree, other: Tree) -> Tree:
    if _is(one, 0) or _is(other, 0):
        return _NOUGHT
    if _is(one, 1):
        return other
    return one if _is(other, 1) else ("*", one, other)


def _negative(tree: Tree) -> Tree:
    return tree if _is(tree, 0) else ("neg", tree)
