"""What there is to film, who does what, and what goes into a fingerprint."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from studio.cli.choice import choose, every_clip
from studio.cli.main import main
from studio.job.clips import find_clips
from studio.job.request import RenderRequest, Size, inside, knobs
from studio.job.sources import closure, digest, sources
from tests.scenes.clips import clips


def test_clips_are_found_without_running_them_as_by_importing_them() -> None:
    assert set(find_clips()) == {kind.__name__ for kind in clips()}


def test_a_clip_says_what_it_shows(scenes: Path) -> None:
    found = find_clips(scenes)
    assert list(found) == ["Drifting", "Turning", "Failing"], "a pattern is no clip"
    assert found["Drifting"].shows == 'A dot drifts <slowly> & surely to "w₁".'
    assert found["Drifting"].chapter == "Dots"


def test_chapters_come_in_their_order(tmp_path: Path) -> None:
    scene = "from stage import FlowScene\nclass {}(FlowScene):\n    '''{}.'''\n"
    (tmp_path / "a.py").write_text("CHAPTER = 2\n" + scene.format("Second", "2"))
    (tmp_path / "b.py").write_text("CHAPTER = 1\n" + scene.format("First", "1"))
    (tmp_path / "c.py").write_text(scene.format("Encore", "e"))
    assert list(find_clips(tmp_path)) == ["First", "Second", "Encore"]
    (tmp_path / "d.py").write_text(scene.format("First", "again"))
    with pytest.raises(ValueError, match=r"d\.py: b\.py has a First already"):
        find_clips(tmp_path)


MINE = """
from scenes.deep import DepthMorph{}


class {}({}):
    target = (8.0, 2.0)
"""


@pytest.mark.parametrize("names", [("", "DepthMorph"), (" as Morph", "Morph")])
def test_a_clip_of_ones_own_may_come_from_one_of_ours(
    names: tuple[str, str], tmp_path: Path
) -> None:
    renamed, base = names
    (tmp_path / "mine.py").write_text(MINE.format(renamed, "Mine", base))
    (tmp_path / "more.py").write_text(
        "from mine import Mine\n\n\nclass Identity(Mine):\n    pass\n"
    )
    (tmp_path / "folder.py").mkdir()
    assert list(find_clips(tmp_path)) == ["Mine", "Identity"], "ours are not in that folder"
    made_from = {path.name for path in closure(tmp_path / "more.py")}
    assert {"more.py", "mine.py", "deep.py", "flow.py"} <= made_from
    (tmp_path / "mine.py").write_text(MINE.format(renamed, "DepthMorph", base))
    with pytest.raises(ValueError, match=r"mine\.py: DepthMorph comes from another DepthMorph"):
        find_clips(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"class Broken(\n", r"broken\.py, line 1: '\(' was never closed"),
        (b"\xff", r"broken\.py: "),
    ],
)
def test_a_file_that_is_no_python_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "scene.py").write_text("import broken\n")
    (tmp_path / "broken.py").write_bytes(content)
    for read in (find_clips, lambda folder: sources(folder / "scene.py")):
        with pytest.raises(ValueError, match=words + r".*mend it, or move the file"):
            read(tmp_path)


def test_a_misspelt_clip_is_guessed(scenes: Path) -> None:
    with pytest.raises(ValueError, match="Did you mean Turning"):
        choose(["Turnin"], scenes)


OTHERS = """
from abc import ABC
from dataclasses import dataclass

import manim
from manim import MovingCameraScene, Scene
from stage import FlowScene


class Plain(Scene):
    pass


class Dotted(manim.Scene):
    pass


class Moving(MovingCameraScene):
    pass


class Grandchild(Moving):
    pass


class _Hidden(FlowScene):
    pass


class Open(FlowScene):
    depth: float
    size: int


class Half(Open):
    depth = 2.0


class Abstract(FlowScene, ABC):
    pass


@dataclass
class Data:
    size: int = 1
