"""The script that tries the newest and the lowest versions, on machines that are not this one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = """\
#!/bin/sh
note() {{ echo "{version} $*" >>"$HOME/calls"; }}
case "$*" in
    "-c import platform"*) echo {version} ;;
    "-c import ensurepip"*) exit {unfit} ;;
    "-m venv "*)
        note "$@" && mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$HOME/other" "$3/bin/uv" &&
            cp "$HOME/other" "$3/bin/flowreel" ;;
    *" list "*) printf 'numpy==2.1.0\\nother==1\\n' ;;
    *"config get"*) exit 1 ;;
    *" install uv") exit ${{NO_UV:-0}} ;;
    *) note "$@" && case "$*" in *pytest*) exit ${{TESTS:-0}} ;; esac ;;
esac
"""
OTHER = """\
#!/bin/sh
echo "${0##*/} $*" >>"$HOME/calls"
case "$*" in *--dry-run*) exit ${NO_INDEX:-0} ;; esac
"""
WITHOUT = "cat cp dirname env grep head mkdir mktemp rm sh sort tail tr".split()


class Machine:
    """A checkout, and a PATH with the Pythons that we put there."""

    def __init__(self, home: Path) -> None:
        self.home, self.path = home, home / "bin"
        (home / "checkout" / "scripts").mkdir(parents=True)
        self.path.mkdir()
        shutil.copy(ROOT / "scripts" / "ends", home / "checkout" / "scripts" / "ends")
        for name in WITHOUT:
            (self.path / name).symlink_to(shutil.which(name) or name)
        self.put(home / "other", OTHER)

    def put(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def python(self, name: str, version: str, unfit: int = 0) -> None:
        self.put(self.path / name, PYTHON.format(version=version, unfit=unfit))

    def pyenv(self, *versions: str) -> None:
        names = r"\n".join(versions)
        text = f"case $1 in versions) printf '{names}\\n' ;; prefix) echo $HOME/pyenv/$2 ;; esac"
        self.put(self.path / "pyenv", f"#!/bin/sh\n{text}\n")
        for version in versions:
            text = PYTHON.format(version=version, unfit=0)
            self.put(self.home / "pyenv" / version / "bin" / "python", text)

    def run(self, end: str, **env: str) -> subprocess.CompletedProcess[str]:
        (self.home / "calls").write_text("")
        return subprocess.run(
            [self.home / "checkout" / "scripts" / "ends", end],
            capture_output=True,
            text=True,
            env={"PATH": str(self.path), "HOME": str(self.home)} | env,
        )

    @property
    def calls(self) -> list[str]:
        return (self.home / "calls").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.python("python3", "3.11.2")
    return made


def test_the_newest_python_that_fits_gets_the_newest_packages(machine: Machine) -> None:
    machine.python("python3.12", "3.12.10")
    machine.python("python3.13", "3.13.0", unfit=1)
    machine.pyenv("2.7.18", "3.12.9", "3.14.0")
    done = machine.run("newest")
    assert done.returncode == 0, done.stderr
    venv, install, render, tests = machine.calls
    assert venv == "3.12.10 -m venv .venv-newest"
    assert re.fullmatch(r"3\.12\.10 -m pip .* install --editable \.\[dev\]", install)
    assert "constraint" not in install
    assert render.startswith("flowreel render PointIdentity ")
    assert "pytest" in tests and "tests/stage" in tests
    assert "no newer Python" not in done.stdout
    assert "numpy==2.1.0" in done.stdout and "other" not in done.stdout


def test_a_python_that_only_pyenv_has_is_found(machine: Machine) -> None:
    machine.pyenv("3.13.0", "3.12.9")
    assert machine.run("newest").returncode == 0
    assert machine.calls[0] == "3.13.0 -m venv .venv-newest"


def test_where_there_is_only_one_python_it_says_so(machine: Machine) -> None:
    done = machine.run("newest")
    assert done.returncode == 0
    assert "no newer Python than 3.11 is here" in done.stdout
    assert machine.calls[0] == "3.11.2 -m venv .venv-newest"


def test_the_oldest_python_gets_the_lowest_packages(machine: Machine) -> None:
    machine.python("python3.13", "3.13.0")
    done = machine.run("lowest")
    assert done.returncode == 0, done.stderr
    venv, _, install, _, tests = machine.calls
    assert venv == "3.11.2 -m venv .venv-lowest"
    assert install.startswith("uv pip install ") and "--resolution lowest-direct" in install
    assert "pytest" in tests


@pytest.mark.parametrize(
    ("lack", "said"), [("NO_UV", "uv cannot be had here"), ("NO_INDEX", "no package index")]
)
def test_what_cannot_be_tried_is_said(machine: Machine, lack: str, said: str) -> None:
    done = machine.run("lowest", **{lack: "1"})
    assert done.returncode == 0
    assert said in done.stdout and "not tried" in done.stdout
    assert not any("pytest" in call for call in machine.calls)


def test_tests_that_fail_fail(machine: Machine) -> None:
    assert machine.run("newest", TESTS="1").returncode != 0


def test_without_a_python_that_fits_nothing_is_made(machine: Machine) -> None:
    machine.python("python3", "3.10.1")
    done = machine.run("newest")
    assert done.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13" in done.stderr
    assert machine.calls == []


def test_the_whole_suite_has_the_last_word() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
