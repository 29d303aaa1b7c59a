"""A worker: a process that holds Manim ready, takes tasks line by line, and answers in lines.

    python -m studio.render.worker LOG FOLDER

Each line it reads is a ``Task``, each that it writes an ``Answer``, in JSON. What Manim and the
scene print goes to LOG, what they typeset to FOLDER. When its input closes, the worker removes that
folder and ends, in the middle of a frame if need be: what it had begun to write never gets its
name.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import msgspec

from studio.job.clips import HOUSE
from studio.job.tasks import (
    Answer,
    Done,
    Failed,
    Refused,
    RefusedError,
    Rendered,
    Report,
    SceneError,
    Stale,
    Task,
)

_TELL_EVERY = 0.2  # seconds between two words on progress
_SWEEPS = 100  # of a folder in which a text may be set in the meantime


def main(log: str, folder: str) -> None:
    """Answer until nobody asks."""
    # A job queue tells every process of a job to end; we do when the one who asks has.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    asked: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, folder), daemon=True).start()
    house = str(HOUSE)
    sys.path[:] = [house, *(place for place in sys.path if place not in ("", house))]
    # Manim's files of typeset text get names that enter the key of a segment, so every worker
    # needs the same ones; in folders of their own, since they are not written whole.
    os.chdir(folder)
    conversation = Conversation(asked, answers)
    while True:
        if answer := _answer(conversation.next(), conversation):
            conversation.answer(answer)
        if renderer := sys.modules.get("stage.engine.renderer"):  # loaded with the first task
            renderer.free_clips()


class Conversation:
    """Tasks as they come, and answers."""

    def __init__(self, asked: queue.SimpleQueue[bytes], answers: BinaryIO) -> None:
        self._asked, self._answers = asked, answers
        self._put_back: Task | None = None
        self._told = 0.0

    def answer(self, answer: Answer) -> None:
        """Write a line."""
        self._answers.write(msgspec.json.encode(answer) + b"\n")
        self._answers.flush()

    def on_frames(self, frames: int) -> None:
        """Tell how many frames are done, now and then."""
        if monotonic() - self._told > _TELL_EVERY:
            self._told = monotonic()
            self.answer(Rendered(frames))

    def next(self) -> Task:
        """The next task, when there is one."""
        task, self._put_back = self._put_back, None
        if task is None:
            task = msgspec.json.decode(self._asked.get(), type=Task)
            print(f"== {task.kind} {task.clip} {task.plays or ''}", flush=True)
        return task

    def next_task(self, done: Task, report: Report) -> Task | None:
        """Answer a task, and wait for the next one; return it if it follows in the same clip."""
        self.answer(Done(report))
        task = self.next()
        if task.follows(done):
            return task
        self._put_back = task
        return None


def _listen(asked: queue.SimpleQueue[bytes], folder: str) -> None:
    for line in sys.stdin.buffer:
        asked.put(line)
    for _ in range(_SWEEPS):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            break
    os._exit(0)


def _answer(task: Task, conversation: Conversation) -> Answer | None:
    """Do a task, and what follows from it; None if the last one has been answered."""
    try:
        Path("manim.cfg").write_text(task.cfg, encoding="utf-8")
        from studio.render.worker.execute import StaleError, run_task
    except BaseException as error:
        traceback.print_exc()
        return Failed(f"{type(error).__name__}: {error}")
    try:
        report = run_task(task, conversation.on_frames, conversation.next_task)
        return Done(report) if report else None
    except StaleError:
        return Stale()
    except RefusedError as refusal:
        traceback.print_exc()
        return Refused(str(refusal))
    except SceneError as error:
        traceback.print_exc()
        return Failed(str(error), by_scene=True)
    except BaseException as error:
        traceback.print_exc()
        return Failed(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
