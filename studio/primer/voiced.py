"""The long film with its voice: recordings where there are some, else a voice that reads.

The picture does not depend on it. Only a line that is longer than its time stretches the film: the
picture before the next line is held for as long as is lacking, and which line it was is told.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from stage.film.atomic import atomic_path
from stage.film.bt709 import join
from stage.text.language import current
from studio.film.cut import Cut, cut, keys
from studio.film.encode import facts, picture
from studio.job import manifest
from studio.job.events import Frames, Started
from studio.job.files import locked, sha256, write_atomically
from studio.job.sources import digest
from studio.primer.assemble import VOICED, Assembled
from studio.primer.script import Beat, Script
from studio.primer.words import Track, description
from studio.render.studio import Studio
from studio.words import captions
from studio.words.heard import Heard, heard_cues
from studio.words.narrate import PAUSE, Placed, in_time, laid, speak
from studio.words.sound import Spoken, leveled, read_sound, trimmed
from studio.words.takes import Takes
from studio.words.voice import Speaker, identity
from studio.words.wording import aloud

_VERSION = 3
"""Raise it whenever the same film, words and voice give another film."""
_UNHEARD = 0.02  # seconds by which a line may be too long without a picture being held


@dataclass(frozen=True)
class Hold:
    """A picture that is held before frame ``at``, for so many ``frames``, for a line's sake."""

    beat: str
    at: int
    frames: int


@dataclass(frozen=True)
class Voiced:
    """A film that speaks, and what is to be known of it."""

    path: Path
    stretched: dict[str, float]
    """Seconds by which the film is longer, by line."""
    silent: tuple[str, ...]
    """Lines that nobody speaks."""
    other_words: tuple[str, ...]
    """Lines whose take was made for other words."""
    files: tuple[str, ...]


def work_of(script: Script, clips: Sequence[str], pixels: int) -> int:
    """How much work a voice is, in frames that have so many ``pixels``: as they take time, about.

    Piper takes 1.3 s for a line, mostly to start; a frame takes a worker 8 ms, and 1 s for each 80
    million pixels.
    """
    lines = sum(len(lines) for clip in clips for lines in script.chapter(clip).lines.values())
    return round(lines * 1.3 / (0.008 + pixels / 8e7))


def give_voice(
    studio: Studio,
    done: Assembled,
    script: Script,
    speaker: Speaker | None,
    takes: Takes | None,
    work: int = 0,
) -> Voiced:
    """The film with what is spoken in it as sound, beside the silent one, its pictures the same.

    It is made anew only where the film, the words, the takes or the voice are others. ``work`` is
    how many frames it counts for in the bar.
    """
    folder = done.path.parent
    beats = [beat for track in done.tracks for beat in track.beats_in_film]
    own = {beat.name: takes.of(beat.name) for beat in beats} if takes else {}
    inputs = digest(
        {
            "film": sha256(done.path),
            "said": [[beat.name, vars(beat.said)] for beat in beats],
            "about": [script.title, script.description, [t.chapter.title for t in done.tracks]],
            "voice": identity(speaker.voice) if speaker else "",
            "takes": {name: sha256(path) for name, path in own.items() if path},
            "version": _VERSION,
        }
    )
    with locked(studio.out, folder.name):
        told = manifest.read(folder).get("voiced", {"files": [VOICED]})
        if not all(manifest.is_fresh(folder, file, inputs) for file in told["files"]):
            studio.on_event(Started(f"{folder.name}/{VOICED}"))
            spoken = _spoken(studio, folder.name, beats, own, speaker, work)
            told = _made(done, script, beats, spoken)
            for file in told["files"]:
                manifest.record(folder, file, inputs, voiced=told)
    studio.on_event(Frames(f"{folder.name}/{VOICED}", work, work))
    manifest.gather(studio.out)
    others = [
        beat.name
        for beat in beats
        if takes and (take := own[beat.name]) and takes.words(take) not in ("", beat.said.sentence)
    ]
    names = "stretched", "silent", "files"
    stretched, silent, files = (told[name] for name in names)
    return Voiced(folder / VOICED, stretched, tuple(silent), tuple(others), tuple(files))


