"""Rendering: from orders to films, in parallel, resuming what an earlier run had begun."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from studio import manifest, segments
from studio.crew import FailedError, Hands
from studio.files import WORK, turn, write_whole
from studio.order import QUALITIES, Order, Size
from studio.sources import digest, manim_settings
from studio.task import Kind, RefusedError, Report, Task

_PIXELS = 8e7
"""How many a worker renders in a second, about."""
SENDING = 1 / 64
"""How long a gigabit a second takes for what a worker renders in a second, about."""

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
    """A clip is cut only where its workers have two cores each: painting takes one, encoding more.
    """
    say: Callable[[str], None] = print
    progress: Callable[[str, int, int], None] = lambda name, done, total: None
    """Told an order's folder, the frames that are done, and how many there will be."""

    expect: Callable[[int], None] = lambda frames: None
    """Told how many frames there are in all."""

    @property
    def work(self) -> Path:
        """Where segments, logs and locks are."""
        return self.out / WORK


def render(studio: Studio, orders: list[Order], *, format: str = "mp4") -> list[Outcome]:
    """Film every order; one that fails leaves the others alone."""
    name = "clip.mp4" if format == "mp4" else "clip.alpha.mov"
    stale = [o for o in orders if not is_fresh(studio, o, name)]
    found: dict[Order, Report] = {}
    shares: dict[Order, segments.Shares] = {}
    broken: dict[Order, Exception] = {}

    def read(order: Order) -> None:
        try:
            found[order] = score(studio, order)
        except _FAILURES as error:
            broken[order] = error

    def expect() -> None:
        studio.expect(round(sum(r.seconds * o.size.fps for o, r in [*found.items()])))

    def film(order: Order) -> Outcome:
        path = studio.out / order.folder / name
        return _attempt(studio, order, path, format, shares.get(order, []), broken.get(order))

    def read_and_film(order: Order) -> Outcome:
        if order in stale:
            read(order)
        if order in found:
            shares[order] = _plan(studio, [(order, found[order])] * len(stale))[0]
            expect()
        return film(order)

    many = ThreadPoolExecutor(max(1, min(len(orders), studio.workers)))
    with many as pool, _stopping(studio):
        if studio.away and studio.workers > len(orders):
            # nobody is idle while the others are read: each clip is cut as if all were like it
            outcomes = dict(zip(orders, pool.map(read_and_film, orders), strict=True))
        else:
            list(pool.map(read, stale))
            shares.update(zip(found, _plan(studio, [*found.items()]), strict=True))
            expect()
            longest_first = sorted(orders, key=lambda o: -found[o].seconds if o in found else 0.0)
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


def score(studio: Studio, order: Order) -> Report:
    """How long a clip and its plays are, and what is said when; kept for as long as it is true."""
    order = replace(order, size=Size(*QUALITIES["l"]))  # time is the same at every size
    kept = cache_of(studio, order) / "score.json"
    try:
        return Report.from_json(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        hands = studio.away or studio.here
        found = hands.do(task_for(studio, order, "score", Path("score.mp4")), lambda _: None)
        write_whole(kept, json.dumps(asdict(found)))
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


def _plan(studio: Studio, clips: list[tuple[Order, Report]]) -> list[segments.Shares]:
    """Of each clip, the plays that each renders; nothing to share where one at home does all."""
    workers = studio.workers if studio.away else min(studio.workers, max(1, studio.cores // 2))
    plans = segments.plan(
        [report.plays for _, report in clips],
        workers,
        [r.took * _PIXELS / (o.size.width * o.size.height * o.size.fps) for o, r in clips],
        SENDING if studio.away else 0.0,
    )
    return [shares if studio.away or len(shares) > 1 else [] for shares in plans]


def _attempt(
    studio: Studio,
    order: Order,
    path: Path,
    format: str,
    shares: segments.Shares,
    why: Exception | None,
) -> Outcome:
    try:
        if why:
            raise why
        return _render(studio, order, path, format, shares)
    except _FAILURES as error:
        return Outcome(order, path, "failed", why=str(error))


def _render(
    studio: Studio, order: Order, path: Path, format: str, shares: segments.Shares
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
        found = score(studio, order)
        frames = round(found.seconds * order.size.fps)
        target = cache / "film" / path.name
        report = segments.film(
            task_for(studio, order, "film", target, format=format),
            shares,
            found,
            studio.here,
            studio.away,
            lambda done: studio.progress(order.folder, done, frames),
        )
        target.replace(path)
        about = {}
        if format == "mp4":
            report = replace(report, loops=found.loops)
            made_from = order.inputs | {"scene": order.file}
            about = {"report": asdict(report), "made_from": made_from}
        else:  # gigabytes, that are in the film now
            for segment in cache.glob("*.mov"):
                segment.unlink()
        manifest.record(path.parent, path.name, order.fingerprint, **about)
        studio.progress(order.folder, frames, frames)
        return Outcome(order, path, "rendered", monotonic() - began)
