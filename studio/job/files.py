"""Files of which nobody sees a half, and folders in which one run works at a time.

A file is written beside its name and given it at the end. A lock is the system's: it goes with its
holder, however that ends.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

WORK = ".work"
"""Where segments, logs and locks are, in a folder of films."""
_PART = re.compile(r"\.(\d+)\.")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path to write to; what was written there takes the name ``path`` when all is well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield part
        with part.open("rb+") as file:  # on the disk before it bears the name
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that is never seen half-written."""
    with whole(path) as part:
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


def _take(file: IO[str]) -> bool:
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


@contextmanager
def turn(out: Path, name: str, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Be the only one to write into the folder ``name`` of ``out``, freed of halves of files.

    ``waiting`` is called once if another process is at it. The system frees the lock when its
    holder ends, however it ends; what that one had begun is removed by the next.
    """
    lock = out / WORK / f"{name}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        told = False
        while not _take(file):
            if not told:
                waiting()
                told = True
            sleep(0.2)
        for folder in (out / name, out / WORK / name):
            sweep(folder.rglob(".*"))
        yield
