"""Files that are whole or not there: written beside their name, and given it at the end."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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


def sweep(folder: Path) -> int:
    """Remove what processes that are gone left half-written; how many files that were."""
    swept = 0
    for path in folder.rglob(".*"):
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
    return True
