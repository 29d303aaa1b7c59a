"""Workers that are ended at random times while a film is rendered: every film must be manim's.

    python -m benchmarks.kills                 50 films by Dask workers, 50 by processes here
    python -m benchmarks.kills --times 5 --seed 7
    python -m benchmarks.kills --where farm    only those of Dask workers

Each film is rendered by two workers. At random times, one to four times a film, one of them is
ended as a queue does it (SIGTERM), at once (SIGKILL), or stands still for some seconds before
(SIGSTOP). Another one comes at once or up to four seconds later, so that at times there is none at
all. The frames of every film are compared with those of the manim command.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from studio.job.clips import HOUSE, Clip, find_clips
from studio.job.events import Event, Started
from studio.job.request import RenderRequest, Size
from studio.render.pipeline import render
from studio.render.pool import Pool
from studio.render.remote import RemoteExecutor
from studio.render.studio import Studio

WORKERS = 2
SIZE = Size(320, 180, 10)
KNOBS = (("FLOWREEL_COUNT", "1000"),)
MOST = 4
"""How often workers are ended while one film is rendered."""
LATEST = 4.0
"""Seconds after which another worker comes, at most."""
WAYS = (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP)


def frames(film: Path) -> str:
    """A hash of all decoded frames."""
    whole = hashlib.sha256()
    with av.open(film) as opened:
        for frame in opened.decode(video=0):
            whole.update(frame.to_ndarray().tobytes())
    return whole.hexdigest()


def by_manim(clip: Clip, place: Path) -> str:
    """The frames of a clip as the manim command renders it."""
    size = ["-r", f"{SIZE.width},{SIZE.height}", "--fps", str(SIZE.fps)]
    command = [sys.executable, "-m", "manim", *size, "--media_dir", str(place)]
    environment = os.environ | dict(KNOBS) | {"PYTHONPATH": str(HOUSE)}
    subprocess.run(
        [*command, str(clip.path), clip.name], env=environment, check=True, capture_output=True
    )
    (film,) = place.rglob(f"{clip.name}.mp4")
    return frames(film)


@dataclass
class Machines:
    """Dask workers, each replaced some time after it has been ended."""

    scheduler_file: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Let another worker come."""
        command = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny"]
        command += ["--nthreads", "1", "--no-dashboard", "--scheduler-file"]
        self.workers.append(_started([*command, str(self.scheduler_file)], self.scheduler_file))

    def end(self, chance: random.Random, over: threading.Event) -> str:
        """End a worker in one way or another, and let another one come."""
        worker, how = chance.choice(self.workers), chance.choice(WAYS)
        worker.send_signal(how)
        if how == signal.SIGSTOP:
            over.wait(chance.uniform(0, LATEST))
            worker.kill()
        over.wait(chance.choice((0.0, chance.uniform(0, LATEST))))
        self.workers.remove(worker)
        self.start()
        return how.name

    def stop(self) -> None:
        """End all of them."""
        for worker in self.workers:
            worker.kill()
            worker.wait()


@contextmanager
def machines(place: Path) -> Iterator[Machines]:
    """A Dask scheduler and workers on this machine."""
    told = place / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--host"]
    command += ["127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
    scheduler, made = _started(command, told), Machines(told)
    try:
        while not told.exists() or not told.read_text().endswith("}"):
            time.sleep(0.05)
        for _ in range(WORKERS):
            made.start()
        yield made
    finally:
        made.stop()
        scheduler.kill()
        scheduler.wait()


def _started(command: Sequence[str], beside: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(HOUSE)}
    with beside.with_name("log").open("ab") as log:
        return subprocess.Popen(command, cwd=beside.parent, env=environment, stdout=log, stderr=log)


def end_here(pool: Pool, chance: random.Random, over: threading.Event) -> str:
    """End a worker process of a pool, which is replaced when it is needed."""
    if not (living := [*pool.processes().values()]):
        return "-"
    process, how = chance.choice(living), chance.choice((signal.SIGKILL, signal.SIGSTOP))
    with suppress(ProcessLookupError):
        os.kill(process, how)
        if how == signal.SIGSTOP:
            over.wait(chance.uniform(0, LATEST))
            os.kill(process, signal.SIGKILL)
    return how.name


def film(clip: Clip, out: Path, chance: random.Random, farm: Machines | None) -> tuple[str, str]:
    """A film made while workers are ended; its frames, and what happened."""
    over = threading.Event()
    ended: list[str] = []
    given: list[int] = []
    began = time.monotonic()

    def end(pool: Pool) -> None:
        for _ in range(chance.randint(1, MOST)):
            if over.wait(chance.uniform(0.0, 6.0)):
                return
            ended.append(farm.end(chance, over) if farm else end_here(pool, chance, over))

    def on_event(event: Event) -> None:
        if isinstance(event, Started) and event.task and event.task.kind == "plays":
            given.extend(event.task.plays)

    with Pool(WORKERS, out / "logs") as pool:
        enders = threading.Thread(target=end, args=(pool,))
        studio = Studio(out, pool, workers=WORKERS, cores=2 * WORKERS, on_event=on_event)
        request = RenderRequest(clip, SIZE, KNOBS)
        enders.start()
        try:
            if farm:
                with RemoteExecutor(str(farm.scheduler_file)) as away:
                    (done,) = render(Studio(out, pool, away=away, on_event=on_event), [request])
            else:
                (done,) = render(studio, [request])
        finally:
            over.set()
            enders.join()
    again = len(given) - len(set(given))
    took = time.monotonic() - began
    told = f"{took:5.1f} s, {' '.join(ended) or 'over before'}; {len(given)} plays, {again} again"
    return frames(done.path) if done.state == "rendered" else done.why, told


def main() -> None:
    """Render, end workers, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clip", default="DepthTwo")
    parser.add_argument("--where", choices=("farm", "here"), help="both if it is not said")
    asked = parser.parse_args()
    clip, chance = find_clips()[asked.clip], random.Random(asked.seed)
    with TemporaryDirectory() as place:
        expected = by_manim(clip, Path(place) / "manim")
        for where in (asked.where,) if asked.where else ("farm", "here"):
            same = 0
            for number in range(1, asked.times + 1):
                with TemporaryDirectory(dir=place) as folder:
                    if where == "farm":
                        with machines(Path(folder)) as farm:
                            seen, told = film(clip, Path(folder) / "reel", chance, farm)
                    else:
                        seen, told = film(clip, Path(folder) / "reel", chance, None)
                same += seen == expected
                wrong = "" if seen == expected else f"  NOT MANIM'S: {seen}"
                print(f"{where} {number:3}: {told}{wrong}", flush=True)
            print(f"{where}: {same} of {asked.times} films have the frames of manim", flush=True)


if __name__ == "__main__":
    main()
