"""The dispatcher: one loop that gives tasks to workers and takes their reports.

It alone knows which worker does what. A task is given out again when its worker has gone, and also
when its worker has given no sign for long while another one is idle. So a job ends if one worker
stays.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from queue import SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from studio.job.events import Idle, OnEvent, Started, ignore
from studio.job.tasks import (
    FailedError,
    RefusedError,
    Report,
    SceneError,
    Task,
    TaskError,
    WorkerLostError,
)
from studio.render.executor import Executor, OnFrames, ignore_frames
from studio.render.interrupt import raise_noted
from studio.render.work import ClipWork, Job, Run, WorkQueue, nearest, next_job

T = TypeVar("T")
Steps = Generator[Future[Any] | None, Any, T]
"""A job step by step: it yields what it waits for (None: ask again soon), and gets the result."""

TRIES = 3
"""How often a task may fail before it is given up, unless the scene itself is what fails."""
LOSSES = 6
"""How often its worker may end: a queue ends workers at any time, but not six over one task."""
PATIENCE = 60.0
"""Seconds without a sign of a worker, at least, after which an idle one does its task as well."""
_UNKNOWN = 5.0  # as many times as long where nothing tells how long such a task takes
_SLOW = 4.0  # as many times as long as others took, for as much
_HAS = {"failed": "failed", "lost": "lost its worker"}
TICK = 0.2
"""Seconds after which the loop looks at workers and frames, whatever happens."""


class Dispatcher:
    """Has tasks done: single ones first, then plays of clips as the ledger has them.

    Plays go to ``executor``; what is asked at ``home`` stays there. While ``share`` workers are
    busy, nobody steals from one of them.
    """

    def __init__(
        self,
        executor: Executor,
        home: Executor | None = None,
        *,
        share: int | None = None,
        on_event: OnEvent = ignore,
        patience: float = PATIENCE,
        losses: float = LOSSES,
        clock: Callable[[], float] = monotonic,
        tick: float = TICK,
    ) -> None:
        self._main = WorkQueue(executor)
        self._home = self._main if home in (None, executor) else WorkQueue(home)
        self._queues = list(dict.fromkeys((self._main, self._home)))
        self._share, self._on_event = share, on_event
        self._patience, self._losses = patience, losses
        self._clock, self._tick = clock, tick
        self._took = self._done = 0.0  # seconds, and seconds of film, of all plays that are done
        self._heard: SimpleQueue[tuple[Run, int]] = SimpleQueue()

    def submit(
        self, task: Task, on_frames: OnFrames = ignore_frames, *, at_home: bool = False
    ) -> Future[Report]:
        """Have a single task done."""
        result: Future[Report] = Future()
        queue = self._home if at_home else self._main
        queue.single.append(Job(task, on_frames, result, Counter()))
        return result

    def render(
        self,
        plain: Task,
        lengths: Sequence[float],
        seek_cost: float,
        *,
        cached: dict[int, str] | None = None,
        on_frames: OnFrames = ignore_frames,
    ) -> Future[tuple[dict[int, str], int]]:
        """Have all plays of a clip rendered that are not ``cached``.

        The result is the names of all segments, by play, and how many frames are new. A worker
        that has just probed the clip begins. For the ``seek_cost`` see ``PlayRange``.
        """
        queue = self._main
        clip = ClipWork(plain, on_frames, len(lengths), dict(cached or {}))
        missing = [play for play in range(len(lengths)) if play not in clip.segments]
        begin = queue.ledger.open(clip, lengths, seek_cost, missing)
        if begin is None:
            clip.store(Report(0.0, (), (), (), 0))
            return clip.done
        queue.clips.append(clip)
        for worker, last in queue.last.items():
            if worker not in queue.busy and last.kind == "probe" and last.shares_clip(plain):
                queue.leave(worker)
                queue.ranges[worker] = begin
                break
        return clip.done

    def run(self, jobs: Iterable[Steps[T]], at_once: int | None = None) -> list[T]:
        """Go through some jobs side by side, ``at_once`` at most; what they return, in order."""
        coming = deque(enumerate(jobs))
        at_work: dict[int, tuple[Steps[T], Future[Any] | None]] = {}
        returned: dict[int, T] = {}
        try:
            while coming or at_work:
                while coming and (at_once is None or len(at_work) < at_once):
                    number, job = coming.popleft()
                    at_work[number] = job, None
                for number, (job, awaited) in list(at_work.items()):
                    if awaited is None or awaited.done():
                        try:
                            at_work[number] = job, _advance(job, awaited)
                        except StopIteration as end:
                            returned[number] = end.value
                            del at_work[number]
                if at_work:
                    self._cycle(awaited for _, awaited in at_work.values() if awaited)
        finally:
            for job, _ in at_work.values():
                job.close()
        return [returned[number] for number in sorted(returned)]

    def _cycle(self, awaited: Iterable[Future[Any]]) -> None:
        """Give tasks to idle workers, wait until something happens, and take reports in."""
        for queue in self._queues:
            self._look(queue)
            self._assign(queue)
        runs = [run for queue in self._queues for run in queue.runs]
        frees = [run.future.free for run in runs if not run.is_free]
        never: Future[None] = Future()  # nobody waits for nothing: that would take no time
        wait({never, *awaited, *frees, *(run.future for run in runs)}, self._tick, FIRST_COMPLETED)
        raise_noted()
        while not self._heard.empty():
            run, frames = self._heard.get()
            run.heard = self._clock()
            run.job.on_frames(frames)
        for queue in self._queues:
            for run in [run for run in queue.runs if run.future.done()]:
                queue.runs.remove(run)
                self._settle(queue, run)

    def _look(self, queue: WorkQueue) -> None:
        """See which workers are there; give out again the tasks of those that have gone."""
        try:
            queue.workers = queue.executor.workers()
        except FailedError as error:
            queue.fail(error)
            return
        for run in [run for run in queue.runs if run.worker not in queue.workers]:
            if run.future.cancel() or not run.future.done():
                queue.runs.remove(run)
                self._retry(queue, run, "lost", "its worker has gone")
        for worker in [worker for worker in queue.ranges if worker not in queue.workers]:
            queue.leave(worker)
        before, queue.is_deserted = queue.is_deserted, not queue.workers
        if queue.is_deserted and not before:
            self._on_event(Idle("The farm has no workers left; waiting for new ones."))

    def _assign(self, queue: WorkQueue) -> None:
        """Give tasks to idle workers; if there is none left, those that are overdue."""
        idle = [worker for worker in queue.workers if worker not in queue.busy]
        self._give(queue, idle)
        if idle and (late := [run for run in queue.runs if self._is_overdue(run)]):
            for run in late:
                run.is_overdue = True
                queue.leave(run.worker)
                run.job.troubles["overdue"] += 1
                queue.give_out_again(run.job)
            self._give(queue, idle)

    def _give(self, queue: WorkQueue, idle: list[str]) -> None:
        """Single tasks first; then each worker goes on in its range; the rest take other ranges."""
        while idle and queue.single:
            job = queue.single.popleft()
            worker = nearest(idle, queue.last.get, job.task)
            queue.leave(worker)
            self._begin(queue, idle, worker, job)
        for worker in list(idle):
            some = queue.ranges.get(worker)
            if some and some.begin < some.end:
                self._begin(queue, idle, worker, next_job(some))
            else:
                queue.leave(worker)
        while idle:
            some = queue.ledger.choose(self._share is None or len(queue.busy) < self._share)
            if some is None:
                break
            job = next_job(some)
            worker = nearest(idle, queue.last.get, job.task)
            queue.ranges[worker] = some
            self._begin(queue, idle, worker, job)

    def _begin(self, queue: WorkQueue, idle: list[str], worker: str, job: Job) -> None:
        """Submit a job to a worker, which is idle no longer."""
        idle.remove(worker)
        queue.last[worker] = job.task
        job.on_frames(0)
        self._on_event(Started(job.task.clip, job.task, worker))
        now, work = self._clock(), job.range.busy or 0.0 if job.range else 0.0
        run = Run(job, worker, now, now, work)
        run.future = queue.executor.submit(
            job.task, worker, lambda frames: self._heard.put((run, frames))
        )
        queue.runs.append(run)

    def _is_overdue(self, run: Run) -> bool:
        """Whether a worker has given no sign for longer than its task should take."""
        patience = _UNKNOWN * self._patience
        if run.work and self._done:
            patience = max(self._patience, _SLOW * self._took * run.work / self._done)
        patience *= 2 ** run.job.troubles["overdue"]  # for it may be no one's fault
        return not run.is_overdue and self._clock() - run.heard > patience

    def _settle(self, queue: WorkQueue, run: Run) -> None:
        """Store the report of a task, or see to it that it is tried again."""
        job = run.job
        error = run.future.exception()
        if error:
            queue.last.pop(run.worker, None)
            queue.leave(run.worker)
        if isinstance(error, RefusedError | FailedError):
            queue.fail_job(job, error)
        elif isinstance(error, SceneError):  # the same again, however often it is tried
            queue.fail_job(job, FailedError(str(error)))
        elif isinstance(error, TaskError | WorkerLostError):
            trouble = "failed" if isinstance(error, TaskError) else "lost"
            self._retry(queue, run, trouble, str(error))
        else:
            report = run.future.result()
            if run.work:
                self._took += self._clock() - run.begun
                self._done += run.work
            job.on_frames(report.frames)
            if job.clip:
                job.clip.store(report)
            elif not job.result.done():
                job.result.set_result(report)

    def _retry(self, queue: WorkQueue, run: Run, trouble: str, why: str) -> None:
        """Give a task out again, unless that was done already, or too often."""
        job = run.job
        if run.is_overdue or job.result.done():
            return
        job.troubles[trouble] += 1
        if job.troubles[trouble] < (TRIES if trouble == "failed" else self._losses):
            if trouble == "failed":  # now, not in its turn: a film may be waiting for this
                queue.single.appendleft(job)
            else:
                queue.give_out_again(job)
            return
        what = f"{job.task.kind} {job.task.plays or ''}".strip()
        times = job.troubles[trouble]
        queue.fail_job(job, FailedError(f"{what} {_HAS[trouble]} {times} times; at last {why}"))


def _advance(job: Steps[Any], awaited: Future[Any] | None) -> Future[Any] | None:
    """Let a job go on with what it has waited for."""
    if awaited is None:
        return job.send(None)
    error = awaited.exception()
    return job.throw(error) if error else job.send(awaited.result())


def run_task(executor: Executor, task: Task, on_frames: OnFrames = ignore_frames) -> Report:
    """Have one task done, and wait for it."""
    dispatcher = Dispatcher(executor)

    def job() -> Steps[Report]:
        report: Report = yield dispatcher.submit(task, on_frames)
        return report

    return dispatcher.run([job()])[0]
