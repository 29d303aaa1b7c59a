"""DepthMorph beside the encoder alone, beside its peers, and as it grows."""

from __future__ import annotations

import importlib.util
import time
from argparse import Namespace
from collections.abc import Sequence
from statistics import median

import numpy as np

from benchmarks.clips import arrows, depth_morph, field, stream_lines
from benchmarks.manimgx import manimgx
from benchmarks.meter import Measured, floor
from benchmarks.meter import render as film

COUNTS = (1_000, 10_000, 50_000, 200_000)
HEIGHTS = (480, 720, 1080, 1440, 2160)


def spread(ratios: Sequence[float]) -> str:
    """A median, and between what it lies."""
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def against_floor(
    count: int, height: int, rounds: int, seconds: float = 0.5, captions: int = 1
) -> str:
    """A row of: ours and the floor in ms per frame, their ratio, and that of processor time."""
    clip = depth_morph(count, seconds, captions)
    kept = film(clip, height, keep=True)
    ours, alone, ratios, work = [], [], [], []
    for _ in range(rounds):
        a, b = film(clip, height), floor(kept.pictures, kept.spec)
        ours.append(a.per_frame)
        alone.append(b.per_frame)
        ratios.append(a.wall / b.wall)
        work.append(a.cpu / b.cpu)
    row = f"{count:,} | {height} | {median(ours):.0f} | {median(alone):.0f} | {spread(ratios)}"
    return f"| {row} | {spread(work)} |"


HEAD = (
    "| particles | lines | ours, ms a frame | floor | ours ÷ floor | the same in processor time |\n"
    "| --- | --- | --- | --- | --- | --- |"
)


def render(chosen: Namespace) -> None:
    """Ours against the floor at 1080p60, and where our time goes."""
    print(HEAD)
    for count in (10_000, 50_000):
        print(against_floor(count, 1080, chosen.rounds, chosen.seconds, 2), flush=True)
    print("\nProcessor time of 10,000 particles, ms a frame, by part:\n")
    rounds = [
        film(depth_morph(10_000, chosen.seconds, 2), 1080, split=True) for _ in range(chosen.rounds)
    ]
    for name in rounds[0].parts:
        print(f"- {name}: {median(1000 * r.parts[name] / r.frames for r in rounds):.1f}")
    total = median(1000 * r.cpu / r.frames for r in rounds)
    print(f"- everything, with the encoder's threads: {total:.1f}")


def growth(chosen: Namespace) -> None:
    """Ours against the floor, from a thousand to many particles, and from 480 lines to 4K."""
    print(HEAD)
    for count in COUNTS:
        print(against_floor(count, 1080, chosen.rounds), flush=True)
    for height in HEIGHTS:
        print(against_floor(10_000, height, chosen.rounds), flush=True)


def peers(chosen: Namespace) -> None:
    """Ours, stock Manim and matplotlib, in one run."""
    steps = {336: 0.39, 984: 0.224} | ({3300: 0.1225} if chosen.large else {})
    clips = {"DepthMorph, 10,000 particles": depth_morph(10_000, 0.5)}
    clips |= {f"StreamLines, about {n:,}": stream_lines(step, 0.2) for n, step in steps.items()}
    clips["ArrowVectorField, morphing"] = arrows(0.05)
    seen: dict[str, list[Measured]] = {name: [] for name in clips}
    for _ in range(chosen.rounds):
        for name, clip in clips.items():
            seen[name].append(film(clip, 1080))
    ours, *others = seen.items()
    print("| what | of them | ms a frame | ÷ ours | s until the first frame |")
    print("| --- | --- | --- | --- | --- |")
    for name, runs in (ours, *others):
        ratios = [a.per_frame / b.per_frame for a, b in zip(runs, ours[1], strict=True)]
        number = f"{runs[0].number:,}" if runs[0].number else "10,000"
        cost, ready = median(r.per_frame for r in runs), median(r.ready for r in runs)
        print(f"| {name} | {number} | {cost:.0f} | {spread(ratios)} | {ready:.1f} |")
    print(manimgx(1), flush=True)
    if importlib.util.find_spec("matplotlib") is None:
        print("\nmatplotlib is not installed: `pip install matplotlib` to see it here.")
    else:
        print(f"| matplotlib, 1,000 trails of 20 | 1,000 | {matplotlib_frame():.0f} | | |")


def matplotlib_frame(frames: int = 10) -> float:
    """Milliseconds to draw 1,000 trails of 20 segments with matplotlib, not encoded."""
    import matplotlib.pyplot as plt
    from matplotlib.collections import LineCollection

    figure = plt.figure(figsize=(19.2, 10.8), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-3.5, 3.5), ylim=(-3.5, 3.5))
    place = np.random.default_rng(7).uniform(-3.5, 3.5, (1000, 2))
    trail = np.repeat(place[:, None], 21, axis=1)
    lines = axes.add_collection(LineCollection(trail, linewidths=1))
    begin = time.perf_counter()
    for _ in range(frames):
        move = np.array([field(p)[:2] for p in trail[:, 0]]) * 0.03
        trail = np.concatenate([(trail[:, 0] + move)[:, None], trail[:, :-1]], axis=1)
        lines.set_segments(trail)
        figure.canvas.draw()
    plt.close(figure)
    return 1000 * (time.perf_counter() - begin) / frames
