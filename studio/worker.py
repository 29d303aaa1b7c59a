"""A worker: a process that holds Manim ready, takes tasks line by line, and answers in lines.

    python -m studio.worker LOG FOLDER

Each line it reads is a task in JSON; it writes ``{"frames": n}`` while it renders, and at last
``{"report": …}``, ``{"refused": why}`` (asking again will not help) or ``{"failed": why}``. What
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
from typing import Any

from studio.clips import HOUSE
from studio.task import RefusedError, Task

_TELL_EVERY = 0.2  # seconds between two words on progress


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
    while True:
        task = Task.from_json(json.loads(asked.get()))
        print(f"== {task.kind} {task.clip} {task.plays or ''}", flush=True)
        answers.write(json.dumps(_answer(task, answers)) + "\n")


def _listen(asked: queue.SimpleQueue[str], folder: str) -> None:
    for line in sys.stdin:
        asked.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _answer(task: Task, answers: Any) -> dict[str, Any]:
    told = 0.0

    def tell(frames: int) -> None:
        nonlocal told
        if monotonic() - told > _TELL_EVERY:
            told = monotonic()
            answers.write(json.dumps({"frames": frames}) + "\n")

    try:
        Path("manim.cfg").write_text(task.cfg, encoding="utf-8")
        from studio.shoot import shoot
    except BaseException as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}
    try:
        return {"report": asdict(shoot(task, tell))}
    except RefusedError as refusal:
        traceback.print_exc()
        return {"refused": str(refusal)}
    except BaseException as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main(*sys.argv[1:])
