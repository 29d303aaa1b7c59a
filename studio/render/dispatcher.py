"""The dispatcher: one loop that gives tasks to workers and takes their reports.

It alone knows which worker is at what. A task whose worker has gone, or has not been heard of for
long while another one is idle, is given out again; so a job ends if only one worker stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import Any, Protocol, TypeVar, cast

from studio.job.events import Idle, OnEvent, Started, ignore
from studio.job.tasks import FailedError, RefusedError, Report, Task, TaskError, WorkerLostError
from studio.render.schedule import Ledger, PlayRange

T = TypeVar("T")
Steps = Generator[Future[Any] | None, Any, T]
"""A job step by step: it yields what it waits for (None: ask again soon), and gets the result."""
OnFrames = Callable[[int], None]

TRIES = 3
"""How often a task may fail before it is given up."""
LOSSES = 6
"""How often its worker may end: a queue ends workers at any time, but not six over one task."""
PATIENCE = 60.0
"""Seconds without a sign of a worker after which an idle one does its task as well."""
_UNKNOWN = 5.0  # as many times as long where nothing tells how long such a task takes
_SLOW = 4.0  # as many times as long as others took, for as much
_HAS = {"failed": "failed", "lost": "lost its worker"}
TICK = 0.2
"""Seconds after which the loop looks at workers and frames, whatever happens."""


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

        The report may be RefusedError, FailedError, TaskError or WorkerLostError instead.
        """

    def stop(self) -> None:
        """End everything, now."""


@dataclass(eq=False)
class _Clip:
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
        self.frames[first] = frames
        self.on_frames(sum(self.frames.values()))

    def store(self, report: Report) -> None:
        self.segments.update(report.segments)
        if len(self.segments) == self.plays and not self.done.done():
            self.done.set_result((self.segments, sum(self.frames.values())))


@dataclass(eq=False)
class _Job:
    """A task that is tried until it is done, and the range that its plays are from, if any."""

    task: Task
    on_frames: OnFrames
    result: Future[Any]
    troubles: Counter[str]
    """How often it failed, lost its worker, or was given to another one as well."""
    clip: _Clip | None = None
    range: PlayRange | None = None


@dataclass(eq=False)
class _Run:
    """A worker at a job."""

    job: _Job
    worker: str
    future: TaskFuture
    begun: float
    heard: float
    work: float
    """Seconds of film that this is worth, 0 where that is not known."""
    is_overdue: bool = False
    """Whether the job has been given out again, whatever becomes of this."""

    @property
    def is_free(self) -> bool:
        """Whether the worker can be given another task while the report is on its way."""
        return self.future.free is not self.future and self.future.free.done()


