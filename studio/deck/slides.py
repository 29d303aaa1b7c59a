"""What decks show: the steps of clips, each with its film, its hold, its notes and its captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path

from stage.text.language import gettext, gettext_noop
from studio.words.captions import Cue

TALK = gettext_noop("Gradient flows")
"""Title of a talk of several clips."""


@dataclass(frozen=True)
class Slide:
    """A step of a clip, as a deck shows it."""

    clip: str
    title: str
    film: Path
    """It ends with the first frame of the hold, if there is one."""
    hold: Path | None
    loops: bool
    """Whether the film itself goes round until it is clicked."""
    stops: bool
    """Whether the talk waits at its end."""
    frames: int
    """Of the film, without that of the hold."""
    hold_frames: int
    fps: float
    notes: tuple[str, ...]
    alt: str
    cues: tuple[Cue, ...]
    """Captions, in seconds since the step began."""
    width: int
    height: int
    background: str
    live: str = ""
    """What a live page of its hold is told, as JSON; empty where there is none."""
    asks: bool = False
    """Whether its hold is followed by a live step."""

    def size(self, long: int) -> tuple[int, int]:
        """Width and height of exactly the film's shape, the longer about ``long``."""
        common = gcd(self.width, self.height)
        shape = self.width // common, self.height // common
        scale = max(1, round(long / max(shape)))
        return shape[0] * scale, shape[1] * scale

    @property
    def name(self) -> str:
        """The clip's title, and the step's if that is another."""
        return self.clip if self.title == self.clip else f"{self.clip}: {self.title}"

    @property
    def films(self) -> tuple[Path, ...]:
        """Its film, and its hold if it has one."""
        return (self.film,) if self.hold is None else (self.film, self.hold)


def title_of(slides: Sequence[Slide]) -> str:
    """The title of a deck: that of its clip, if there is but one."""
    clips = {slide.clip for slide in slides}
    return clips.pop() if len(clips) == 1 else gettext(TALK)


def weight(slides: Sequence[Slide]) -> int:
    """Bytes of all films."""
    return sum(film.stat().st_size for slide in slides for film in slide.films)
