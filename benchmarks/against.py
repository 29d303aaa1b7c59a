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


@dataclass(frozen=True)
class Case:
    """What is filmed."""

    quality: str
    """As of the ``manim`` command."""
    count: int
    """Of particles."""
    clip: tuple[str, str] = ("scenes/deep.py", "DepthMorph")
    plays: str | None = None
    """Of the clip; None for those that are asked for, and nothing for all."""


ZOOMING = (str(Path(__file__).with_name("zooming.py")), "Zooming")
CASES = {
    "10,000 particles": Case("h", 10_000),
    "50,000": Case("h", 50_000),
    "200,000": Case("h", 200_000),
    "10,000 at 2160 lines": Case("k", 10_000),
    "10,000 while the camera moves": Case("h", 10_000, ZOOMING, ""),
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
    """The time and memory of a clip, or of some of its plays, in parts of those of ``--commit``.

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
            name, case = cases[number - 1]
            rounds = []
            for k in range(chosen.rounds + 1):
                pair = [_cost(where, case, chosen.plays) for where in (then, ROOT)]
                if k:  # the first round compiles
                    rounds.append(pair)
            ratios = [
                [getattr(ours, part) / getattr(old, part) for old, ours in rounds]
                for part in ("cpu", "wall", "memory", "size", "first_cpu", "first")
            ]
            shown = [f"{median(r):.2f} ({min(r):.2f}–{max(r):.2f})" for r in ratios]
            print(f"| {name} | {' | '.join(shown)} |", flush=True)


def _cost(where: Path, case: Case, plays: str) -> Cost:
    with TemporaryDirectory() as media:
        asked = [f"-q{case.quality}", "--disable_caching", "--media_dir", media]
        chosen = plays if case.plays is None else case.plays
        some = ["-n", chosen] if chosen else []
        used, wall = _run(["-m", "manim", *asked, *some, *case.clip], where, case.count)
        films = [film for film in Path(media).rglob("*.mp4") if "partial" not in str(film)]
        size = sum(film.stat().st_size for film in films) / 1e6
        until, first = _run(["-c", FIRST_FRAME, *asked, *case.clip], where, case.count)
    return Cost(
        used.ru_utime + used.ru_stime,
        wall,
        used.ru_maxrss / 1024,
        size,
        until.ru_utime + until.ru_stime,
        first,
    )


def _run(arguments: list[str], where: Path, count: int) -> tuple[resource.struct_rusage, float]:
    """What Python used for some arguments, and the seconds that it took."""
    command = [sys.executable, *arguments]
    environment = os.environ | {"PYTHONPATH": str(where), "FLOWREEL_COUNT": str(count)}
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
