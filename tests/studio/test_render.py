"""Rendering: the same frames whoever makes them, and nothing lost, whatever goes wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from stage.film.atomic import atomic_path
from studio.film.encode import facts
from studio.job import manifest
from studio.job.clips import find_clips
from studio.job.events import Event, Finished, Frames, Started, ignore
from studio.job.files import sha256, sweep, write_atomically
from studio.job.request import RenderRequest, Size
from studio.job.sources import makers, manim_settings
from studio.job.tasks import Task
from studio.kit.contents import opened
from studio.render.dispatcher import run_task
from studio.render.executor import OnFrames, TaskFuture
from studio.render.pipeline import Studio, probe, render, task_for
from studio.render.pool import Pool
from tests.studio.conftest import ROOT, SMALL, frames
from tests.studio.workers import SharedPool

Run = Callable[..., subprocess.CompletedProcess[str]]
LENGTH = 19 * 5  # frames of Drifting


def requested(scenes: Path, name: str = "Drifting") -> RenderRequest:
    return RenderRequest(find_clips(scenes)[name], Size(96, 64, 5))


def rendered(
    out: Path, scenes: Path, workers: int, look: Callable[[Pool, Event], None] | None = None
) -> tuple[Finished, list[str]]:
    """A film by so many workers, and its frames; ``look`` is told what happens meanwhile."""
    with SharedPool(workers, out / ".work" / "logs") as pool:
        on_event = partial(look, pool) if look else ignore
        studio = Studio(out, pool, workers=workers, cores=64, on_event=on_event)
        (outcome,) = render(studio, [requested(scenes)])
    return outcome, frames(outcome.path) if outcome.path.exists() else []


@pytest.mark.parametrize("workers", [1, 3])
def test_frames_are_those_of_plain_manim(
    workers: int, plain: list[str], scenes: Path, tmp_path: Path
) -> None:
    outcome, made = rendered(tmp_path, scenes, workers)
    assert outcome.state == "rendered"
    assert len(plain) == LENGTH
    assert made == plain
    report = manifest.read(outcome.path.parent)["report"]
    assert report["frames"] == LENGTH, "each is rendered once"


def test_a_segment_has_one_name_whoever_renders_the_others(scenes: Path, tmp_path: Path) -> None:
    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool)
        whole = task_for(studio, requested(scenes), "plays", tmp_path / "none.mp4")
        every = replace(whole, plays=(0, 1, 2))
        names = run_task(pool, every).segments
        assert [play for play, _ in names] == [0, 1, 2]
        assert run_task(pool, every).segments == names, "all are found"
        last = replace(whole, plays=(2,), cache=str(tmp_path / "elsewhere"))
        assert run_task(pool, last).segments == names[2:]


class Thief(SharedPool):
    """Loses a segment before it is joined with others, once."""

    has_stolen = False

    def submit(self, task: Task, worker: str, on_frames: OnFrames) -> TaskFuture:
        if task.kind == "join" and not self.has_stolen:
            self.has_stolen = True
            (Path(task.cache) / task.parts[1]).unlink()
        return super().submit(task, worker, on_frames)


def test_what_is_missing_when_a_film_is_joined_is_rendered_again(
    plain: list[str], scenes: Path, tmp_path: Path
) -> None:
    with Thief(2, tmp_path / "logs") as thief:
        studio = Studio(tmp_path, thief, workers=2, cores=64)
        (outcome,) = render(studio, [requested(scenes)])
    assert (outcome.state, outcome.why) == ("rendered", "")
    assert frames(outcome.path) == plain
    report = manifest.read(outcome.path.parent)["report"]
    assert 0 < report["frames"] < LENGTH, "only what was missing"


TALK = """
from manim import LEFT, Dot, FadeIn
from stage import FlowScene


