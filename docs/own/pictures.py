"""The pictures of docs/own.md: a frame of the film that each command makes.

    python docs/own/pictures.py [NAME …]

Also makes ``run.npz``, a recorded training run of a small network, where the commands look for it.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from fields.data.recorded import record

ROOT = Path(__file__).parents[2]
WIDTH, QUALITY = 800, 86
LATE = 0.86
"""Of a film, where its picture is taken from."""


def train_network(path: Path, steps: int = 400) -> None:
    """Record a network, tanh(x W + b) v, that learns sin(2 x₁) + x₂ by Adam from batches of 16."""
    draw = np.random.default_rng(3)
    x = draw.normal(size=(256, 2))
    y = np.sin(2 * x[:, 0]) + x[:, 1]
    weights = {
        "hidden.weight": draw.normal(size=(2, 12)),
        "hidden.bias": np.zeros(12),
        "out.weight": 0.3 * draw.normal(size=12),
    }
    mean, square = ({name: np.zeros_like(w) for name, w in weights.items()} for _ in range(2))
    history = [{name: w.copy() for name, w in weights.items()}]
    for step in range(1, steps + 1):
        batch = draw.integers(len(x), size=16)
        h = np.tanh(x[batch] @ weights["hidden.weight"] + weights["hidden.bias"])
        miss = (h @ weights["out.weight"] - y[batch]) / len(batch)
        back = np.outer(miss, weights["out.weight"]) * (1 - h**2)
        slopes = {
            "hidden.weight": x[batch].T @ back,
            "hidden.bias": back.sum(axis=0),
            "out.weight": h.T @ miss,
        }
        for name, g in slopes.items():
            mean[name] = 0.9 * mean[name] + 0.1 * g
            square[name] = 0.99 * square[name] + 0.01 * g * g
            size = np.sqrt(square[name] / (1 - 0.99**step)) + 1e-8
            weights[name] -= 0.03 * mean[name] / (1 - 0.9**step) / size
        history.append({name: w.copy() for name, w in weights.items()})
    record(history).save(path)


def commands() -> dict[str, list[str]]:
    """Each picture of the page by its file, and the command that stands above it."""
    text = (ROOT / "docs" / "own.md").read_text(encoding="utf-8")
    found = re.findall(r"^    flowreel (.+)\n\n!\[.*\]\(\.\./(.+)\)$", text, re.MULTILINE)
    return {picture: shlex.split(command) for command, picture in found}


def main(wanted: list[str]) -> None:
    """Render, and take a frame of each film."""
    with tempfile.TemporaryDirectory() as place:
        for name, command in commands().items():
            if wanted and Path(name).stem not in wanted:
                continue
            if "run.npz" in command:
                train_network(Path(place, "run.npz"))
                command = [
                    str(Path(place, part)) if part == "run.npz" else part for part in command
                ]
                command += ["--title", "run.npz"]
            out = Path(place, Path(name).stem)
            asked = [sys.executable, "-m", "studio", *command, "-q", "m", "--fps", "4"]
            subprocess.run([*asked, "--to", str(out)], cwd=ROOT, check=True)
            (film,) = out.glob("*/clip.mp4")
            with av.open(film) as opened:
                frames = [frame.to_image() for frame in opened.decode(video=0)]
            shot = frames[int(LATE * len(frames))]
            height = round(WIDTH * shot.height / shot.width)
            shot.resize((WIDTH, height), 1).save(ROOT / name, quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
