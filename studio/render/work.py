"""What is to be done by an executor's workers, and who is at what."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from studio.job.tasks import Report, Task
from studio.render.executor import Executor, OnFrames, TaskFuture
from studio.render.schedule import Ledger, PlayRange


@dataclass(eq=False)
class ClipWork:
    """A clip whose plays are being rendered."""

    plain: Task
    on_frames: OnFrames
    plays: int
    segments: dict[int, str]
    frames: dict[int, int] = field(default_factory=dict)
    """How many are new, for each task by its first play."""
    troubles: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    done: Future[tuple[dict[int, str], int]] = field(default_factory=Future)

    def tell(self, first: int, frames: int) -> None:
        """So many frames are new of the task that begins with the ``first`` play."""
        self.frames[first] = frames
        self.on_frames(sum(self.frames.values()))

    def store(self, report: Report) -> None:
        """Note which segments there are; the clip is done when there are all."""
        self.segments.update(report.segments)
        if len(self.segments) == self.plays and not self.done.done():
            self.done.set_result((self.segments, sum(self.frames.values())))


@dataclass(eq=False)
class Job:
    """A task that is tried until it is done, and the range that its plays are from, if any."""

    task: Task
    on_frames: OnFrames
    result: Future[Any]
    troubles: Counter[str]
    """How often it failed, lost its worker, or was given to another one as well."""
    clip: ClipWork | None = None
    range: PlayRange | None = None


@dataclass(eq=False)
class Run:
    """A worker at a job."""

    job: Job
    worker: str
    begun: float
    heard: float
    """When there was the last sign of the worker."""
    work: float
    """Seconds of film that this is worth, 0 where that is not known."""
    is_overdue: bool = False
    """Whether the job has been given out again, whatever becomes of this."""
    future: TaskFuture = field(init=False)

    @property
    def is_free(self) -> bool:
        """Whether the worker can be given another task while the report is on its way."""
        return self.future.free is not self.future and self.future.free.done()


@dataclass(eq=False)
class WorkQueue:
    """An executor, and all that is asked of it."""

    executor: Executor
    single: deque[Job] = field(default_factory=deque)
    ledger: Ledger = field(default_factory=Ledger)
    runs: list[Run] = field(default_factory=list)
    last: dict[str, Task] = field(default_factory=dict)
    """What each worker was given at last."""
    ranges: dict[str, PlayRange] = field(default_factory=dict)
    """What each worker goes through."""
    clips: list[ClipWork] = field(default_factory=list)
    workers: Collection[str] = ()
    is_deserted: bool = False

    @property
    def busy(self) -> set[str]:
        """Workers that cannot be given a task: it is not known yet what became of the last one."""
        return {run.worker for run in self.runs if not run.is_free}

    def leave(self, worker: str) -> None:
        """Release the range that a worker goes through."""
        if some := self.ranges.pop(worker, None):
            self.ledger.release(some)

    def give_out_again(self, job: Job) -> None:
        """Have a job done that was begun."""
        if job.range is None:
            self.single.appendleft(job)
        else:
            self.ledger.give_back(job.range, job.task.plays)

    def fail_job(self, job: Job, error: Exception) -> None:
        """Give up a job, and the clip that it is a part of."""
        if job.range:
            self.ledger.close(job.range.clip)
        if not job.result.done():
            job.result.set_exception(error)

    def fail(self, error: Exception) -> None:
        """Give up everything: nobody will do it."""
        for job in (*self.single, *(run.job for run in self.runs)):
            self.fail_job(job, error)
        for clip in self.clips:
            self.ledger.close(clip)
            if not clip.done.done():
                clip.done.set_exception(error)
        self.single.clear()
        self.runs.clear()


def next_job(some: PlayRange) -> Job:
    """The next plays of a range."""
    clip = cast(ClipWork, some.clip)
    plays = some.take()
    task = replace(clip.plain, kind="plays", plays=plays)
    tell = partial(clip.tell, plays[0])
    return Job(task, tell, clip.done, clip.troubles[plays[0]], clip, some)


def nearest(idle: Sequence[str], last: Callable[[str], Task | None], task: Task) -> str:
    """Of idle workers, the one for a task: who can go on with it, or has met its clip.

    ``last`` tells what one has done at last; nobody is taken from a clip where others will do.
    """

    def distance(worker: str) -> int:
        done = last(worker)
        if done and task.follows(done):
            return 0
        if done and task.shares_clip(done):
            return 1
        return 3 if done and done.kind == "plays" else 2

    return min(reversed(idle), key=distance)
