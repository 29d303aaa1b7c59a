"""Who may import whom: rooms and their folders in one direction, without circles."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import stage

ROOT = Path(__file__).parents[1]
ROOMS = ("fields", "stage", "scenes", "studio")
"""A room may import itself and those to its left."""

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
}


def imported(name: str) -> set[str]:
    """Modules of ours that a module imports, anywhere in its file."""
    path = MODULES[name]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports from the top, as everywhere"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {module for module in found if module in MODULES}


def folder(name: str) -> str:
    """The folder within a room that a module is in, or the module itself at the room's top."""
    return ".".join(name.split(".")[:2])


def test_rooms_import_only_what_is_to_their_left():
    wrong = [
        f"{name} imports {other}"
        for name in MODULES
        for other in imported(name)
        if ROOMS.index(other.split(".")[0]) > ROOMS.index(name.split(".")[0])
    ]
    assert not wrong


@pytest.mark.parametrize("unit", [str, folder], ids=["modules", "folders"])
def test_no_imports_go_in_circles(unit):
    graph: dict[str, set[str]] = {}
    for name in MODULES:
        used = {unit(other) for other in imported(name)} - {unit(name)}
        graph.setdefault(unit(name), set()).update(used)
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_files_have_one_job_and_folders_few_files():
    crowded = {
        str(path.relative_to(ROOT)): count
        for room in ("fields", "stage", "studio")
        for path in [ROOT / room, *sorted((ROOT / room).rglob("*/"))]
        if (count := len([file for file in path.glob("*.py") if file.name != "__init__.py"])) > 12
    }
    assert not crowded, "a folder of more than a dozen files wants rooms within"


def test_names_of_stage_are_loaded_when_asked_for():
    assert all(getattr(stage, name) for name in stage.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = stage.nothing


def test_a_command_begins_without_what_is_slow_to_load():
    code = "import sys, stage, studio.cli.main, studio.film.gif\n"
    code += "print({'manim', 'numba', 'scipy'} & set(sys.modules))"
    run = [sys.executable, "-c", code]
    seen = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert seen.stdout == "set()\n"
