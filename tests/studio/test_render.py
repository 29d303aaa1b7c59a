"""Rendering: the same frames whoever makes them, and nothing lost, whatever goes wrong."""

from __future__ import annotations

import os
import signal
import wave
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from studio.film.encode import facts
from studio.job import manifest
from studio.job.events import Event, Finished, Frames, Started, ignore
from studio.job.files import write_atomically
from studio.job.tasks import Task
from studio.kit.clip import opened
from studio.render.dispatcher import run_task
from studio.render.executor import OnFrames, TaskFuture
from studio.render.pipeline import render
from studio.render.pool import Pool
from studio.render.studio import Studio, task_for
from tests.studio.conftest import LENGTH, frames, requested
from tests.studio.workers import SharedPool


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
