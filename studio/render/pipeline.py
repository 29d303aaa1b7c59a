"""Rendering: from orders to films, in parallel, resuming what an earlier run had begun."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Literal

from studio.render.pool import Doer, FailedError, Hands
from studio.render.dispatcher import Desk
from studio.job import manifest
from studio.job.files import WORK, turn, write_whole
from studio.job.sources import digest, manim_settings
from studio.job.request import QUALITIES, Order, Size
from studio.job.tasks import Kind, RefusedError, Report, Task

_PIXELS = 8e7
"""How many a worker renders in a second, about."""
_FAILURES = (RefusedError, FailedError, OSError)

State = Literal["rendered", "up to date", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of an order."""

    order: Order
    path: Path
    state: State
    seconds: float = 0.0
    """How long it took."""
    why: str = ""


@dataclass(frozen=True)
class Studio:
    """Where films are delivered, and who makes them."""

    out: Path
    here: Hands
    away: Hands | None = None
    """Other machines, for segments; what they send back is joined here."""
    workers: int = 1
    cores: int = os.cpu_count() or 1
    say: Callable[[str], None] = print
    progress: Callable[[str, int, int], None] = lambda name, done, total: None
    """Told an order's folder, or a file in it, the frames that are done, and how many are to be."""

    expect: Callable[[int], None] = lambda frames: None
    """Told how many frames there are in all."""

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


def render(studio: Studio, orders: list[Order], *, format: str = "mp4") -> list[Outcome]:
    """Film every order; one that fails leaves the others alone."""
    name = "clip.mp4" if format == "mp4" else "clip.alpha.mov"
    desk = Desk(studio.away or studio.here, None if studio.away else studio.together)
    stale = [order for order in orders if not is_fresh(studio, order, name)]
    frames: dict[Order, int] = {}
    broken: dict[Order, Exception] = {}
    lock = Lock()

    def expect(order: Order, seconds: float) -> None:
        with lock:
            if order in stale and order not in frames:
                frames[order] = round(seconds * order.size.fps)
                if len(frames) == len(stale):
                    studio.expect(sum(frames.values()))

    def read(order: Order) -> None:
        try:
            expect(order, score(studio, order, desk).seconds)
        except _FAILURES as error:
            broken[order] = error

    def film(order: Order) -> Outcome:
        path = studio.out / order.folder / name
        try:
            if order in broken:
                raise broken[order]
            return _render(studio, desk, order, path, format, partial(expect, order))
        except _FAILURES as error:
            return Outcome(order, path, "failed", why=str(error))
        finally:
            expect(order, 0.0)

    at_once = len(orders) if studio.is_cutting else min(len(orders), studio.workers)
    with ThreadPoolExecutor(max(1, at_once)) as pool, _stopping(studio):
        if not studio.is_cutting:
            list(pool.map(read, stale))
        longest_first = sorted(orders, key=lambda order: -frames.get(order, 0))
        outcomes = dict(zip(longest_first, pool.map(film, longest_first), strict=True))
    manifest.gather(studio.out)
    return [outcomes[order] for order in orders]


@contextmanager
def _stopping(studio: Studio) -> Iterator[None]:
    """Let nobody go on working for one who has been interrupted."""
    try:
        yield
    except BaseException:
        for hands in (studio.here, studio.away):
            if hands:
                hands.stop()
        raise


def is_fresh(studio: Studio, order: Order, name: str) -> bool:
    """Whether a film is there, whole, and as it would be rendered now."""
    return manifest.is_fresh(studio.out / order.folder, name, order.fingerprint)


def score(studio: Studio, order: Order, by: Doer | None = None) -> Report:
    """How long a clip and its plays are, and what is said when; kept for as long as it is true."""
    kept = _score_file(studio, order)
    found = _kept_score(kept)
    if not found:
        found = (by or studio.here).do(_reading(studio, order), lambda frames: None)
        _keep(found, kept)
    return found


def _reading(studio: Studio, order: Order) -> Task:
    return task_for(studio, _small(order), "score", Path("score.mp4"))


def _score_file(studio: Studio, order: Order) -> Path:
    return cache_of(studio, _small(order)) / "score.json"


def _small(order: Order) -> Order:
    """The clip at a size that is read fast; when frames are depends on their rate alone."""
    width, height, _ = QUALITIES["l"]
    return replace(order, size=Size(width, height, order.size.fps))


def _kept_score(kept: Path) -> Report | None:
    try:
        return Report.from_json(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _keep(found: Report, kept: Path) -> None:
    write_whole(kept, json.dumps(asdict(found)))


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


def _way(film: Task, found: Report) -> float:
    """Seconds of film that are rendered in the time that it takes to read the clip."""
    return found.took * _PIXELS / (film.width * film.height * film.fps)


def _segments(
    studio: Studio,
    desk: Desk,
    order: Order,
    film: Task,
    progress: Callable[[int], None],
    expect: Callable[[float], None],
) -> Report:
    """Have a film made in segments that are joined at home.

    What joining cannot do, for a segment is not where it should be or the clip has sound, a plain
    pass over the clip does, which renders no more than is missing.
    """
    home = studio.here if studio.away else desk
    kept = _score_file(studio, order)
    known = _kept_score(kept)
    clip = desk.render(film, known or _reading(studio, order), partial(_way, film), progress)
    found = clip.read.result()
    if not known:
        _keep(found, kept)
    expect(found.seconds)
    names, frames = clip.done.result()
    if not found.has_sound:
        with suppress(RefusedError):
            parts = tuple(name for _, name in sorted(names.items()) if name)
            home.do(replace(film, kind="join", parts=parts), lambda frames: None)
            return replace(found, frames=frames)
    return home.do(film, lambda more: progress(frames + more))


def _render(
    studio: Studio,
    desk: Desk,
    order: Order,
    path: Path,
    format: str,
    expect: Callable[[float], None],
) -> Outcome:
    began = monotonic()

    def wait() -> None:
        studio.say(f"{order.folder}: another flowreel is at it; waiting for its turn.")

    with turn(studio.out, order.folder, wait):
        if is_fresh(studio, order, path.name):
            return Outcome(order, path, "up to date")
        cache = cache_of(studio, order)
        for old in (studio.work / order.folder).glob("*"):  # what other sources had given
            if old != cache and old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        target = cache / "film" / path.name
        name = order.folder if format == "mp4" else f"{order.folder}/{path.name}"
        film = task_for(studio, order, "film", target, format=format)
        frames = 0

        def expected(seconds: float) -> None:
            nonlocal frames
            frames = round(seconds * order.size.fps)
            expect(seconds)

        def progress(done: int) -> None:
            studio.cli.progress(name, done, frames)

        if studio.is_cutting:
            report = _segments(studio, desk, order, film, progress, expected)
        else:
            expected(score(studio, order, desk).seconds)
            report = desk.do(film, progress)
        target.replace(path)
        about = {}
        if format == "mp4":
            report = replace(report, loops=score(studio, order).loops)
            made_from = order.inputs | {"scene": order.file}
            about = {"report": asdict(report), "made_from": made_from}
        else:  # gigabytes, that are in the film now
            for segment in cache.glob("*.mov"):
                segment.unlink()
        manifest.record(path.parent, path.name, order.fingerprint, **about)
        studio.cli.progress(name, frames, frames)
        return Outcome(order, path, "rendered", monotonic() - began)
