"""A program of the user's: a command line with places to fill, which no shell reads."""

from __future__ import annotations

import shlex
import shutil


def program(command: str, *places: str) -> tuple[str, ...]:
    """The parts of a command; ValueError where it lacks one of ``places``, or is not here."""
    try:
        parts = tuple(shlex.split(command))
    except ValueError as error:
        raise ValueError(f"{command!r} is no command: {error}.") from None
    if lacking := [place for place in places if not any(place in part for part in parts)]:
        wanted = " and ".join(lacking)
        raise ValueError(f"{command!r} has no place for {wanted}; write it with {wanted}.")
    if not shutil.which(parts[0]):
        raise ValueError(f"{command!r} cannot be run: there is no program {parts[0]!r} here.")
    return parts


def filled(part: str, given: dict[str, str]) -> str:
    """A part of a command with its places filled; what a sentence says of places is left alone."""
    for place, value in given.items():
        head, found, tail = part.partition(place)
        if found:
            return filled(head, given) + value + filled(tail, given)
    return part
