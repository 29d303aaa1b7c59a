"""Workers of a dispatcher that do what a test tells them, in no process of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field

from studio.job.tasks import Report, Task
from studio.render.dispatcher import Dispatcher, Steps
from studio.render.executor import TaskFuture

PLAIN = Task("film", "Clip", "clip.py", "", (), 96, 64, 5)


Segments = tuple[dict[int, str], int]


def report_of(task: Task) -> Report:
    named = tuple((play, f"{play}.mp4") for play in task.plays)
    return Report(0.0, (), (), (), frames=len(task.plays), segments=named)


@dataclass
class Scripted:
    """Workers that do as a script says, which is asked whenever the dispatcher looks at them."""

    there: list[str]
    script: Callable[[Scripted], None]
    at: dict[TaskFuture, tuple[Task, str]] = field(default_factory=dict)
    asked: list[tuple[str, Task]] = field(default_factory=list)
    most: int = 0
    """How many were at work at the same time."""
    now: float = 0.0
    looks: int = 0
    travels: bool = False
    """Whether a report has a way to go, during which its worker is free."""

    def workers(self) -> Collection[str]:
        self.looks += 1
        self.now += 1.0
        assert self.looks < 50_000, "it does not end"
        self.at = {future: some for future, some in self.at.items() if not future.done()}
        self.script(self)
        return list(self.there)

    def submit(self, task: Task, worker: str, on_frames: Callable[[int], None]) -> TaskFuture:
        assert worker in self.there, "nobody is asked who has gone"
        busy = [one for future, (_, one) in self.at.items() if not future.free.done()]
        assert worker not in busy, "nobody is asked twice"
        self.asked.append((worker, task))
        future = TaskFuture(free=Future() if self.travels else None)
        self.at[future] = task, worker
        self.most = max(self.most, len(self.at))
        return future

    def stop(self) -> None:
        """There is nothing to stop."""

    def free(self, future: TaskFuture) -> None:
        if self.travels and not future.free.done():
            future.free.set_result(None)

    def finish(self, future: TaskFuture) -> None:
        self.free(future)
        future.set_result(report_of(self.at.pop(future)[0]))

    def finish_all(self) -> None:
        for future in list(self.at):
            self.finish(future)

    def dispatcher(self, **more: object) -> Dispatcher:
        return Dispatcher(self, clock=lambda: self.now, tick=0.0, **more)


def wait_for(future: Future[Segments]) -> Steps[Segments]:
    return (yield future)


def render(
    dispatcher: Dispatcher, lengths: list[float], seek_cost: float = 0.0, **more: object
) -> Segments:
    (done,) = dispatcher.run([wait_for(dispatcher.render(PLAIN, lengths, seek_cost, **more))])
    return done


def all_of(lengths: list[float]) -> dict[int, str]:
    return {play: f"{play}.mp4" for play in range(len(lengths))}


def finishing(farm: Scripted) -> None:
    farm.finish_all()
