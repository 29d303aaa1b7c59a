"""Who does what, and when: a job ends, whatever becomes of its workers, and no one is idle long."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.job.clips import find_clips
from studio.job.events import Event, Idle, Started
from studio.job.files import write_atomically
from studio.job.request import RenderRequest, Size
from studio.job.tasks import FailedError, RefusedError, Report, Task, TaskError, WorkerLostError
from studio.render.dispatcher import LOSSES, TRIES, Dispatcher, Steps, run_task
from studio.render.executor import TaskFuture
from studio.render.pipeline import Studio, task_for
from studio.render.pool import Pool
from studio.render.work import nearest

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


class Chaos:
    """Workers that come, go, hang and die; from some time on, one stays that works."""

    until = 60
    """Looks for which this goes on."""

    def __init__(self, seed: int, hangs: bool) -> None:
        self.chance = random.Random(seed)
        self.hangs = hangs
        self.hung: set[str] = set()
        """Workers of whom nothing is heard any more."""

    def __call__(self, farm: Scripted) -> None:
        if farm.looks < self.until:
            self.come_and_go(farm)
        elif farm.looks == self.until:
            farm.there.append("the one that stays")
        for future, (_, worker) in list(farm.at.items()):
            if worker in farm.there and worker not in self.hung:
                self.go_on(farm, future)

    def come_and_go(self, farm: Scripted) -> None:
        if self.chance.random() < 0.3:
            farm.there.append(f"w{farm.looks}")
            if self.hangs and self.chance.random() < 0.2:
                self.hung.add(farm.there[-1])
        if farm.there and self.chance.random() < 0.25:
            farm.there.remove(self.chance.choice(farm.there))

    def go_on(self, farm: Scripted, future: TaskFuture) -> None:
        if self.chance.random() < 0.3:
            farm.free(future)
        elif farm.looks < self.until and self.chance.random() < 0.1:
            farm.at.pop(future)
            farm.free(future)
            future.set_exception(WorkerLostError("killed"))
        elif self.chance.random() < 0.4:
            farm.finish(future)


@settings(max_examples=1500)
@given(
    st.lists(
        st.lists(st.sampled_from([0.5, 2.0, 3.0, 9.0]), min_size=1, max_size=16),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([0.0, 0.5, 5.0, 50.0]),
    st.integers(0, 4),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_a_job_ends_whatever_order_workers_come_go_and_hang_in(
    clips: list[list[float]],
    seek_cost: float,
    workers: int,
    singles: int,
    travels: bool,
    hangs: bool,
    seed: int,
) -> None:
    there = [f"w{n}" for n in range(-workers, 0)]
    farm = Scripted(there, Chaos(seed, hangs), travels=travels)
    patience = 10.0 if hangs else float("inf")  # who does not hang is not to be waited for
    dispatcher = farm.dispatcher(losses=float("inf"), patience=patience)
    jobs = [dispatcher.render(PLAIN, lengths, seek_cost) for lengths in clips]
    probes = [dispatcher.submit(replace(PLAIN, kind="probe")) for _ in range(singles)]
    done = dispatcher.run([wait_for(some) for some in (*jobs, *probes)])
    assert [segments for segments, _ in done[: len(jobs)]] == [all_of(some) for some in clips]
    assert [found.frames for found in done[len(jobs) :]] == [0] * singles


@pytest.mark.parametrize(("plays", "seek_cost"), [(8, 5.0), (18, 20.0), (8, 0.5)])
def test_what_a_worker_leaves_that_goes_while_it_renders_is_given_out_again(
    plays: int, seek_cost: float
) -> None:
    def script(farm: Scripted) -> None:
        if len(farm.at) == 2:
            farm.there = ["a"]
        elif farm.there == ["a"]:
            farm.finish_all()

    farm = Scripted(["a", "b"], script)
    lengths = [2.0] * plays
    assert render(farm.dispatcher(), lengths, seek_cost)[0] == all_of(lengths)
    assert farm.most == 2


def test_one_worker_that_goes_is_replaced_by_one_that_comes_later() -> None:
    events: list[Event] = []

    def script(farm: Scripted) -> None:
        if farm.looks == 5:
            farm.there.clear()
        if farm.looks == 30:
            farm.there.append("b")
        if farm.there == ["b"]:
            farm.finish_all()

    farm = Scripted(["a"], script)
    assert render(farm.dispatcher(on_event=events.append), [3.0] * 4)[0] == all_of([3.0] * 4)
    told = [event.why for event in events if isinstance(event, Idle)]
    assert told == ["The farm has no workers left; waiting for new ones."]
    given = [(event.worker, event.task.plays) for event in events if isinstance(event, Started)]
    assert given == [("a", (0,)), ("b", (0,)), ("b", (1,)), ("b", (2,)), ("b", (3,))]


def test_what_one_hangs_over_is_done_by_one_who_is_idle_and_by_nobody_sooner() -> None:
    def script(farm: Scripted) -> None:
        for future, (_, worker) in list(farm.at.items()):
            if worker == "b":
                farm.finish(future)

    farm = Scripted(["a", "b"], script)
    assert render(farm.dispatcher(patience=50.0), [3.0] * 6)[0] == all_of([3.0] * 6)
    (stuck,) = [task for worker, task in farm.asked if worker == "a"]
    assert [task for worker, task in farm.asked].count(stuck) == 2
    assert 50 < farm.looks < 60


def test_what_comes_late_is_taken() -> None:
    """One is slow; who does its task as well is slower."""
    late: list[TaskFuture] = []

    def script(farm: Scripted) -> None:
        late.extend(future for future in farm.at if future not in late)
        if len(late) == 2 and not late[0].done():
            farm.finish(late[0])

    farm = Scripted(["a", "b"], script)
    assert render(farm.dispatcher(patience=1.0), [3.0])[0] == all_of([3.0])
    assert not late[1].done()


def test_the_farm_may_be_gone_for_good() -> None:
    def script(farm: Scripted) -> None:
        if farm.looks == 3:
            raise FailedError("the farm is gone")

    dispatcher = Scripted(["a"], script).dispatcher()
    jobs = [dispatcher.render(PLAIN, [3.0] * 3, 0.0), dispatcher.submit(PLAIN)]

    def caught(job: Future[object]) -> Steps[str]:
        try:
            yield job
        except FailedError as error:
            return str(error)
        raise AssertionError

    assert dispatcher.run(map(caught, jobs)) == ["the farm is gone"] * 2


@pytest.mark.parametrize(
    ("error", "times"),
    [(TaskError, TRIES), (WorkerLostError, LOSSES), (RefusedError, 1), (FailedError, 1)],
)
def test_what_fails_is_tried_so_often_and_takes_nothing_else_with_it(
    error: type[Exception], times: int
) -> None:
    def script(farm: Scripted) -> None:
        for future, (task, _) in list(farm.at.items()):
            if task.clip == "Bad" and 1 in task.plays:
                farm.at.pop(future)
                future.set_exception(error("it broke"))
            else:
                farm.finish(future)

    farm = Scripted(["a", "b"], script)
    dispatcher = farm.dispatcher()
    bad = dispatcher.render(replace(PLAIN, clip="Bad"), [3.0] * 50, 0.0)
    good = dispatcher.render(PLAIN, [3.0], 0.0)

    def caught() -> Steps[str]:
        try:
            yield bad
        except Exception as why:
            return f"{type(why).__name__}: {why}"
        raise AssertionError

    message, (segments, _) = dispatcher.run([caught(), wait_for(good)])
    assert message.endswith("it broke")
    assert message.startswith("RefusedError" if error is RefusedError else "FailedError")
    assert segments == {0: "0.mp4"}
    tried = [task for _, task in farm.asked if task.clip == "Bad" and 1 in task.plays]
    assert len(tried) == times
    assert len(farm.asked) < 50, "what is left of a film that failed is not rendered"


def finishing(farm: Scripted) -> None:
    farm.finish_all()


def test_all_plays_are_rendered_by_as_many_as_there_are() -> None:
    told: list[int] = []
    farm = Scripted(["a", "b", "c"], finishing)
    segments, frames = render(farm.dispatcher(), [3.0] * 8, on_frames=told.append)
    assert sorted(play for _, task in farm.asked for play in task.plays) == list(range(8))
    assert segments == all_of([3.0] * 8)
    assert (frames, told[-1], farm.most) == (8, 8, 3)
    assert all(task.kind == "plays" for _, task in farm.asked)


def test_what_is_cached_is_not_asked_for() -> None:
    farm = Scripted(["a"], finishing)
    cached = {0: "cached", 2: "cached too"}
    segments, frames = render(farm.dispatcher(), [3.0] * 4, cached=cached)
    assert segments == all_of([3.0] * 4) | cached
    assert (frames, [task.plays for _, task in farm.asked]) == (2, [(1,), (3,)])
    everything = {play: "cached" for play in range(4)}
    assert render(farm.dispatcher(), [3.0] * 4, cached=everything) == (everything, 0)


def test_who_comes_later_joins_in() -> None:
    def script(farm: Scripted) -> None:
        if farm.looks == 3:
            farm.there += ["b", "c"]
        if farm.looks > 5:
            farm.finish_all()

    farm = Scripted(["a"], script)
    render(farm.dispatcher(), [3.0] * 40)
    assert farm.most == 3


@pytest.mark.parametrize(("share", "most"), [(1, 1), (2, 2), (None, 4)])
def test_only_so_many_share_a_clip(share: int | None, most: int) -> None:
    farm = Scripted(list("abcd"), finishing)
    render(farm.dispatcher(share=share), [3.0] * 40)
    assert farm.most == most


def test_a_single_task_goes_before_all_plays() -> None:
    farm = Scripted(["a"], finishing)
    dispatcher = farm.dispatcher()
    film = dispatcher.render(PLAIN, [3.0] * 3, 0.0)

    def later() -> Steps[Report]:
        while not farm.asked:
            yield None
        return (yield dispatcher.submit(replace(PLAIN, kind="probe")))

    dispatcher.run([wait_for(film), later()])
    assert [task.kind for _, task in farm.asked] == ["plays", "probe", "plays", "plays"]


def test_at_home_others_work() -> None:
    farm, home = Scripted(["a"], finishing), Scripted(["b"], finishing)
    dispatcher = Dispatcher(farm, home, tick=0.0)
    film = dispatcher.render(PLAIN, [3.0] * 3, 0.0)
    join = dispatcher.submit(replace(PLAIN, kind="join"), at_home=True)
    dispatcher.run([wait_for(film), wait_for(join)])
    assert {task.kind for _, task in farm.asked} == {"plays"}
    assert [task.kind for _, task in home.asked] == ["join"]


def test_the_next_piece_begins_before_the_last_one_has_come_home() -> None:
    def script(farm: Scripted) -> None:
        for future, (task, _) in farm.at.items():
            if task.plays == (0,):
                farm.free(future)
        if len(farm.at) == 2:
            farm.finish_all()

    farm = Scripted(["a"], script, travels=True)
    assert render(farm.dispatcher(), [3.0] * 2)[0] == all_of([3.0] * 2)


def test_who_has_probed_a_clip_begins_it() -> None:
    farm = Scripted(["a"], finishing)
    dispatcher = farm.dispatcher()

    def job(name: str) -> Steps[Segments]:
        yield dispatcher.submit(replace(PLAIN, kind="probe", clip=name))
        return (yield dispatcher.render(replace(PLAIN, clip=name), [3.0, 3.0], 0.0))

    dispatcher.run([job("First"), job("Other")])
    asked = [(task.kind, task.clip) for _, task in farm.asked]
    assert asked[:2] == [("probe", "First"), ("probe", "Other")], "all are probed first"
    assert asked[2:4] == [("plays", "Other")] * 2, "and the last one probed is gone on with"


def test_frames_are_told_while_they_are_rendered() -> None:
    told: list[int] = []
    executor = Scripted(["a"], lambda farm: None)

    class Telling(Scripted):
        def submit(self, task: Task, worker: str, on_frames: Callable[[int], None]) -> TaskFuture:
            threading.Thread(target=on_frames, args=(7,)).start()
            return super().submit(task, worker, on_frames)

    def script(farm: Scripted) -> None:
        if 7 in told:
            farm.finish_all()

    executor = Telling(["a"], script)
    run_task(executor, PLAIN, told.append)
    assert told == [0, 7, 0], "none at first; when it is done, as many as the report says"


def test_jobs_run_so_many_at_once_and_return_in_order() -> None:
    dispatcher = Scripted(["a"], finishing).dispatcher()
    at_work: set[int] = set()
    most = 0

    def job(number: int) -> Steps[int]:
        nonlocal most
        at_work.add(number)
        most = max(most, len(at_work))
        for _ in range(5 - number):
            yield None
        at_work.remove(number)
        return number

    assert dispatcher.run(map(job, range(5)), at_once=2) == [0, 1, 2, 3, 4]
    assert most == 2


def test_jobs_are_closed_when_one_breaks() -> None:
    closed: list[bool] = []

    def waiting() -> Steps[None]:
        try:
            yield Future()
        finally:
            closed.append(True)

    def breaking() -> Steps[None]:
        yield None
        raise AssertionError("the terminal is gone")

    dispatcher = Scripted(["a"], finishing).dispatcher()
    with pytest.raises(AssertionError, match="the terminal is gone"):
        dispatcher.run([waiting(), breaking()])
    assert closed == [True]


def test_the_nearest_worker_can_go_on() -> None:
    def plays(clip: str, *numbers: int) -> Task:
        return Task("plays", clip, "clip.py", "", (), 96, 64, 5, plays=numbers)

    last = {"one": plays("A", 3, 4), "two": None, "three": plays("B", 0)}
    last["four"] = replace(plays("C"), kind="probe", height=480)
    assert nearest(list(last), last.get, plays("A", 5)) == "one"
    assert nearest(list(last), last.get, plays("A", 4)) == "one", "it has been there"
    assert nearest(list(last), last.get, plays("B", 7, 8)) == "three"
    assert nearest(list(last), last.get, plays("C", 0)) == "four", "it has probed the clip"
    assert nearest(["one", "two"], last.get, plays("D", 0)) == "two", "nobody is called away"
    assert nearest(["one"], last.get, plays("D", 0)) == "one"


COUNTED = """
from manim import Dot
from stage import FlowScene


