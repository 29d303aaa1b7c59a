"""What a film is made from: files by content, versions of what reads them, settings.

Two runs with equal fingerprints make equal pictures; dates do not come into it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from stage.text.language import Language, catalogue, languages
from studio.job.clips import HOUSE, parsed
from studio.job.data import names_file
from studio.job.files import sha256

WORKER = 2
"""Raise it whenever workers come to make other files from the same sources."""
_MAKERS = ("manim", "numpy", "scipy", "numba", "av", "typst")
_ROOMS = ("fields", "stage", "scenes")


def closure(path: Path) -> list[Path]:
    """The file and every file of ours that it imports, directly or through others."""
    found = [path.resolve()]
    asked = set(found)
    for file in found:  # grows
        for name in _imports(file, file.read_bytes()):
            new = [place for place in _places(name, path.parent) if place not in asked]
            asked.update(new)
            found += [place for place in new if place.is_file()]
    return sorted(found)


def sources(path: Path, language: str = "") -> dict[str, str]:
    """SHA-256 of each file that a scene file is made from, by its place in the house.

    Data beside a file are among them where they stand in it by name, as ``examples = "mine.csv"``;
    so are catalogues, as ``language = "de"``, and that of the ``language`` that was chosen.
    """
    files = closure(path)
    files += [beside for file in files for beside in _data(file, file.read_bytes())]
    files += sorted({catalogue(tag) for tag in {*_tags(files), language} if tag in languages()[1:]})
    return {_place(file, path.parent): sha256(file) for file in files if file.is_file()}


def sources_of(language: Language) -> dict[str, str]:
    """SHA-256 of the catalogue that a language is read from, by its place; English has none."""
    files = [catalogue(language.tag)] if language.tag in languages()[1:] else []
    return {_place(file, HOUSE): sha256(file) for file in files}


def makers() -> dict[str, str]:
    """Versions of what turns the sources into pictures."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, "worker": str(WORKER)} | {name: version(name) for name in _MAKERS}


def manim_settings(folder: Path = Path()) -> dict[str, str]:
    """The texts of the settings files that Manim reads, those of the user and of the folder."""
    home = Path.home() / ("AppData/Roaming/Manim" if os.name == "nt" else ".config/manim")
    places = {"user": home / "manim.cfg", "folder": folder / "manim.cfg"}
    return {
        name: place.read_text(encoding="utf-8") for name, place in places.items() if place.is_file()
    }


def digest(parts: Mapping[str, object]) -> str:
    """One name for many facts: 32 hexadecimal digits."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(1024)
def _imports(file: Path, content: bytes) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(_package(file, node.level))
            inner = ".".join(filter(None, [package, node.module]))
            names += [inner, *(f"{inner}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


@lru_cache(1024)
def _texts(file: Path, content: bytes) -> frozenset[str]:
    texts = [node.value for node in ast.walk(parsed(file)) if isinstance(node, ast.Constant)]
    return frozenset(text for text in texts if isinstance(text, str))


def _data(file: Path, content: bytes) -> tuple[Path, ...]:
    named = sorted(text for text in _texts(file, content) if names_file(text))
    return tuple(file.parent / name for name in named)


def _tags(files: Iterable[Path]) -> set[str]:
    """Tags of languages that stand in Python files as texts."""
    known = set(languages())
    scripts = [file for file in files if file.suffix == ".py" and file.is_file()]
    return {text for file in scripts for text in _texts(file, file.read_bytes()) & known}


def _package(file: Path, level: int) -> tuple[str, ...]:
    parents = file.parents[level - 1]
    return parents.relative_to(HOUSE).parts if parents.is_relative_to(HOUSE) else ()


def _places(name: str, beside: Path) -> list[Path]:
    room = name.partition(".")[0]
    return _in_house(name) if room in _ROOMS else [beside.resolve() / f"{room}.py"]


@lru_cache(4096)
def _in_house(name: str) -> list[Path]:
    parts = name.split(".")
    packages = [HOUSE.joinpath(*parts[:end], "__init__.py") for end in range(1, len(parts) + 1)]
    return [*packages, HOUSE.joinpath(*parts).with_suffix(".py")]


def _place(file: Path, folder: Path) -> str:
    for root in (HOUSE, folder.resolve()):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return file.name
