"""A folder of scenes that can be filmed in seconds, and ways to film them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
SMALL = ("-r", "96,64", "--fps", "5")

DOTS = '''
"""Dots: what a test can film in a second."""

from manim import LEFT, RIGHT, Dot, FadeIn

from beside import COLOUR
from stage import FlowScene
from stage.place import put


class Pattern(FlowScene):
    """Left open."""

    word: str

    def construct(self) -> None:
        dot = Dot(color=COLOUR, radius=0.8)
        dot.add_updater(lambda dot: put(dot, 0.3 * self.clock.get_value() * RIGHT))
        self.add(dot)
        self.next_section("Here")
        self.say(self.word, seconds=6)
        self.next_section("There")
        self.say("Then it *stops* at #w1, or so it is said.", seconds=7)
        self.let_flow(6, FadeIn(Dot().shift(LEFT)))


class Drifting(Pattern):
    """A dot drifts <slowly> & surely to "w₁"."""

    word = "A dot drifts."


class Turning(FlowScene):
    """A dot goes round, and round."""

    seconds = 2.0

    def construct(self) -> None:
        dot = Dot(radius=0.4)
        self.add(dot.add_updater(lambda dot: put(dot, self.place())))
        self.let_flow(self.seconds)

    def place(self):
        from math import cos, pi, sin

        angle = 2 * pi * self.clock.get_value() / self.seconds
        return [2 * cos(angle), 2 * sin(angle), 0]


class Failing(FlowScene):
    """Breaks in its second play."""

    def construct(self) -> None:
        self.add(Dot())
        self.let_flow(1)
        broken = Dot()
        broken.add_updater(lambda dot: 1 / (not 1.3 < self.clock.get_value() < 1.7))
        self.add(broken)
        self.let_flow(2)
'''


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scene files of our own."""
    folder = tmp_path_factory.mktemp("scenes")
    (folder / "dots.py").write_text(DOTS.lstrip(), encoding="utf-8")
    (folder / "beside.py").write_text('COLOUR = "#ff9f33"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def flowreel(scenes: Path) -> Run:
    """The command, on these scenes."""

    def run(*arguments: object, check: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "studio", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("FLOWREEL_")},
        )
        assert check is None or done.returncode == check, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def reel(scenes: Path, tmp_path_factory: pytest.TempPathFactory, flowreel: Run) -> Path:
    """Two kits, a deck and a gallery."""
    out = tmp_path_factory.mktemp("reel") / "ours #1 $(touch gone) & 'more'"
    where = ("--scenes", scenes, "--to", out)
    flowreel("kit", "Drifting", "Turning", *SMALL, *where)
    flowreel("deck", "Drifting", "Turning", *SMALL, *where)
    flowreel("gallery", "--to", out)
    return out


@pytest.fixture(scope="session")
def drifting(reel: Path) -> Path:
    return reel / "Drifting-96x64p5"


@pytest.fixture(scope="session")
def turning(reel: Path) -> Path:
    return reel / "Turning-96x64p5"


def frames(film: Path) -> list[str]:
    """A hash of every decoded frame."""
    with av.open(film) as opened:
        return [
            hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest()
            for frame in opened.decode(video=0)
        ]
