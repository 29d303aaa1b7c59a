"""The order in which mobjects are drawn: each once, in front of what is listed before it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from manim import Mobject


def in_order(mobjects: Iterable[Mobject], *, by_height: bool) -> list[Mobject]:
    """Whoever of these families has points, as Manim lists them, in one pass.

    A member comes before its own members. Who is met more than once is drawn at the last place.
    ``by_height``: then by z_index, and only among equals in this order.
    """
    # From the end: whoever has been met, and all of its family, need not be looked at again.
    ahead: list[Mobject | tuple[Mobject]] = list(mobjects)
    met: set[Mobject] = set()
    found: list[Mobject] = []
    while ahead:
        mobject = ahead.pop()
        if isinstance(mobject, tuple):  # all its members are listed
            found += mobject
        elif mobject not in met:
            met.add(mobject)
            if mobject.submobjects:
                if len(mobject.points):
                    ahead.append((mobject,))
                ahead += mobject.submobjects
            elif len(mobject.points):
                found.append(mobject)
    found.reverse()
    return sorted(found, key=attrgetter("z_index")) if by_height else found