"""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Plain", "a scene of plain Manim (Scene); film it by `manim -qh '{file}' Plain`, or "),
        ("Dotted", "a scene of plain Manim (Scene); film it by `manim -qh '{file}' Dotted`, or "),
        ("Moving", "a scene of plain Manim (MovingCameraScene); film it by `manim -qh "),
        ("Grandchild", "a scene of plain Manim (MovingCameraScene); film it by `manim -qh "),
        ("Plain", "or derive it from FlowScene (`from stage import FlowScene`)."),
        ("_Hidden", "a pattern, by the underscore before its name; rename it."),
        ("Open", "a pattern that leaves open what depth and size are; say so in it, or in a "),
        ("Half", "a pattern that leaves open what size is; say so in it, or in a class that "),
        ("Abstract", "abstract (ABC); film a class that comes from it."),
        ("Data", "no scene: it does not come from FlowScene; derive it from FlowScene (`from "),
    ],
)
def test_a_class_that_is_no_clip_is_told_from_what_is_not_there(
    name: str, why: str, tmp_path: Path
) -> None:
    folder = tmp_path / "of mine"
    folder.mkdir()
    file = folder / "mine.py"
    file.write_text(OTHERS, "utf-8")
    with pytest.raises(ValueError) as told:
        choose([name], folder)
    assert str(told.value).startswith(f"There is no clip {name!r}: in {file} it is ")
    assert why.format(file=file) in str(told.value)
    with pytest.raises(ValueError) as all_told:
        every_clip(folder)
    assert str(all_told.value).startswith(
        f"There is no clip in {folder}. There is Plain: in {file}"
    )
    (folder / "clip.py").write_text("class Clip(FlowScene):\n    pass\n", "utf-8")
    assert [clip.name for clip in every_clip(folder)] == ["Clip"]


@pytest.mark.parametrize("command", ["render", "kit", "deck", "present", "cut", "film", "live"])
def test_each_command_tells_of_a_scene_of_plain_manim(command: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OTHERS, "utf-8")
    to = tmp_path / "out"
    where = ["--scenes", str(tmp_path), "--reel" if command == "cut" else "--to", str(to)]
    done = CliRunner().invoke(main, [command, "Plain", *where], terminal_width=500)
    assert done.exit_code == 2
    assert f"film it by `manim -qh {tmp_path / 'mine.py'} Plain`" in done.output
    assert not to.exists()


def test_who_asks_for_what_is_not_here_is_told_how_to_name_a_folder_of_their_own(
    scenes: Path,
) -> None:
    with pytest.raises(ValueError, match="For clips of your own, add --scenes FOLDER"):
        choose(["mine.py"])
    with pytest.raises(ValueError, match=r"There are: Drifting, Turning, Failing\.$"):
        choose(["mine.py"], scenes)


def test_a_film_is_made_from_all_that_its_scene_imports(scenes: Path) -> None:
    names = {path.name for path in closure(scenes / "dots.py")}
    assert {"dots.py", "beside.py", "scene.py", "segment.py", "flow.py", "painter.py"} <= names
    assert not {"cli.py", "deep.py"} & names


def test_fingerprints_go_by_content(tmp_path: Path, scenes: Path) -> None:
    for path in scenes.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    clip = find_clips(tmp_path)["Drifting"]
    before = RenderRequest(clip, Size(96, 64, 5)).fingerprint
    os.utime(tmp_path / "beside.py", (1, 1))
    assert RenderRequest(clip, Size(96, 64, 5)).fingerprint == before
    assert RenderRequest(clip, Size(96, 64, 6)).fingerprint != before
    assert RenderRequest(clip, Size(96, 64, 5), (("FLOWREEL_SEED", "8"),)).fingerprint != before
    (tmp_path / "beside.py").write_text('COLOUR = "#4ab6ec"\n')
    changed = digest(sources(tmp_path / "dots.py"))
    assert changed != digest(sources(scenes / "dots.py"))
    assert RenderRequest(clip, Size(96, 64, 5)).fingerprint != before


@pytest.mark.parametrize(
    "setting", ["target", "target=1;count=9", "Target=1", "a-b=1", "=1", "x=1\ny=2", "../x=1"]
)
def test_a_knob_is_a_name_and_a_value(setting: str) -> None:
    with pytest.raises(ValueError, match="is no setting"):
        knobs([setting], "", "", {})


def test_what_is_said_last_counts() -> None:
    around = {"FLOWREEL_SEED": "1", "FLOWREEL_THEME": "dark", "HOME": "/"}
    made = dict(knobs(["seed=2", "target=$(touch x),2"], "light", "", around))
    assert made == {
        "FLOWREEL_SEED": "2",
        "FLOWREEL_TARGET": "$(touch x),2",
        "FLOWREEL_THEME": "light",
    }


def test_another_language_is_another_film_and_so_is_another_catalogue(
    scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, size = find_clips(scenes)["Drifting"], Size(96, 64, 5)

    def asked(**told: str) -> RenderRequest:
        variables = {f"FLOWREEL_{name.upper()}": value for name, value in told.items()}
        return RenderRequest(clip, size, knobs((), "", "", variables))

    english, german, set_so = asked(), asked(language="de"), asked(set="count=3; language=de")
    assert (english.language, german.language, set_so.language) == ("", "de", "de")
    assert german.folder != english.folder
    assert len({english.fingerprint, german.fingerprint, set_so.fingerprint}) == 3
    assert "assets/locale/de.po" in german.inputs["sources"]
    assert "assets/locale/de.po" in set_so.inputs["sources"]
    assert "assets/locale/de.po" not in english.inputs["sources"]
    mine = tmp_path / "mine.py"
    mine.write_text('class Mine:\n    language = "de"\n', "utf-8")
    assert "assets/locale/de.po" in sources(mine), "as it stands in the file"
    with pytest.raises(ValueError, match=r"no language 'xx'; there are: en, de"):
        asked(language="xx")


def test_no_name_leads_out_of_the_folder(tmp_path: Path, scenes: Path) -> None:
    for name in ("../talk", "/etc/talk", "a/../../talk"):
        with pytest.raises(ValueError, match="leads out"):
            inside(tmp_path, name)
    assert inside(tmp_path, "talk") == tmp_path / "talk"
    clip = find_clips(scenes)["Turning"]
    bad = RenderRequest(clip, Size(96, 64, 5), (("FLOWREEL_THEME", "../../x"),))
    assert "/" not in bad.folder
    assert inside(tmp_path, bad.folder).parent == tmp_path


def test_a_file_is_read_again_where_it_has_changed_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '"""Mine."""\n\nclass {}(FlowScene):\n    """Seen."""\n'
    (tmp_path / "one.py").write_text(text.format("One"))
    (tmp_path / "other.py").write_text(text.format("Other"))
    assert list(find_clips(tmp_path)) == ["One", "Other"]
    read: list[str] = []
    parse = ast.parse

    def noted(source: str, name: str) -> ast.Module:
        read.append(Path(name).name)
        return parse(source, name)

    monkeypatch.setattr(ast, "parse", noted)
    (tmp_path / "other.py").write_text(text.format("Another"))
    assert list(find_clips(tmp_path)) == ["One", "Another"]
    assert read == ["other.py"]
