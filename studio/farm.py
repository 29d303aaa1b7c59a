"""The farm: segments rendered on other machines through Dask, sent back and checked.

A Dask worker needs this package in the same version, and nothing else: no disk is shared. It
renders into a folder of its own and returns the segments' bytes with their SHA-256.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from studio.crew import TRIES, FailedError, Worker
from studio.extras import bring
from studio.files import write_whole
from studio.task import RefusedError, Report, Task

_LOG = 4000  # letters of a log that travel
_here = threading.Lock()
_worker: Worker | None = None


class Farm:
    """Hands on other machines; ``address`` is that of their Dask scheduler.

    ``patience`` is how many seconds it has for its first worker to come.
    """

    def __init__(self, address: str, *, patience: float = 30.0) -> None:
        distributed = bring("distributed", "Rendering on other machines")
        self._killed = distributed.KilledWorker
        try:
            self.client = distributed.Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise OSError(
                f"No Dask scheduler answers at {address!r}; start one with `dask scheduler`, "
                "workers with `dask worker --nthreads 1 ADDRESS`, and give its tcp:// address."
            ) from error
        try:
            self.client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            self.client.close()
            raise OSError(
                f"The Dask scheduler at {address} has no workers; start them with "
                f"`dask worker --nthreads 1 {address}`."
            ) from error

    def __enter__(self) -> Farm:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def stop(self) -> None:
        """Let go of what was asked of other machines."""
        self.client.close()

    @property
    def size(self) -> int:
        """How many tasks can be at work at the same time."""
        return max(1, len(self.client.scheduler_info(n_workers=-1)["workers"]))

    def do(self, task: Task, progress: Callable[[int], None]) -> Report:
        """Have a task done somewhere, again if it fails, and take in what it made."""
        why = ""
        for _ in range(TRIES):
            progress(0)
            future = self.client.submit(
                perform, task.as_json(), pure=False, priority=round(1000 * task.seconds)
            )
            try:
                answer = future.result()
            except self._killed as error:
                why = f"the machine died over it: {error}"
                continue
            except (CancelledError, OSError) as error:
                raise FailedError(f"the farm is gone: {error}") from error
            if "refused" in answer:
                raise RefusedError(answer["refused"])
            if "failed" in answer:
                why = answer["failed"]
                continue
            damaged = take_in(answer["segments"], Path(task.cache))
            if damaged:
                why = f"{', '.join(damaged)} arrived damaged"
                continue
            report = Report.from_json(answer["report"])
            progress(report.frames)
            return report
        raise FailedError(f"{task.clip}, plays {task.plays}: {why}")


def take_in(segments: dict[str, tuple[bytes, str]], cache: Path) -> list[str]:
    """Put segments where the film will look for them; the names of those that arrived damaged."""
    damaged = []
    for name, (content, digest) in segments.items():
        whole = hashlib.sha256(content).hexdigest() == digest
        if whole and Path(name).name == name and not name.startswith("."):
            write_whole(cache / name, content)
        else:
            damaged.append(name)
    return damaged


def perform(asked: dict[str, Any]) -> dict[str, Any]:
    """Do a task on this machine: what a Dask worker is sent to do."""
    global _worker
    task = Task.from_json(asked)
    with _here:
        if _worker is None or _worker.process.poll() is not None:
            _worker = Worker()
        cache = Path(_worker.folder) / "segments"
        here = replace(task, cache=str(cache), target=str(cache / "film" / "none.mp4"))
        try:
            report = _worker.ask(here, lambda frames: None)
            made = {path.name: path.read_bytes() for path in sorted(cache.glob("[!.]*.m??"))}
        except RefusedError as refused:
            return {"refused": str(refused)}
        except ChildProcessError as error:
            log = _worker.log.read_text(encoding="utf-8", errors="replace")[-_LOG:]
            _worker.dismiss()
            return {"failed": f"{error}; the log on {socket.gethostname()} ends with\n{log}"}
        finally:
            shutil.rmtree(cache, ignore_errors=True)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
        segments = {name: (content, digests[name]) for name, content in made.items()}
        return {"report": asdict(report), "segments": segments}
