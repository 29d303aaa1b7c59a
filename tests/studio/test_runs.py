"""Runs of the command that are killed, interrupted, or not alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from studio.job import manifest
from studio.render.pool import Pool
from tests.studio.conftest import LENGTH, ROOT, SMALL, Run, frames


def test_a_killed_run_is_resumed(
    plain: list[str], scenes: Path, tmp_path: Path, flowreel: Run
) -> None:
    reel, for_workers = tmp_path / "reel", tmp_path / "temporary"
    arguments = ["render", "Drifting", *SMALL, "--scenes", scenes, "--to", reel, "--json"]
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    for_workers.mkdir()
    run = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(for_workers)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    segments: list[Path] = []
    while len(segments) < 2 and run.poll() is None:
        with suppress(FileNotFoundError):  # a folder that has gone while it was looked into
            segments = list(reel.rglob("[!.]*_*.mp4"))
        time.sleep(0.01)
    assert list(for_workers.iterdir())
    run.kill()
    run.wait()
    assert not list(reel.rglob("clip.mp4")), "it was killed before the film was joined"
    kept = {path: path.stat().st_ino for path in segments if path.exists()}
    assert kept
    patience = time.monotonic() + 120
    while list(for_workers.iterdir()) and time.monotonic() < patience:
        time.sleep(0.05)  # until its worker notices
    assert not list(for_workers.iterdir())
    told = json.loads(flowreel(*arguments).stdout)
    (film,) = told["films"]
    assert film["state"] == "rendered"
    assert frames(Path(film["file"])) == plain
    assert {path: path.stat().st_ino for path in kept} == kept, "what was done stays"
    report = manifest.read(Path(film["file"]).parent)["report"]
    assert 0 < report["frames"] < LENGTH
    assert not [path for path in reel.rglob(".*.mp4")], "no half of a file is left"


def begun(folder: Path) -> bool:
    """Whether a worker is at a task of a film."""
    return any("== " in log.read_text() for log in folder.rglob("*.log"))


def test_an_interrupted_run_ends_at_once(scenes: Path, tmp_path: Path) -> None:
    large = ("-r", "1280,720", "--fps", "30")  # at work for some seconds
    arguments = ["render", "Drifting", *large, "--scenes", scenes, "--to", tmp_path]
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not begun(tmp_path) and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    assert not list(tmp_path.rglob("clip.mp4"))


def test_two_at_once_do_the_work_once(scenes: Path, tmp_path: Path) -> None:
    arguments = ["render", "Turning", *SMALL, "-j", 1, "--scenes", scenes, "--to", tmp_path]
    command = [sys.executable, "-W", "error", "-m", "studio", *map(str, arguments), "--json"]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = [json.loads(run.communicate()[0])["films"][0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sorted(film["state"] for film in told) == ["rendered", "up to date"]
    assert len(frames(Path(told[0]["file"]))) == 10
    assert manifest.flaws(tmp_path) == []


def test_one_that_fails_leaves_the_others(scenes: Path, tmp_path: Path, flowreel: Run) -> None:
    where = ("--scenes", scenes, "--to", tmp_path, "--json")
    done = flowreel("render", "Failing", "Turning", *SMALL, *where, check=1, pool=Pool)
    films = {film["clip"]: film for film in json.loads(done.stdout)["films"]}
    assert films["Turning"]["state"] == "rendered"
    assert films["Failing"]["state"] == "failed"
    lines = (scenes / "dots.py").read_text().splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if "1 / (not" in text]
    place = f"{scenes / 'dots.py'}, line {line}, in <lambda>: ZeroDivisionError: division by zero"
    assert films["Failing"]["why"].startswith(place)
    assert "The log is" in films["Failing"]["why"]
    log = Path(films["Failing"]["why"].rsplit("The log is ", 1)[1])
    assert "ZeroDivisionError" in log.read_text()
    logs = [path.read_text() for path in (tmp_path / ".work" / "logs").iterdir()]
    assert sum(text.count("== film Failing") for text in logs) == 1, "it would fail again"

    film = Path(films["Turning"]["file"])
    film.write_bytes(film.read_bytes()[:-1] + b"x")
    assert flowreel("check", "--to", tmp_path, check=1).stdout.count("clip.mp4") == 1
    again = flowreel("render", "Turning", *SMALL, *where)
    assert json.loads(again.stdout)["films"][0]["state"] == "rendered"
    flowreel("check", "--to", tmp_path)
    film.touch()
    again = flowreel("render", "Turning", *SMALL, *where)
    assert json.loads(again.stdout)["films"][0]["state"] == "up to date", "dates do not matter"


def test_a_bad_knob_is_refused_once(scenes: Path, tmp_path: Path, flowreel: Run) -> None:
    where = ("--scenes", scenes, "--to", tmp_path)
    bad = ("--set", "seconds=-1")
    done = flowreel("render", "Turning", *SMALL, *where, *bad, check=1, pool=Pool)
    assert "seconds cannot be '-1'" in done.stderr
    logs = "".join(path.read_text() for path in (tmp_path / ".work" / "logs").iterdir())
    assert logs.count("== film") <= 1
    assert not list(tmp_path.rglob("*.mp4"))
