"""What the dispatcher asks of workers, in the shape of the standard library's executors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Protocol

from studio.job.tasks import Report, Task

OnFrames = Callable[[int], None]


def ignore_frames(frames: int) -> None:
    """Do nothing: nobody looks on."""


class TaskFuture(Future[Report]):
    """The report of a task.

    ``free`` is done as soon as the worker can be given another task: earlier than the report where
    that has a way to travel.
    """

    def __init__(self, free: Future[Any] | None = None) -> None:
        super().__init__()
        self.free: Future[Any] = free or self


class Executor(Protocol):
    """Workers that do tasks: processes here, or machines elsewhere."""

    def workers(self) -> Collection[str]:
        """Names of those who are there now; FailedError if nobody can ever come."""

    def submit(self, task: Task, worker: str, on_frames: OnFrames) -> TaskFuture:
        """Have a worker do a task; ``on_frames`` may be called in any thread.

        The report may be RefusedError, FailedError, TaskError (SceneError) or
        WorkerLostError instead.
        """

    def stop(self) -> None:
        """End everything, now."""


def resolve(future: TaskFuture, work: Callable[[], Report]) -> None:
    """Do the work that a future is the result of."""
    try:
        report = work()
    except Exception as error:
        with suppress(InvalidStateError):  # nobody waits for it any more
            future.set_exception(error)
    else:
        with suppress(InvalidStateError):
            future.set_result(report)
