"""The pipeline: from requests to films, in parallel, resuming what an earlier run had begun."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor as Threads
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec

from studio.job import manifest
from studio.job.events import Finished, Frames, Idle, OnEvent, Planned, ignore
from studio.job.files import WORK, acquired, folder_lock, sweep_folder, write_whole
from studio.job.request import QUALITIES, Order, Size
from studio.job.sources import digest, manim_settings
from studio.job.tasks import FailedError, Kind, RefusedError, Report, Task
from studio.render.dispatcher import Dispatcher, Steps
from studio.render.executor import Executor, OnFrames
from studio.render.remote import cached_segments

_PIXELS = 8e7
"""How many a worker renders in a second, about."""
_DISK = 4  # files that are read, hashed or removed at a time, beside the loop
_FAILURES = (RefusedError, FailedError, OSError)


@dataclass(frozen=True)
class Studio:
    """Where films are delivered, and who makes them."""

    out: Path
    here: Executor
    away: Executor | None = None
    """Other machines, for segments; what they send back is joined here."""
    workers: int = 1
    cores: int = os.cpu_count() or 1
    on_event: OnEvent = ignore

    @property
    def together(self) -> int:
        """How many may share a clip here, two cores each: painting takes one, encoding more."""
        return min(self.workers, self.cores // 2)

    @property
    def is_cutting(self) -> bool:
        """Whether clips are rendered in segments that several may share."""
        return bool(self.away) or self.together > 1

    @property
    def work(self) -> Path:
        """Where segments, logs and locks are."""
        return self.out / WORK


@dataclass(frozen=True)
class _Run:
    """One call of ``render``: who does what, and what is known of lengths."""

    studio: Studio
    dispatcher: Dispatcher
    disk: Threads
    name: str
    format: str
    stale: Sequence[Order]
    frames: dict[Order, int] = field(default_factory=dict)
    broken: dict[Order, Exception] = field(default_factory=dict)

    def plan(self, order: Order, seconds: float) -> None:
        """Note how long a film is; once all are known, tell how many frames there are."""
        if order in self.stale and order not in self.frames:
            self.frames[order] = round(seconds * order.size.fps)
            if len(self.frames) == len(self.stale):
                self.studio.on_event(Planned(sum(self.frames.values())))


def render(studio: Studio, orders: Sequence[Order], *, format: str = "mp4") -> list[Finished]:
    """Film every order; one that fails leaves the others alone."""
    name = "clip.mp4" if format == "mp4" else "clip.alpha.mov"
    dispatcher = Dispatcher(
        studio.away or studio.here,
        studio.here,
        share=None if studio.away else studio.together,
        on_event=studio.on_event,
    )
    at_once = None if studio.is_cutting else max(1, studio.workers)
    with ThreadPoolExecutor(_DISK) as disk, _stopping(studio):
        fresh = list(disk.map(lambda order: is_fresh(studio, order, name), orders))
        stale = [order for order, is_made in zip(orders, fresh, strict=True) if not is_made]
        run = _Run(studio, dispatcher, disk, name, format, stale)
        if not studio.is_cutting:
            dispatcher.run([_planned(run, order) for order in stale])
        longest_first = sorted(orders, key=lambda order: -run.frames.get(order, 0))
        films = dispatcher.run([_finished(run, order) for order in longest_first], at_once)
    manifest.gather(studio.out)
    outcomes = dict(zip(longest_first, films, strict=True))
    return [outcomes[order] for order in orders]


@contextmanager
def _stopping(studio: Studio) -> Iterator[None]:
    """Let nobody go on working for one who has been interrupted."""
    try:
        yield
    except BaseException:
        for executor in filter(None, (studio.here, studio.away)):
            executor.stop()
        raise


def is_fresh(studio: Studio, order: Order, name: str) -> bool:
    """Whether a film is there, whole, and as it would be rendered now."""
    return manifest.is_fresh(studio.out / order.folder, name, order.fingerprint)


def probe(studio: Studio, orders: Sequence[Order]) -> list[Report | Exception]:
    """How long each clip and its plays are, and what is said when; or why that is not known."""
    dispatcher = Dispatcher(studio.here, on_event=studio.on_event)

    def one(order: Order) -> Steps[Report | Exception]:
        try:
            return (yield from _probed(studio, dispatcher, order))
        except _FAILURES as error:
            return error

    with _stopping(studio):
        return dispatcher.run([one(order) for order in orders])


def _probed(studio: Studio, dispatcher: Dispatcher, order: Order) -> Steps[Report]:
    """The report of a clip's probe, which is kept for as long as it is true."""
    width, height, _ = QUALITIES["l"]  # when frames are depends on their rate alone
    small = replace(order, size=Size(width, height, order.size.fps))
    kept = cache_of(studio, small) / "probe.json"
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Report)
    except (OSError, msgspec.MsgspecError):
        found: Report = yield dispatcher.submit(task_for(studio, small, "probe", Path("probe.mp4")))
        write_whole(kept, msgspec.json.encode(found))
        return found


