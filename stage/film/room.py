"""Where a film is to be written: whether it can be, and what mends it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile

_ROOM = 50_000_000  # bytes: a few seconds of busy 1080p, once as segments and once as the film


def check_folder(folder: Path) -> None:
    """Raise, before anything is rendered, if nothing can be written to a folder yet to be made."""
    ground = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    try:
        with TemporaryFile(dir=ground):
            room = shutil.disk_usage(ground).free
    except OSError as error:
        raise OSError(cure(folder, f"{ground}: {error.strerror}")) from error
    if room < _ROOM:
        raise OSError(errno.ENOSPC, cure(folder, f"only {room // 10**6} MB are free"))


def cure(folder: Path, reason: str) -> str:
    """What to say where a film cannot be written, and what to do then."""
    return (
        f"The film cannot be written to {folder} ({reason}). "
        "Choose another place (manim --media_dir, flowreel --to), or make this one writable, with "
        "room to spare."
    )
