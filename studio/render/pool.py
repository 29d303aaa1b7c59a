"""The pool: worker processes on this machine, one task at a time each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec

from studio.job.clips import HOUSE
from studio.job.tasks import (
    Answer,
    Done,
    Failed,
    FailedError,
    Refused,
    RefusedError,
    Rendered,
    Report,
    Task,
    TaskError,
    WorkerLostError,
)
from studio.render.executor import OnFrames, TaskFuture, ignore_frames, resolve

_ANSWER = msgspec.json.Decoder(Answer)


class Worker:
    """One process that holds Manim ready."""

    def __init__(self, log: Path | None = None) -> None:
        self._log = log
        self._start()

    def _start(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="flowreel-")  # goes when the process goes
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
            start_new_session=True,  # Ctrl-C is for the one who asks
        )
        assert self.process.stdin and self.process.stdout
        self._asked, self._answers = self.process.stdin, self.process.stdout

    def run(self, task: Task, on_frames: OnFrames) -> Report:
        """Have a task done; RefusedError, TaskError or WorkerLostError if it is not."""
        with suppress(BrokenPipeError):
            self._asked.write(msgspec.json.encode(task) + b"\n")
            self._asked.flush()
        for line in self._answers:
            match _ANSWER.decode(line):
                case Rendered(frames):
                    on_frames(frames)
                case Done(report):
                    return report
                case Refused(why):
                    raise RefusedError(why)
                case Failed() as failed:
                    raise failed.error
                case _:  # Stale
                    self.dismiss()
                    self._start()
                    return self.run(task, on_frames)
        raise WorkerLostError(f"the worker died (exit status {self.process.wait()})")

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    def dismiss(self) -> None:
        """End the process, now."""
        self.process.kill()
        self.process.wait()
        for pipe in (self._asked, self._answers):
            with suppress(OSError, ValueError):  # another thread may be reading from it
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Pool:
    """``count`` workers, named by number; each process is started when it is first needed."""

    def __init__(self, count: int, logs: Path) -> None:
        self.logs = logs
        self._names = [str(number) for number in range(count)]
        self._at: dict[str, Worker] = {}
        self._one_at_a_time = {name: threading.Lock() for name in self._names}
        self._threads = ThreadPoolExecutor(max(1, count))
        self._lock = threading.Lock()
        self._started = 0
        self._is_closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all workers, now."""
        with self._lock:
            self._is_closed = True
            for worker in self._at.values():
                worker.dismiss()
        self._threads.shutdown(cancel_futures=True)

    def processes(self) -> dict[str, int]:
        """The process ids of the workers that live, by name."""
        return {name: one.process.pid for name, one in self._at.items() if one.is_alive}

    def workers(self) -> Collection[str]:
        """Their names."""
        return self._names

    def submit(self, task: Task, worker: str, on_frames: OnFrames = ignore_frames) -> TaskFuture:
        """Have a worker do a task."""
        future = TaskFuture()

        def work() -> None:
            with self._one_at_a_time[worker]:  # an earlier command may have left it at something
                resolve(future, lambda: self._run(task, worker, on_frames))

        self._threads.submit(work)
        return future

    def _run(self, task: Task, name: str, on_frames: OnFrames) -> Report:
        worker = self._alive(name)
        try:
            return worker.run(task, on_frames)
        except (TaskError, WorkerLostError) as error:
            if self._is_closed:
                raise FailedError("stopped") from error
            worker.dismiss()  # the next try gets a fresh one
            why = f"{error}\nThe log is {worker.log}"
            if "disk is full" in why:
                raise FailedError(why) from error
            raise type(error)(why) from error

    def _alive(self, name: str) -> Worker:
        with self._lock:
            if self._is_closed:
                raise FailedError("stopped")
            worker = self._at.get(name)
            if worker is None or not worker.is_alive:
                worker = Worker(self.logs / f"{os.getpid()}-{self._started}.log")
                self._at[name] = worker
                self._started += 1
            return worker
