"""What users write is data: it reaches no shell, leaves no folder, and never runs."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import typst
from click.testing import CliRunner

from stage.text.source import literal
from studio.cli.main import main

RUNS = "__import__('pathlib').Path({gone!r}).touch()"


@pytest.fixture
def gone(tmp_path: Path) -> Path:
    """A file that is there if something was run."""
    return tmp_path / "gone"


@pytest.mark.parametrize(
    "formula",
    [
        RUNS,
        "u.__class__",
        "(lambda: u)()",
        "exec('1')",
        "$(touch {gone})",
        "u; touch {gone}",
        "`touch {gone}`",
        "u if u else 1",
        '#read("/etc/passwd")',
    ],
)
def test_a_formula_is_not_a_program(formula: str, gone: Path, tmp_path: Path) -> None:
    asked = formula.format(gone=str(gone))
    done = CliRunner().invoke(main, ["fly", asked, "--to", str(tmp_path / "reel")])
    assert (done.exit_code, done.exception.__class__) == (2, SystemExit)
    assert "Traceback" not in done.output
    assert not gone.exists()
    assert not list(tmp_path.rglob("*.mp4"))


@pytest.mark.parametrize(
    "name", ["../Turning", "/etc/passwd", "Turning;touch", "$(touch gone)", "os.system", "..", "-x"]
)
@pytest.mark.parametrize("command", ["render", "kit", "deck"])
def test_a_name_is_only_looked_up(command: str, name: str, scenes: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, [command, "--scenes", str(scenes), "--to", str(tmp_path / "reel"), "--", name]
    )
    assert done.exit_code == 2
    assert "There is no clip" in done.output
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("option", ["--set=seconds={run}", "--theme={run}", "--aspect=../../{run}"])
def test_a_knob_is_read_and_never_run(
    option: str, gone: Path, scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "one" / "reel"
    asked = option.format(run=RUNS.format(gone=str(gone)))
    done = CliRunner().invoke(
        main, ["render", "Turning", asked, "--scenes", str(scenes), "--to", str(out)]
    )
    assert done.exit_code == 1
    assert "cannot be" in done.output
    assert not gone.exists()
    assert [path for path in tmp_path.iterdir() if path.name != "one"] == []
    assert [path.name for path in out.parent.iterdir()] == ["reel"]


@pytest.mark.parametrize(
    "title",
    ['#read("/etc/passwd")', "$x^2$ *bold* _slanted_", '#import "x.typ"', "a // b", "@a <b> [c]"],
)
def test_a_title_is_printed_as_it_stands(title: str, tmp_path: Path) -> None:
    source = tmp_path / "title.typ"
    source.write_text("#set page(width: 40cm)\n#set smartquote(enabled: false)\n" + literal(title))
    paper = tmp_path / "title.pdf"
    paper.write_bytes(typst.compile(str(source)))
    with pypdfium2.PdfDocument(paper) as document:
        assert document[0].get_textpage().get_text_range().strip() == title
