"""What a scene raises: it is tried again where that may help, and else is told at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import av
import pytest

from studio.cli.options import told_by
from studio.job.clips import find_clips
from studio.job.files import write_atomically
from studio.job.request import RenderRequest, Size
from studio.job.tasks import FailedError, RefusedError, SceneError
from studio.render.dispatcher import run_task
from studio.render.pool import Pool
from studio.render.scene_file import told_of
from studio.render.studio import Studio, task_for

RAISING = """
from manim import Dot
from stage import FlowScene
from beside import late


class Raising(FlowScene):
    def construct(self) -> None:
        self.add(Dot())
        {before}
        {raises}
"""
PLAYED = "self.let_flow(1)"


def why_not(folder: Path, before: str, raises: str) -> tuple[str, int]:
    """What is told of a scene that raises something, and how often it was tried."""
    write_atomically(folder / "raising.py", RAISING.format(before=before, raises=raises))
    write_atomically(folder / "beside.py", "def late():\n    return {}['which']\n")
    request = RenderRequest(find_clips(folder)["Raising"], Size(96, 64, 5))
    with Pool(1, folder / "logs") as pool:
        task = task_for(Studio(folder, pool), request, "film", folder / "none.mp4")
        with pytest.raises((FailedError, RefusedError)) as told:
            run_task(pool, task)
    assert not (folder / "none.mp4").exists()
    logs = "".join(log.read_text() for log in (folder / "logs").iterdir())
    return str(told.value), logs.count("== film Raising")


@pytest.mark.parametrize(
    ("before", "raises", "place", "what"),
    [
        (PLAYED, "1 / 0", "raising.py, line 11", "ZeroDivisionError: division by zero"),
        ("pass", "late()", "beside.py, line 2, in late", "KeyError: 'which'"),
        ("pass", "Dot() @ 2", "raising.py, line 11, in construct", "TypeError: unsupported "),
    ],
)
def test_what_would_be_raised_again_is_told_at_once_with_its_place(
    tmp_path: Path, before: str, raises: str, place: str, what: str
) -> None:
    why, times = why_not(tmp_path, before, raises)
    assert why.startswith(f"{tmp_path}/{place}")
    assert f": {what}" in why.splitlines()[0]
    assert "\nThe log is " in why
    assert times == 1


def test_what_a_machine_may_not_raise_again_is_tried_again(tmp_path: Path) -> None:
    why, times = why_not(tmp_path, PLAYED, "open('nothing')")
    assert why.startswith("film failed 3 times; at last FileNotFoundError: ")
    assert times == 3


def test_what_our_own_checks_refuse_is_told_in_their_words(tmp_path: Path) -> None:
    told = why_not(tmp_path, "pass", "self.let_flow(-1)")
    assert told == ("Raising: time flows forward, not -1 s.", 1)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (ZeroDivisionError(), True),
        (RecursionError(), True),
        (SystemExit(1), True),
        (ImportError("no such module"), True),
        (RuntimeError("of the scene"), True),
        (caused(ValueError(), KeyError()), True),
        (caused(ValueError(), TimeoutError()), False),
        (ConnectionResetError(), False),
        (MemoryError(), False),
        (subprocess.CalledProcessError(1, "play"), False),
        (av.error.InvalidDataError(1, "no packet"), False),
        (KeyboardInterrupt(), False),
        (RefusedError(), False),
    ],
)
def test_what_comes_again_is_told_from_what_may_not(error: BaseException, is_final: bool) -> None:
    with pytest.raises(SceneError if is_final else type(error)), told_of(Path(__file__)):
        raise error


def test_what_encoders_and_threads_say_may_not_come_again() -> None:
    from concurrent.futures import ThreadPoolExecutor

    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    with pytest.raises(RuntimeError, match="after shutdown"), told_of(Path(__file__)):
        ended.submit(int)


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("time flows forward.", "Odd: time flows forward."),
        ("Odd: time flows forward.", "Odd: time flows forward."),
        ("Odd, section 'End': it still moves.", "Odd, section 'End': it still moves."),
        ("Oddly slow.", "Odd: Oddly slow."),
    ],
)
def test_the_name_of_a_clip_stands_once_before_why_it_failed(why: str, told: str) -> None:
    assert told_by("Odd", why) == told
