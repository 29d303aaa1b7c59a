"""The desk: everything that is to be done, and hands to do it, as many at a time as there are."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from studio.render.pool import Hands
from studio.render.schedule import Ledger, Stretch
from studio.job.tasks import Report, Task

Progress = Callable[[int], None]


@dataclass(eq=False)
class _Job:
    """A task, and where in a clip, if in any, its worker stands then."""

    task: Task
    progress: Progress
    at: Stretch | None = None
    then: Callable[[Report], Stretch] | None = None
    """Tells where the worker stands, once the task is done."""
    done: Future[Report] = field(default_factory=Future)


@dataclass(eq=False)
class Rendering:
    """A clip whose plays are being rendered."""

    plain: Task
    progress: Progress
    read: Future[Report] = field(default_factory=Future)
    """What its plays are."""
    done: Future[tuple[dict[int, str], int]] = field(default_factory=Future)
    """Names of the segments, by play, and how many frames are new."""
    segments: dict[int, str] = field(default_factory=dict)
    frames: dict[int, int] = field(default_factory=dict)
    """How many are new, for each request by its first play."""

    def ask(self, at: Stretch) -> _Job:
        """Have the next plays of a stretch rendered."""
        plays = at.take()
        task = replace(self.plain, kind="plays", plays=plays)
        job = _Job(task, lambda frames: self._tell(plays[0], frames), at)
        job.done.add_done_callback(lambda done: self._take_in(done, len(at.lengths)))
        return job

    def _tell(self, first: int, frames: int) -> None:
        self.frames[first] = frames
        self.progress(sum([*self.frames.values()]))

    def _take_in(self, done: Future[Report], plays: int) -> None:
        if self.done.done():
            return
        if error := done.exception():
            self.done.set_exception(error)
            return
        self.segments.update(done.result().segments)
        if len(self.segments) == plays:
            self.done.set_result((self.segments, sum(self.frames.values())))


class Desk:
    """Has tasks done: single ones first, then plays of clips as the ledger has them.

    While ``together`` are at work, nobody else helps one of them with a clip.
    """

    def __init__(self, hands: Hands, together: int | None = None) -> None:
        self._hands, self._together = hands, together
        self._single: deque[_Job] = deque()
        self._ledger = Ledger()
        self._at_work = 0
        self._lock = threading.RLock()

    def do(self, task: Task, progress: Progress) -> Report:
        """Have a task done."""
        job = _Job(task, progress)
        with self._lock:
            self._single.append(job)
            self._call()
        return job.done.result()

    def render(
        self, plain: Task, score: Report | Task, way: Callable[[Report], float], progress: Progress
    ) -> Rendering:
        """Begin to have all plays of a clip rendered.

        ``score`` tells its plays, or is the task of reading them: whoever has done that begins with
        the first one. For the ``way`` to a play see ``Stretch``.
        """
        clip = Rendering(plain, progress)

        def begin(found: Report) -> Stretch:
            return self._ledger.open(clip, found.plays, way(found))

        with self._lock:
            if isinstance(score, Task):
                job = _Job(score, lambda frames: None, then=begin, done=clip.read)
                self._single.append(job)
            else:
                begin(score)
                clip.read.set_result(score)
            self._call()
        return clip

    def _call(self, at: Stretch | None = None) -> None:
        """Give those work who have none; one of them stands ``at`` the end of its last plays."""
        size = self._hands.size
        while self._at_work < size and (job := self._next(at)):
            at = None
            self._at_work += 1
            threading.Thread(target=self._work, args=(job,), daemon=True).start()

    def _next(self, at: Stretch | None) -> _Job | None:
        if self._single:
            if at:
                at.busy = None
            return self._single.popleft()
        if not at or at.begin == at.end:
            at = self._ledger.choose(self._together is None or self._at_work < self._together)
        return at.clip.ask(at) if at else None

    def _work(self, job: _Job) -> None:
        """Do a job; whoever does it is given the next one as soon as it is free."""
        is_free = False

        def free() -> None:
            nonlocal is_free
            with self._lock:
                if not is_free:
                    is_free = True
                    self._at_work -= 1
                    self._call(job.at)

        try:
            early = (lambda: None) if job.then else free  # what comes then is not known yet
            report = self._hands.do(job.task, job.progress, early)
            with self._lock:
                job.progress(report.frames)
                if job.then:
                    job.at = job.then(report)
        except Exception as error:
            with self._lock:
                if job.at:
                    self._ledger.close(job.at.clip)
                job.done.set_exception(error)
        else:
            with self._lock:
                job.done.set_result(report)
        free()
