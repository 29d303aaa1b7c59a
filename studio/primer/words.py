"""What is spoken, as files beside the film: captions, transcript, notes, description, chapters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stage.text.language import current, gettext
from studio.job.files import write_atomically
from studio.job.tasks import Report, Said
from studio.primer.script import Chapter, Script
from studio.words import captions


@dataclass(frozen=True)
class Track:
    """A chapter in the film: when it begins, how long it is, and what is spoken in it, and when.

    Times of ``said`` are those of the chapter.
    """

    chapter: Chapter
    begin: float
    length: float
    said: tuple[Said, ...]

    @property
    def in_film(self) -> list[Said]:
        """What is spoken, by the film's time."""
        return [
            Said(some.sentence, self.begin + some.start, self.begin + some.end)
            for some in self.said
        ]


def in_film(tracks: Sequence[Track]) -> list[Said]:
    """All that is spoken in the film."""
    return [said for track in tracks for said in track.in_film]


def write_words(
    script: Script, tracks: Sequence[Track], seconds: float
) -> dict[str, Callable[[Path], None]]:
    """Files by name, and what writes each; ValueError for a line that cannot be read in time.

    They are in the language that is spoken now.
    """
    whole = Report(
        seconds=seconds,
        plays=(),
        said=tuple(in_film(tracks)),
        sections=tuple((track.chapter.title, track.begin) for track in tracks),
        frames=0,
    )
    cues = captions.cues(whole)
    tag = current().tag
    texts = {
        f"captions.{tag}.srt": captions.written(cues, "srt"),
        f"captions.{tag}.vtt": captions.written(cues, "vtt"),
        "transcript.md": captions.transcript(script.title, script.subtitle, whole),
        "notes.md": notes(script, tracks),
        "description.md": description(script, tracks),
    }
    return {name: _writer(text) for name, text in texts.items()}


def _writer(text: str) -> Callable[[Path], None]:
    return lambda path: write_atomically(path, text)


def notes(script: Script, tracks: Sequence[Track]) -> str:
    """What a speaker needs who talks over the film, chapter by chapter."""
    head = gettext("{title}: speaker notes", title=script.title)
    lines = [f"# {head}", ""]
    for track in tracks:
        lines += [f"## {clock(track.begin)} {track.chapter.title}", ""]
        lines += [f"- {clock(said.start)} {said.sentence}" for said in track.in_film]
        lines.append("")
    return "\n".join(lines)


def description(script: Script, tracks: Sequence[Track]) -> str:
    """What stands under the film where it is published, with its chapters' times."""
    marks = [f"{clock(track.begin)} {track.chapter.title}" for track in tracks]
    return "\n".join([f"{script.title}: {script.subtitle}", "", *marks, "", script.description, ""])


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
