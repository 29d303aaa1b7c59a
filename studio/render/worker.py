"""A worker: a process that holds Manim ready, takes tasks line by line, and answers in lines.

    python -m studio.render.worker LOG FOLDER

Each line it reads is a task in JSON; it writes ``{"frames": n}`` while it renders, and at last
``{"report": …}``, ``{"refused": why}`` (asking again will not help), ``{"failed": why}`` or
``{"stale": …}`` (a new worker should be asked: this one has loaded what has changed since). What
Manim and the scene print goes to LOG, what they typeset to FOLDER. When its input closes, the
worker removes that folder and ends, in the middle of a frame if need be: what it had begun to
write never gets its name.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

from studio.job.clips import HOUSE
from studio.job.tasks import RefusedError, Report, Task

_TELL_EVERY = 0.2  # seconds between two words on progress
_SWEEPS = 100  # of a folder in which a text may be set in the meantime


def main(log: str, folder: str) -> None:
    """Answer until nobody asks."""
    # A job queue tells every process of a job to end; we do when the one who asks has.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, folder), daemon=True).start()
    house = str(HOUSE)
    sys.path[:] = [house, *(place for place in sys.path if place not in ("", house))]
    # Manim's files of typeset text get names that enter the key of a segment, so every worker
    # needs the same ones; in folders of their own, since they are not written whole.
    os.chdir(folder)
    table = _Table(asked, answers)
    while True:
        if answer := _answer(table.next(), table):
            table.say(answer)
        if renderer := sys.modules.get("stage.engine.renderer"):  # loaded with the first task
            renderer.free_clips()


class _Table:
    """Where tasks are asked and answered."""

    def __init__(self, asked: queue.SimpleQueue[str], answers: TextIO) -> None:
        self.asked, self.answers = asked, answers
        self._put_back: Task | None = None
        self._told = 0.0

    def say(self, answer: dict[str, Any]) -> None:
        """Write a line."""
        self.answers.write(json.dumps(answer) + "\n")

    def tell(self, frames: int) -> None:
        """Tell how many frames are done, now and then."""
        if monotonic() - self._told > _TELL_EVERY:
            self._told = monotonic()
            self.say({"frames": frames})

    def next(self) -> Task:
        """The next task, when there is one."""
        task, self._put_back = self._put_back, None
        if task is None:
            task = Task.from_json(json.loads(self.asked.get()))
            print(f"== {task.kind} {task.clip} {task.plays or ''}", flush=True)
        return task

    def go_on(self, done: Task, report: Report) -> Task | None:
        """Answer a task, and wait for the next one; return it if it goes on with the same clip."""
        self.say({"report": asdict(report)})
        task = self.next()
        if task.goes_on(done):
            return task
        self._put_back = task
        return None


def _listen(asked: queue.SimpleQueue[str], folder: str) -> None:
    for line in sys.stdin:
        asked.put(line)
    for _ in range(_SWEEPS):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            break
    os._exit(0)


def _answer(task: Task, table: _Table) -> dict[str, Any] | None:
    """Do a task, and what goes on from it; None if the last one has been answered."""
    try:
        Path("manim.cfg").write_text(task.cfg, encoding="utf-8")
        from studio.render.execute import StaleError, shoot
    except BaseException as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}
    try:
        report = shoot(task, table.tell, table.go_on)
        return {"report": asdict(report)} if report else None
    except StaleError:
        return {"stale": task.clip}
    except RefusedError as refusal:
        traceback.print_exc()
        return {"refused": str(refusal)}
    except BaseException as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main(*sys.argv[1:])
