"""How long a farm of 1 to 256 workers takes for the whole film: simulated from what is measured.

    python -m benchmarks.farm                        measure all clips at 1080p60, then simulate
    python -m benchmarks.farm --quality l            at 480p15
    python -m benchmarks.farm --mbit 100             with a slower network at home

Measured, on this machine, one process at work: a worker's start; of each clip, reading how long
its plays are, and a worker's way to the first frame of its first and of its last play, when it has
not met the clip before and when it has read it; of one clip, rendering per second of film, what it
takes longer in pieces and how long a Dask worker has nothing to render between two, joining its
segments, bytes per second of film, and taking a segment in (SHA-256 and writing it). Assumed: one
network link to the one who asks, workers as fast as this one, and ways that grow evenly between
first and last play. What is rendered where is decided by the studio's own ``Ledger``.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import os
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from distributed import LocalCluster

from studio.cli.options import JOINERS
from studio.job.clips import Clip, find_clips
from studio.job.files import sha256
from studio.job.request import QUALITIES, RenderRequest, Size
from studio.job.tasks import Report, Task
from studio.render.dispatcher import Dispatcher, Steps, run_task
from studio.render.executor import Executor, OnFrames, TaskFuture
from studio.render.pipeline import probe
from studio.render.pool import Pool
from studio.render.remote import RemoteExecutor, store_segments
from studio.render.schedule import Ledger, PlayRange
from studio.render.studio import Studio, cache_of, task_for

WORKERS = (1, 2, 4, 8, 16, 24, 32, 64, 128, 256)
ALONE = "LinePolar"
"""What a worker reads first, to be up: little else."""


@dataclass(frozen=True)
class Costs:
    """Seconds, and bytes, per second of film where not said otherwise."""

    start: float
    """A worker's, once."""
    frames: float
    between: float
    """Two pieces of a clip that one worker renders, once."""
    join: float
    """Joining the segments of one clip, at home."""
    size: float
    take_in: float
    """Per byte, at home."""


@dataclass(frozen=True)
class Film:
    """What a clip costs beside its frames, in seconds."""

    plays: tuple[float, ...]
    """Their lengths."""
    read: float = 0.0
    """Finding them out."""
    first: float = 0.0
    """A worker's way to the first frame of all."""
    last: float = 0.0
    """A worker's way to the first frame of the last play."""
    met: tuple[float, float] | None = None
    """The same two, of a worker that has read the clip."""

    @property
    def seconds(self) -> float:
        """Of film."""
        return sum(self.plays)

    def length(self, share: Sequence[int]) -> float:
        """Seconds of film in some plays."""
        return sum(self.plays[play] for play in share)

    def way(self, play: int, has_met: bool = False) -> float:
        """A worker's way to the first frame of a play."""
        before = sum(self.plays[:play]) / max(sum(self.plays[:-1]), 1e-9)
        first, last = self.met if has_met and self.met else (self.first, self.last)
        return first + before * (last - first)


def costs_of(name: str, quality: str) -> Costs:
    """What one clip costs, as it is rendered here by one worker."""
    with TemporaryDirectory() as place, Pool(1, Path(place) / "logs") as pool:
        studio = Studio(Path(place), pool)
        other = RenderRequest(find_clips()[ALONE], Size(*QUALITIES["l"]))
        reading = task_for(studio, other, "probe", Path(place) / "probe.mp4")
        _, up = _timed(lambda: _do(pool, reading))
        _, again = _timed(lambda: _do(pool, reading))

        request = RenderRequest(find_clips()[name], Size(*QUALITIES[quality]))
        (found,) = probe(studio, [request])
        assert isinstance(found, Report), found
        lengths = found.plays
        film = task_for(studio, request, "film", Path(place) / "film" / "film.mp4")
        every = replace(film, kind="plays", plays=tuple(range(len(lengths))))
        shown: list[float] = []
        done, whole = _timed(lambda: _do(pool, every, _first(shown)))
        parts = tuple(segment for _, segment in done.segments)
        _, join = _timed(lambda: _do(pool, replace(film, kind="join", parts=parts)))
        _, record = _timed(lambda: sha256(Path(film.target)))
        segments = [path.read_bytes() for path in cache_of(studio, request).glob("*.mp4")]
        size = sum(map(len, segments))
        sent = {f"{n}.mp4": (s, hashlib.sha256(s).hexdigest()) for n, s in enumerate(segments)}
        began = process_time()
        store_segments(sent, Path(place) / "taken")
        taken = process_time() - began
        longer = _in_pieces(pool, replace(every, cache=f"{place}/pieces"), lengths) - whole
        longer = max(0.0, longer) + _idle(replace(every, cache=f"{place}/away"), lengths)
        return Costs(
            start=up - again,
            frames=(whole - shown[0]) / done.seconds,
            between=longer / max(1, len(_pieces(lengths)) - 1),
            join=join + record,
            size=size / done.seconds,
            take_in=taken / size,
        )


