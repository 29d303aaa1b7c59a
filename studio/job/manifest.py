"""What is in a folder of films: each file with its SHA-256, and from which inputs it was made.

``manifest.json`` in each clip's folder is the truth about that folder; the one above them gathers
them all. A file is fresh if its bytes are those of the manifest, and its inputs those of now.
"""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.job.clips import HOUSE
from studio.job.data import changes
from studio.job.files import locked, sha256, sweep, write_atomically
from studio.job.sources import makers, manim_settings

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
    usable = isinstance(found, dict) and found.get("form") == _FORM and "files" in found
    return found if usable else {"form": _FORM, "files": {}}


def is_fresh(folder: Path, name: str, inputs: str) -> bool:
    """Whether a file is there, whole, and made from these inputs."""
    entry = read(folder)["files"].get(name)
    path = folder / name
    if entry is None or entry["inputs"] != inputs or not path.is_file():
        return False
    return bool(path.stat().st_size == entry["bytes"] and sha256(path) == entry["sha256"])


def record(folder: Path, name: str, inputs: str, **about: Any) -> None:
    """Write down a file that has just been made, and what else is to be known of the folder."""
    manifest = read(folder)
    manifest["files"][name] = _entry(folder / name, inputs)
    _write(folder, manifest | about)


def note(folder: Path, **about: Any) -> None:
    """Write down what is to be known of a folder."""
    _write(folder, read(folder) | about)


def prune(folder: Path, inputs: Container[str], within: str = "") -> None:
    """Remove the files that were made from other inputs than these, ``within`` a folder or all."""
    manifest = read(folder)
    for name, entry in list(manifest["files"].items()):
        if entry["inputs"] not in inputs and name.startswith(within):
            (folder / name).unlink(missing_ok=True)
            del manifest["files"][name]
    _write(folder, manifest)


def gather(out: Path, **made: str) -> None:
    """Write the manifest of all folders; ``made`` are files beside them, and their inputs."""
    with locked(out, "manifest"):
        sweep(out.glob(".*"))
        files = read(out)["files"] | {name: _entry(out / name, made[name]) for name in made}
        folders = {path.name: read(path)["files"] for path in _folders(out)}
        if not (files or folders or (out / NAME).exists()):
            return  # nothing was made
        _write(out, {"form": _FORM, "files": files, "folders": folders})


def flaws(out: Path) -> list[str]:
    """What the manifests promise and the disk does not hold."""
    return [
        (folder / name).relative_to(out).as_posix()
        for folder in (out, *_folders(out))
        for name, entry in read(folder)["files"].items()
        if not is_fresh(folder, name, entry["inputs"])
    ]


def stale(out: Path) -> dict[str, list[str]]:
    """Folders that would be made anew, and what has changed since they were made."""
    changed = {folder.name: _changes(out, folder) for folder in _folders(out)}
    return {name: what for name, what in changed.items() if what}


def _changes(out: Path, folder: Path) -> list[str]:
    made = read(folder).get("made_from", {})
    roots = (HOUSE, (HOUSE / made.get("scene", "")).parent, out)
    files = [
        name
        for name, digest in made.get("sources", {}).items()
        if digest not in [sha256(root / name) for root in roots if (root / name).is_file()]
    ]
    now = makers()
    versions = [
        f"{name} {old} → {now[name]}"
        for name, old in made.get("makers", {}).items()
        if now.get(name, old) != old
    ]
    settings = made.get("settings", manim_settings()) != manim_settings()
    return files + changes(made.get("data", {})) + versions + ["manim.cfg"] * settings


def _folders(out: Path) -> list[Path]:
    return [path.parent for path in sorted(out.glob(f"*/{NAME}"))]


def _entry(path: Path, inputs: str) -> dict[str, Any]:
    return vars(Entry(sha256(path), path.stat().st_size, inputs))


def _write(folder: Path, manifest: dict[str, Any]) -> None:
    write_atomically(folder / NAME, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
