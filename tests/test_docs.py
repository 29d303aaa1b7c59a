"""What README and the documentation tell exists: commands, clips, knobs, files, public names."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import fields
from stage.knobs import KNOBS
from studio.cli.main import main
from studio.job.clips import find_clips
from studio.primer.script import read_script

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "fields" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
COMMANDS = [
    (str(page.relative_to(ROOT)), line.strip())
    for page in PAGES
    for line in re.findall(r"^ {4}(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    if re.match(r"(FLOWREEL_\w+=\S+ )*(manim|flowreel|make|python -m) ", line.strip())
]


def docs_pages():
    """The module ``docs/pages.py``, which is in no package."""
    spec = importlib.util.spec_from_file_location("pages", ROOT / "docs" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_lead_to_files(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [*IDS[:3], "findings/README.md", "benchmarks/README.md"])
def test_files_that_are_named_are_there(page):
    rooms = "fields|stage|scenes|studio|tests|benchmarks|findings|docs|assets|scripts"
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{rooms})/[\w./-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[line for _, line in COMMANDS])
def test_commands_are_ones_that_there_are(page, line):
    words = shlex.split(re.split(r" {3,}", line)[0])
    while "=" in words[0]:
        knob = words.pop(0).partition("=")[0].removeprefix("FLOWREEL_").lower()
        assert knob in KNOBS or knob == "set"
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert {word for word in rest if "=" not in word} <= set(targets)
    elif program == "python":
        assert rest[1].partition(".")[0] in {"benchmarks", "stage", "studio"}
        assert (ROOT / rest[1].replace(".", "/")).with_suffix(".py").exists() or (
            ROOT / rest[1].replace(".", "/")
        ).is_dir()
    elif program == "flowreel":
        command = main.commands[rest[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest[1:] if re.match(r"-\D", word)} <= known
        assert {word for word in rest[1:] if re.match(r"[A-Z][a-z]", word)} <= set(find_clips())
    else:
        file, name = (word for word in rest if word.endswith(".py") or word[0].isupper())
        assert ROOT / file == find_clips()[name].path


def test_python_in_readme_runs():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, alone = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(alone, "README.md", "exec"), {"print": lambda value: None})


def test_python_on_the_page_of_ones_own_runs(tmp_path, monkeypatch):
    # PyTorch is not among what we install: arrays as it would give them
    shapes = {"hidden.weight": np.ones((2, 2)), "hidden.bias": np.zeros(2)}

    def load(k):
        arrays = {name: k * array for name, array in shapes.items()}
        return {name: SimpleNamespace(numpy=a.copy) for name, a in arrays.items()}

    torch = SimpleNamespace(load=load)
    given = {"history": np.cumsum(np.ones((5, 3)) * [1, 2, -1], axis=0) ** 2, "torch": torch}
    given |= {"files": [1.0, 2.0, 4.0], "print": lambda value: None}
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "own.md").read_text(encoding="utf-8")
    array, checkpoints, trained = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(compile(array, "own.md", "exec"), given)
    assert (tmp_path / "run.npz").exists()
    exec(compile(checkpoints, "own.md", "exec"), given)
    assert given["two"].weights.tolist() == [[1.0, 0.0], [2.0, 0.0], [4.0, 0.0]]
    exec(compile(trained, "own.md", "exec"), given)


def test_a_script_of_ones_own_is_read_and_has_its_place(tmp_path):
    page = (ROOT / "docs" / "talk.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "lecture.toml").write_text(text, encoding="utf-8")
    own, ours = read_script(tmp_path / "lecture.toml"), read_script()
    assert own.clips == ("DepthMorph", "Mosaic")
    assert set(own.clips) <= set(ours.chapters)
    told = own.chapter("DepthMorph").lines
    assert set(told) < set(ours.chapter("DepthMorph").lines), "its sections, as ours names them"
    assert own.chapter("Mosaic").lines == {}


def test_pictures_of_ones_own_are_there_with_a_command_each():
    text = (ROOT / "docs" / "own.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[.+\]\(\.\./(.+)\)", text)
    above = re.findall(r"^    flowreel (?:fly|render) .+\n\n!\[", text, re.MULTILINE)
    assert len(shown) == len(above) == len(set(shown))
    assert sum((ROOT / name).stat().st_size for name in shown) < 1.5e6


def test_clips_in_readme_are_where_it_says():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| `(\w+\.py)` \|$", text, re.MULTILINE)
    clips = {name: clip.path.name for name, clip in find_clips().items()}
    chapters = {name: file for name, file in clips.items() if file != "figures.py"}
    assert dict(rows) == chapters


def test_every_folder_of_the_reference_is_a_package():
    # the reference goes from package to package: a folder that is none would be left out
    folders = {
        path.parent
        for room in ("fields", "stage", "studio")
        for path in (ROOT / room).rglob("*.py")
    }
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_public_names_are_told_where_they_are_defined():
    pages = docs_pages()
    listed = pages.names_list()
    for name, home in pages.homes().items():
        tree = ast.parse((ROOT / home.replace(".", "/")).with_suffix(".py").read_text("utf-8"))
        defined = {node.name for node in tree.body if hasattr(node, "name")} | {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
        }
        assert name in defined
        assert f"<{home}.{name}>" in listed
        assert not callable(getattr(fields, name)) or pages.first_sentence(name)
    assert set(pages.homes()) == set(fields.__all__)