def _spoken(
    studio: Studio,
    name: str,
    beats: Sequence[Beat],
    own: dict[str, Path | None],
    speaker: Speaker | None,
    work: int,
) -> list[Spoken | None]:
    """What is heard of each line, several at a time; None for one that nobody speaks."""
    done = 0

    def told(spoken: Spoken | None) -> Spoken | None:
        nonlocal done
        done += 1  # to lay and encode the sound takes as long as some lines
        studio.on_event(Frames(f"{name}/{VOICED}", work * done // (len(beats) + 3), work))
        return spoken

    with ThreadPoolExecutor(max(1, min(studio.workers, studio.cores))) as pool:
        coming = [  # threads have no language of their own
            pool.submit(copy_context().run, _heard, beat, own.get(beat.name), speaker)
            for beat in beats
        ]
        try:
            return [told(one.result()) for one in coming]
        except BaseException:
            for one in coming:
                one.cancel()
            raise


def _heard(beat: Beat, take: Path | None, speaker: Speaker | None) -> Spoken | None:
    """A line's take, as loud as all else, else what the voice makes of it."""
    said = beat.said
    if take:
        spoken = trimmed(read_sound(take))
        return Spoken(leveled(spoken.samples), spoken.begin, spoken.end) if spoken.end else None
    return in_time(speaker, aloud(said.sentence), said.end - said.start) if speaker else None


def _made(
    done: Assembled, script: Script, beats: Sequence[Beat], spoken: Sequence[Spoken | None]
) -> dict[str, Any]:
    """Make the film and its captions; what is to be known of them."""
    folder = done.path.parent
    holds = holds_for(beats, spoken, keys(done.path), facts(done.path).frames, done.rate)
    moved = partial(later, holds=holds, rate=done.rate)
    placed = [
        (beat, Placed(one, moved(beat.said.start)))
        for beat, one in zip(beats, spoken, strict=True)
        if one
    ]
    seconds = moved(done.seconds)
    tracks = [replace(track, begin=moved(track.begin)) for track in done.tracks]
    tag = current().tag
    cues = heard_cues([Heard(beat.said.sentence, one) for beat, one in placed], seconds)
    texts = {f"film.voiced.{tag}.{form}": captions.written(cues, form) for form in ("srt", "vtt")}
    if holds:
        texts["film.voiced.description.md"] = description(script, tracks)
    for name, text in texts.items():
        write_atomically(folder / name, text)
    about = {"title": script.title, "description": script.description}
    with _held(done, holds, tracks, about) as film, atomic_path(folder / VOICED) as part:
        sound = laid([one for _, one in placed], seconds)
        speak(film, sound, part, captions.track(cues))
    return {
        "stretched": {hold.beat: round(hold.frames / done.rate, 3) for hold in holds},
        "silent": [beat.name for beat, one in zip(beats, spoken, strict=True) if not one],
        "files": [VOICED, *texts],
    }


def holds_for(
    beats: Sequence[Beat],
    spoken: Sequence[Spoken | None],
    cuts: Collection[int],
    frames: int,
    rate: int,
) -> list[Hold]:
    """A hold for each line that is longer than its time, in a film of so many ``frames``.

    It is before the last frame at which the film may be cut, of those in ``cuts``, until the next
    line begins. ValueError for a line without one.
    """
    made = []
    for beat, one in zip(beats, spoken, strict=True):
        said = beat.said
        lacking = one.seconds + PAUSE - (said.end - said.start) if one else 0.0
        if lacking <= _UNHEARD:
            continue
        first, last = round(said.start * rate), round(said.end * rate)
        places = [at for at in (*cuts, frames) if first < at <= last]
        if not places:
            raise ValueError(
                f"{beat.name} is {lacking:.1f} s too long to be said, and its picture cannot be "
                "held; say it in fewer words, or give it more seconds."
            )
        made.append(Hold(beat.name, max(places), math.ceil(lacking * rate - 1e-6)))
    return made


def later(seconds: float, holds: Sequence[Hold], rate: int) -> float:
    """When something is shown in the stretched film."""
    return seconds + sum(hold.frames for hold in holds if hold.at <= round(seconds * rate)) / rate


@contextmanager
def _held(
    done: Assembled, holds: Sequence[Hold], tracks: Sequence[Track], about: dict[str, str]
) -> Iterator[Path]:
    """The film, with pictures held where they have to be."""
    if not holds:
        yield done.path
        return
    with TemporaryDirectory(dir=done.path.parent, prefix=f".{os.getpid()}.") as place:
        pieces, last = [], 0
        for number, hold in enumerate(holds):
            still = Path(place) / f"hold-{number}.mp4"
            _still(done.path, hold, still, done.rate)
            pieces += [Cut(done.path, last, hold.at), Cut(still)]
            last = hold.at
        if last < facts(done.path).frames:
            pieces.append(Cut(done.path, last))
        bare, whole = Path(place) / "bare.mp4", Path(place) / "whole.mp4"
        cut(pieces, bare)
        marks = [(track.chapter.title, track.begin) for track in tracks]
        join([bare], whole, chapters=marks, metadata=about)
        yield whole


def _still(film: Path, hold: Hold, target: Path, rate: int) -> None:
    """Encode a picture that is held, as the film itself was encoded."""
    from stage.film.codec import segment_spec  # Manim, which few films need here
    from stage.film.segment import FilmSegment

    shown = picture(film, hold.at - 1)
    segment = FilmSegment(target=target, spec=segment_spec(*shown.size, rate))
    try:
        segment.write_frame(np.array(shown.convert("RGBA")), repeat=hold.frames)
        segment.finish()
    except BaseException:
        segment.abort()
        raise
