"""A folder of scenes that can be filmed in seconds, and ways to film them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from click.testing import CliRunner
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

import studio.cli.options
from studio.cli.main import main
from studio.job.clips import find_clips
from studio.job.request import RenderRequest, Size
from studio.render.pool import Pool
from tests.studio.workers import SharedPool

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]
Once = Callable[[str, Callable[[Path], object]], Path]
SMALL = ("-r", "96,64", "--fps", "5")
LENGTH = 19 * 5  # frames of Drifting
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

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
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder by its name, once for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder = shared / name
        done = shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # half of it, where making failed
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def scenes(once: Once) -> Path:
    """Scene files of our own."""

    def write(folder: Path) -> None:
        (folder / "dots.py").write_text(DOTS.lstrip(), encoding="utf-8")
        (folder / "beside.py").write_text('COLOUR = "#ff9f33"\n', encoding="utf-8")

    return once("scenes", write)


@pytest.fixture(scope="session", autouse=True)
def workers() -> Iterator[None]:
    """Workers of shared pools end with the tests."""
    yield
    SharedPool.clear()


@pytest.fixture(scope="session")
def flowreel() -> Run:
    """The command, in this process, with workers that tests share; ``pool`` gives it others."""
    own = {name: None for name in os.environ if name.startswith("FLOWREEL_")}

    def run(
        *arguments: object, check: int | None = 0, pool: type[Pool] = SharedPool
    ) -> subprocess.CompletedProcess[str]:
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(ROOT):
            patch.setattr(studio.cli.options, "Pool", pool)
            asked = [str(argument) for argument in arguments]
            told = CliRunner(env=own, catch_exceptions=False).invoke(main, asked)
        done = subprocess.CompletedProcess(asked, told.exit_code, told.stdout, told.stderr)
        assert check is None or done.returncode == check, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def plain(scenes: Path, once: Once) -> list[str]:
    """The frames of Drifting as the manim command renders it."""

    def render(media: Path) -> None:
        command = [sys.executable, "-m", "manim", *SMALL, "--media_dir", str(media)]
        subprocess.run(
            [*command, str(scenes / "dots.py"), "Drifting"],
            cwd=scenes,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )

    (film,) = once("plain", render).rglob("Drifting.mp4")
    return frames(film)


@pytest.fixture(scope="session")
def reel(scenes: Path, once: Once, flowreel: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two kits, a deck and a gallery: a copy of one's own, for tests change it."""
    name = "ours #1 $(touch gone) & 'more'"

    def fill(folder: Path) -> None:
        out = folder / name
        where = ("--scenes", scenes, "--to", out)
        flowreel("kit", "Drifting", "Turning", *SMALL, *where)
        flowreel("deck", "Drifting", "Turning", *SMALL, *where)
        flowreel("gallery", "--to", out)

    return shutil.copytree(once("reel", fill) / name, tmp_path_factory.mktemp("reel") / name)


@pytest.fixture(scope="session")
def drifting(reel: Path) -> Path:
    return reel / "Drifting-96x64p5"


@pytest.fixture(scope="session")
def turning(reel: Path) -> Path:
    return reel / "Turning-96x64p5"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for each file of tests: a loop that Playwright runs leaves no other one room."""
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def frames(film: Path) -> list[str]:
    """A hash of every decoded frame."""
    with av.open(film) as opened:
        return [
            hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest()
            for frame in opened.decode(video=0)
        ]


def packets(film: Path) -> list[bytes]:
    """Every frame as it is encoded."""
    with av.open(film) as opened:
        return [bytes(packet) for packet in opened.demux(video=0)]


def requested(scenes: Path, name: str = "Drifting") -> RenderRequest:
    """One of these clips, as small as SMALL."""
    return RenderRequest(find_clips(scenes)[name], Size(96, 64, 5))
