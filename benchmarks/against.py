"""Ours against an earlier state of itself, in the same run: both by the plain ``manim`` command."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.whole import FIRST_FRAME

ROOT = Path(__file__).parents[1]
CASES = {
    "10,000 particles": ("h", "10000"),
    "50,000": ("h", "50000"),
    "200,000": ("h", "200000"),
    "10,000 at 2160 lines": ("k", "10000"),
}


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    cpu: float
    wall: float
    memory: float
    """The most it held, MB."""
    size: float
    """Of the film, MB."""
    first_cpu: float
    """Processor time of the command until its first frame is drawn,"""
    first: float
    """and how long that is on the clock."""


def against(chosen: Namespace) -> None:
    """The time and memory of DepthMorph's first plays, in parts of those of ``--commit``.

    Processor time is of the whole command, its start and encoding with it; then until the first
    frame is drawn.
    """
    print(
        f"| case | processor time ÷ {chosen.commit} | on the clock | most memory | bytes |"
        " to the first frame | on the clock |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as place:
        then = Path(place) / "then"
        then.mkdir()
        archive = subprocess.run(
            ["git", "archive", chosen.commit], cwd=ROOT, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", then], input=archive.stdout, check=True)
        cases = list(CASES.items())
        for number in map(int, chosen.cases.split(",")):
            name, (quality, count) = cases[number - 1]
            rounds = []
            for k in range(chosen.rounds + 1):
                pair = [_cost(where, quality, count, chosen.plays) for where in (then, ROOT)]
                if k:  # the first round compiles
                    rounds.append(pair)
            ratios = [
                [getattr(ours, part) / getattr(old, part) for old, ours in rounds]
                for part in ("cpu", "wall", "memory", "size", "first_cpu", "first")
            ]
            shown = [f"{median(r):.2f} ({min(r):.2f}–{max(r):.2f})" for r in ratios]
            print(f"| {name} | {' | '.join(shown)} |", flush=True)


def _cost(where: Path, quality: str, count: str, plays: str) -> Cost:
    with TemporaryDirectory() as media:
        asked = [f"-q{quality}", "--disable_caching", "--media_dir", media]
        clip = ["scenes/deep.py", "DepthMorph"]
        used, wall = _run(["-m", "manim", *asked, "-n", plays, *clip], where, count)
        films = [film for film in Path(media).rglob("*.mp4") if "partial" not in str(film)]
        size = sum(film.stat().st_size for film in films) / 1e6
        until, first = _run(["-c", FIRST_FRAME, *asked, *clip], where, count)
    return Cost(
        used.ru_utime + used.ru_stime,
        wall,
        used.ru_maxrss / 1024,
        size,
        until.ru_utime + until.ru_stime,
        first,
    )


def _run(arguments: list[str], where: Path, count: str) -> tuple[resource.struct_rusage, float]:
    """What Python used for some arguments, and the seconds that it took."""
    command = [sys.executable, *arguments]
    environment = os.environ | {"PYTHONPATH": str(where), "FLOWREEL_COUNT": count}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles all modules
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=where, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{where}: {' '.join(command)} failed:\n{told}")
    return used, time.perf_counter() - began
