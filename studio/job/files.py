"""Files and folders of a run: digests, remains of runs that are gone, one run at a time.

A lock is the system's: it goes with its holder, however that ends.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from stage.film.atomic import atomic_path

WORK = ".work"
"""Where segments, logs and locks are, in a folder of films."""
_PART = re.compile(r"\.(\d+)\.")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file that is never seen half-written."""
    with atomic_path(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sweep(paths: Iterable[Path]) -> int:
    """Remove what processes that are gone left half-written; how many files that were."""
    swept = 0
    for path in paths:
        match = _PART.match(path.name)
        if match and path.is_file() and not _lives(int(match[1])):
            with suppress(OSError):
                path.unlink()
                swept += 1
    return swept


def _lives(process: int) -> bool:
    if os.name == "nt":  # signal 0 ends a process there: leave its parts alone
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    with suppress(OSError):  # one that has ended may wait for ever to be asked how
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def folder_lock(out: Path, name: str) -> FileLock:
    """The lock of the folder ``name`` of ``out``: whoever writes there holds it.

    The system frees it when its holder ends, however it ends.
    """
    path = out / WORK / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path, thread_local=False)


def acquired(lock: FileLock) -> bool:
    """Acquire a lock if nobody holds it; whether that was so."""
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def sweep_folder(out: Path, name: str) -> None:
    """Remove what earlier holders of a folder's lock left half-written."""
    for folder in (out / name, out / WORK / name):
        sweep(folder.rglob(".*"))


@contextmanager
def locked(out: Path, name: str) -> Iterator[None]:
    """Be the only one to write into the folder ``name`` of ``out``, freed of halves of files."""
    with folder_lock(out, name):
        sweep_folder(out, name)
        yield
