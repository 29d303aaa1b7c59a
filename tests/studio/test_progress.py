"""What the bar shows of what happens."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from studio.cli import progress
from studio.job.events import Found, Frames, Idle, Planned, Started
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
