"""Workers on other machines, through Dask: segments are rendered there, sent back and checked.

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
from collections.abc import Collection
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from pkgutil import resolve_name
from time import monotonic
from typing import Any

import msgspec

from studio.extras import import_extra
from studio.job.files import sha256, write_atomically
from studio.job.tasks import (
    Done,
    Failed,
    FailedError,
    Format,
    Made,
    Refused,
    RefusedError,
    Report,
    SceneError,
    Task,
    TaskError,
    WorkerLostError,
)
from studio.render.executor import OnFrames, TaskFuture, ignore_frames, resolve
from studio.render.pool import Worker

_LOG = 4000  # letters of a log that travel
_LOOK = 0.5  # seconds for which it is known who is there
_STORING = 4  # reports whose segments are fetched and stored at a time
_here = threading.Lock()
_worker: Worker | None = None


class RemoteExecutor:
    """Workers of a Dask scheduler; ``place`` is its address or its file.

    ``patience`` is how many seconds it has for its first worker to come. Each task is bound to one
    worker. Dask may not choose another one when that has gone, for it forgets to: a task with a
    preferred worker that is gone is not looked at when new workers come. The dispatcher does.
    """

    def __init__(self, place: str, *, patience: float = 30.0) -> None:
        distributed = import_extra("distributed", "Rendering on other machines")
        self._killed = distributed.KilledWorker
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # we say it in our words
        address = (
            place if ":" in place and not place.endswith(".json") else _address_in(Path(place))
        )
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
        self._store = ThreadPoolExecutor(_STORING)
        self._asked: dict[TaskFuture, Any] = {}
        self._there: tuple[str, ...] = ()
        self._looked = -_LOOK
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

    def __enter__(self) -> RemoteExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let go of what was asked of other machines."""
        for future in list(self._asked):
            future.cancel()
        self.client.close()
        self._store.shutdown(wait=False, cancel_futures=True)

    def workers(self) -> Collection[str]:
        """Addresses of the workers; FailedError where the scheduler has gone for good."""
        if monotonic() - self._looked > _LOOK:
            if self.client.status in ("closing", "closed"):
                raise FailedError(
                    "the farm is gone: its Dask scheduler answers no more. Start it again, and "
                    "give the same command: what has come home stays."
                )
            with suppress(OSError, RuntimeError):  # it tries to reach its scheduler again
                found = self.client.scheduler_info(n_workers=-1)
                self._there = tuple(found.get("workers", ()))
            self._looked = monotonic()
        return self._there

    def submit(self, task: Task, worker: str, on_frames: OnFrames = ignore_frames) -> TaskFuture:
        """Have a worker do a task, and store the segments that it makes."""
        future = TaskFuture(free=Future())
        try:
            asked = self.client.submit(
                perform, msgspec.json.encode(task), pure=False, workers=[worker]
            )
        except (OSError, RuntimeError) as error:  # the scheduler has just gone
            future.free.set_result(None)
            future.set_exception(WorkerLostError(str(error)))
            return future
        self._asked[future] = asked

        def store() -> Report:
            try:
                return self._stored(task, asked)
            finally:
                self._asked.pop(future, None)

        def rendered(_: object) -> None:
            with suppress(RuntimeError):  # the command has ended
                self._store.submit(resolve, future, store)
            future.free.set_result(None)

        def cancelled(_: object) -> None:
            if future.cancelled() and self._asked.pop(future, None):
                with suppress(OSError, RuntimeError):  # nobody is left to be told
                    asked.cancel()

        future.add_done_callback(cancelled)
        asked.add_done_callback(rendered)
        return future

    def _stored(self, task: Task, asked: Any) -> Report:
        """What was answered, once the segments that came with it are where the film needs them."""
        try:
            made = msgspec.msgpack.decode(asked.result(), type=Made)
        except (self._killed, CancelledError) as error:
            raise WorkerLostError(f"the machine has gone: {error}") from error
        except Exception as error:  # not from rendering: from the machine that should
            raise TaskError(
                f"{type(error).__name__}: {error}; are all workers of the same version as we?"
            ) from error
        match made.answer:
            case Refused(why):
                raise RefusedError(why)
            case Failed() as failed:
                raise failed.error
            case Done(report):
                cache = Path(task.cache)
                if damaged := store_segments(made.segments, cache):
                    raise TaskError(f"{', '.join(damaged)} arrived damaged")
                for play, name in filter(itemgetter(1), report.segments):  # some have no frames
                    digest = made.segments[name][1]
                    record = cache / f"{play}.{task.format}.sha256"
                    write_atomically(record, f"{digest}  {name}\n")
                return report


def _address_in(file: Path) -> str:
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


def cached_segments(cache: Path, format: Format) -> dict[int, str]:
    """The plays whose segments were stored, and are whole, with the segments' names."""
    found = {}
    for record in cache.glob(f"*.{format}.sha256"):
        with suppress(OSError, ValueError):
            digest, name = record.read_text(encoding="utf-8").split()
            if sha256(cache / name) == digest:
                found[int(record.name.split(".")[0])] = name
    return found


def store_segments(segments: dict[str, tuple[bytes, str]], cache: Path) -> list[str]:
    """Put segments where the film will look for them; the names of those that arrived damaged."""
    damaged = []
    for name, (content, digest) in segments.items():
        whole = hashlib.sha256(content).hexdigest() == digest
        if whole and Path(name).name == name and not name.startswith("."):
            write_atomically(cache / name, content)
        else:
            damaged.append(name)
    return damaged


def perform(asked: bytes) -> bytes:
    """Do a task on this machine: what a Dask worker is sent to do."""
    with _here:
        return msgspec.msgpack.encode(_perform(msgspec.json.decode(asked, type=Task)))


def _perform(task: Task) -> Made:
    global _worker
    if _worker is None or not _worker.is_alive:
        _worker = Worker()
    cache = Path(_worker.folder) / "segments"
    here = replace(task, cache=str(cache), target=str(cache / "film" / "none"))
    try:
        report = _worker.run(here, lambda frames: None)
        made = [*cache.glob(f"[!.]*.{task.format}")]
        sent = {path.name: path.read_bytes() for path in sorted(made)}
        for path in made:  # the folder stays, for the worker may go on
            path.unlink()
    except RefusedError as refused:
        return Made(Refused(str(refused)))
    except (TaskError, WorkerLostError) as error:
        log = _worker.log.read_text(encoding="utf-8", errors="replace")[-_LOG:]
        _worker.dismiss()
        why = f"{error}; the log on {socket.gethostname()} ends with\n{log}"
        return Made(Failed(why, by_scene=isinstance(error, SceneError)))
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sent.items()}
    return Made(Done(report), {name: (sent[name], digests[name]) for name in sent})
