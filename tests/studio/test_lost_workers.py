"""Workers that come, fail, hang and go: what they were at is done by others, and once."""

from __future__ import annotations

import random
from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.job.events import Event, Idle, Started
from studio.job.tasks import FailedError, RefusedError, SceneError, TaskError, WorkerLostError
from studio.render.dispatcher import LOSSES, TRIES, Steps
from studio.render.executor import TaskFuture
from tests.studio.scripted import PLAIN, Scripted, all_of, render, wait_for


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
    [
        (TaskError, TRIES),
        (SceneError, 1),
        (WorkerLostError, LOSSES),
        (RefusedError, 1),
        (FailedError, 1),
    ],
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
