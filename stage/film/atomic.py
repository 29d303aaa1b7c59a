"""Files of which nobody sees a half: written beside their names, and given them at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def partial_path(path: Path) -> Path:
    """Where a file is written before it is whole: hidden, and not shared with another process."""
    return path.with_name(f".{os.getpid()}.{path.name}")


def final_path(part: Path) -> Path:
    """The name that a part of this process is to take."""
    return part.with_name(part.name.removeprefix(f".{os.getpid()}."))


@contextmanager
def atomic_path(path: Path, *, needed: bool = True) -> Iterator[Path]:
    """Yield a path to write to; what was written there takes the name ``path`` when all is well.

    FileNotFoundError if nothing was, unless it is not ``needed``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = partial_path(path)
    try:
        yield part
        if needed or part.exists():
            with part.open("rb+") as file:  # on the disk before it bears the name
                os.fsync(file.fileno())
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
