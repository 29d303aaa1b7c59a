"""A peer that needs a Python of its own: manimgx, where Python 3.13 or newer is found.

It is installed into a folder that is then removed, and films the same field with the same lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from textwrap import dedent

import av

VERSION = "0.1.1"
FRAMES = 2, 8
"""Of two films: what both have, such as the start, leaves no trace in their difference."""

SCENE = """
import numpy as np
from manimgx import Scene, StreamLines

def field(place):
    place = np.asarray(place, dtype=float)
    w = np.clip((place[..., :2] + 3.5) / 0.7, 1e-3, 10)
    move = (w / 4.24) ** 1.5 * (np.array([3.0, 6.0]) - w)
    move /= 1e-9 + np.linalg.norm(move, axis=-1, keepdims=True)
    return np.concatenate([move, np.zeros_like(move[..., :1])], axis=-1)

class Lines(Scene):
    def construct(self):
        box = [-3.5, 3.5, 0.39]
        lines = StreamLines(field, x_range=box, y_range=box)
        print("LINES", len(lines.stream_lines), flush=True)
        self.add(lines)
        lines.start_animation(warm_up=False, flow_speed=1.15, time_width=0.75)
        self.wait(FRAMES / 60)
"""


def newer_python() -> Path | None:
    """A Python that manimgx runs on: on the path, or pyenv's."""
    found = [shutil.which(f"python3.{minor}") for minor in (13, 14)]
    found += map(str, Path.home().glob(".pyenv/versions/3.1[34]*/bin/python"))
    for python in filter(None, found):
        asked = [python, "-c", "import sys, venv; print(sys.version_info >= (3, 13))"]
        if subprocess.run(asked, capture_output=True, text=True).stdout.strip() == "True":
            return Path(python)
    return None


def manimgx(rounds: int) -> str:
    """A row: its lines and its milliseconds of processor time a frame; then what its film says."""
    python = newer_python()
    if python is None:
        return "manimgx needs Python 3.13 or newer, and there is none here."
    with TemporaryDirectory() as place:
        folder = Path(place)
        subprocess.run([python, "-m", "venv", folder / "env"], check=True)
        pip = [folder / "env/bin/pip", "install", "--quiet", f"manimgx=={VERSION}"]
        if subprocess.run(pip, stderr=subprocess.DEVNULL).returncode:
            return f"manimgx {VERSION} cannot be installed for {python}."
        costs = []
        for _ in range(rounds):
            seconds = []
            for frames in FRAMES:
                scene = folder / f"of{frames}.py"
                scene.write_text(dedent(SCENE).replace("FRAMES", str(frames)))
                command = [folder / "env/bin/manimgx", "render", scene, "Lines"]
                command += ["-o", folder / "lines.mp4"]
                before = getrusage(RUSAGE_CHILDREN)
                told = subprocess.run(command, check=True, capture_output=True, text=True)
                used = getrusage(RUSAGE_CHILDREN)
                seconds.append(used.ru_utime - before.ru_utime + used.ru_stime - before.ru_stime)
                lines = _number(r"LINES (\d+)", told.stdout)
            costs.append(1000 * (seconds[1] - seconds[0]) / (FRAMES[1] - FRAMES[0]))
        name = f"manimgx {VERSION}, StreamLines, {_device()}, in processor time"
        row = f"| {name} | {lines:.0f} | {median(costs):,.0f} | | |"
        film = _described(folder / "lines.mp4")
    return (
        f"{row}\n\nIts film: {film}. Its command makes opaque MP4 alone, of a whole scene: "
        "no alpha, and no plays by themselves."
    )


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"manimgx does not say {pattern!r}:\n{text}")
    return float(found[1])


def _device() -> str:
    """What it draws with: its wheel brings a driver for machines without a GPU."""
    return "with a GPU" if list(Path("/dev").glob("dri/render*")) else "without a GPU"


def _described(film: Path) -> str:
    with av.open(film) as source:
        frames = list(source.decode(video=0))
    times = [frame.time for frame in frames if frame.time is not None]
    gaps = {round(after - before, 4) for before, after in pairwise(times)}
    rate = "constant" if len(gaps) <= 1 else "variable"
    one = frames[0]
    return (
        f"frame rate {rate}, matrix {one.colorspace}, primaries {one.color_primaries}, "
        f"transfer {one.color_trc}, range {one.color_range} as FFmpeg numbers them"
    )
