"""The steps of one film, from its request to the folder that it is delivered into."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor as Threads
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import av
import msgspec

from stage.film.atomic import atomic_path
from stage.film.bt709 import frames_of
from studio.film.cut import Cut, soundtrack
from studio.film.sound import with_sound
from studio.job import manifest
from studio.job.events import Finished, Found, Frames, Idle, Planned
from studio.job.files import acquired, folder_lock, sweep_folder, write_atomically
from studio.job.request import QUALITIES, RenderRequest, Size
from studio.job.steps import FOLDER, step_files
from studio.job.tasks import FailedError, Format, RefusedError, Report, Task
from studio.render.dispatcher import Dispatcher, Steps
from studio.render.executor import OnFrames
from studio.render.remote import cached_segments
from studio.render.studio import Studio, cache_of, is_fresh, task_for

FAILURES = (RefusedError, FailedError, OSError)
"""What leaves the other films alone."""
_PIXELS = 8e7
"""How many a worker renders in a second, about."""


@dataclass(frozen=True)
class Rendering:
    """One call of ``render``: who does what, and what is known of lengths."""

    studio: Studio
    dispatcher: Dispatcher
    disk: Threads
    name: str
    format: Format
    stale: Sequence[RenderRequest]
    frames: dict[RenderRequest, int] = field(default_factory=dict)
    broken: dict[RenderRequest, Exception] = field(default_factory=dict)

    def plan(self, request: RenderRequest, found: Report | None) -> None:
        """Note how long a film is; once all are known, tell how many frames there are."""
        if request in self.stale and request not in self.frames:
            self.frames[request] = self.length(request, found) if found else 0
            if len(self.frames) == len(self.stale):
                self.studio.on_event(Planned(sum(self.frames.values())))

    def length(self, request: RenderRequest, found: Report) -> int:
        """Frames of a film and of its holds; of a film without background there are none."""
        seconds = sum(found.plays) if self.format == "mp4" else found.seconds
        return round(seconds * request.size.fps)


def planned(run: Rendering, request: RenderRequest) -> Steps[None]:
    """Find out how long a film is."""
    try:
        found = yield from probed(run.studio, run.dispatcher, request)
        run.plan(request, found)
    except FAILURES as error:
        run.broken[request] = error


def finished(run: Rendering, request: RenderRequest) -> Steps[Finished]:
    """Have a film made, unless it is there, and tell what became of it."""
    path = run.studio.out / request.folder / run.name
    began = monotonic()
    try:
        if request in run.broken:
            raise run.broken[request]
        is_new = yield from _filmed(run, request, path)
        seconds = monotonic() - began if is_new else 0.0
        done = Finished(request, path, "rendered" if is_new else "up to date", seconds)
    except FAILURES as error:
        done = Finished(request, path, "failed", why=str(error))
    run.plan(request, None)
    run.studio.on_event(done)
    return done


def _filmed(run: Rendering, request: RenderRequest, path: Path) -> Steps[bool]:
    """Have a film made where nobody else does; whether it was not there."""
    out, is_told = run.studio.out, False
    lock = folder_lock(out, request.folder)
    while not acquired(lock):
        if not is_told:
            why = f"{request.folder}: another flowreel is at it; waiting for its turn."
            run.studio.on_event(Idle(why))
            is_told = True
        yield None
    try:
        if (yield run.disk.submit(is_fresh, run.studio, request, path.name)):
            return False
        yield run.disk.submit(_clear, run.studio, request)
        yield from _made(run, request, path)
        return True
    finally:
        lock.release()


def _clear(studio: Studio, request: RenderRequest) -> None:
    """Remove halves of files, and what other sources had given; make folders."""
    sweep_folder(studio.out, request.folder)
    cache = cache_of(studio, request)
    for old in (studio.work / request.folder).glob("*"):
        if old != cache and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    (studio.out / request.folder).mkdir(parents=True, exist_ok=True)


def _frames_in(cache: Path, ending: str) -> int:
    """How many frames the segments have that are there; none of one that cannot be read."""
    frames = 0
    for segment in cache.glob(f"[!.]*{ending}"):
        with suppress(av.FFmpegError, IndexError):
            frames += frames_of(segment)
    return frames


def _made(run: Rendering, request: RenderRequest, path: Path) -> Steps[None]:
    """Have a film made, and record it."""
    studio, cache = run.studio, cache_of(run.studio, request)
    target = cache / "film" / path.name
    film = task_for(studio, request, "film", target, format=run.format)
    cached = yield run.disk.submit(cached_segments, cache, run.format)
    found = yield from probed(studio, run.dispatcher, request)
    run.plan(request, found)
    frames = run.length(request, found)
    name = request.folder if run.format == "mp4" else f"{request.folder}/{path.name}"

    there = min(frames, (yield run.disk.submit(_frames_in, cache, f".{run.format}")))
    studio.on_event(Found(name, there))

    def on_frames(done: int) -> None:
        studio.on_event(Frames(name, min(frames, there + done), frames))

    on_frames(0)
    if studio.is_cutting:
        report = yield from _joined(run, film, found, cached, on_frames)
    else:
        report = yield run.dispatcher.submit(film, on_frames)
    about = {}
    if run.format == "mp4":
        yield from _stepped(run, request, film, report)
        made_from = request.inputs | {"scene": request.file}
        looked: dict[str, Any] = {
            "loops": found.loops,
            "segments": (),
            "opens": found.opens,
            "closes": found.closes,
        }
        about = {"report": asdict(replace(report, **looked)), "made_from": made_from}
    else:  # gigabytes, that are in the film now
        for segment in cache.glob(f"*.{run.format}"):
            segment.unlink()
    target.replace(path)
    record = partial(manifest.record, path.parent, path.name, request.fingerprint, **about)
    yield run.disk.submit(record)
    on_frames(frames)


def _joined(
    run: Rendering, film: Task, found: Report, cached: dict[int, str], on_frames: OnFrames
) -> Steps[Report]:
    """Have a film made in segments that are joined at home.

    What joining cannot do, for a segment is not where it should be or the clip has sound, a plain
    pass over the clip does, which renders no more than is missing.
    """
    cost = seek_cost(film, found)
    names, frames = yield run.dispatcher.render(
        film, found.plays, cost, cached=cached, on_frames=on_frames
    )
    if not found.has_sound:
        join = replace(film, kind="join", parts=_parts(names, set(names) - found.aside))
        with suppress(RefusedError):
            yield run.dispatcher.submit(join, at_home=True)
            return replace(found, frames=frames, segments=tuple(sorted(names.items())))
    report: Report = yield run.dispatcher.submit(
        film, lambda more: on_frames(frames + more), at_home=True
    )
    return report


def _stepped(run: Rendering, request: RenderRequest, film: Task, report: Report) -> Steps[None]:
    """Have the films of a clip's steps joined, and record them.

    A step's film ends with the first frame of its hold, which is a play of its own. Holds are
    silent: they go round for as long as somebody speaks.
    """
    folder, fingerprint = run.studio.out / request.folder, request.fingerprint
    segments = dict(report.segments)
    yield run.disk.submit(manifest.prune, folder, {fingerprint}, f"{FOLDER}/")
    for files in step_files(report):
        own, hold = range(*files.step.plays), range(*files.step.hold)
        first, stop = (round(at * request.size.fps) for at in (files.step.start, files.step.end))
        own_frames = Cut(Path(film.target), first, stop)
        plays = {files.film: (*own, *hold[:1]), files.hold: hold}
        for name in files.names:
            target = Path(film.target).with_name(Path(name).name)
            parts = _parts(segments, plays[name])
            join = replace(film, kind="join", parts=parts, target=str(target))
            yield run.dispatcher.submit(join, at_home=True)
            heard = own_frames if report.has_sound and name == files.film else None
            yield run.disk.submit(_deliver, target, folder, name, fingerprint, heard)


def _deliver(target: Path, folder: Path, name: str, fingerprint: str, heard: Cut | None) -> None:
    """Give a film its place in a clip's folder, with what is ``heard`` elsewhere, and record it."""
    (folder / name).parent.mkdir(exist_ok=True)
    sound = soundtrack([heard]) if heard else None
    if sound is None:
        target.replace(folder / name)
    else:
        with atomic_path(folder / name) as part:
            with_sound(target, sound, part)
        target.unlink()
    manifest.record(folder, name, fingerprint)


def _parts(segments: dict[int, str], plays: Iterable[int]) -> tuple[str, ...]:
    """Names of the segments of some plays, of those that have frames."""
    return tuple(segments[play] for play in sorted(plays) if segments[play])


def seek_cost(film: Task, found: Report) -> float:
    """Seconds of film that are rendered in the time that it takes to probe the clip."""
    return found.took * _PIXELS / (film.width * film.height * film.fps)


def probed(studio: Studio, dispatcher: Dispatcher, request: RenderRequest) -> Steps[Report]:
    """The report of a clip's probe, which is kept for as long as it is true."""
    width, height, _ = QUALITIES["l"]  # when frames are depends on their rate alone
    small = replace(request, size=Size(width, height, request.size.fps))
    kept = cache_of(studio, small) / "probe.json"
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Report)
    except (OSError, msgspec.MsgspecError):
        found: Report = yield dispatcher.submit(task_for(studio, small, "probe", Path("probe.mp4")))
        write_atomically(kept, msgspec.json.encode(found))
        return found
