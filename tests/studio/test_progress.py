"""What the bar shows of what happens."""

from __future__ import annotations

import io
import sys
from itertools import count
from threading import Thread

import pytest
from rich.console import Console

from studio.cli import progress
from studio.cli.remaining import Remaining
from studio.job.events import Event, Found, Frames, Idle, Planned, Started
from studio.job.tasks import Task


def shown(quiet: bool, monkeypatch: pytest.MonkeyPatch) -> tuple[progress.Board, io.StringIO]:
    text = io.StringIO()
    monkeypatch.setattr(progress, "console", Console(file=text))
    return progress.Board(quiet), text


def test_the_bar_counts_the_frames_of_all_clips_and_never_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board, _ = shown(False, monkeypatch)
    (bar,) = board.bars.tasks
    assert bar.total is None, "nobody knows yet"
    for event in (Planned(30), Frames("A", 4, 10), Frames("B", 7, 20), Frames("A", 2, 10)):
        board.on_event(event)
    assert (bar.total, bar.completed, bar.description) == (30, 11, "A, B")
    board.on_event(Frames("A", 12, 10))
    assert (bar.completed, bar.description) == (17, "B")
    board.on_event(Frames("B", 20, 20))
    assert (bar.completed, bar.description) == (30, "Finishing")


def test_what_an_earlier_run_left_is_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    board, _ = shown(False, monkeypatch)
    (bar,) = board.bars.tasks
    for event in (Planned(30), Found("A", 9), Frames("A", 9, 10), Frames("B", 4, 20)):
        board.on_event(event)
    assert (bar.total, bar.completed) == (21, 4), "the time that remains is that of what remains"
    board.on_event(Frames("A", 10, 10))
    board.on_event(Frames("B", 20, 20))
    assert (bar.total, bar.completed, bar.description) == (21, 21, "Finishing")


class Clock:
    """A time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "Remaining", lambda: Remaining(made))
    return made


def at(board: progress.Board, clock: Clock, now: float, *events: Event) -> float | None:
    """What remains after events, in seconds."""
    clock.now = now
    for event in events:
        board.on_event(event)
    return board.remaining.seconds()


def test_what_remains_is_measured_from_the_plan_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, _ = shown(False, monkeypatch)
    assert at(board, clock, 0, Frames("A", 0, 400)) is None
    assert at(board, clock, 30, Planned(900), Found("A", 100), Frames("A", 100, 400)) is None
    assert at(board, clock, 40, Frames("A", 200, 400)) == pytest.approx(70)
    assert at(board, clock, 45) == pytest.approx(105), "time without a frame counts"
    assert at(board, clock, 50, Frames("A", 400, 400)) == pytest.approx(500 / 15)


def test_a_slow_minute_is_believed_and_a_fast_one_only_with_the_run(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, _ = shown(False, monkeypatch)
    at(board, clock, 0, Planned(10_000), Frames("A", 0, 10_000))
    for now in range(1, 121):
        at(board, clock, now, Frames("A", 20 * now, 10_000))
    assert board.remaining.seconds() == pytest.approx(7600 / 20)
    for now in range(121, 181):
        at(board, clock, now, Frames("A", 2400 + 5 * (now - 120), 10_000))
    assert board.remaining.seconds() == pytest.approx(7300 / 5)
    for now in range(181, 241):
        at(board, clock, now, Frames("A", 2700 + 60 * (now - 180), 10_000))
    assert board.remaining.seconds() == pytest.approx(3700 / (6300 / 240))


def test_the_last_clip_has_but_its_own_worker_and_joints_come_after_it(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    board, _ = shown(False, monkeypatch)
    at(board, clock, 0, Planned(1300), Frames("joints", 0, 60))
    for now in range(1, 41):
        both = Frames("A", 10 * now, 400), Frames("B", 10 * now, 840)
        at(board, clock, now, *both)
    assert board.bars.tasks[0].description == "B"
    mean, left = 800 / 40, 440
    assert board.remaining.seconds() == pytest.approx(left / 10 + 60 / mean)
    for now in range(41, 85):
        at(board, clock, now, Frames("B", 10 * now, 840))
    assert board.bars.tasks[0].description == "joints"
    at(board, clock, 84, Frames("joints", 60, 60))
    assert board.remaining.seconds() == 0


@pytest.mark.parametrize(
    ("quiet", "lines"), [(False, ["A/clip.gif", "no one"]), (True, ["no one"])]
)
def test_a_quiet_board_says_only_why_nothing_goes_on(
    quiet: bool, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    board, text = shown(quiet, monkeypatch)
    task = Task("plays", "A", "a.py", "", (), 96, 64, 5)
    for event in (Started("A", task, "one"), Started("A/clip.gif"), Idle("no one")):
        board.on_event(event)
    assert text.getvalue().splitlines() == lines


def test_what_remains_may_be_asked_while_it_is_told() -> None:
    ticks = count()
    made = Remaining(lambda: 0.01 * next(ticks))
    made.told(10_000, 0, {})

    def tell() -> None:
        for done in range(1, 8_000):
            made.told(10_000 - done, done, {f"clip {done % 40}": (done, 10_000 - done)})

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        telling = Thread(target=tell)
        telling.start()
        while telling.is_alive():
            made.seconds()
        telling.join()
    finally:
        sys.setswitchinterval(before)
