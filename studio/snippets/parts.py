"""What text to copy tells of a clip: its steps, where their films lie, and what is said to them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A step of a clip, or the whole clip where it is one step; paths begin at the kit."""

    film: str
    hold: str = ""
    """Empty where the picture rests at the end."""
    loops: bool = False
    """Whether the film itself goes round."""
    stops: bool = True
    """Whether the talk waits at its end."""
    seconds: float = 0.0
    """How long the film is."""
    first: str = "poster.png"
    """The first picture."""
    last: str = ""
    """The last picture, with which the hold begins; empty where the first one stands for all."""
    notes: tuple[str, ...] = ()
    alt: str = ""


@dataclass(frozen=True)
class Told:
    """A clip and its kit."""

    folder: str
    """Where the kit lies, as seen from the talk."""
    alt: str
    loops: bool
    background: str
    parts: tuple[Part, ...]

    def at(self, name: str) -> str:
        """The path of a file of the kit."""
        return f"{self.folder}/{name}"

    @property
    def clip(self) -> str:
        """The film of the whole clip."""
        return self.at("clip.loop.mp4" if self.loops else "clip.mp4")


def clicks(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Steps that one click goes through: all up to one at whose end the talk waits."""
    together: list[Part] = []
    for part in parts:
        together.append(part)
        if part.stops:
            yield together
            together = []
    if together:
        yield together


def films(together: Sequence[Part]) -> list[tuple[str, bool]]:
    """The films of steps in their order, and whether each goes round: only the last one does."""
    found = [(part.film, part.loops) for part in together]
    last = together[-1]
    return [*found, (last.hold, True)] if last.hold else found


def notes(together: Sequence[Part]) -> list[str]:
    """What there is to say to steps, line by line."""
    return [one_line(line) for part in together for line in part.notes]


def attribute(text: str) -> str:
    """Text that may stand in quotes in HTML."""
    return html.escape(one_line(text), quote=True)


def shown(text: str) -> str:
    """Text that Markdown shows as it is, also between the brackets of a picture."""
    return re.sub(r"[\\`*_<>\[\]$&]", r"\\\g<0>", one_line(text))


def comment(text: str) -> str:
    """Text that may stand in a comment of HTML."""
    return one_line(text).replace("--", "–")


def one_line(text: str) -> str:
    """Text without breaks of lines."""
    return " ".join(text.split())
