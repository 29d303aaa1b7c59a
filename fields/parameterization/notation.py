"""A formula that was read, in Typst's mathematics."""

from __future__ import annotations

from fields.parameterization.grammar import Tree

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma"
    " tau upsilon phi chi psi omega".split()
)


def named(name: str, *more: str) -> str:
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


def typeset(tree: Tree, names: dict[str, str]) -> str:
    """A formula in Typst's mathematics, with ``names`` for those in it, as ``named`` gives them."""
    match tree:
        case ("number", text):
            digits, _, power = str(text).lower().partition("e")
            return f"{digits} dot 10^({power})" if power else digits
        case ("name", name):
            return str(names.get(name, name))
        case ("call", "sqrt", inner):
            return f"sqrt({typeset(inner, names)})"
        case ("call", name, inner):
            return f"{name}({typeset(inner, names)})"
        case ("neg", inner):
            return f"-{_bracket(inner, names, '+-')}"
        case ("^", base, power):
            return f"{_bracket(base, names, '+-*/^negcall')}^({typeset(power, names)})"
        case ("/", a, b):
            return f"frac({typeset(a, names)}, {typeset(b, names)})"
        case ("*", a, b):
            first, second = _bracket(a, names, "+-"), _bracket(b, names, "+-neg")
            # 2 · 3 is not 23
            return f"{first} dot {second}" if second[0] in "0123456789." else f"{first} {second}"
        case ("-", a, b):
            return f"{typeset(a, names)} - {_bracket(b, names, '+-neg')}"
    return f"{typeset(tree[1], names)} + {typeset(tree[2], names)}"


def _bracket(tree: Tree, names: dict[str, str], loose: str) -> str:
    text = typeset(tree, names)
    return f"({text})" if tree[0] in loose else text