class Talking(FlowScene):
    def construct(self) -> None:
        self.add(Dot())
        self.next_section("Begin")
        self.say("One, two.", seconds=2.5)  # twelve frames and a half
        self.wait(3)
        self.say("Three, four.", seconds=2.4)
        self.play(FadeIn(Dot().shift(LEFT)), run_time=2)
        self.next_section("Gone", skip_animations=True)
        self.say("Nobody hears this.", seconds=2.4)
        self.next_section("End")
        self.say("Five, six.", seconds=2.4)
        for _ in range(2):
            self.wait(0.05)  # between two frames
        self.let_flow(1)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_words_and_sections_are_where_they_are_in_the_film(workers: int, tmp_path: Path) -> None:
    write_atomically(tmp_path / "scenes" / "talk.py", TALK)
    request = requested(tmp_path / "scenes", "Talking")
    with SharedPool(workers, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool, workers=workers, cores=64)
        (outcome,) = render(studio, [request])
    assert (outcome.state, outcome.why) == ("rendered", "")
    assert facts(outcome.path).frames == 50 + 12 + 5
    kit = opened(request, outcome.path.parent)
    assert [(cue.text, cue.start, cue.end) for cue in kit.cues] == [
        ("One, two.", 0.0, 2.6),
        ("Three, four.", 5.6, 8.0),
        ("Five, six.", 10.0, 12.4),
    ]
    assert kit.report.sections == (("Begin", 0.0), ("End", 10.0))
    assert kit.frames == 67


TICKS = """
from manim import Dot
from stage import FlowScene


class Ticking(FlowScene):
    def construct(self) -> None:
        self.add(Dot())
        for seconds in (2, 3):
            self.add_sound("tick.wav")
            self.let_flow(seconds)
"""


def test_a_clip_has_its_sound_whoever_renders_it(tmp_path: Path) -> None:
    folder = tmp_path / "scenes"
    write_atomically(folder / "ticks.py", TICKS)
    with wave.open(str(folder / "tick.wav"), "wb") as tick:
        tick.setparams((1, 2, 44100, 0, "NONE", ""))
        tick.writeframes(bytes(44100))
    begun: list[str] = []

    def on_event(event: Event) -> None:
        if isinstance(event, Started) and event.task:
            begun.append(event.task.kind)

    with SharedPool(2, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool, workers=2, cores=64, on_event=on_event)
        (outcome,) = render(studio, [requested(folder, "Ticking")])
    assert (outcome.state, outcome.why) == ("rendered", "")
    assert begun.count("plays") == 2
    seen = facts(outcome.path)
    assert (seen.has_sound, seen.frames) == (True, 25)


def test_a_killed_worker_is_replaced(plain: list[str], scenes: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill(pool: Pool, event: Event) -> None:
        if isinstance(event, Frames) and event.done and not killed:
            killed.extend([*pool.processes().values()][:1])
            os.kill(killed[0], signal.SIGKILL)

    outcome, made = rendered(tmp_path, scenes, 2, kill)
    assert len(killed) == 1
    assert (outcome.state, outcome.why) == ("rendered", "")
    assert made == plain


@pytest.mark.parametrize("changed", ["own.py", "beside.py"])
def test_a_worker_that_has_loaded_what_has_changed_since_is_replaced(
    changed: str, tmp_path: Path
) -> None:
    scene = """
from beside import SECONDS
from stage import FlowScene


class Own(FlowScene):
    more = 0.0

    def construct(self) -> None:
        self.let_flow(SECONDS + self.more)
"""
    write_atomically(tmp_path / "own.py", scene)
    write_atomically(tmp_path / "beside.py", "SECONDS = 1.0")
    with SharedPool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path / "out", pool)

        def seconds() -> float:
            request = RenderRequest(find_clips(tmp_path)["Own"], Size(96, 64, 5))
            (report,) = probe(studio, [request])
            return report.seconds

        assert seconds() == 1.0
        (first,) = pool.processes().values()
        text = (tmp_path / changed).read_text()
        write_atomically(tmp_path / changed, text.replace("0.0", "1.0").replace("1.0", "2.0"))
        assert seconds() == {"own.py": 3.0, "beside.py": 2.0}[changed]
        (second,) = pool.processes().values()
        assert second != first
        assert seconds() == {"own.py": 3.0, "beside.py": 2.0}[changed]
        assert pool.processes() == {"0": second}


