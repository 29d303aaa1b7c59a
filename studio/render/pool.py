"""The crew: worker processes on this machine, asked one task at a time each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from studio.job.clips import HOUSE
from studio.job.tasks import RefusedError, Report, Task

T = TypeVar("T")

TRIES = 3
"""How often a task may fail before its clip is given up."""


class FailedError(Exception):
    """The task failed ``TRIES`` times; the message ends with where the log is."""


class Doer(Protocol):
    """Whoever has tasks done."""

    def do(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Have a task done, and be told how many frames are."""


class Hands(Protocol):
    """Those who do tasks: processes here, or machines elsewhere."""

    def do(
        self, task: Task, progress: Callable[[int], None], free: Callable[[], None] = ...
    ) -> Report:
        """Have a task done; ``free`` is told when the next one can begin."""

    @property
    def size(self) -> int:
        """How many tasks they do at the same time."""

    def stop(self) -> None:
        """Leave everything where it is; whoever waits for a task gets a FailedError."""


class Worker:
    """One process that holds Manim ready."""

    def __init__(self, log: Path | None = None) -> None:
        self._log = log
        self._start()

    def _start(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="flowreel-")  # goes when the process goes
        self.last: Task | None = None
        self.log = self._log or Path(self.folder) / "log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # The order of a set of strings decides in which order Manim matches shapes: one seed for
        # all makes it one order. Threads of BLAS would only fight for the cores.
        fixed = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        # Dask has memory given back at once, to be asked for again at the next picture.
        given = {k: v for k, v in os.environ.items() if k != "MALLOC_TRIM_THRESHOLD_"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.render.worker", str(self.log.resolve()), self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=HOUSE,
            env=given | fixed,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the one who asks
        )

    def ask(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Have a task done; ChildProcessError if it failed or the worker died over it."""
        self.last = None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(task.as_json()) + "\n")
            self.process.stdin.flush()
        for line in self.process.stdout:
            answer = json.loads(line)
            if "frames" in answer:
                progress(answer["frames"])
            elif "report" in answer:
                self.last = task
                return Report.from_json(answer["report"])
            elif "refused" in answer:
                raise RefusedError(answer["refused"])
            elif "stale" in answer:
                self.dismiss()
                self._start()
                return self.ask(task, progress)
            else:
                raise ChildProcessError(answer["failed"])
        raise ChildProcessError(f"the worker died (exit status {self.process.wait()})")

    def dismiss(self) -> None:
        """End the process, now."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError, ValueError):  # another thread may be reading from it
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def nearest(free: Sequence[T], last: Callable[[T], Task | None], task: Task) -> T:
    """Of those who are free, the one for a task: who can go on with it, or has met its clip.

    ``last`` tells what one has done at last; nobody is taken from a clip where others will do.
    """

    def distance(one: T) -> int:
        done = last(one)
        if done and task.goes_on(done):
            return 0
        if done and (done.clip, done.file, done.knobs) == (task.clip, task.file, task.knobs):
            return 1
        return 3 if done and done.kind == "plays" else 2

    return min(reversed(free), key=distance)


class Crew:
    """``count`` workers; whoever asks waits for a free one."""

    def __init__(self, count: int, logs: Path) -> None:
        self.logs = logs
        self.size = count
        self._free: list[Worker | None] = [None] * count  # started when first needed
        self._all: list[Worker] = []
        self._lock = threading.Condition()
        self._closed = False

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all workers, now."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.dismiss()

    def processes(self) -> list[int]:
        """The process ids of the workers that live."""
        return [w.process.pid for w in self._all if w.process.poll() is None]

    def _alive(self, worker: Worker | None) -> Worker:
        if worker is None or worker.process.poll() is not None:
            with self._lock:
                if self._closed:
                    raise FailedError("stopped")
                worker = Worker(self.logs / f"{os.getpid()}-{len(self._all)}.log")
                self._all.append(worker)
        return worker

    def do(
        self, task: Task, progress: Callable[[int], None], free: Callable[[], None] = lambda: None
    ) -> Report:
        """Do a task, again if it fails, ``TRIES`` times in all.

        Whoever has a place keeps it for all tries: a film may be waiting for this.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._free)
            worker = nearest(self._free, lambda one: one.last if one else None, task)
            self._free.remove(worker)
        try:
            progress(0)
            for tried in range(1, TRIES + 1):
                worker = self._alive(worker)
                try:
                    return worker.ask(task, progress)
                except ChildProcessError as error:
                    if self._closed:
                        raise FailedError("stopped") from error
                    if tried == TRIES or "disk is full" in str(error):
                        raise FailedError(f"{error}\nThe log is {worker.log}") from error
                    worker.dismiss()  # the next try gets a fresh one
            raise AssertionError
        finally:
            with self._lock:
                self._free.append(worker)
                self._lock.notify()