@dataclass(eq=False)
class _Lane:
    """An executor, and all that is asked of it."""

    executor: Executor
    single: deque[_Job] = field(default_factory=deque)
    ledger: Ledger = field(default_factory=Ledger)
    runs: list[_Run] = field(default_factory=list)
    last: dict[str, Task] = field(default_factory=dict)
    """What each worker was given at last."""
    ranges: dict[str, PlayRange] = field(default_factory=dict)
    """What each worker goes through."""
    clips: list[_Clip] = field(default_factory=list)
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

    def give_out_again(self, job: _Job) -> None:
        """Have a job done that was begun."""
        if job.range is None:
            self.single.appendleft(job)
        else:
            self.ledger.give_back(job.range, job.task.plays)

    def fail_job(self, job: _Job, error: Exception) -> None:
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
        self._main = _Lane(executor)
        self._home = self._main if home in (None, executor) else _Lane(home)
        self._lanes = list(dict.fromkeys((self._main, self._home)))
        self._share, self._on_event = share, on_event
        self._patience, self._losses = patience, losses
        self._clock, self._tick = clock, tick
        self._took = self._done = 0.0  # seconds, and seconds of film, of all plays that are done
        self._heard: SimpleQueue[tuple[_Run, int]] = SimpleQueue()

    def submit(
        self, task: Task, on_frames: OnFrames = lambda frames: None, *, at_home: bool = False
    ) -> Future[Report]:
        """Have a single task done."""
        result: Future[Report] = Future()
        lane = self._home if at_home else self._main
        lane.single.append(_Job(task, on_frames, result, Counter()))
        return result

    def render(
        self,
        plain: Task,
        lengths: Sequence[float],
        seek_cost: float,
        *,
        cached: dict[int, str] | None = None,
        on_frames: OnFrames = lambda frames: None,
    ) -> Future[tuple[dict[int, str], int]]:
        """Have all plays of a clip rendered that are not ``cached``.

        The result is the names of all segments, by play, and how many frames are new. A worker
        that has just probed the clip begins. For the ``seek_cost`` see ``PlayRange``.
        """
        lane = self._main
        clip = _Clip(plain, on_frames, len(lengths), dict(cached or {}))
        missing = [play for play in range(len(lengths)) if play not in clip.segments]
        begin = lane.ledger.open(clip, lengths, seek_cost, missing)
        if begin is None:
            clip.store(Report(0.0, (), (), (), 0))
            return clip.done
        lane.clips.append(clip)
        for worker, last in lane.last.items():
            if worker not in lane.busy and last.kind == "probe" and last.shares_clip(plain):
                lane.leave(worker)
                lane.ranges[worker] = begin
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
                    self._turn(awaited for _, awaited in at_work.values() if awaited)
        finally:
            for job, _ in at_work.values():
                job.close()
        return [returned[number] for number in sorted(returned)]

    def _turn(self, awaited: Iterable[Future[Any]]) -> None:
        """Give work to idle workers, wait until something happens, and take it in."""
        for lane in self._lanes:
            self._look(lane)
            self._assign(lane)
        runs = [run for lane in self._lanes for run in lane.runs]
        frees = [run.future.free for run in runs if not run.is_free]
        never: Future[None] = Future()  # nobody waits for nothing: that would take no time
        wait({never, *awaited, *frees, *(run.future for run in runs)}, self._tick, FIRST_COMPLETED)
        while not self._heard.empty():
            run, frames = self._heard.get()
            run.heard = self._clock()
            run.job.on_frames(frames)
        for lane in self._lanes:
            for run in [run for run in lane.runs if run.future.done()]:
                lane.runs.remove(run)
                self._settle(lane, run)

    def _look(self, lane: _Lane) -> None:
        """See who is there, and give out again what those had who have gone."""
        try:
            lane.workers = lane.executor.workers()
        except FailedError as error:
            lane.fail(error)
            return
        for run in [run for run in lane.runs if run.worker not in lane.workers]:
            if run.future.cancel() or not run.future.done():
                lane.runs.remove(run)
                self._retry(lane, run, "lost", "its worker has gone")
        for worker in [worker for worker in lane.ranges if worker not in lane.workers]:
            lane.leave(worker)
        before, lane.is_deserted = lane.is_deserted, not lane.workers
        if lane.is_deserted and not before:
            self._on_event(Idle("The farm has no workers left; waiting for new ones."))

    def _assign(self, lane: _Lane) -> None:
        """Give work to idle workers; where there is none, what others are at for too long."""
        idle = [worker for worker in lane.workers if worker not in lane.busy]
        self._give(lane, idle)
        if idle and (late := [run for run in lane.runs if self._is_overdue(run)]):
            for run in late:
                run.is_overdue = True
                lane.leave(run.worker)
                run.job.troubles["overdue"] += 1
                lane.give_out_again(run.job)
            self._give(lane, idle)

    def _give(self, lane: _Lane, idle: list[str]) -> None:
        while idle and lane.single:
            job = lane.single.popleft()
            worker = nearest(idle, lane.last.get, job.task)
            lane.leave(worker)
            self._begin(lane, idle, worker, job)
        for worker in list(idle):
            some = lane.ranges.get(worker)
            if some and some.begin < some.end:
                self._begin(lane, idle, worker, _job_of(some))
            else:
                lane.leave(worker)
        while idle:
            some = lane.ledger.choose(self._share is None or len(lane.busy) < self._share)
            if some is None:
                break
            job = _job_of(some)
            worker = nearest(idle, lane.last.get, job.task)
            lane.ranges[worker] = some
            self._begin(lane, idle, worker, job)

    def _begin(self, lane: _Lane, idle: list[str], worker: str, job: _Job) -> None:
        idle.remove(worker)
        lane.last[worker] = job.task
        job.on_frames(0)
        self._on_event(Started(job.task.clip, job.task, worker))
        now, work = self._clock(), job.range.busy or 0.0 if job.range else 0.0
        run = _Run(job, worker, TaskFuture(), now, now, work)
        run.future = lane.executor.submit(
            job.task, worker, lambda frames: self._heard.put((run, frames))
        )
        lane.runs.append(run)

    def _is_overdue(self, run: _Run) -> bool:
        """Whether nothing has been heard of a worker for longer than its task can take."""
        patience = _UNKNOWN * self._patience
        if run.work and self._done:
            patience = max(self._patience, _SLOW * self._took * run.work / self._done)
        patience *= 2 ** run.job.troubles["overdue"]  # for it may be no one's fault
        return not run.is_overdue and self._clock() - run.heard > patience

    def _settle(self, lane: _Lane, run: _Run) -> None:
        """Take in what became of a task."""
        job = run.job
        error = run.future.exception()
        if error:
            lane.last.pop(run.worker, None)
            lane.leave(run.worker)
        if isinstance(error, RefusedError | FailedError):
            lane.fail_job(job, error)
        elif isinstance(error, TaskError | WorkerLostError):
            trouble = "failed" if isinstance(error, TaskError) else "lost"
            self._retry(lane, run, trouble, str(error))
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

    def _retry(self, lane: _Lane, run: _Run, trouble: str, why: str) -> None:
        """Give a task out again, unless that has been done, or has been done too often."""
        job = run.job
        if run.is_overdue or job.result.done():
            return
        job.troubles[trouble] += 1
        if job.troubles[trouble] < (TRIES if trouble == "failed" else self._losses):
            if trouble == "failed":  # now, not in its turn: a film may be waiting for this
                lane.single.appendleft(job)
            else:
                lane.give_out_again(job)
            return
        what = f"{job.task.kind} {job.task.plays or ''}".strip()
        times = job.troubles[trouble]
        lane.fail_job(job, FailedError(f"{what} {_HAS[trouble]} {times} times; at last {why}"))


def _advance(job: Steps[Any], awaited: Future[Any] | None) -> Future[Any] | None:
    """Let a job go on with what it has waited for."""
    if awaited is None:
        return job.send(None)
    error = awaited.exception()
    return job.throw(error) if error else job.send(awaited.result())


def _job_of(some: PlayRange) -> _Job:
    """The next plays of a range."""
    clip = cast(_Clip, some.clip)
    plays = some.take()
    task = replace(clip.plain, kind="plays", plays=plays)
    tell = partial(clip.tell, plays[0])
    return _Job(task, tell, clip.done, clip.troubles[plays[0]], clip, some)


def run_task(executor: Executor, task: Task, on_frames: OnFrames = lambda frames: None) -> Report:
    """Have one task done, and wait for it."""
    dispatcher = Dispatcher(executor)

    def job() -> Steps[Report]:
        return (yield dispatcher.submit(task, on_frames))

    (report,) = dispatcher.run([job()])
    return report
