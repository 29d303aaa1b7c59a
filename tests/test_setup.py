"""The set-up script on machines that are not this one: every program it calls is a stand-in."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDINARY = "awk cat cp cut dirname env mkdir mktemp rm sh tail tr".split()
PYTHON = """\
case "$1 $2" in
    "-c import platform"*) echo {version} ;;
    "-c import ensurepip"* | "-c import os, sysconfig"*) test -e "$HOME/apt-has-run" ;;
    "-c import av"*) exit ${{BROKEN:-0}} ;;
    "-m venv") mkdir .venv/bin && cp "$0" .venv/bin/python && echo venv >>"$HOME/calls" ;;
    "-m pip") [ "$3" = --version ] || {{ echo "$@" >>"$HOME/calls"; exit ${{PIP:-0}}; }} ;;
    *) exec "{real}" "$@" ;;
esac
"""


class Machine:
    """A checkout in a directory with a space, and a PATH that holds only what we put there."""

    def __init__(self, home: Path):
        self.home = home
        self.checkout = home / "my films"
        self.path = home / "bin"
        for folder in (self.checkout / "scripts", self.path):
            folder.mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", "constraints.txt", "scripts/setup"):
            shutil.copy(ROOT / name, self.checkout / name)
        for name in ORDINARY:
            (self.path / name).symlink_to(shutil.which(name) or name)
        self.has("id", "echo 0")
        self.has("uname", "echo Linux")
        self.has("python3", PYTHON.format(version="3.11.2", real=sys.executable))

    def has(self, program: str, script: str) -> None:
        """Put a stand-in on the PATH: ``script`` says what it does."""
        (self.path / program).write_text(f"#!/bin/sh\n{script}\n")
        (self.path / program).chmod(0o755)

    def has_libraries(self) -> None:
        (self.home / "apt-has-run").touch()
        self.has("pkg-config", "exit 0")
        self.has("cc", "exit 0")
        self.has("chromium", "exit 0")
        self.has("soffice", "exit 0")

    def has_apt(self) -> None:
        """An apt-get that notes how it was called and, on install, brings everything."""
        bring = "for tool in pkg-config cc chromium soffice; do has $tool || cp quiet $tool; done"
        self.has("quiet", "exit 0")
        self.has(
            "apt-get",
            f"""
            echo apt-get "$@" >>"$HOME/calls"
            case "$*" in *install*) ;; *) exit 0 ;; esac
            : >"$HOME/apt-has-run"
            has() {{ command -v "$1"; }}
            cd "{self.path}" && {bring}
            """,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.path), "HOME": str(self.home), **variables}
        script = self.checkout / "scripts" / "setup"
        return subprocess.run(
            ["/bin/sh", str(script), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """What was asked of apt-get, venv and pip since the last look."""
        note = self.home / "calls"
        lines = note.read_text().splitlines() if note.exists() else []
        note.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path / "home of mine")


@pytest.fixture
def furnished(machine):
    machine.has_libraries()
    assert machine.run().returncode == 0
    assert [call.split()[0] for call in machine.calls] == ["venv", "-m"]
    return machine


def test_debian_gets_just_what_is_missing(machine):
    machine.has_apt()
    result = machine.run()
    assert result.returncode == 0, result.stderr
    update, install, *rest = machine.calls
    assert update.endswith("update")
    names = install.split("--no-install-recommends ")[1].split()
    assert set(names) == {
        "pkg-config", "libcairo2-dev", "libpango1.0-dev", "gcc", "libc6-dev",
        "python3.11-venv", "python3.11-dev",
    }  # fmt: skip
    assert [call.split()[0] for call in rest] == ["venv", "-m"]


def test_the_tests_get_players_and_a_film_does_not(machine):
    machine.has_libraries()
    machine.has_apt()
    (machine.path / "chromium").unlink()
    (machine.path / "soffice").unlink()
    assert machine.run().returncode == 0
    assert not any("apt-get" in call for call in machine.calls)
    assert machine.run("dev").returncode == 0
    names = machine.calls[1].split("--no-install-recommends ")[1].split()
    assert names == ["chromium", "libreoffice-impress"]


@pytest.mark.parametrize(
    ("manager", "names"),
    [("dnf", "chromium libreoffice-impress"), ("pacman", "chromium libreoffice-fresh")],
)
def test_elsewhere_the_players_are_in_the_command(machine, manager, names):
    machine.has(manager, "exit 0")
    assert names not in machine.run().stderr
    assert names in machine.run("dev").stderr


def test_a_library_that_is_there_is_not_asked_for(machine):
    machine.has_libraries()
    machine.has_apt()
    # Cairo is here, Pango is not until apt-get has brought it.
    (machine.home / "apt-has-run").unlink()
    machine.has("pkg-config", 'test "$2" = cairo || test -e "$HOME/apt-has-run"')
    assert machine.run().returncode == 0
    assert machine.calls[1].split("--no-install-recommends ")[1].split() == [
        "libpango1.0-dev", "python3.11-venv", "python3.11-dev",
    ]  # fmt: skip


def test_libraries_in_place_need_no_apt(machine):
    machine.has_libraries()
    machine.has_apt()
    assert machine.run().returncode == 0
    assert not any("apt-get" in call for call in machine.calls)


def test_who_is_not_root_uses_sudo(machine):
    machine.has_apt()
    machine.has("id", "echo 1000")
    machine.has("sudo", 'echo sudo >>"$HOME/calls"; exec "$@"')
    assert machine.run().returncode == 0
    assert machine.calls[:2] == ["sudo", "apt-get -q update"]


def test_without_root_and_sudo_the_command_is_told(machine):
    machine.has_apt()
    machine.has("id", "echo 1000")
    result = machine.run()
    assert result.returncode == 1
    assert "apt-get install --no-install-recommends pkg-config libcairo2-dev" in result.stderr
    assert machine.calls == []


def test_apt_that_fails_shows_why_and_stops(machine):
    machine.has("apt-get", "echo Could not resolve the mirror >&2; exit 100")
    result = machine.run()
    assert result.returncode == 1
    assert "Could not resolve the mirror" in result.stderr
    assert "Is there a network?" in result.stderr
    assert not (machine.checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("system", "manager", "command"),
    [
        ("Darwin", "brew", "brew install cairo pango pkgconf"),
        ("Linux", "dnf", "sudo dnf install gcc pkgconf-pkg-config cairo-devel pango-devel"),
        ("Linux", "pacman", "sudo pacman -S --needed gcc pkgconf cairo pango"),
    ],
)
def test_elsewhere_one_command_is_told_before_anything_is_done(machine, system, manager, command):
    machine.has("uname", f"echo {system}")
    machine.has(manager, f'echo {manager} >>"$HOME/calls"')
    result = machine.run()
    assert result.returncode == 1
    assert command in result.stderr
    assert result.stderr.count("    ") == 1
    assert machine.calls == []
    assert not (machine.checkout / ".venv").exists()


@pytest.mark.parametrize("version", ["2.7.18", "3.10.13", "3.14.0"])
def test_a_python_of_another_age_is_refused_with_the_cure(machine, version):
    machine.has_libraries()
    machine.has("python3", PYTHON.format(version=version, real=sys.executable))
    result = machine.run()
    assert result.returncode == 1
    assert f"python3 is {version}" in result.stderr
    assert "make PYTHON=python3.12 film" in result.stderr
    assert machine.calls == []


def test_a_newer_python_beside_an_old_one_is_found(machine):
    machine.has_libraries()
    machine.has("python3", PYTHON.format(version="3.9.2", real=sys.executable))
    machine.has("python3.12", PYTHON.format(version="3.12.1", real=sys.executable))
    assert machine.run().returncode == 0
    assert machine.calls[0] == "venv"


def test_the_range_of_pythons_is_the_one_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    first, end = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()
    wanted = [f"3.{minor}" for minor in range(int(first), int(end))]
    script = (ROOT / "scripts" / "setup").read_text()
    assert re.findall(r"(3\.\d+)\.\*", script) == wanted


def test_the_second_time_nothing_is_done(furnished):
    result = furnished.run()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert furnished.calls == []


def test_the_tools_for_tests_come_on_top_once(furnished):
    assert furnished.run("dev").returncode == 0
    (call,) = furnished.calls
    assert call.endswith("--constraint constraints.txt --editable .[dev]")
    furnished.run("dev")
    furnished.run()
    assert furnished.calls == []


def test_the_documentation_takes_nothing_away_from_the_tests(furnished):
    furnished.run("dev")
    furnished.calls.clear()
    for program in ("chromium", "soffice"):  # players of the tests: pages are built without
        (furnished.path / program).unlink()
    assert furnished.run("docs").returncode == 0
    (call,) = furnished.calls
    assert call.endswith("--editable .[docs]")
    for extra in ("dev", "docs"):
        assert furnished.run(extra).returncode == 0
    assert furnished.calls == []


def test_a_failed_installation_of_one_extra_is_not_the_end_of_another(furnished):
    furnished.run("dev")
    furnished.calls.clear()
    assert furnished.run("docs", PIP="1").returncode == 1
    assert furnished.run("dev").returncode == 0
    assert furnished.calls[-1].endswith("--editable .[dev]")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_is_installed(furnished, name):
    with (furnished.checkout / name).open("a") as file:
        file.write("# another\n")
    furnished.run()
    assert len(furnished.calls) == 1
    os.utime(furnished.checkout / name)
    furnished.run()
    assert furnished.calls == []


def test_another_python_makes_the_environment_anew(furnished):
    furnished.has("python3.12", PYTHON.format(version="3.12.1", real=sys.executable))
    furnished.run(PYTHON="python3.12")
    assert furnished.calls[0] == "venv"
    furnished.run()
    assert furnished.calls == []


def test_an_environment_that_was_moved_is_made_anew(furnished):
    furnished.checkout = furnished.checkout.rename(furnished.home / "elsewhere")
    furnished.run()
    assert furnished.calls[0] == "venv"


def test_a_half_made_environment_is_made_anew(machine):
    machine.has_libraries()
    (machine.checkout / ".venv" / "bin").mkdir(parents=True)
    assert machine.run().returncode == 0
    assert machine.calls[0] == "venv"


def test_a_killed_pip_means_a_new_environment(furnished):
    (furnished.checkout / "constraints.txt").write_text("# less\n")
    assert furnished.run(PIP="137").returncode == 1
    furnished.calls.clear()
    assert furnished.run().returncode == 0
    assert "venv" in furnished.calls


def test_a_failed_download_says_so_and_spares_the_environment(furnished):
    (furnished.checkout / "constraints.txt").write_text("# less\n")
    result = furnished.run(PIP="1")
    assert result.returncode == 1
    assert "pip could not install" in result.stderr
    assert "If it was the network, make again" in result.stderr
    assert furnished.run().returncode == 0
    assert "venv" not in furnished.calls


def test_packages_that_do_not_load_are_replaced_next_time(machine):
    machine.has_libraries()
    assert machine.run(BROKEN="1").returncode == 1
    assert machine.calls[0] == "venv"
    assert machine.run().returncode == 0
    assert machine.calls[0] == "venv"


def test_every_target_has_a_line_of_help():
    make = shutil.which("make")
    assert make is not None
    told = subprocess.run([make, "-C", ROOT], capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    for target in phony.split():
        assert re.search(rf"^make {target} +\w", told, re.MULTILINE), target
