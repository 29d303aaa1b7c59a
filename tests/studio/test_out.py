"""Where films go: a folder that cannot be written is named, with the cure, before any work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio.conftest import ROOT, Run

COMMANDS = [
    ("render", "Turning", "-q", "l"),
    ("kit", "Turning", "-q", "l"),
    ("deck", "Turning", "-q", "l"),
    ("present", "Turning", "-q", "l"),
    ("fly", "u^3"),
    ("list",),
    ("film", "Turning", "-q", "l"),
    ("cut", "Turning", "-q", "l"),
    ("live", "u^3"),
    ("record", "--list"),
]
OPTIONS = {"cut": "--reel"}
"""Which option names the folder, where it is not --to."""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_that_cannot_be_written_is_named(
    command: tuple[str, ...], scenes: Path, tmp_path: Path, flowreel: Run
) -> None:
    """Root may write anywhere, so a file stands in the way."""
    (tmp_path / "file").write_text("in the way")
    where, option = tmp_path / "file" / "films", OPTIONS.get(command[0], "--to")
    more = () if command[0] in ("fly", "record") else ("--scenes", scenes)
    done = flowreel(*command, *more, option, where, check=1)
    assert f"{where} cannot be written (" in done.stderr
    kind = "file" if command[0] == "live" else "folder"
    assert f"; name another {kind} with {option}." in done.stderr
    assert done.stderr.count("cannot be written") == 1
    assert done.stdout == ""
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_for_takes_that_cannot_be_written_is_named(tmp_path: Path, flowreel: Run) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "recordings").mkdir()
    where = tmp_path / "file" / "takes"
    asked = ("--from", tmp_path / "recordings", "--takes", where, "--to", tmp_path / "reel")
    done = flowreel("record", *asked, check=1)
    assert f"{where} cannot be written (" in done.stderr
    assert "; name another folder with --takes." in done.stderr
    assert not (tmp_path / "reel").exists()


def test_a_gallery_that_cannot_be_written_is_named(tmp_path: Path, flowreel: Run) -> None:
    reel = tmp_path / "reel"
    reel.mkdir()
    (reel / ".work").write_text("in the way")
    done = flowreel("gallery", "--to", reel, check=1)
    assert f"{reel} cannot be written (" in done.stderr
    assert "; name another folder with --to." in done.stderr


def test_a_folder_that_is_not_there_has_nothing_to_check(tmp_path: Path, flowreel: Run) -> None:
    done = flowreel("check", "--to", tmp_path / "none", check=2)
    assert "There is no folder" in done.stderr


def test_whoever_has_read_enough_is_told_nothing(scenes: Path, tmp_path: Path) -> None:
    asked = "list", "--json", "--scenes", str(scenes), "--to", str(tmp_path)
    command = [sys.executable, "-m", "studio", *asked]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout and running.stderr
        running.stdout.close()
        assert running.stderr.read() == ""
