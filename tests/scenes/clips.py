"""The clips that a user can name, and a small picture to render them in."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stage import FlowScene
from stage.configured import configured

ROOT = Path(__file__).parents[2]


def clips() -> list[type[FlowScene]]:
    """Every scene that a user can name on the command line."""
    found = []
    for file in sorted((ROOT / "scenes").glob("*.py")):
        module = importlib.import_module(f"scenes.{file.stem}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, FlowScene) and kind.__module__ == module.__name__:
                found.append(kind)
    return found


@contextmanager
def small(folder: Path, fps: int, **settings: object) -> Iterator[None]:
    """A picture of 240 × 136, for which the particles are as many as ever."""
    with configured(
        {
            "media_dir": str(folder),
            "pixel_width": 240,
            "pixel_height": 136,
            "frame_rate": fps,
            "progress_bar": "none",
            "verbosity": "ERROR",
            **settings,
        }
    ):
        yield
