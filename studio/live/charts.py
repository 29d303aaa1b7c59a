"""Parameterizations as code: their charts, and what is trained in them, for GPU and browser alike.

Expressions are of the weights w1, w2, coordinates z1, z2, a pull g1, g2 = −∇ℓ, a velocity d1, d2
of z, parameters u1, u2, … and the settings ``u_p``, the exponent of J Jᵀ = wᵖ, and ``u_a``, the
scale of a difference of squares.
"""

from __future__ import annotations

from dataclasses import dataclass

from fields import Log, Own, Parameterization, Polar, Power, formula
from fields.parameterization.difference import Difference
from fields.parameterization.formula import Equation
from fields.parameterization.power import Monomial
from studio.live.expressions import code, derivative

Pair = tuple[str, str]


@dataclass(frozen=True)
class Trained:
    """What real steps are taken in: u(w), w(u), and Jᵀ g at u."""

    enter: tuple[str, ...]
    leave: Pair
    pull: tuple[str, ...]


@dataclass(frozen=True)
class ChartCode:
    """A chart of ``fields.chart`` as code, each part of two expressions."""

    enter: Pair | None
    """z(w); None where Newton's method finds it, from ``guess``."""
    leave: Pair
    """w(z)."""
    pull: Pair
    """ż of z, of w(z) and of g."""
    push: Pair
    """ẇ of z, of w(z) and of ż."""
    scale: Pair
    """What an error of z is compared with."""
    trained: Trained
    slopes: tuple[str, str, str, str] = ("1.0", "0.0", "0.0", "1.0")
    """Of w(z) by z, row by row: for Newton's method."""
    guess: tuple[float, float] = (1.0, 1.0)


def chart_code(parameterization: Parameterization) -> ChartCode:
    """The chart of a parameterization; ValueError where it is known as a Python function alone."""
    match parameterization:
        case Power():
            return POWERS["log" if parameterization.exponent >= 1 else "dual"]
        case Polar():
            return _POLAR
        case Log():
            return _LOG
        case Difference():
            return _DIFFERENCE
        case Monomial(degree):
            return _own(formula(f"u^{degree}"))
        case Own(function=Equation()):
            return _own(parameterization)
    raise ValueError(
        f"live: {type(parameterization).__name__} is known to Python alone; "
        "give its formula, such as formula('u^3 + u')."
    )


def _twice(text: str) -> Pair:
    """An expression for each weight, from one for weight ``#``."""
    return text.replace("#", "1"), text.replace("#", "2")


_IN_U = Trained(
    enter=_twice(
        "(u_p == 2.0 ? f_ln(w#) : (f_power(w#, 1.0 - 0.5 * u_p) - 1.0) / (1.0 - 0.5 * u_p))"
    ),
    leave=_twice(
        "(u_p == 2.0 ? f_exp(u#) : f_power(1.0 + (1.0 - 0.5 * u_p) * u#, 1.0 / (1.0 - 0.5 * u_p)))"
    ),
    pull=_twice("f_size(w#, 0.5 * u_p) * g#"),
)

POWERS = {
    "log": ChartCode(  # of an axis z is so low that w is 0, and stays it
        enter=_twice("(w# > 0.0 ? f_ln(w#) : -1e37)"),
        leave=_twice("f_exp(z#)"),
        pull=_twice("(z# < -1e36 ? 0.0 : f_exp((u_p - 1.0) * z#) * g#)"),
        push=_twice("w# * d#"),
        scale=("1.0", "1.0"),
        trained=_IN_U,
    ),
    "dual": ChartCode(
        enter=_twice("f_signed(w#, 1.0 - u_p) / (1.0 - u_p)"),
        leave=_twice("f_signed((1.0 - u_p) * z#, 1.0 / (1.0 - u_p))"),
        pull=_twice("g#"),
        push=_twice("(d# == 0.0 ? 0.0 : f_size(w#, u_p) * d#)"),
        scale=_twice("(1.0 - u_p) * f_abs(z#) + 1e-9"),
        trained=_IN_U,
    ),
    "plane": ChartCode(  # at even pace directions count alone: so nothing grows beyond numbers
        enter=_twice("w#"),
        leave=_twice("z#"),
        pull=_twice("f_size(w# / f_least(w1, w2), u_p) * g#"),
        push=_twice("d#"),
        scale=_twice("1.0 + f_abs(z#)"),
        trained=_IN_U,
    ),
}
"""Of J Jᵀ = wᵖ: ln w for p ≥ 1, the dual q for p < 1, and w for p < 0 at even pace."""

