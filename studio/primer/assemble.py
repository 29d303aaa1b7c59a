"""The film from its chapters: each is rendered once, and joined by copying packets."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from stage.film.atomic import atomic_path
from stage.film.bt709 import Captions, join
from studio.film.cut import Cut, soundtrack
from studio.film.sound import with_sound
from studio.job import manifest
from studio.job.events import Event, Frames, OnEvent, Planned, Started, ignore
from studio.job.files import locked, sha256
from studio.job.request import RenderRequest, folder_of_several
from studio.job.sources import digest
from studio.job.tasks import Report, Task, joint_frames
from studio.primer.script import Script
from studio.primer.words import Track, track_of_captions, tracks_of, write_words
from studio.render.pipeline import render, run_at_home
from studio.render.studio import Studio, task_for

VOICED = "film.voiced.mp4"
"""The film that speaks."""
VERSION = 4
"""Raise it whenever the same chapters give another film."""


@dataclass(frozen=True)
class Assembled:
    """A film that is there, and its chapters' names and beginnings, in seconds."""

    path: Path
    chapters: tuple[tuple[str, float], ...]
    seconds: float
    is_new: bool
    files: tuple[str, ...]
    """What lies beside it."""
    tracks: tuple[Track, ...]
    """Its chapters, and what is spoken in them, and when."""
    rate: int
    """Frames a second."""


class ChaptersError(RuntimeError):
    """Chapters that could not be rendered, and why."""

    def __init__(self, failed: dict[str, str]) -> None:
        self.failed = failed
        told = "; ".join(f"{name}: {why}" for name, why in failed.items())
        super().__init__(f"The film lacks chapters. {told}")


def assemble(
    studio: Studio, requests: list[RenderRequest], script: Script, *, more: int = 0
) -> Assembled:
    """Render what is stale of the chapters and their joints, and join them, in this order.

    Words are in the language that is spoken now. ``more`` frames' worth of work is to come after
    that, and counts in the bar. ChaptersError where a chapter cannot be rendered: those that can
    are kept for the next time.
    """
    rate, name = requests[0].size.fps, film_folder(requests, script)
    joints = joint_frames(rate) * (len(requests) - 1)
    ahead = _Ahead(studio.on_event, {name: joints, f"{name}/{VOICED}": more})
    distinct = list(dict.fromkeys(requests))
    done = render(replace(studio, on_event=ahead.told), distinct)
    failed = {one.request.clip.name: one.why for one in done if one.state == "failed"}
    if failed:
        raise ChaptersError(failed)
    films = {one.request: one.path for one in done}
    folder = studio.out / name
    with locked(studio.out, folder.name):
        reports = [report_of(studio.out / request.folder) for request in requests]
        paths = [films[request] for request in requests]
        parts = _parts(studio, folder, requests, paths, reports, ahead)
        return _joined(studio, folder, requests, reports, parts, script)


def film_folder(requests: list[RenderRequest], script: Script) -> str:
    """The name of a film's folder: of the script's own film, or of any other selection."""
    if [request.clip.name for request in requests] == list(script.clips):
        title = re.sub(r"[^\w.-]+", "-", script.title)  # as a folder may be called anywhere
        return f"film-{title}{requests[0].folder.removeprefix(requests[0].clip.name)}"
    return folder_of_several("film", requests)


def report_of(folder: Path) -> Report:
    """What is known of a clip that has been rendered."""
    return msgspec.convert(manifest.read(folder)["report"], Report)


def _parts(
    studio: Studio,
    folder: Path,
    requests: list[RenderRequest],
    films: list[Path],
    reports: list[Report],
    ahead: _Ahead,
) -> list[Path]:
    """Chapters and joints, in turn; joints that are stale are made."""
    parts = [films[0]]
    tasks: list[Task] = []
    fresh: dict[str, str] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for number, ((one, other), (before, after)) in enumerate(
        zip(pairwise(films), pairwise(reports), strict=True), 1
    ):
        name, squares = f"joint-{number:02}.mp4", (before.closes, after.opens)
        made_from = [sha256(one), sha256(other), squares, VERSION]
        inputs = digest({"joint": made_from})
        if not manifest.is_fresh(folder, name, inputs):
            fresh[name] = inputs
            ends = str(one.resolve()), str(other.resolve())
            target, more = folder / name, {"parts": ends, "squares": squares}
            tasks.append(task_for(studio, requests[number], "joint", target, **more))
        parts += [folder / name, other]

    joints = ahead.work[folder.name]
    left = len(tasks)

    def keep(task: Task) -> None:
        nonlocal left
        name = Path(task.target).name
        manifest.record(folder, name, fresh[name])
        left -= 1
        ahead.on_event(Frames(folder.name, joints - joints * left // (len(films) - 1), joints))

    run_at_home(replace(studio, on_event=ignore), tasks, keep)
    ahead.on_event(Frames(folder.name, joints, joints))
    return parts


def _joined(
    studio: Studio,
    folder: Path,
    requests: list[RenderRequest],
    reports: list[Report],
    parts: list[Path],
    script: Script,
) -> Assembled:
    rate = requests[0].size.fps
    tracks = tracks_of(script, [request.clip.name for request in requests], reports, rate)
    seconds = tracks[-1].begin + tracks[-1].length
    marks = tuple((track.chapter.title, track.begin) for track in tracks)
    about = {"title": script.title, "description": script.description}
    told = track_of_captions(tracks, seconds)
    inputs = digest(
        {
            "parts": [sha256(part) for part in parts],
            "marks": marks,
            "captions": repr(told),
            **about,
            "version": VERSION,
        }
    )
    name = "film.mp4"
    is_new = not manifest.is_fresh(folder, name, inputs)
    if is_new:
        studio.on_event(Started(f"{folder.name}/{name}"))
        _write(parts, folder / name, marks, about, told)
        manifest.record(folder, name, inputs)
    words: dict[str, Callable[[Path], None]] = write_words(script, tracks, seconds)
    for other, write in words.items():
        source = digest({"words": [repr(track) for track in tracks], "film": inputs})
        if not manifest.is_fresh(folder, other, source):
            write(folder / other)
            manifest.record(folder, other, source)
    manifest.gather(studio.out)
    return Assembled(folder / name, marks, seconds, is_new, tuple(words), tuple(tracks), rate)


def _write(
    parts: list[Path],
    target: Path,
    marks: tuple[tuple[str, float], ...],
    about: dict[str, str],
    told: Captions,
) -> None:
    """Join chapters and joints; what is heard in a chapter is heard where it is in the film."""
    sound = soundtrack([Cut(part) for part in parts])
    if sound is None or len(parts) == 1:
        join(parts, target, chapters=marks, metadata=about, captions=told)
        return
    with TemporaryDirectory(dir=target.parent, prefix=f".{os.getpid()}.") as place:
        silent = Path(place) / target.name
        join(parts, silent, chapters=marks, metadata=about)
        with atomic_path(target) as part:
            with_sound(silent, sound, part, told)


class _Ahead:
    """One bar for the whole job: what is planned of the chapters, and what comes after them."""

    def __init__(self, on_event: OnEvent, work: Mapping[str, int]) -> None:
        self.on_event = on_event
        self.work = work

    def told(self, event: Event) -> None:
        if not isinstance(event, Planned):
            self.on_event(event)
            return
        self.on_event(Planned(event.frames + sum(self.work.values())))
        for name, frames in self.work.items():
            if frames:  # it is known that this is to come
                self.on_event(Frames(name, 0, frames))
