"""How long a farm of 1 to 256 workers takes for the whole film: simulated from what is measured.

    python -m benchmarks.farm                        measure DepthMorph at 1080p60, then simulate
    python -m benchmarks.farm --quality l            at 480p15
    python -m benchmarks.farm --mbit 100             with a slower network at home

Measured, on this machine, one process at work: a worker's start, a clip's way to its first frame,
rendering per second of film, the pass over a clip without rendering it, joining its segments,
bytes per second of film, and taking a segment in (SHA-256 and writing it). Read from the clips:
how long each play is. Assumed: one network link to the one who asks, and workers as fast as this
one. What is rendered where is decided by the studio's own ``plan``.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from studio.clips import find_clips
from studio.crew import Crew
from studio.farm import take_in
from studio.order import QUALITIES, Order, Size
from studio.render import Studio, cache_of, score, task_for
from studio.segments import plan

WORKERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True)
class Costs:
    """Seconds, and bytes, per second of film where not said otherwise."""

    start: float
    """A worker's, once."""
    ready: float
    """A clip's way to its first frame, for each share."""
    frames: float
    passing: float
    """The pass over one clip without rendering it, at home."""
    join: float
    """Joining its segments."""
    size: float
    take_in: float
    """Per byte, at home."""


def measure(name: str, quality: str) -> Costs:
    """Costs of one clip, as it is rendered here by one worker."""
    with TemporaryDirectory() as place, Crew(1, Path(place) / "logs") as crew:
        studio = Studio(Path(place), crew, say=lambda text: None)
        order = Order(find_clips()[name], Size(*QUALITIES[quality]))
        _, first = _timed(lambda: score(studio, order))
        task = task_for(studio, order, "score", Path(place) / "score.mp4")
        report, ready = _timed(lambda: crew.do(task, lambda frames: None))
        film = replace(task, kind="film", target=str(Path(place) / "film" / "film.mp4"))
        _, whole = _timed(lambda: crew.do(film, lambda frames: None))
        every = tuple(range(len(report.plays)))
        found = crew.do(replace(task, kind="plays", plays=every), lambda frames: None)
        sign = Path(place) / "sign"
        sign.write_text(json.dumps(found.segments))
        joining = replace(film, plays=every, sign=str(sign))
        _, again = _timed(lambda: crew.do(joining, lambda frames: None))
        last = replace(task, kind="plays", plays=every[-1:])
        _, passing = _timed(lambda: crew.do(last, lambda frames: None))
        segments = [path.read_bytes() for path in cache_of(studio, order).glob("*.mp4")]
        size = sum(map(len, segments))
        sent = {f"{n}.mp4": (s, hashlib.sha256(s).hexdigest()) for n, s in enumerate(segments)}
        began = process_time()
        take_in(sent, Path(place) / "taken")
        return Costs(
            start=first - ready,
            ready=max(ready, passing),
            frames=(whole - again) / report.seconds,
            passing=passing,
            join=max(0.0, again - passing),
            size=size / report.seconds,
            take_in=(process_time() - began) / size,
        )


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = perf_counter()
    return work(), perf_counter() - began


def simulate(
    clips: Sequence[Sequence[float]],
    workers: int,
    costs: Costs,
    mbit: float,
    *,
    home: int = 1,
) -> float:
    """Seconds from the command to the last film, clips being lists of the lengths of plays.

    ``home`` is how many processes join films where the command was given.
    """
    free = [costs.start] * workers  # when each worker is free
    read = 0.0
    for _ in clips:  # how long everything takes is read before anything is rendered
        read = heapq.heappop(free) + costs.ready
        heapq.heappush(free, read)
    free = [max(when, read) for when in free]
    joiners = [costs.start] * home
    link = done = 0.0
    clips = sorted(clips, key=sum, reverse=True)
    for plays, shares in zip(clips, plan(clips, workers), strict=True):
        arrived = 0.0
        for share in shares:
            length = sum(plays[play] for play in share)
            finished = heapq.heappop(free) + costs.ready + length * costs.frames
            heapq.heappush(free, finished)
            if workers > 1:  # one worker writes where the film will look
                link = max(link, finished) + length * costs.size * 8 / (mbit * 1e6)
                finished = link + length * costs.size * costs.take_in
            arrived = max(arrived, finished)
        if workers > 1:  # the pass over the clip goes on while others render
            joined = max(heapq.heappop(joiners) + costs.passing, arrived) + costs.join
            heapq.heappush(joiners, joined)
            arrived = joined
        done = max(done, arrived)
    return done + (costs.join * len(clips) if workers == 1 else 0.0)


def main() -> None:
    """Measure, and print a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--clip", default="DepthMorph")
    parser.add_argument("--quality", default="h", choices=QUALITIES)
    parser.add_argument("--mbit", type=float, default=1000.0)
    parser.add_argument("--home", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    costs = measure(chosen.clip, chosen.quality)
    print(f"{costs}, load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory() as place, Crew(1, Path(place) / "logs") as crew:
        studio = Studio(Path(place), crew, say=lambda text: None)
        size = Size(*QUALITIES["l"])
        chapters = [clip for clip in find_clips().values() if clip.path.stem != "figures"]
        clips = [score(studio, Order(clip, size)).plays for clip in chapters]
    film = sum(map(sum, clips))
    print(f"{len(clips)} clips, {film:.0f} s, the longest play {max(map(max, clips)):.0f} s")
    table(clips, costs, chosen.mbit, chosen.home)


def table(clips: Sequence[Sequence[float]], costs: Costs, mbit: float, home: int) -> None:
    """Time and efficiency by the number of workers, and how long shares are."""
    alone = simulate(clips, 1, costs, mbit)
    print(f"\n{mbit:g} Mbit/s, {home} processes at home\n")
    print("| workers | seconds | efficiency | seconds of film in a share, the longest |")
    print("| --- | --- | --- | --- |")
    for workers in WORKERS:
        took = simulate(clips, workers, costs, mbit, home=home)
        dealt = zip(clips, plan(clips, workers), strict=True)
        longest = max(sum(plays[n] for n in share) for plays, shares in dealt for share in shares)
        print(f"| {workers} | {took:.0f} | {alone / took / workers:.0%} | {longest:.0f} |")


if __name__ == "__main__":
    main()
