"""Who does what, and when: nothing twice, nothing forgotten, and no one idle who could help."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.render.pool import Crew, nearest
from studio.render.dispatcher import Desk
from studio.job.clips import find_clips
from studio.job.files import write_whole
from studio.render.schedule import PIECE, Ledger, Stretch
from studio.job.request import Order, Size
from studio.render.pipeline import Studio, task_for
from studio.job.tasks import Report, Task

PLAIN = Task("film", "Clip", "clip.py", "", (), 96, 64, 5)


def stretch(lengths: list[float], way: float = 0.0) -> Stretch:
    return Stretch("clip", lengths, way, 0, len(lengths))


@given(
    st.lists(st.lists(st.floats(0.1, 9), min_size=1, max_size=20), min_size=1, max_size=6),
    st.integers(1, 9),
    st.floats(0, 5),
    st.randoms(use_true_random=False),
)
def test_every_play_is_taken_once(
    clips: list[list[float]], workers: int, way: float, chance: object
) -> None:
    ledger = Ledger()
    for number, lengths in enumerate(clips):
        ledger.open(number, lengths, way)
    at: list[Stretch | None] = [None] * workers
    taken: list[tuple[object, int]] = []
    while True:
        worker = chance.randrange(workers)
        mine = at[worker]
        at[worker] = mine if mine and mine.begin < mine.end else ledger.choose()
        if at[worker] is None:
            break  # nothing can be done sooner: the others go on alone
        taken += [(at[worker].clip, play) for play in at[worker].take()]
    for mine in filter(None, at):
        while mine.begin < mine.end:
            taken += [(mine.clip, play) for play in mine.take()]
    assert sorted(taken) == [
        (n, play) for n, plays in enumerate(clips) for play in range(len(plays))
    ]


def test_plays_are_asked_for_in_pieces() -> None:
    whole = stretch([1.0, 1.0, 1.0, 1.0, 2.5, 4.0, 1.0, 3.5])
    pieces = []
    while whole.begin < whole.end:
        pieces.append(whole.take())
    assert PIECE == 3.0
    assert pieces == [(0, 1, 2), (3, 4), (5,), (6, 7)], "as near to it as whole plays come"


@given(st.lists(st.floats(0.1, 9), min_size=2, max_size=20), st.floats(0, 9), st.floats(0, 5))
def test_help_begins_where_both_are_done_soonest(
    lengths: list[float], way: float, busy: float
) -> None:
    ledger = Ledger()
    ledger.open("clip", lengths, way)
    first = ledger.choose()
    assert first is not None
    first.take()
    if first.begin == first.end:
        assert ledger.choose() is None
        return
    begin, alone = first.begin, first.load
    ends = {
        cut: max(first.busy / 2 + sum(lengths[begin:cut]), way + sum(lengths[cut:]))
        for cut in range(begin, len(lengths))
    }
    second = ledger.choose()
    if second is None:
        assert min(ends.values()) >= alone - 1e-9
    else:
        assert (second.end, second.begin) == (len(lengths), first.end)
        assert ends[first.end] == pytest.approx(min(ends.values()))
        assert ends[first.end] < alone


def test_what_nobody_has_begun_comes_first_the_longest_of_all() -> None:
    ledger = Ledger()
    ledger.open("short", [3.0], 0.0)
    ledger.open("long", [3.0] * 9, 0.0)
    ledger.open("middle", [3.0] * 2, 0.0)
    chosen = []
    while some := ledger.choose(may_help=False):
        some.take()
        chosen.append(some.clip)
    assert chosen == ["long", "middle", "short"]
    assert ledger.choose().clip == "long", "now the one that would be done last"
    ledger.close("long")
    ledger.close("middle")
    assert ledger.choose() is None


def render(
    desk: Desk, lengths: list[float], progress: Callable[[int], None] = lambda frames: None
) -> tuple[dict[int, str], int]:
    score = Report(sum(lengths), tuple(lengths), (), (), 0)
    return desk.render(PLAIN, score, lambda found: 0.0, progress).done.result(10)


class Recorder:
    """Hands that take as long as they are told, and note what they did."""

    def __init__(self, size: int, broken: tuple[int, ...] = ()) -> None:
        self.size, self.broken = size, broken
        self.asked: list[Task] = []
        self.most = self.now = 0
        self.lock = threading.Lock()
        self.go = threading.Event()

    def do(
        self, task: Task, progress: Callable[[int], None], free: Callable[[], None] = lambda: None
    ) -> Report:
        with self.lock:
            self.asked.append(task)
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go.wait(10)
        time.sleep(0.005)
        with self.lock:
            self.now -= 1
        if set(task.plays) & set(self.broken):
            raise ChildProcessError("it broke")
        progress(1)
        named = tuple((play, f"{play}.mp4") for play in task.plays)
        return Report(0.0, (), (), (), frames=len(task.plays), segments=named)

    def stop(self) -> None:
        """There is nothing to stop."""


def test_a_desk_has_all_plays_rendered_by_as_many_as_there_are() -> None:
    hands = Recorder(3)
    told: list[int] = []
    with ThreadPoolExecutor() as pool:
        desk = Desk(hands)
        film = pool.submit(render, desk, [3.0] * 8, told.append)
        while hands.now < 3:
            pass
        hands.go.set()
        segments, frames = film.result(10)
    assert sorted(play for task in hands.asked for play in task.plays) == list(range(8))
    assert segments == {play: f"{play}.mp4" for play in range(8)}
    assert (frames, told[-1], hands.most) == (8, 8, 3)
    assert all(task.kind == "plays" for task in hands.asked)


def test_who_comes_later_joins_in() -> None:
    hands = Recorder(1)
    with ThreadPoolExecutor() as pool:
        film = pool.submit(render, Desk(hands), [3.0] * 40)
        while not hands.asked:
            pass
        hands.size = 3
        hands.go.set()
        film.result(10)
    assert hands.most == 3


@pytest.mark.parametrize(("together", "most"), [(1, 1), (2, 2), (None, 4)])
def test_only_so_many_share_a_clip(together: int | None, most: int) -> None:
    hands = Recorder(4)
    hands.go.set()
    desk = Desk(hands, together)
    render(desk, [3.0] * 40)
    assert hands.most == most


def test_what_fails_takes_nothing_else_with_it() -> None:
    hands = Recorder(2, broken=(1,))
    hands.go.set()
    with ThreadPoolExecutor() as pool:
        desk = Desk(hands)
        bad = pool.submit(render, desk, [3.0] * 50)
        good = pool.submit(render, desk, [3.0])
        with pytest.raises(ChildProcessError, match="it broke"):
            bad.result(10)
        assert good.result(10)[0] == {0: "0.mp4"}
    assert len(hands.asked) < 50, "what is left of a film that failed is not rendered"


@pytest.mark.parametrize("frames", [1, 2])
def test_who_cannot_be_told_hears_of_it(frames: int) -> None:
    """While plays are rendered (1), and when they are done (2)."""

    def tell(done: int) -> None:
        assert done != frames, "the terminal is gone"

    hands = Recorder(1)
    hands.go.set()
    with pytest.raises(AssertionError, match="the terminal is gone"):
        render(Desk(hands), [1.5, 1.5], tell)


def test_one_task_goes_before_all_plays() -> None:
    hands = Recorder(1)
    with ThreadPoolExecutor() as pool:
        desk = Desk(hands)
        film = pool.submit(render, desk, [3.0] * 3)
        while not hands.asked:
            pass
        single = pool.submit(desk.do, replace(PLAIN, kind="score"), print)
        while not desk._single:
            pass
        hands.go.set()
        film.result(10)
        single.result(10)
    assert [task.kind for task in hands.asked] == ["plays", "score", "plays", "plays"]


def test_the_next_piece_begins_before_the_last_one_has_come_home() -> None:
    arrived: list[tuple[int, ...]] = []
    second = threading.Event()

    class Slow(Recorder):
        def do(self, task: Task, progress: Callable, free: Callable = lambda: None) -> Report:
            if task.plays == (1,):
                second.set()
            free()
            assert second.wait(10), "the first one is still on its way"
            arrived.append(task.plays)
            return super().do(task, progress)

    hands = Slow(1)
    hands.go.set()
    render(Desk(hands), [3.0] * 2)
    assert sorted(arrived) == [(0,), (1,)]


def test_who_has_read_a_clip_begins_it() -> None:
    class Reader(Recorder):
        def do(self, task: Task, *more: Callable[..., None]) -> Report:
            done = super().do(task, *more)
            more[1]()  # free, before what was read is known
            return replace(done, plays=(3.0, 3.0), took=2.5) if task.kind == "score" else done

    hands = Reader(1)
    hands.go.set()
    desk = Desk(hands)
    ways: list[float] = []
    first, other = (
        desk.render(
            replace(PLAIN, clip=name),
            replace(PLAIN, kind="score", clip=name),
            lambda found: ways.append(found.took) or 0.0,
            lambda frames: None,
        )
        for name in ("First", "Other")
    )
    assert first.read.result(10).plays == (3.0, 3.0)
    assert other.done.result(10) == first.done.result(10)
    assert ways == [2.5, 2.5]
    asked = [(task.kind, task.clip) for task in hands.asked]
    assert asked[:2] == [("score", "First"), ("score", "Other")], "all are read first"
    assert asked[2:4] == [("plays", "Other")] * 2, "and the last one read is gone on with"


def test_the_nearest_worker_can_go_on() -> None:
    def plays(clip: str, *numbers: int) -> Task:
        return Task("plays", clip, "clip.py", "", (), 96, 64, 5, plays=numbers)

    last = {"one": plays("A", 3, 4), "two": None, "three": plays("B", 0)}
    last["four"] = replace(plays("C"), kind="score", height=480)
    assert nearest(list(last), last.get, plays("A", 5)) == "one"
    assert nearest(list(last), last.get, plays("A", 4)) == "one", "it has been there"
    assert nearest(list(last), last.get, plays("B", 7, 8)) == "three"
    assert nearest(list(last), last.get, plays("C", 0)) == "four", "it has read the clip"
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
    write_whole(tmp_path / "scenes" / "counted.py", COUNTED)
    order = Order(find_clips(tmp_path / "scenes")["Counted"], Size(96, 64, 5))
    with Crew(1, tmp_path / "logs") as crew:
        plain = task_for(Studio(tmp_path, crew), order, "plays", tmp_path / "none.mp4")

        def do(*plays: int, folder: str = "one") -> Report:
            task = Task(**vars(plain) | {"plays": plays, "cache": str(tmp_path / folder)})
            return crew.do(task, lambda frames: None)

        reports = [do(0), do(1), do(3)]
        begun = [log.read_text().count("from the beginning") for log in crew.logs.iterdir()]
        assert begun == [1]
        assert [report.frames for report in reports] == [5, 5, 5]
        assert [play for report in reports for play, _ in report.segments] == [0, 1, 3]
        whole = dict(do(0, 1, 2, 3, folder="another").segments)
        for report in reports:
            assert dict(report.segments).items() <= whole.items(), "each by its own name"
        again = do(2)
        assert (again.frames, again.segments) == (5, ((2, whole[2]),))