def cache_of(studio: Studio, order: Order) -> Path:
    """Where the segments of an order are."""
    return studio.work / order.folder / order.fingerprint


def task_for(studio: Studio, order: Order, kind: Kind, target: Path, **more: Any) -> Task:
    """What a worker is asked for an order."""
    size = order.size
    return Task(
        kind=kind,
        clip=order.clip.name,
        file=order.file,
        sources=digest(order.inputs["sources"]),
        makers=tuple(order.inputs["makers"].items()),
        width=size.width,
        height=size.height,
        fps=size.fps,
        knobs=order.knobs,
        cfg=manim_settings().get("folder", ""),
        cache=str(cache_of(studio, order).resolve()),
        target=str(target.resolve()),
        **more,
    )


def seek_cost(film: Task, found: Report) -> float:
    """Seconds of film that are rendered in the time that it takes to probe the clip."""
    return found.took * _PIXELS / (film.width * film.height * film.fps)


def _planned(run: _Run, order: Order) -> Steps[None]:
    """Find out how long a film is."""
    try:
        found = yield from _probed(run.studio, run.dispatcher, order)
        run.plan(order, found.seconds)
    except _FAILURES as error:
        run.broken[order] = error


def _finished(run: _Run, order: Order) -> Steps[Finished]:
    """Have a film made, unless it is there, and tell what became of it."""
    path = run.studio.out / order.folder / run.name
    began = monotonic()
    try:
        if order in run.broken:
            raise run.broken[order]
        is_new = yield from _filmed(run, order, path)
        seconds = monotonic() - began if is_new else 0.0
        done = Finished(order, path, "rendered" if is_new else "up to date", seconds)
    except _FAILURES as error:
        done = Finished(order, path, "failed", why=str(error))
    run.plan(order, 0.0)
    run.studio.on_event(done)
    return done


def _filmed(run: _Run, order: Order, path: Path) -> Steps[bool]:
    """Have a film made where nobody else does; whether it was not there."""
    out, is_told = run.studio.out, False
    lock = folder_lock(out, order.folder)
    while not acquired(lock):
        if not is_told:
            why = f"{order.folder}: another flowreel is at it; waiting for its turn."
            run.studio.on_event(Idle(why))
            is_told = True
        yield None
    try:
        if (yield run.disk.submit(is_fresh, run.studio, order, path.name)):
            return False
        yield run.disk.submit(_clear, run.studio, order)
        yield from _made(run, order, path)
        return True
    finally:
        lock.release()


def _clear(studio: Studio, order: Order) -> None:
    """Remove halves of files, and what other sources had given; make folders."""
    sweep_folder(studio.out, order.folder)
    cache = cache_of(studio, order)
    for old in (studio.work / order.folder).glob("*"):
        if old != cache and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    (studio.out / order.folder).mkdir(parents=True, exist_ok=True)


def _made(run: _Run, order: Order, path: Path) -> Steps[None]:
    """Have a film made, and record it."""
    studio, cache = run.studio, cache_of(run.studio, order)
    target = cache / "film" / path.name
    film = task_for(studio, order, "film", target, format=run.format)
    cached = yield run.disk.submit(cached_segments, cache)
    found = yield from _probed(studio, run.dispatcher, order)
    run.plan(order, found.seconds)
    frames = round(found.seconds * order.size.fps)
    name = order.folder if run.format == "mp4" else f"{order.folder}/{path.name}"

    def on_frames(done: int) -> None:
        studio.on_event(Frames(name, done, frames))

    if studio.is_cutting:
        report = yield from _joined(run, film, found, cached, on_frames)
    else:
        report = yield run.dispatcher.submit(film, on_frames)
    target.replace(path)
    about = {}
    if run.format == "mp4":
        made_from = order.inputs | {"scene": order.file}
        about = {"report": asdict(replace(report, loops=found.loops)), "made_from": made_from}
    else:  # gigabytes, that are in the film now
        for segment in cache.glob("*.mov"):
            segment.unlink()
    record = partial(manifest.record, path.parent, path.name, order.fingerprint, **about)
    yield run.disk.submit(record)
    on_frames(frames)


def _joined(
    run: _Run, film: Task, found: Report, cached: dict[int, str], on_frames: OnFrames
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
        parts = tuple(name for _, name in sorted(names.items()) if name)
        join = replace(film, kind="join", parts=parts)
        with suppress(RefusedError):
            yield run.dispatcher.submit(join, at_home=True)
            return replace(found, frames=frames)
    report: Report = yield run.dispatcher.submit(
        film, lambda more: on_frames(frames + more), at_home=True
    )
    return report