def test_settings_of_manim_are_those_of_who_asks_now(scenes: Path, tmp_path: Path) -> None:
    """Also where Manim was loaded with others: an encoder that is to spare bytes does."""
    sizes = []
    with Pool(1, tmp_path / "logs") as pool:
        studio = Studio(tmp_path, pool)
        for crf in (5, 50):
            film = tmp_path / str(crf) / "film.mp4"
            task = task_for(studio, requested(scenes, "Turning"), "film", film)
            cfg = f"[video_encoder.options]\ncrf = {crf}\n"
            task = replace(task, cfg=cfg, cache=str(film.with_name("segments")))
            run_task(pool, task)
            sizes.append(film.stat().st_size)
        asked = pool.processes()
        run_task(pool, replace(task, cache=str(tmp_path / "again")))
        assert pool.processes() == asked, "one that has the settings stays"
    assert sizes[1] < 0.8 * sizes[0]


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
    while len(segments := list(reel.rglob("[!.]*_*.mp4"))) < 2 and run.poll() is None:
        time.sleep(0.01)
    assert list(for_workers.iterdir())
    run.kill()
    run.wait()
    assert not list(reel.rglob("clip.mp4")), "it was killed before the film was joined"
    kept = {path: path.stat().st_ino for path in segments if path.exists()}
    assert kept
    patience = time.monotonic() + 30
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


def test_an_interrupted_run_ends_at_once(scenes: Path, tmp_path: Path) -> None:
    large = ("-r", "1280,720", "--fps", "30")  # at work for some seconds
    arguments = ["render", "Drifting", *large, "--scenes", scenes, "--to", tmp_path]
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not (logs := list(tmp_path.rglob("*.log"))) and run.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    assert logs


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
    assert "division by zero" in films["Failing"]["why"]
    assert "The log is" in films["Failing"]["why"]
    log = Path(films["Failing"]["why"].rsplit("The log is ", 1)[1])
    assert "ZeroDivisionError" in log.read_text()
    logs = [path.read_text() for path in (tmp_path / ".work" / "logs").iterdir()]
    assert sum(text.count("== film Failing") for text in logs) == 3, "three tries"

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


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_atomically(path, b"old")
    with pytest.raises(OSError, match="full"), atomic_path(path) as part:
        part.write_bytes(b"half of the n")
        raise OSError(errno.ENOSPC, "the disk is full")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_sweeping_spares_those_who_still_write(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".{gone.pid}.film.mp4"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # nobody has asked how it ended
    half = tmp_path / f".{ended.pid}.film.mp4"
    ours = tmp_path / f".{os.getpid()}.film.mp4"
    other = tmp_path / ".12.notes"
    for path in (left, half, ours, tmp_path / "film.mp4"):
        path.write_bytes(b"")
    assert sweep(tmp_path.rglob(".*")) == 2
    ended.wait()
    assert sorted(tmp_path.iterdir()) == sorted([ours, tmp_path / "film.mp4"])
    assert not other.exists()


def test_what_has_changed_makes_a_film_stale_by_name(tmp_path: Path) -> None:
    scene, film = tmp_path / "scenes" / "dots.py", tmp_path / "reel" / "Dots"
    write_atomically(scene, "DOT = 1")
    write_atomically(film / "clip.mp4", b"film")
    made_from = {
        "scene": str(scene),
        "sources": {
            "dots.py": sha256(scene),
            "studio/job/clips.py": sha256(ROOT / "studio/job/clips.py"),
        },
        "makers": makers(),
        "settings": manim_settings(),
    }
    manifest.record(film, "clip.mp4", "inputs", made_from=made_from)
    assert manifest.stale(film.parent) == {}
    os.utime(scene, (1, 1))
    assert manifest.stale(film.parent) == {}
    write_atomically(scene, "DOT = 2")
    assert manifest.stale(film.parent) == {"Dots": ["dots.py"]}
    older = made_from | {"makers": makers() | {"manim": "0.1"}, "settings": {"folder": "[CLI]"}}
    manifest.record(film, "clip.mp4", "inputs", made_from=older)
    now = f"manim 0.1 → {makers()['manim']}"
    assert manifest.stale(film.parent) == {"Dots": ["dots.py", now, "manim.cfg"]}
    assert manifest.flaws(film.parent) == [], "stale, and whole"


def test_a_manifest_that_cannot_be_read_makes_nothing_fresh(tmp_path: Path) -> None:
    write_atomically(tmp_path / "clip.mp4", b"film")
    manifest.record(tmp_path, "clip.mp4", "inputs")
    assert manifest.is_fresh(tmp_path, "clip.mp4", "inputs")
    assert not manifest.is_fresh(tmp_path, "clip.mp4", "other inputs")
    (tmp_path / manifest.NAME).write_text('{"form": 1, "files": ')
    assert not manifest.is_fresh(tmp_path, "clip.mp4", "inputs")
