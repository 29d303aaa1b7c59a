"""What the holds of each clip cost, in processor time, beside the clip's own rendering."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from manim import tempconfig

from stage.engine.renderer import StageRenderer
from stage.scene import FlowScene
from studio.cli.choice import choose
from studio.job.clips import find_clips
from studio.render.scene_file import load_module

FPS = 15


class _Counting(StageRenderer):
    """Counts the frames of holds, and the processor time that they take."""

    held = 0
    took = 0.0

    @contextmanager
    def aside(self) -> Iterator[None]:
        begin = process_time()
        with super().aside():
            yield
        self.took += process_time() - begin

    def play(self, *args: Any, **kwargs: Any) -> None:
        super().play(*args, **kwargs)
        if self.is_aside:
            self.held += len(self.frames)


def measure(name: str, lines: int) -> tuple[float, float, float, float]:
    """Render a clip here: seconds of film and of holds, and the processor's for either."""
    (clip,) = choose([name])
    kind: type[FlowScene] = getattr(load_module(clip.path), name)
    with TemporaryDirectory() as folder:
        settings = {"media_dir": folder, "progress_bar": "none", "verbosity": "ERROR"}
        settings |= {"pixel_height": lines, "pixel_width": lines * 16 // 9 // 2 * 2}
        with tempconfig(settings | {"frame_rate": FPS}):
            begin = process_time()
            with tempconfig(kind().frame_settings):
                renderer = _Counting()
            renderer.films_holds = True
            scene = kind(renderer)
            scene.render()
            took = process_time() - begin
    held = float(renderer.held / renderer.timeline.rate)
    return scene.time, held, took - renderer.took, renderer.took


def holds(chosen: argparse.Namespace) -> None:
    """Each clip that has holds, or those that were asked for."""
    names = chosen.clips.split(",") if chosen.clips else sorted(find_clips())
    print(f"{chosen.lines} lines, {FPS} frames a second, medians of {chosen.rounds} rounds\n")
    print("| clip | film, s | holds, s | of frames | of processor time |")
    print("| --- | --- | --- | --- | --- |")
    for name in names:
        parts, film, held = [], 0.0, 0.0
        for _ in range(chosen.rounds):
            film, held, took, took_held = _apart(name, chosen.lines)
            if not held:
                break
            parts.append(took_held / took)
        if parts:
            row = f"| `{name}` | {film:.1f} | {held:.1f} | {held / film:.0%} | "
            print(f"{row}{sorted(parts)[len(parts) // 2]:.0%} |", flush=True)


def _apart(name: str, lines: int) -> tuple[float, float, float, float]:
    """The same in a process of its own, in which nothing is known yet."""
    command = [sys.executable, "-m", "benchmarks.holds", name, str(lines)]
    told = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path.cwd()
    ).stdout
    film, held, took, took_held = map(float, told.split())
    return film, held, took, took_held


if __name__ == "__main__":
    print(*measure(sys.argv[1], int(sys.argv[2])))
