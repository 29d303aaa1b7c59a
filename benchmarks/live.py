"""A live page in Chromium without a GPU, against an earlier state of itself, in the same run."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.joints import chromium

ROOT = Path(__file__).parents[1]
BEFORE = "bb6fbba"  # when all was drawn by WebGL2
SECONDS = 5
WRITE = "import sys; from studio.cli.main import main; main(sys.argv[1:])"
FRAMES = f"""async () => {{
    const {{ swarm }} = document.getElementById("live").live.panes[0];
    let frames = 0;
    const began = performance.now(), all = swarm.look.count;
    await new Promise((good) => {{
        const next = () => {{
            Object.defineProperty(swarm, "shown", {{ get: () => all, set() {{}} }});
            frames += 1;
            if (performance.now() - began > {1000 * SECONDS}) good();
            else requestAnimationFrame(next);
        }};
        requestAnimationFrame(next);
    }});
    return frames / ((performance.now() - began) / 1000);
}}"""


class Played(NamedTuple):
    """What playing took."""

    rate: float
    """Frames a second."""
    cpu: float
    """Milliseconds of processor time a frame, of all of Chromium's processes."""


def live(chosen: Namespace) -> None:
    """Frames a second of DepthMorph's page at 720 lines, with all of its 10,000 particles."""
    with TemporaryDirectory() as place, chromium() as browser:
        old, page = Path(place) / "then", Path(place) / "live.html"
        old.mkdir()
        kept = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", old], input=kept.stdout, check=True)
        rounds: list[list[Played]] = []
        for _ in range(chosen.rounds):
            pair = []
            for where in (old, ROOT):
                command = [sys.executable, "-c", WRITE, "live", "DepthMorph", "--to", str(page)]
                environment = os.environ | {"PYTHONPATH": str(where)}
                subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True)
                pair.append(_played(browser, page))
            rounds.append(pair)
    load = os.getloadavg()[0]
    print("| 10,000 particles, 1280 × 720 | frames a second | ms of processor a frame |")
    print("| --- | --- | --- |")
    for k, name in enumerate((BEFORE, "now")):
        rates, costs = zip(*(pair[k] for pair in rounds), strict=True)
        print(f"| {name} | {_spread(rates)} | {_spread(costs)} |")
    rates = [now.rate / then.rate for then, now in rounds]
    costs = [now.cpu / then.cpu for then, now in rounds]
    print(f"| now ÷ {BEFORE} | {_spread(rates)} | {_spread(costs)} |")
    print(f"\nLoad {load:.1f} at the end.")


def _spread(values: Any) -> str:
    return f"{median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def _played(browser: Any, path: Path) -> Played:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{path.as_uri()}#paused=no")
    page.wait_for_timeout(1500)
    before = _processor()
    rate = page.evaluate(FRAMES)
    took = _processor() - before
    page.close()
    return Played(rate, 1000 * took / (rate * SECONDS))


def _processor() -> float:
    """Seconds of processor time of all processes below this one."""
    ticks: dict[int, float] = {}
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            values = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        number = int(status.parent.name)
        parents[number], ticks[number] = int(values[1]), int(values[11]) + int(values[12])
    mine, total = os.getpid(), 0.0
    for number, took in ticks.items():
        above = number
        while above in parents and above != mine:
            above = parents[above]
        total += took if above == mine and number != mine else 0.0
    return total / os.sysconf("SC_CLK_TCK")
