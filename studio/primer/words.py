"""What is spoken, as files beside the film: captions, transcript, notes, description, chapters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from stage.film.bt709 import Captions
from stage.text.language import current, gettext
from studio.job.files import write_atomically
from studio.job.tasks import Report, Said, joint_frames
from studio.primer.script import Beat, Chapter, Script, beats, shown_beats
from studio.words import captions
from studio.words.wording import plain


@dataclass(frozen=True)
class Track:
    """A chapter in the film: when it begins, how long it is, and what is spoken in it, and when.

    Times of ``beats`` are those of the chapter.
    """

    chapter: Chapter
    begin: float
    length: float
    beats: tuple[Beat, ...]

    @property
    def beats_in_film(self) -> list[Beat]:
        """Its lines, by the film's time."""
        return [
            replace(
                beat,
                said=Said(
                    beat.said.sentence, self.begin + beat.said.start, self.begin + beat.said.end
                ),
            )
            for beat in self.beats
        ]

    @property
    def in_film(self) -> list[Said]:
        """What is spoken, by the film's time."""
        return [beat.said for beat in self.beats_in_film]


def tracks_of(
    script: Script, clips: Sequence[str], reports: Sequence[Report], rate: int
) -> list[Track]:
    """The chapters of a film of these clips, at so many frames a second, joints between them.

    A clip that the script does not know says what is written on its screen.
    """
    begin, made = 0.0, []
    for clip, report in zip(clips, reports, strict=True):
        chapter = script.chapter(clip)
        length = round(report.seconds * rate) / rate
        lines = beats(chapter, report) if clip in script.chapters else shown_beats(clip, report)
        made.append(Track(chapter, begin, length, tuple(lines)))
        begin += length + joint_frames(rate) / rate
    return made


def in_film(tracks: Sequence[Track]) -> list[Said]:
    """All that is spoken in the film."""
    return [said for track in tracks for said in track.in_film]


def write_words(
    script: Script, tracks: Sequence[Track], seconds: float
) -> dict[str, Callable[[Path], None]]:
    """Files by name, and what writes each; ValueError for a line that cannot be read in time.

    They are in the language that is spoken now.
    """
    whole = _whole(tracks, seconds)
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


def track_of_captions(tracks: Sequence[Track], seconds: float) -> Captions:
    """The captions as a track of the film, in the language that is spoken now."""
    return captions.track(captions.cues(_whole(tracks, seconds)))


def _whole(tracks: Sequence[Track], seconds: float) -> Report:
    return Report(
        seconds=seconds,
        plays=(),
        said=tuple(in_film(tracks)),
        sections=tuple((track.chapter.title, track.begin) for track in tracks),
        frames=0,
    )


def _writer(text: str) -> Callable[[Path], None]:
    return lambda path: write_atomically(path, text)


def notes(script: Script, tracks: Sequence[Track]) -> str:
    """What a speaker needs who talks over the film, chapter by chapter."""
    head = gettext("{title}: speaker notes", title=script.title)
    lines = [f"# {head}", ""]
    for track in tracks:
        lines += [f"## {clock(track.begin)} {track.chapter.title}", ""]
        lines += [f"- {clock(said.start)} {plain(said.sentence)}" for said in track.in_film]
        lines.append("")
    return "\n".join(lines)


def description(script: Script, tracks: Sequence[Track]) -> str:
    """What stands under the film where it is published, with its chapters' times."""
    marks = [f"{clock(track.begin)} {track.chapter.title}" for track in tracks]
    head = ": ".join(filter(None, (script.title, script.subtitle)))
    return "\n\n".join(filter(None, (head, "\n".join(marks), script.description))) + "\n"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
