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
from studio.options import JOINERS
from studio.order import QUALITIES, Order, Size
from studio.render import Studio, cache_of, score, task_for
from studio.segments import plan

WORKERS = (1, 2, 4, 8, 16, 24, 32, 64, 128, 256)


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
            ready=passing,
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
    home: int = JOINERS,
    is_warm: bool = False,
) -> float:
    """Seconds from the command to the last film, clips being lists of the lengths of plays.

    ``home`` processes join films where the command was given. Where it ``is_warm``, workers are
    there, and have read the clips before.
    """
    free = [0.0 if is_warm else costs.start] * workers  # when each worker is free
    for _ in clips if not is_warm else ():  # read before anything is rendered
        heapq.heapreplace(free, free[0] + costs.ready)
    free = [max(free)] * workers
    planned = plan(clips, workers)
    lengths = sorted(
        (
            (sum(clips[clip][play] for play in share), clip)
            for clip, shares in enumerate(planned)
            for share in shares
        ),
        reverse=True,
    )
    finished = []
    for length, clip in lengths:
        end = free[0] + costs.ready + length * costs.frames
        heapq.heapreplace(free, end)
        finished.append((end, length, clip))
    if workers == 1:  # it writes where the film is, and joins on its way
        return max(free) + costs.join * len(clips)
    link, arrived = 0.0, [0.0] * len(clips)
    for end, length, clip in sorted(finished):
        link = max(link, end) + length * costs.size * (8 / (mbit * 1e6) + costs.take_in)
        arrived[clip] = link
    joiners = [costs.start] * home
    for when in sorted(arrived):
        heapq.heapreplace(joiners, max(joiners[0], when) + costs.passing + costs.join)
    return max(joiners)


def main() -> None:
    """Measure, and print a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--clip", default="DepthMorph")
    parser.add_argument("--quality", default="h", choices=QUALITIES)
    parser.add_argument("--mbit", type=float, default=1000.0)
    parser.add_argument("--home", type=int, default=JOINERS)
    chosen = parser.parse_args()
    costs = measure(chosen.clip, chosen.quality)
    print(f"{costs}, load {os.getloadavg()[0]:.1f}")
    with TemporaryDirectory() as place, Crew(1, Path(place) / "logs") as crew:
        studio = Studio(Path(place), crew, say=lambda text: None)
        size = Size(*QUALITIES["l"])
        clips = {clip: score(studio, Order(clip, size)).plays for clip in find_clips().values()}
    chapters = [plays for clip, plays in clips.items() if clip.path.stem != "figures"]
    for title, some in {"The chapters": chapters, "All clips": [*clips.values()]}.items():
        print(f"\n{title}: {len(some)}, {sum(map(sum, some)):.0f} s of film", end="; ")
        print(f"{chosen.mbit:g} Mbit/s, {chosen.home} processes at home\n")
        table(some, costs, chosen.mbit, chosen.home)


def table(clips: Sequence[Sequence[float]], costs: Costs, mbit: float, home: int) -> None:
    """Time and efficiency by the number of workers, and how long shares are."""
    print("| workers | seconds | efficiency | the same, warm | seconds of film in a share |")
    print("| --- | --- | --- | --- | --- |")
    alone = [simulate(clips, 1, costs, mbit, is_warm=is_warm) for is_warm in (False, True)]
    for workers in WORKERS:
        cold, warm = (
            simulate(clips, workers, costs, mbit, home=home, is_warm=is_warm)
            for is_warm in (False, True)
        )
        shares = sum(map(len, plan(clips, workers)))
        print(
            f"| {workers} | {cold:.0f} | {alone[0] / cold / workers:.0%} "
            f"| {warm:.0f}, {alone[1] / warm / workers:.0%} | {sum(map(sum, clips)) / shares:.0f} |"
        )


if __name__ == "__main__":
    main()
