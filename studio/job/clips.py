"""Which clips there are: read from the scene files without running them.

A clip is a class in ``scenes/*.py`` that comes from ``FlowScene`` and leaves nothing open: a class
with an attribute that has a type and no value, in itself or in what it comes from, is a pattern
for clips. Neither is a class whose name begins with an underscore. In another folder, a clip may
come from one of ours as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).resolve().parents[2]
"""Where the four rooms are."""
SCENES = HOUSE / "scenes"
ROOT = "FlowScene"
"""What every clip comes from, and what sets itself all that it leaves open."""


@dataclass(frozen=True)
class Clip:
    """A class that can be filmed, and what it says of itself."""

    name: str
    path: Path
    chapter: str
    """Title of its file: the docstring's first words."""
    shows: str
    """What it shows: the first sentence of its docstring."""
    place: int = 1000
    """Among all clips, from 1."""

    @property
    def title(self) -> str:
        """``DepthMorph`` as people write it."""
        return "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(self.name))

    @property
    def module(self) -> str:
        """The name that ``manim`` gives to its folder of films."""
        return self.path.stem


@dataclass(frozen=True)
class Kind:
    """A class as it stands in its file."""

    path: Path
    shows: str
    chapter: str
    bases: tuple[str, ...]
    open: frozenset[str]
    closed: frozenset[str]


class _File(NamedTuple):
    """What is read of a file, without its tree."""

    kinds: Mapping[str, Kind]
    place: float


class Classes(NamedTuple):
    """What a folder of scenes is read as."""

    kinds: Mapping[str, Kind]
    """By name: of the folder itself, and of all that its clips may come from."""
    own: Sequence[str]
    """Of the folder itself, chapter by chapter in the order in which they are written."""


def find_clips(folder: Path = SCENES) -> dict[str, Clip]:
    """Every clip by name, chapter by chapter in the order in which they are written."""
    kinds, own = find_classes(folder)
    listed = [name for name in own if _is_clip(name, kinds)]
    return {
        name: Clip(name, kinds[name].path, kinds[name].chapter, kinds[name].shows, place)
        for place, name in enumerate(listed, 1)
    }


def find_classes(folder: Path) -> Classes:
    """The classes that are clips, and those that are not; ValueError where two have one name."""
    patterns = _classes(HOUSE / "stage")
    found: dict[str, Kind] = {}
    chapters: list[tuple[float, str, list[str]]] = []
    for path in sorted(filter(Path.is_file, folder.glob("*.py"))):
        new, place = _read(path)
        for name, kind in new.items():
            if other := patterns.get(name) or found.get(name):
                raise ValueError(
                    f"{path}: {other.path.name} has a {name} already; "
                    "a clip is called by its name alone, so rename one of them."
                )
            if name in kind.bases:
                raise ValueError(
                    f"{path}: {name} comes from another {name}; "
                    "a clip is called by its name alone, so rename yours."
                )
        found |= new
        chapters.append((place, path.stem, list(new)))
    ours = _classes(SCENES) if folder.resolve() != SCENES else {}
    own = [name for _, _, names in sorted(chapters) for name in names]
    return Classes(patterns | ours | found, own)


def _classes(folder: Path) -> dict[str, Kind]:
    """The classes of a room of ours, which clips may come from."""
    return {
        name: kind
        for path in sorted(folder.rglob("*.py"))
        for name, kind in _read(path).kinds.items()
    }


def _read(path: Path) -> _File:
    """What a file has in it now."""
    return _understood(path, path.read_bytes())


@lru_cache(maxsize=256)
def _understood(path: Path, content: bytes) -> _File:
    """What a file says that has this content: to read all of ours takes 0.15 s."""
    tree = parsed(path)
    return _File(_classes_in(tree, path), _place(tree))


def parsed(path: Path) -> ast.Module:
    """A file as Python reads it; ValueError if it cannot."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f"{path}, line {line}" if line else str(path)
        raise ValueError(
            f"{place}: {getattr(error, 'msg', error)}. This is no Python; mend it, or move the "
            "file to where no scenes are."
        ) from error


def _classes_in(tree: ast.Module, path: Path) -> dict[str, Kind]:
    title = _first_words(ast.get_docstring(tree) or path.stem)
    renamed = {
        alias.asname: alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: _kind(node, path, title, renamed) for node in nodes}


def _kind(node: ast.ClassDef, path: Path, chapter: str, renamed: Mapping[str, str]) -> Kind:
    def named(values: Iterable[ast.AST]) -> frozenset[str]:
        return frozenset(value.id for value in values if isinstance(value, ast.Name))

    annotated = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    plain = [target for item in node.body if isinstance(item, ast.Assign) for target in _flat(item)]
    filled = named(plain) | named(item.target for item in annotated if item.value)
    filled |= {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    bases = tuple(
        renamed.get(base.id, base.id) if isinstance(base, ast.Name) else base.attr
        for base in node.bases
        if isinstance(base, ast.Name | ast.Attribute)
    )
    left = named(item.target for item in annotated if not item.value)
    return Kind(path, _sentence(node), chapter, bases, left - filled, filled)


def _flat(assignment: ast.Assign) -> list[ast.expr]:
    return [
        name
        for target in assignment.targets
        for name in (target.elts if isinstance(target, ast.Tuple) else [target])
    ]


def line_of(name: str, kinds: Mapping[str, Kind]) -> list[str]:
    """A class, and all that it comes from; not what ours comes from itself."""
    found = [name]
    for name in found:  # grows
        if name in kinds and name != ROOT:
            found.extend(base for base in kinds[name].bases if base not in found)
    return found


def left_open(name: str, kinds: Mapping[str, Kind]) -> set[str]:
    """Attributes that have a type and no value, in a class and in all that it comes from."""
    line = [kinds[one] for one in line_of(name, kinds) if one in kinds and one != ROOT]
    return set().union(*(one.open for one in line)) - set().union(*(one.closed for one in line))


def _is_clip(name: str, kinds: Mapping[str, Kind]) -> bool:
    is_ours = ROOT in line_of(name, kinds) and not name.startswith("_")
    return is_ours and not left_open(name, kinds) and "ABC" not in kinds[name].bases


def _sentence(node: ast.ClassDef) -> str:
    lines = (ast.get_docstring(node) or node.name).split("\n\n")[0]
    return " ".join(lines.split())


def _first_words(docstring: str) -> str:
    line = docstring.strip().splitlines()[0]
    return line.split(":")[0].rstrip(".")


def _place(tree: ast.Module) -> float:
    """A file may say ``CHAPTER = 7``; those that do not come last, by name."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == "CHAPTER":
                    return float(ast.literal_eval(node.value))
    return float("inf")
