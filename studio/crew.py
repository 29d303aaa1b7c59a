"""The crew: worker processes on this machine, asked one task at a time each."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from studio.clips import HOUSE
from studio.task import RefusedError, Report, Task

TRIES = 3
"""How often a task may fail before its clip is given up."""


class FailedError(Exception):
    """The task failed ``TRIES`` times; the message ends with where the log is."""


class Hands(Protocol):
    """Whoever does tasks: processes here, or machines elsewhere."""

    def do(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Do a task, telling how many frames are done."""

    def stop(self) -> None:
        """Leave everything where it is; whoever waits for a task gets a FailedError."""


class Worker:
    """One process that holds Manim ready."""

    def __init__(self, log: Path | None = None) -> None:
        self.folder = tempfile.mkdtemp(prefix="flowreel-")  # goes when the process goes
        self.log = log or Path(self.folder) / "log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # The order of a set of strings decides in which order Manim matches shapes: one seed for
        # all makes it one order. Threads of BLAS would only fight for the cores.
        fixed = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.worker", str(self.log.resolve()), self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=HOUSE,
            env=os.environ | fixed,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the one who asks
        )

    def ask(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Have a task done; ChildProcessError if it failed or the worker died over it."""
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(task.as_json()) + "\n")
            self.process.stdin.flush()
        for line in self.process.stdout:
            answer = json.loads(line)
            if "frames" in answer:
                progress(answer["frames"])
            elif "report" in answer:
                return Report.from_json(answer["report"])
            elif "refused" in answer:
                raise RefusedError(answer["refused"])
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


class Crew:
    """``count`` workers; whoever asks waits for a free one."""

    def __init__(self, count: int, logs: Path) -> None:
        self.logs = logs
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        self._all: list[Worker] = []
        self._lock = threading.Lock()
        self._closed = False
        for _ in range(count):
            self._free.put(None)  # started when first needed

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

    def do(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Do a task, again if it fails, ``TRIES`` times in all.

        Whoever has a place keeps it for all tries: a film may be waiting for this.
        """
        worker = self._free.get()
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
            self._free.put(worker)
