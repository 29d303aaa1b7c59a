"""Who does what, and when: a job ends, whatever becomes of its workers, and no one is idle long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

import pytest

from studio.job.tasks import Report, Task
from studio.render.dispatcher import Dispatcher, Steps, run_task
from studio.render.executor import TaskFuture
from studio.render.work import nearest
from tests.studio.scripted import PLAIN, Scripted, Segments, all_of, finishing, render, wait_for


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