class _Watch:
    """An executor that notes how long its workers are asked and do not work."""

    def __init__(self, executor: Executor) -> None:
        self.executor, self.idle = executor, 0.0

    def workers(self) -> Collection[str]:
        return self.executor.workers()

    def submit(self, task: Task, worker: str, on_frames: OnFrames) -> TaskFuture:
        began, ended = perf_counter(), 0.0

        def free(_: object) -> None:
            nonlocal ended
            ended = perf_counter()

        def done(report: TaskFuture) -> None:
            self.idle += ended - began - report.result().took

        future = self.executor.submit(task, worker, on_frames)
        future.free.add_done_callback(free)
        future.add_done_callback(done)
        return future

    def stop(self) -> None:
        self.executor.stop()


def _in_pieces(executor: Executor, task: Task, lengths: Sequence[float]) -> float:
    """How long it takes to render a clip that has been probed, piece by piece."""
    dispatcher = Dispatcher(executor)

    def job() -> Steps[None]:
        yield dispatcher.render(task, lengths, 0.0)

    return _timed(lambda: dispatcher.run([job()]))[1]


def _idle(task: Task, lengths: Sequence[float]) -> float:
    """How long a Dask worker does not render while it renders a clip piece by piece."""
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0")
    with cluster, RemoteExecutor(cluster.scheduler_address) as farm:
        run_task(farm, replace(task, kind="probe", plays=()))
        watch = _Watch(farm)
        _in_pieces(watch, task, lengths)
        return watch.idle


def _do(pool: Pool, task: Task, on_frames: OnFrames = lambda frames: None) -> Report:
    """Have the only worker of a pool do a task, and be told of frames at once."""
    return pool.submit(task, "0", on_frames).result()


def _pieces(lengths: Sequence[float]) -> list[tuple[int, ...]]:
    """The plays of a clip, as one worker is asked for them."""
    whole = PlayRange(None, lengths, 0.0, 0, len(lengths))
    pieces = []
    while whole.begin < whole.end:
        pieces.append(whole.take())
    return pieces


def film_of(clip: Clip) -> Film:
    """What a clip costs beside its frames: asked of workers that are up."""
    request = RenderRequest(clip, Size(*QUALITIES["l"]))
    with TemporaryDirectory() as place:
        none = Path(place) / "none.mp4"

        def ask(*tasks: dict[str, Any]) -> list[tuple[Report, float, list[float]]]:
            """Have one worker do some tasks of the clip, one after the other."""
            with Pool(1, Path(place) / "logs") as pool:
                studio = Studio(Path(place), pool)
                other = RenderRequest(find_clips()[ALONE], request.size)
                _do(pool, task_for(studio, other, "probe", none))
                answers = []
                for asked in tasks:
                    task = replace(task_for(studio, request, "plays", none), **asked)
                    shown: list[float] = []
                    done, took = _timed(partial(_do, pool, task, _first(shown)))
                    answers.append((done, took, shown))
                    for segment in cache_of(studio, request).glob("*.mp4"):
                        segment.unlink()
                return answers

        ((found, read, _),) = ask({"kind": "probe"})
        ends = [{"plays": (play,)} for play in (0, len(found.plays) - 1)]
        ((_, _, first),), ((_, _, last),) = (ask(end) for end in ends)
        met = [shown[0] for _, _, shown in ask({"kind": "probe"}, *ends)[1:]]
        return Film(found.plays, read, *first, *last, (met[0], met[1]))


def _first(shown: list[float]) -> OnFrames:
    """Something to be told of frames, that notes how long the first one took."""
    began = perf_counter()

    def tell(frames: int) -> None:
        if frames and not shown:
            shown.append(perf_counter() - began)

    return tell


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = perf_counter()
    return work(), perf_counter() - began


