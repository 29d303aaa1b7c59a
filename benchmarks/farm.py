"""How long a farm of 1 to 256 workers takes for all clips: simulated from what is measured here.

    python -m benchmarks.farm                        measure at 480p, then simulate
    python -m benchmarks.farm --quality h --mbit 1000

Measured, on this machine: the start of a worker, a clip's way to its first frame, rendering per
second of film, the film pass that finds all segments, bytes per second of film, and taking a
segment in (SHA-256 and writing it). Assumed: one network link to the one who asks, and workers as
fast as this one. Plays are dealt by the studio's own ``deal``.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from studio.clips import find_clips
from studio.crew import Crew
from studio.farm import take_in
from studio.order import QUALITIES, Order, Size
from studio.render import Studio, cache_of, score, task_for
from studio.segments import deal, hands_for
from studio.task import Report


@dataclass(frozen=True)
class Costs:
    """Seconds, and bytes, per second of film where not said otherwise."""

    start: float
    """A worker's, once."""
    ready: float
    """A clip's way to its first frame, for each share."""
    frames: float
    join: float
    """The film pass over one clip, at home."""
    size: float
    take_in: float
    """Per byte, at home."""


def measure(name: str, quality: str) -> Costs:
    """Costs of one clip, as it is rendered here by one worker."""
    with TemporaryDirectory() as place, Crew(1, Path(place) / "logs") as crew:
        studio = Studio(Path(place), crew, say=lambda text: None)
        order = Order(find_clips()[name], Size(*QUALITIES[quality]))
        first = _timed(lambda: score(studio, order))[1]
        task = task_for(studio, replace(order), "score", Path(place) / "score.mp4")
        ready = _timed(lambda: crew.do(task, lambda frames: None))[1]
        film = replace(task, kind="film", target=str(Path(place) / "film" / "film.mp4"))
        report, whole = _timed(lambda: crew.do(film, lambda frames: None))
        join = _timed(lambda: crew.do(film, lambda frames: None))[1]
        segments = [path.read_bytes() for path in cache_of(studio, order).glob("*.mp4")]
        size = sum(map(len, segments))
        sent = {f"{n}.mp4": (s, hashlib.sha256(s).hexdigest()) for n, s in enumerate(segments)}
        taken = _timed(lambda: take_in(sent, Path(place) / "taken"))[1]
        return Costs(
            start=first - ready,
            ready=ready,
            frames=(whole - join) / report.seconds,
            join=join,
            size=size / report.seconds,
            take_in=taken / size,
        )


def _timed(work: object) -> tuple[Report, float]:
    began = perf_counter()
    return work(), perf_counter() - began


def simulate(clips: Sequence[Sequence[float]], workers: int, costs: Costs, mbit: float) -> float:
    """Seconds from the command to the last film, clips being lists of the lengths of plays."""
    total = sum(map(sum, clips))
    free = [costs.start] * workers  # when each worker is free
    heapq.heapify(free)
    link = home = 0.0  # when the link and the one who joins are free
    done = 0.0
    for plays in sorted(clips, key=sum, reverse=True):
        arrived = 0.0
        for share in deal(plays, hands_for(sum(plays), total, workers)):
            length = sum(plays[play] for play in share)
            finished = heapq.heappop(free) + costs.ready + length * costs.frames
            heapq.heappush(free, finished)
            if workers > 1:  # one worker writes where the film will look
                link = max(link, finished) + length * costs.size * 8 / (mbit * 1e6)
                finished = link + length * costs.size * costs.take_in
            arrived = max(arrived, finished)
        home = max(home, arrived) + (costs.join if workers > 1 else 0.0)
        done = max(done, home, arrived)
    return done


def main() -> None:
    """Measure, and print a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--clip", default="DepthMorph")
    parser.add_argument("--quality", default="l", choices=QUALITIES)
    parser.add_argument("--mbit", type=float, default=100.0)
    chosen = parser.parse_args()
    costs = measure(chosen.clip, chosen.quality)
    print(costs)
    with TemporaryDirectory() as place, Crew(1, Path(place) / "logs") as crew:
        studio = Studio(Path(place), crew, say=lambda text: None)
        size = Size(*QUALITIES["l"])
        clips = [score(studio, Order(clip, size)).plays for clip in find_clips().values()]
    alone = simulate(clips, 1, costs, chosen.mbit)
    print(f"{len(clips)} clips, {sum(map(sum, clips)):.0f} s of film, {chosen.mbit:g} Mbit/s")
    print("workers  seconds  speed-up  efficiency")
    for workers in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        took = simulate(clips, workers, costs, chosen.mbit)
        print(f"{workers:7} {took:8.0f} {alone / took:9.1f} {alone / took / workers:10.0%}")


if __name__ == "__main__":
    main()
