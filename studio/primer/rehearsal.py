"""A script's lines as a speaker goes through them: which are recorded, and whether they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.job.tasks import Report
from studio.primer.script import Script
from studio.primer.words import tracks_of
from studio.words.narrate import PAUSE
from studio.words.sound import read_sound, trimmed
from studio.words.takes import Takes


@dataclass(frozen=True)
class Line:
    """One line of a film: where it is, and how long it may take."""

    name: str
    chapter: str
    section: str
    sentence: str
    begin: float
    """Second of the film."""
    room: float
    """Seconds until the next line, less the pause before it."""


def lines_of(
    script: Script, clips: Sequence[str], reports: Sequence[Report], rate: int
) -> list[Line]:
    """All lines of a film, in its order; a clip that comes twice has its lines once."""
    made: dict[str, Line] = {}
    for track in tracks_of(script, clips, reports, rate):
        for beat in track.beats_in_film:
            said = beat.said
            room = said.end - said.start - PAUSE
            made.setdefault(
                beat.name,
                Line(beat.name, track.chapter.title, beat.section, said.sentence, said.start, room),
            )
    return list(made.values())


def spoken_seconds(take: Path) -> float:
    """How long a take's words are; ValueError if nothing is heard in it."""
    spoken = trimmed(read_sound(take))
    if not spoken.seconds:
        raise ValueError(f"{take}: nothing is heard in it; is the microphone muted?")
    return spoken.seconds


def verdict(line: Line, seconds: float) -> str:
    """What a take of so many seconds does to the film."""
    over = seconds - line.room
    if over <= 0:
        return f"{seconds:.1f} s, fits"
    return f"{seconds:.1f} s, {over:.1f} s too long: the picture will be held for as long"


def state(line: Line, takes: Takes) -> str:
    """What is there of a line."""
    take = takes.of(line.name)
    if take is None:
        return "to be recorded"
    if takes.words(take) not in ("", line.sentence):
        return "recorded for other words"
    try:
        return verdict(line, spoken_seconds(take))
    except ValueError as error:
        return str(error)
