"""Who is in a family of mobjects, and the order in which all are drawn: each once."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from manim import Mobject


def families(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """All of these families, as Manim lists them, in one pass.

    A member comes before its own members. Who is met more than once stands at the last place.
    """
    # From the end: whoever has been met, and all of its family, need not be looked at again.
    ahead: list[Mobject | tuple[Mobject]] = list(mobjects)
    met: set[Mobject] = set()
    found: list[Mobject] = []
    while ahead:
        mobject = ahead.pop()
        if isinstance(mobject, tuple):  # all its members are listed
            found += mobject
        elif not (members := mobject.submobjects):  # most are: that two are one is seen below
            found.append(mobject)
        elif mobject not in met:
            met.add(mobject)
            ahead.append((mobject,))
            ahead += members
    return list(dict.fromkeys(found))[::-1]


def in_order(mobjects: Iterable[Mobject], *, by_height: bool) -> list[Mobject]:
    """Whoever of these families has points, in front of what is listed before it.

    ``by_height``: then by z_index, and only among equals in this order.
    """
    found = [mobject for mobject in families(mobjects) if len(mobject.points)]
    return sorted(found, key=attrgetter("z_index")) if by_height else found
