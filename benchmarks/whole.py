"""What only a whole process shows: how long it takes to start, and how much memory it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]

FIRST_FRAME = """
import os, sys, time

from manim.scene.scene_file_writer import SceneFileWriter

def write_frame(writer, pixels, *, repeat=1):
    print("FIRST", time.time(), flush=True)
    os._exit(0)

SceneFileWriter.write_frame = write_frame
from manim.__main__ import main
sys.argv = ["manim", *sys.argv[1:]]
main()
"""

STOCK = """
from manim import *

class Stock(Scene):
    def construct(self):
        self.add(Square())
        self.play(Rotate(self.mobjects[0]))
"""

LONG = """
import json, sys
sys.argv, seconds, folder = sys.argv[:1], float(sys.argv[1]), sys.argv[2]
from manim import tempconfig
from scenes.deep import DepthMorph
DepthMorph.sliding = seconds - 20
with tempconfig({"media_dir": folder, "pixel_width": 256, "pixel_height": 144, "frame_rate": 2,
                 "progress_bar": "none", "verbosity": "ERROR"}):
    DepthMorph().render()
# not getrusage: that counts what the process was forked from
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print("PEAK", int(status["VmHWM"].split()[0]) / 1024)
"""

MANY = """
import sys
sys.argv, folder = sys.argv[:1], sys.argv[1]
from manim import tempconfig
from scenes import figures
names = [name for name in vars(figures) if name.startswith("Point") and name != "PointFigure"]
with tempconfig({"media_dir": folder, "pixel_width": 1280, "pixel_height": 720, "frame_rate": 30,
                 "progress_bar": "none", "verbosity": "ERROR"}):
    for name in [name for name in names if name != "PointLoss"]:
        getattr(figures, name)().render()
        status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        print("HOLDS", int(status["VmRSS"].split()[0]) / 1024)
"""

HUNDRED = """
import sys
sys.argv, folder = sys.argv[:1], sys.argv[1]
from manim import tempconfig
from scenes import figures
others = ("PointFigure", "LineFigure", "PointLoss", "LineLoss")
names = [n for n in vars(figures) if n.startswith(("Point", "Line")) and n not in others]
with tempconfig({"media_dir": folder, "pixel_width": 426, "pixel_height": 240, "frame_rate": 10,
                 "progress_bar": "none", "verbosity": "ERROR"}):
    for k in range(100):
        figure = getattr(figures, names[k % len(names)])
        type(figure.__name__, (figure,), {"seed": k})().render()
        status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        print("HOLDS", int(status["VmRSS"].split()[0]) / 1024)
"""


def start(chosen: Namespace) -> None:
    """Seconds from ``manim …`` to the first frame, ours and of a stock scene with a square."""
    with TemporaryDirectory() as folder:
        stock = Path(folder) / "stock.py"
        stock.write_text(STOCK)
        cases = {"a stock scene, a square": [str(stock), "Stock"]}
        cases["DepthMorph"] = [str(ROOT / "scenes" / "deep.py"), "DepthMorph"]
        seen: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(chosen.rounds + 1):  # the first fills the caches
            for name, scene in cases.items():
                command = [sys.executable, "-c", FIRST_FRAME, "-qh", "--media_dir", folder, *scene]
                command += ["--disable_caching"]
                begin = time.time()
                done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
                when = [line for line in done.stdout.splitlines() if line.startswith("FIRST")]
                seen[name].append(float(when[0].split()[1]) - begin)
    for name, times in seen.items():
        print(f"- {name}: {median(times[1:]):.1f} s ({min(times[1:]):.1f}–{max(times[1:]):.1f})")


def memory(chosen: Namespace) -> None:
    """Peak memory of DepthMorph stretched to one minute and to ten, and of figure after figure."""
    for minutes in (1, 10):
        with TemporaryDirectory() as folder:
            command = [sys.executable, "-c", LONG, str(60 * minutes), folder]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peak = json.loads(done.stdout.split("PEAK")[1])
        print(f"- {minutes} min: {peak:,.0f} MB")
    held = _held(MANY)
    print("- after each figure, in one process:", ", ".join(f"{mb:,.0f}" for mb in held), "MB")
    held = _held(HUNDRED)
    print(f"- after 5 small figures {held[4]:,.0f} MB, after {len(held)} {held[-1]:,.0f} MB")


def _held(script: str) -> list[float]:
    """What a process holds after each of its films, MB."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", script, folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(line.split()[1]) for line in done.stdout.splitlines() if "HOLDS" in line]
