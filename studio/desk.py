"""The desk: everything that is to be done, and hands to do it, as many at a time as there are."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from studio.crew import Hands
from studio.ledger import Ledger, Stretch
from studio.task import Report, Task

Progress = Callable[[int], None]


@dataclass(eq=False)
class _Clip:
    """A clip whose plays are being rendered."""

    plain: Task
    lengths: Sequence[float]
    progress: Progress
    segments: dict[int, str] = field(default_factory=dict)
    frames: dict[int, int] = field(default_factory=dict)
    """How many are rendered, for each request by its first play."""
    done: Future[tuple[dict[int, str], int]] = field(default_factory=Future)

    def ask(self, at: Stretch) -> _Job:
        """Have the next plays of a stretch rendered."""
        plays = at.take()
        seconds = sum(self.lengths[play] for play in plays)
        task = replace(self.plain, kind="plays", plays=plays, seconds=seconds)
        job = _Job(task, lambda frames: self._tell(plays[0], frames), at)
        job.done.add_done_callback(self._take_in)
        return job

    def _tell(self, first: int, frames: int) -> None:
        self.frames[first] = frames
        self.progress(sum([*self.frames.values()]))

    def _take_in(self, done: Future[Report]) -> None:
        if self.done.done():
            return
        if error := done.exception():
            self.done.set_exception(error)
            return
        self.segments.update(done.result().segments)
        if len(self.segments) == len(self.lengths):
            self.done.set_result((self.segments, sum(self.frames.values())))


@dataclass(eq=False)
class _Job:
    """A task, and in which stretch of a clip, if in any, its worker stands then."""

    task: Task
    progress: Progress
    at: Stretch | None = None
    done: Future[Report] = field(default_factory=Future)


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
        self, plain: Task, lengths: Sequence[float], way: float, progress: Progress
    ) -> tuple[dict[int, str], int]:
        """Have all plays of a clip rendered: names of the segments, and how many frames are new.

        For the plays' ``lengths`` and the ``way`` to one see ``Stretch``.
        """
        clip = _Clip(plain, lengths, progress)
        with self._lock:
            self._ledger.open(clip, lengths, way)
            self._call()
        return clip.done.result()

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
            report = self._hands.do(job.task, job.progress, free)
        except Exception as error:
            with self._lock:
                if job.at:
                    self._ledger.close(job.at.clip)
                job.done.set_exception(error)
        else:
            with self._lock:
                job.progress(report.frames)
                job.done.set_result(report)
        free()