class Counted(FlowScene):
    def construct(self) -> None:
        print("from the beginning")
        self.add(Dot())
        for _ in range(4):
            self.let_flow(1)
"""


def test_a_worker_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    write_atomically(tmp_path / "scenes" / "counted.py", COUNTED)
    request = RenderRequest(find_clips(tmp_path / "scenes")["Counted"], Size(96, 64, 5))
    with Pool(1, tmp_path / "logs") as pool:
        plain = task_for(Studio(tmp_path, pool), request, "plays", tmp_path / "none.mp4")

        def do(*plays: int, folder: str = "one") -> Report:
            return run_task(pool, replace(plain, plays=plays, cache=str(tmp_path / folder)))

        reports = [do(0), do(1), do(3)]
        begun = [log.read_text().count("from the beginning") for log in pool.logs.iterdir()]
        assert begun == [1]
        assert [report.frames for report in reports] == [5, 5, 5]
        assert [play for report in reports for play, _ in report.segments] == [0, 1, 3]
        whole = dict(do(0, 1, 2, 3, folder="another").segments)
        for report in reports:
            assert dict(report.segments).items() <= whole.items(), "each by its own name"
        again = do(2)
        assert (again.frames, again.segments) == (5, ((2, whole[2]),))


def test_a_worker_of_a_pool_does_one_task_after_the_other(tmp_path: Path) -> None:
    """Also where an earlier dispatcher has left it at something."""
    write_atomically(tmp_path / "scenes" / "counted.py", COUNTED)
    request = RenderRequest(find_clips(tmp_path / "scenes")["Counted"], Size(96, 64, 5))
    with Pool(2, tmp_path / "logs") as pool:
        plain = task_for(Studio(tmp_path, pool), request, "plays", tmp_path / "none.mp4")
        asked = [pool.submit(replace(plain, plays=(play,)), "0") for play in (2, 0)]
        found = [future.result(60).segments[0][0] for future in asked]
        assert (found, list(pool.processes())) == ([2, 0], ["0"])
    with pytest.raises(RuntimeError, match="after shutdown"):
        pool.submit(plain, "0")