def simulate(
    films: Sequence[Film],
    workers: int,
    costs: Costs,
    mbit: float,
    *,
    home: int = JOINERS,
    is_known: bool = False,
) -> float:
    """Seconds from the command to the last film.

    ``home`` processes join films where the command was given. Where all ``is_known``, workers are
    there, and clips have been read before. One worker alone works at home: it reads all clips, then
    renders and joins one after the other, each whole.
    """
    if workers == 1:
        found = 0.0 if is_known else costs.start + sum(film.read for film in films)
        ways = sum(film.way(0, has_met=not is_known) for film in films)
        return found + ways + sum(film.seconds * costs.frames + costs.join for film in films)
    sent = _rendered(films, workers, costs, is_known)
    link, arrived = 0.0, [0.0] * len(films)
    for end, seconds, clip in sorted(sent):
        link = max(link, end) + seconds * costs.size * 8 / (mbit * 1e6)
        arrived[clip] = link + seconds * costs.size * costs.take_in
    joiners = [costs.start] * home
    for when in sorted(arrived):
        heapq.heapreplace(joiners, max(joiners[0], when) + costs.join)
    return max(joiners)


def _rendered(
    films: Sequence[Film], workers: int, costs: Costs, is_known: bool
) -> list[tuple[float, float, int]]:
    """Of each piece, when it has been rendered, how many seconds of film it is, and its clip."""
    ledger, unread = Ledger(), deque(range(len(films)))
    met: list[set[int]] = [set() for _ in range(workers)]
    done: list[tuple[float, float, int]] = []
    events = [(0.0 if is_known else costs.start, worker, None) for worker in range(workers)]
    idle: list[int] = []

    def open_(clip: int) -> PlayRange:
        return ledger.open(clip, films[clip].plays, films[clip].read / costs.frames)

    def work(now: float, worker: int, at: PlayRange | None) -> None:
        """Have a worker begin with what it is to do at some time."""
        if unread:
            clip = unread.popleft()
            heapq.heappush(events, (now + films[clip].read, worker, clip))
            return
        goes_on = at is not None and at.begin < at.end
        at = at if goes_on else ledger.choose()
        if at is None:
            idle.append(worker)
            return
        clip = at.clip
        if at.busy is None or not goes_on:
            now += films[clip].way(at.begin, clip in met[worker])
            met[worker].add(clip)
        else:
            now += costs.between
        seconds = films[clip].length(at.take())
        now += seconds * costs.frames
        done.append((now, seconds, clip))
        heapq.heappush(events, (now, worker, at))

    while is_known and unread:
        open_(unread.popleft())
    while events:
        now, worker, after = heapq.heappop(events)
        if isinstance(after, int):  # the clip that it has read
            met[worker].add(after)
            after = open_(after)
        work(now, worker, after)
        for other in [idle.pop() for _ in range(len(idle))]:
            work(now, other, None)
    return done


def main() -> None:
    """Measure, and print a row for each number of workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--clip", default="DepthMorph", help="whose frames are rendered")
    parser.add_argument("--quality", default="h", choices=QUALITIES)
    parser.add_argument("--mbit", type=float, default=1000.0)
    parser.add_argument("--home", type=int, default=JOINERS)
    chosen = parser.parse_args()
    costs = costs_of(chosen.clip, chosen.quality)
    print(f"{costs}, load {os.getloadavg()[0]:.1f}\n")
    print("| clip | s of film | to read it | to the first frame | to that of its last play |")
    print("| --- | --- | --- | --- | --- |")
    films = {clip: film_of(clip) for clip in find_clips().values()}
    for clip, film in films.items():
        ways = zip((film.first, film.last), film.met or (), strict=True)
        told = [f"{far:.1f}, once read {near:.1f}" for far, near in ways]
        row = f"{film.seconds:.0f} | {film.read:.1f} | {told[0]} | {told[1]}"
        print(f"| {clip.name} | {row} |")
    chapters = [film for clip, film in films.items() if clip.path.stem != "figures"]
    for title, some in {"The chapters": chapters, "All clips": [*films.values()]}.items():
        print(f"\n{title}: {len(some)}, {sum(f.seconds for f in some):.0f} s of film", end="; ")
        print(f"{chosen.mbit:g} Mbit/s, {chosen.home} processes at home\n")
        table(some, costs, chosen.mbit, chosen.home)


def table(films: Sequence[Film], costs: Costs, mbit: float, home: int) -> None:
    """Time and efficiency by the number of workers."""
    print("| workers | seconds, efficiency | workers are up | and clips were read before |")
    print("| --- | --- | --- | --- |")
    up = replace(costs, start=0.0)
    cases = ((costs, False), (up, False), (up, True))
    alone = [simulate(films, 1, some, mbit, is_known=known) for some, known in cases]
    for workers in WORKERS:
        row = []
        for one, (some, known) in zip(alone, cases, strict=True):
            took = simulate(films, workers, some, mbit, home=home, is_known=known)
            row.append(f"{took:.0f}, {one / took / workers:.0%}")
        print(f"| {workers} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
