"""Where films go: a folder that cannot be written is named, with the cure, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studio.conftest import Run

COMMANDS = [
    ("render", "Turning", "-q", "l"),
    ("kit", "Turning", "-q", "l"),
    ("deck", "Turning", "-q", "l"),
    ("present", "Turning", "-q", "l"),
    ("fly", "u^3"),
    ("list",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_that_cannot_be_written_is_named(
    command: tuple[str, ...], scenes: Path, tmp_path: Path, flowreel: Run
) -> None:
    """Root may write anywhere, so a file stands in the way."""
    (tmp_path / "file").write_text("in the way")
    where = tmp_path / "file" / "films"
    more = () if command[0] == "fly" else ("--scenes", scenes)
    done = flowreel(*command, *more, "--to", where, check=1)
    assert f"{where} cannot be written (Not a directory)" in done.stderr
    assert "name another folder with --to" in done.stderr
    assert done.stderr.count("cannot be written") == 1
    assert done.stdout == ""
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_that_is_not_there_has_nothing_to_check(tmp_path: Path, flowreel: Run) -> None:
    done = flowreel("check", "--to", tmp_path / "none", check=2)
    assert "There is no folder" in done.stderr
