"""The farm: segments rendered on other machines through Dask, sent back and checked.

A Dask worker needs this package in the same version, and nothing else: no disk is shared. It
renders into a folder of its own and returns the segments' bytes with their SHA-256. How workers
are started, by hand, over SSH or by a job queue, is nothing to us.
"""

from __future__ import annotations

import hashlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import asdict, replace
from operator import itemgetter
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from studio.render.pool import TRIES, FailedError, Worker, nearest
from studio.extras import bring
from studio.job.files import sha256, write_whole
from studio.job.tasks import RefusedError, Report, Task

_LOG = 4000  # letters of a log that travel
_here = threading.Lock()
_worker: Worker | None = None


class Farm:
    """Hands on other machines; ``place`` is the address or the file of their Dask scheduler.

    ``patience`` is how many seconds it has for its first worker to come, and to come back.
    """

    def __init__(
        self, place: str, *, patience: float = 30.0, say: Callable[[str], None] = print
    ) -> None:
        distributed = bring("distributed", "Rendering on other machines")
        self._killed = distributed.KilledWorker
        self.patience, self.say = patience, say
        self._deserted = False
        self._busy: set[str | None] = set()
        self._last: dict[str | None, Task] = {}
        """What each worker has done at last, by its address."""
        self._lock = threading.Lock()
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # we say it in our words
        address = place if ":" in place and not place.endswith(".json") else _told(Path(place))
        try:
            # Names are looked up here: a client that cannot do it is heard of long afterwards.
            socket.getaddrinfo(*distributed.comm.get_address_host_port(address))
            self.client = distributed.Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise OSError(
                f"No Dask scheduler answers at {address!r}{f' of {place}' * (place != address)}: "
                f"{error}. Start one with `dask scheduler`, workers with `dask worker --nthreads 1 "
                "ADDRESS`, and give its tcp:// address."
            ) from error
        try:
            self.client.wait_for_workers(1, timeout=patience)
            self._look_at_workers()
        except TimeoutError as error:
            self.client.close()
            raise OSError(
                f"The Dask scheduler at {address} has no workers; start them with "
                f"`dask worker --nthreads 1 {address}`. If a job queue is to start them, wait "
                "until it has, and give the same command again."
            ) from error
        except OSError:
            self.client.close()
            raise

    def _look_at_workers(self) -> None:
        """OSError for a worker without this package: it would die over the first task."""
        found = self.client.run(resolve_name, f"{__name__}:perform", on_error="return")
        for worker, what in found.items():
            # An OSError is of one that has gone meanwhile.
            if isinstance(what, Exception) and not isinstance(what, OSError):
                raise OSError(
                    f"The Dask worker at {worker} cannot load this package: {what}. Install it "
                    "there in the same version, with the extra farm, and start the worker with "
                    "the `dask` beside that Python."
                ) from what

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
        return max(1, len(self._there()))  # one may be told, if only that the farm is gone

    def _there(self) -> list[str]:
        """Addresses of the workers; none where the scheduler has gone."""
        try:
            return list(self.client.scheduler_info(n_workers=-1).get("workers", ()))
        except OSError:
            return []

    def do(
        self, task: Task, progress: Callable[[int], None], free: Callable[[], None] = lambda: None
    ) -> Report:
        """Have a task done somewhere, again if it fails, and take in what it made.

        Segments that an earlier run has taken in are not asked for again.
        """
        cache, why = Path(task.cache), ""
        here = taken_in(cache, task.plays)
        if task.plays and len(here) == len(task.plays):
            return Report(0.0, (), (), (), frames=0, segments=here)
        for _ in range(TRIES):
            progress(0)
            try:
                answer = self._ask(task, free)
            except self._killed as error:
                why = f"the machine died over it: {error}"
                continue
            except CancelledError as error:
                raise FailedError(f"the farm is gone: {error}") from error
            except Exception as error:  # not from rendering: from the machine that should
                why = f"{type(error).__name__}: {error}; are all workers of the same version as we?"
                continue
            if "refused" in answer:
                raise RefusedError(answer["refused"])
            if "failed" in answer:
                why = answer["failed"]
                continue
            damaged = take_in(answer["segments"], cache)
            if damaged:
                why = f"{', '.join(damaged)} arrived damaged"
                continue
            report = Report.from_json(answer["report"])
            for play, name in filter(itemgetter(1), report.segments):  # some have no frames
                write_whole(cache / f"{play}.sha256", f"{answer['segments'][name][1]}  {name}\n")
            progress(report.frames)
            return report
        what = f"{task.kind} {task.plays or ''}".strip()
        raise FailedError(f"{what} failed {TRIES} times; at last {why}")

    def _ask(self, task: Task, free: Callable[[], None]) -> dict[str, Any]:
        """The answer of a worker, however long that takes, and a word if there is none left."""
        worker = self._take(task)
        try:
            future = self.client.submit(
                perform,
                task.as_json(),
                pure=False,
                workers=[worker] if worker else None,
                allow_other_workers=bool(worker),  # where it has gone meanwhile
            )
            done = threading.Event()
            future.add_done_callback(lambda _: done.set())
            while not done.wait(self.patience):
                self._look_around()
        finally:
            with self._lock:
                self._busy.discard(worker)
                self._last[worker] = task
        free()
        return future.result()

    def _take(self, task: Task) -> str | None:
        """A free worker for a task, the one that can go on with it if there is one."""
        there = self._there()
        with self._lock:
            if not (free := [one for one in there if one not in self._busy]):
                return None
            worker = nearest(free, self._last.get, task)
            self._busy.add(worker)
            return worker

    def _look_around(self) -> None:
        """Say it, once, when all workers are gone; the next ones take up what these had."""
        with self._lock:
            before, self._deserted = self._deserted, not self.client.nthreads()
            if self._deserted and not before:
                self.say("The farm has no workers left; waiting for new ones.")


def _told(file: Path) -> str:
    """The address in a scheduler file, which is how workers in a job queue learn it."""
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["address"])
    except OSError as error:
        raise OSError(
            f"{str(file)!r} is neither a scheduler's address, tcp://…, nor its file: "
            f"{error.strerror}. Give the file that `dask scheduler "
            "--scheduler-file FILE` wrote."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(
            f"{file} tells no scheduler's address; give the file that `dask scheduler "
            "--scheduler-file FILE` wrote."
        ) from error


def taken_in(cache: Path, plays: Sequence[int]) -> tuple[tuple[int, str], ...]:
    """Those of some plays whose segments are in the cache, whole, and their names."""
    found = []
    for play in plays:
        with suppress(OSError, ValueError):
            digest, name = (cache / f"{play}.sha256").read_text(encoding="utf-8").split()
            if sha256(cache / name) == digest:
                found.append((play, name))
    return tuple(found)


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
            made = [*cache.glob("[!.]*.m??")]
            sent = {path.name: path.read_bytes() for path in sorted(made)}
            for path in made:  # the folder stays, for the worker may go on
                path.unlink()
        except RefusedError as refused:
            return {"refused": str(refused)}
        except ChildProcessError as error:
            log = _worker.log.read_text(encoding="utf-8", errors="replace")[-_LOG:]
            _worker.dismiss()
            return {"failed": f"{error}; the log on {socket.gethostname()} ends with\n{log}"}
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in sent.items()}
        segments = {name: (content, digests[name]) for name, content in sent.items()}
        return {"report": asdict(report), "segments": segments}