_POLAR = ChartCode(
    enter=("f_hypot(w1, w2)", "f_atan2(w2, w1)"),
    leave=("z1 * f_cos(z2)", "z1 * f_sin(z2)"),
    pull=("f_cos(z2) * g1 + f_sin(z2) * g2", "z1 * (f_cos(z2) * g2 - f_sin(z2) * g1)"),
    push=("f_cos(z2) * d1 - w2 * d2", "f_sin(z2) * d1 + w1 * d2"),
    scale=("f_abs(z1) + 1e-3", "1.0"),
    trained=Trained(
        enter=("f_hypot(w1, w2)", "f_atan2(w2, w1)"),
        leave=("u1 * f_cos(u2)", "u1 * f_sin(u2)"),
        pull=("f_cos(u2) * g1 + f_sin(u2) * g2", "u1 * (f_cos(u2) * g2 - f_sin(u2) * g1)"),
    ),
)

_LOG = ChartCode(
    enter=_twice("w#"),
    leave=_twice("z#"),
    pull=_twice("f_exp(-2.0 * w#) * g#"),
    push=_twice("d#"),
    scale=_twice("1.0 + f_abs(z#)"),
    trained=Trained(
        enter=_twice("f_exp(w#)"), leave=_twice("f_ln(u#)"), pull=_twice("f_exp(-w#) * g#")
    ),
)

_DIFFERENCE = ChartCode(
    enter=_twice("f_asinh(w# / (2.0 * u_a * u_a))"),
    leave=_twice("2.0 * u_a * u_a * f_sinh(z#)"),
    pull=_twice("4.0 * g#"),
    push=_twice("2.0 * u_a * u_a * f_cosh(z#) * d#"),
    scale=_twice("f_abs(f_tanh(z#)) + 1e-3"),
    trained=Trained(
        enter=(
            *_twice("u_a * f_exp(0.5 * f_asinh(w# / (2.0 * u_a * u_a)))"),
            *_twice("u_a * f_exp(-0.5 * f_asinh(w# / (2.0 * u_a * u_a)))"),
        ),
        leave=("(u1 - u3) * (u1 + u3)", "(u2 - u4) * (u2 + u4)"),
        pull=("2.0 * u1 * g1", "2.0 * u2 * g2", "-2.0 * u3 * g1", "-2.0 * u4 * g2"),
    ),
)


def _own(own: Own) -> ChartCode:
    """Z = u, what is trained, from the formulas and their derivatives."""
    read = own.function
    assert isinstance(read, Equation)  # as its callers know
    if len(read.trees) == 1:
        tree, name = read.trees[0], read.names[0]
        weights = tuple(code(tree, {name: f"z{k}"}) for k in (1, 2))
        slope = tuple(code(derivative(tree, name), {name: f"z{k}"}) for k in (1, 2))
        a, b, c, d = slope[0], "0.0", "0.0", slope[1]
    else:
        named = {name: f"z{k}" for k, name in enumerate(read.names, 1)}
        weights = tuple(code(tree, named) for tree in read.trees)
        a, b, c, d = (
            code(derivative(tree, name), named) for tree in read.trees for name in read.names
        )
    leave = (weights[0], weights[1])
    pull = _applied(a, c, "g"), _applied(b, d, "g")
    push = _applied(a, b, "d"), _applied(c, d, "d")
    trained = Trained(("z1", "z2"), (_of_u(leave[0]), _of_u(leave[1])), tuple(map(_of_u, pull)))
    scale = _twice("1.0 + f_abs(z#)")
    one, other = map(float, own.begin(2))
    return ChartCode(None, leave, pull, push, scale, trained, (a, b, c, d), (one, other))


def _of_u(text: str) -> str:
    """The same expression of u1 and u2: no other name in it begins with z."""
    return text.replace("z1", "u1").replace("z2", "u2")


def _applied(one: str, other: str, what: str) -> str:
    """A row times a vector, without what is 0."""
    if "0.0" not in (one, other):
        return f"f_dot({one}, {what}1, {other}, {what}2)"
    parts = [f"{s} * {what}{k}" for k, s in ((1, one), (2, other)) if s != "0.0"]
    return f"({' + '.join(parts) or '0.0'})"
