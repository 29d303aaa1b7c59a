"""What is in a folder of films: each file with its SHA-256, and from which inputs it was made.

``manifest.json`` in each clip's folder is the truth about that folder; the one above them gathers
them all. A file is fresh if its bytes are those of the manifest, and its inputs those of now.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.turns import turn
from studio.whole import sha256, write_whole

NAME = "manifest.json"
_FORM = 1


@dataclass(frozen=True)
class Entry:
    """One file: what its bytes are, and a digest of what they were made from."""

    sha256: str
    bytes: int
    inputs: str


def read(folder: Path) -> dict[str, Any]:
    """The folder's manifest; an empty one where there is none, or none that can be read."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    usable = isinstance(found, dict) and found.get("form") == _FORM
    return found if usable else {"form": _FORM, "files": {}}


def is_fresh(folder: Path, name: str, inputs: str) -> bool:
    """Whether a file is there, whole, and made from these inputs."""
    entry = read(folder)["files"].get(name)
    path = folder / name
    if entry is None or entry["inputs"] != inputs or not path.is_file():
        return False
    return path.stat().st_size == entry["bytes"] and sha256(path) == entry["sha256"]


def record(folder: Path, name: str, inputs: str, **about: Any) -> None:
    """Write down a file that has just been made, and what else is to be known of the folder."""
    path = folder / name
    manifest = read(folder)
    entry = Entry(sha256(path), path.stat().st_size, inputs)
    manifest["files"][name] = vars(entry)
    manifest |= about
    write_whole(folder / NAME, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def gather(out: Path) -> dict[str, Any]:
    """Write the manifest of all folders."""
    with turn(out / ".work" / "manifest.lock"):
        folders = {
            path.parent.name: read(path.parent)["files"] for path in sorted(out.glob(f"*/{NAME}"))
        }
        whole = {"form": _FORM, "folders": folders}
        write_whole(out / NAME, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    return whole


def flaws(out: Path) -> list[str]:
    """What the manifests promise and the disk does not hold."""
    return [
        f"{path.parent.name}/{name}"
        for path in sorted(out.glob(f"*/{NAME}"))
        for name, entry in read(path.parent)["files"].items()
        if not is_fresh(path.parent, name, entry["inputs"])
    ]
