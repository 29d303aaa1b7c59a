"""A Manim scene that goes through its families of mobjects once, where Manim does for each member.

What is listed, drawn and taken off is what Manim would, in its order: see
``tests/stage/test_order.py``. While a play lasts, only what has updaters is updated, each once; who
that is, is looked for when the play begins, and when something comes onto the stage or leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import signature
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, cast

from manim import Animation, Mobject, MovingCameraScene

from stage.engine.order import families
from stage.engine.renderer import StageRenderer


class FamilyScene(MovingCameraScene):
    """A Manim scene that asks each mobject once what moves, what leaves and what updates."""

    renderer: StageRenderer
    _alive: list[Mobject] | None = None
    """Whoever has updaters, while a play lasts."""
    _listed: Sequence[Mobject] = ()
    """What was on the stage when that was looked for."""

    def play_internal(self, skip_rendering: bool = False) -> None:
        """Play what has begun; what comes meanwhile, as in a ``Succession``, is updated as well."""
        self._find_alive()
        try:
            super().play_internal(skip_rendering)
        finally:
            self._alive, self._listed = None, ()

    def _find_alive(self) -> None:
        self._listed = list(self.mobjects)
        self._alive = [
            part for thing in self.mobjects for part in families([thing]) if part.updaters
        ]

    def update_mobjects(self, dt: float) -> None:
        """Have what is alive look itself up: as time passes, without asking everything else."""
        if self._alive is None or dt == 0:
            for thing in self.mobjects:
                _update_family(thing, dt)
        else:
            if self.mobjects != self._listed:
                self._find_alive()
            for part in self._alive:
                if type(part).update is not Mobject.update:
                    part.update(dt, recursive=False)
                elif not part.updating_suspended:
                    _update(part, dt)

    def get_mobject_family_members(self) -> list[Mobject]:
        """All that is on the stage, by height; Manim lists each family anew for each member."""
        return self._by_height(self.mobjects)

    def _by_height(self, mobjects: Iterable[Mobject]) -> list[Mobject]:
        found = families(mobjects)
        return sorted(found, key=_HEIGHT) if self.renderer.camera.use_z_index else found

    def get_moving_mobjects(self, *animations: Animation) -> list[Mobject]:
        """All from the first one on that moves or has a part that does; all, if the camera does."""
        changing = {*changed(animations), *self.foreground_mobjects}
        members = self.get_mobject_family_members()
        first = next(
            (
                number
                for number, member in enumerate(members)
                if any(part in changing or part.updaters for part in families([member]))
            ),
            len(members),
        )
        moving = members[first:]
        indicators = self.renderer.camera.get_mobjects_indicating_movement()
        if indicators and not set(families(moving)).isdisjoint(indicators):
            moving = _after(self.mobjects, moving)
        return moving

    def get_moving_and_static_mobjects(
        self, animations: Iterable[Animation]
    ) -> tuple[list[Mobject], list[Mobject]]:
        """What is drawn in each frame of a play, and what once."""
        moving = self._by_height(self.get_moving_mobjects(*animations))
        met = set(moving)
        every = self._by_height(_after(self.mobjects, self.foreground_mobjects))
        return moving, [one for one in every if len(one.points) and one not in met]

    def get_restructured_mobject_list(
        self, mobjects: Iterable[Mobject], to_remove: Iterable[Mobject]
    ) -> list[Mobject]:
        """Mobjects without some: of a family that loses a member, the members."""
        gone, kept = set(to_remove), []
        ahead = list(mobjects)[::-1]
        while ahead:
            thing = ahead.pop()
            if thing in gone:
                continue
            if thing.submobjects and not gone.isdisjoint(families([thing])):
                ahead += reversed(thing.submobjects)
            else:
                kept.append(thing)
        return kept


_HEIGHT = attrgetter("z_index")


def _after(mobjects: Iterable[Mobject], others: Sequence[Mobject]) -> list[Mobject]:
    """Some mobjects, and after them others, which may be among them."""
    later = set(others)
    return [*(mobject for mobject in mobjects if mobject not in later), *others]


def _update_family(part: Mobject, dt: float) -> None:
    """Have a mobject and its members updated, as Manim does; most have no updater."""
    if type(part).update is not Mobject.update:
        part.update(dt)
    elif not part.updating_suspended:
        if part.updaters:
            _update(part, dt)
        for member in part.submobjects:
            if member.submobjects or member.updaters or type(member).update is not Mobject.update:
                _update_family(member, dt)


def _update(part: Mobject, dt: float) -> None:
    """Have its updaters run, as Manim does, which reads their signatures anew each time."""
    for updater in part.updaters:
        told = (part, dt) if _takes_dt(updater) else (part,)
        cast(Any, updater)(*told)


def _takes_dt(updater: Callable[..., object]) -> bool:
    """Whether a parameter is called dt; of a function or a method, its code tells sooner."""
    own = updater.__func__ if isinstance(updater, MethodType) else updater
    if type(own) is FunctionType and not vars(own):  # wraps says another signature
        code = own.__code__
        return "dt" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return "dt" in signature(updater).parameters


def changed(animations: Sequence[Animation]) -> Iterator[Mobject]:
    """Whoever is of the families that animations change."""
    for animation in animations:
        yield from families([cast(Mobject, animation.mobject)])
        yield from changed(getattr(animation, "animations", ()))
