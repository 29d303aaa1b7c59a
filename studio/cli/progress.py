"""The board: one bar for the whole job, with the time that remains, and a line for what is at work.

It goes to standard error; standard output is for results.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
)
from rich.text import Text

from studio.cli.remaining import Remaining
from studio.job.events import Event, Found, Frames, Idle, Planned, Started

console = Console(stderr=True, highlight=False)


class _Left(ProgressColumn):
    """The time that remains, as hours, minutes and seconds."""

    max_refresh = 0.5

    def __init__(self, remaining: Remaining) -> None:
        super().__init__()
        self._remaining = remaining

    def render(self, task: Task) -> Text:
        """As rich's own column has it, and empty while nobody knows how much there is."""
        seconds = self._remaining.seconds()
        if task.total is None or seconds is None:
            return Text("" if task.total is None else "-:--:--", style="progress.remaining")
        minutes, rest = divmod(math.ceil(seconds), 60)
        return Text(f"{minutes // 60}:{minutes % 60:02}:{rest:02}", style="progress.remaining")


class Board:
    """What is done and what is still to do, in frames."""

    def __init__(self, quiet: bool) -> None:
        self.remaining = Remaining()
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            TextColumn("frames"),
            _Left(self.remaining),
            console=console,
            disable=quiet,
            transient=True,
        )
        self._quiet = quiet
        self._whole = self.bars.add_task("All clips", total=None)
        self._planned: int | None = None
        self._found: dict[str, int] = {}
        self._clips: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def on_event(self, event: Event) -> None:
        """Show what has happened, in any thread."""
        match event:
            case Planned(frames):
                self._planned = frames
                self._update()
            case Found(name, frames):
                self._found[name] = frames
                self._update()
            case Frames(name, done, total):
                self._show(name, done, total)
            case Started(name, task=None) if not self._quiet:
                self._say(name)
            case Idle(why):
                self._say(why)

    def _show(self, name: str, done: int, total: int) -> None:
        """One clip has come so far; it never goes back."""
        with self._lock:
            before = self._clips.get(name, (0, total))[0]
            self._clips[name] = (max(before, min(done, total)), total)
        self._update()

    def _update(self) -> None:
        """What an earlier run has left counts neither way: it took no time in this one."""
        with self._lock:
            found = sum(self._found.values())
            done = sum(
                max(some, self._found.get(name, 0)) for name, (some, _) in self._clips.items()
            )
            there = sum(frames for name, frames in self._found.items() if name in self._clips)
            total = None if self._planned is None else self._planned - found
            self.remaining.told(
                total and total - (done - there),
                done - there,
                {name: (some, all_ - some) for name, (some, all_) in self._clips.items()},
            )
            open_ = [clip for clip, (some, all_) in self._clips.items() if some < all_]
            at_work = [clip for clip in open_ if self._clips[clip][0]] or open_
            self.bars.update(
                self._whole,
                total=total,
                completed=done - there,
                description=", ".join(at_work[:2]) + (" …" if len(at_work) > 2 else "")
                or ("Finishing" if self._clips else "All clips"),
            )

    def _say(self, text: str) -> None:
        """A line above the bar."""
        self.bars.console.print(text, markup=False)


@contextmanager
def board(quiet: bool) -> Iterator[Board]:
    """Show a board while a job runs."""
    shown = Board(quiet)
    with shown.bars:
        yield shown
