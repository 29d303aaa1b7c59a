"""Names of files that are no ASCII, in shells that know nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from studio.cli.main import main
from tests.studio.conftest import ROOT, SMALL, frames

ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}


def test_a_folder_with_an_umlaut_is_one_also_where_the_shell_has_ascii_alone(
    scenes: Path, tmp_path: Path
) -> None:
    out = tmp_path / "Übung ∂w"
    command = [sys.executable, "-W", "error", "-m", "studio"]
    command += ["render", "Turning", *SMALL, "--scenes", str(scenes), "--to", str(out), "--json"]
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, env=os.environ | ASCII_ONLY, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    (film,) = json.loads(done.stdout.decode())["films"]
    assert Path(film["file"]).is_relative_to(out)
    assert len(frames(Path(film["file"]))) == 10
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("option", ["--to", "--scenes"])
def test_a_name_that_is_no_text_is_refused_before_anything_is_made(
    option: str, scenes: Path, tmp_path: Path
) -> None:
    given = {"--to": str(tmp_path / "out"), "--scenes": str(scenes)}
    given[option] = os.fsdecode(os.fsencode(tmp_path) + b"/L\xdcge")
    asked = ["render", "Turning", *(word for pair in given.items() for word in pair)]
    done = CliRunner().invoke(main, asked, terminal_width=500)
    assert done.exit_code == 2
    assert rf"{tmp_path}/L\xdcge is no text in UTF-8" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_text_is_refused_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.fsencode(tmp_path) + b"/L\xdcge"
    os.mkdir(folder)
    monkeypatch.chdir(os.fsdecode(folder))
    done = CliRunner().invoke(main, ["render", "DepthMorph"], terminal_width=500)
    assert done.exit_code == 2
    assert rf"{tmp_path}/L\xdcge is no text in UTF-8" in done.output
    assert os.listdir(folder) == []
