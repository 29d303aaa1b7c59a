"""What the doctor says of machines on which something is missing."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from studio.cli import doctor
from studio.cli.main import main
from studio.words.voice import Voice

PYTHON = """#!/bin/sh
echo 'Traceback (most recent call last):' >&2
echo "{error}" >&2
exit 1
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH, and a Python that finds no library of the system."""
    python = tmp_path / "python"
    python.write_text(PYTHON.format(error="ImportError: libcairo.so.2: cannot open"))
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    return tmp_path


def told(*names: str, out: Path) -> list[tuple[str, str]]:
    """What was found, and what mends it, of these names."""
    found = {finding.name: finding for finding in doctor.examine(out)}
    assert [found[name].is_well for name in names] == [False] * len(names)
    return [(found[name].found, found[name].cure) for name in names]


def test_a_bare_machine_is_told_all_that_is_missing(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pptx", "distributed", "av", "piper"):
        monkeypatch.setitem(sys.modules, module, None)
    manim, talk, farm, av = told("Manim", "Extra talk", "Extra farm", "PyAV", out=bare)
    assert manim == ("ImportError: libcairo.so.2: cannot open", "make setup")
    assert talk[0] == "without pptx"
    assert talk[1].startswith("pip install 'flowreel[talk]'")
    assert farm[1].startswith("pip install 'flowreel[farm]'")
    assert av == ("not installed", "pip install av")
    (voice,) = told("Voice", out=bare)
    assert voice[0].startswith("without piper")
    assert voice[1].startswith("pip install 'flowreel[voice]'")
    (recorder,) = told("Recorder", out=bare)
    assert "flowreel record --from" in recorder[0]
    viewer, chromium, office = told("Viewer", "Chromium", "LibreOffice", out=bare)
    assert {chromium[1], office[1]} == {"make setup"}
    assert "films are made all the same" in viewer[0]


CHECKOUT = """
[project]
dependencies = ["av>=18,<20", "manim[typst]>=0.22,<0.23", "rich>=13"]
[project.optional-dependencies]
talk = ["python-pptx>=1,<2", "pysubs2>=1.8"]
farm = []
live = []
voice = []
"""
WHEEL = [
    "av<20,>=18",
    "manim[typst]<0.23,>=0.22",
    "rich>=13",
    'python-pptx<2,>=1; extra == "talk"',
    'pysubs2>=1.8; extra == "talk"',
    'ruff>=99; extra == "dev"',
]


@pytest.mark.parametrize("is_checkout", [True, False])
def test_versions_that_do_not_work_are_named(
    is_checkout: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"av": "20.0.0", "manim": "0.22.0", "python-pptx": "2.1", "ruff": "1.0"}

    def version(name: str) -> str:
        if name not in here:
            raise PackageNotFoundError(name)
        return here[name]

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(doctor, "HOUSE", tmp_path)
    monkeypatch.setattr(doctor, "requires", lambda name: WHEEL)
    if is_checkout:
        (tmp_path / "pyproject.toml").write_text(CHECKOUT)
        monkeypatch.setattr(doctor, "requires", None)
    told = {f.name: f for f in doctor.packages(tmp_path)}
    assert list(told) == ["av", "rich", "python-pptx"]
    assert told["av"].found == "20.0.0 does not work, or was never tried: av<20,>=18"
    assert told["av"].cure == "pip install 'av<20,>=18'"
    assert told["rich"].found == "not installed"
    assert [finding.is_needed for finding in told.values()] == [True, True, False]
    here |= {"av": "19.0.2", "rich": "15.0", "python-pptx": "1.0.2"}
    (well,) = doctor.packages(tmp_path)
    assert well.is_well


def test_what_is_installed_here_is_in_the_ranges_that_were_tried(tmp_path: Path) -> None:
    assert [finding.found for finding in doctor.packages(tmp_path)] == [
        "each in the range that was tried"
    ]


def test_a_voice_that_is_there_must_speak(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Voice(sys.executable, bare / "model.onnx")  # a program that fails
    monkeypatch.setattr(doctor, "find_voice", lambda: voice)
    (broken,) = told("Voice", out=bare)
    assert (
        broken[0] == f"{sys.executable} did not say 'One.': ImportError: libcairo.so.2: cannot open"
    )


def test_the_command_prints_the_cures_and_fails(bare: Path) -> None:
    done = CliRunner().invoke(main, ["doctor", "--to", str(bare)])
    lines = [line.split() for line in done.stdout.splitlines()]
    assert done.exit_code == 3
    at = next(n for n, line in enumerate(lines) if line[:2] == ["MISSING", "Manim"])
    assert lines[at + 1] == ["make", "setup"]
    assert "without" in [line[0] for line in lines], "what is not needed fails nothing"


def test_a_folder_that_cannot_be_written_to_is_named(bare: Path) -> None:
    (bare / "file").write_text("in the way")
    locked = bare / "locked"
    locked.mkdir(0o555)
    ((found, cure),) = told("Room", out=bare / "file" / "reel")
    assert (found, cure) == (
        f"nothing can be written to {bare / 'file'}",
        "choose another place with --to",
    )
    if os.getuid():  # root may write anywhere
        assert told("Room", out=locked / "reel")[0][0] == f"nothing can be written to {locked}"


def test_a_full_disk_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(doctor.shutil.disk_usage(bare))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(10**12, 10**12, 10**6))
    assert told("Room", out=bare)[0][0].startswith("0 GB free")


def test_an_encoder_that_is_not_built_in_is_named(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import av

    monkeypatch.setattr(av, "codecs_available", {"libx264", "libvpx-vp9"})
    ((found, cure),) = told("Encoders", out=bare)
    assert found == "prores_ks not built in"
    assert cure.endswith("av")


def test_a_command_without_its_package_says_who_tells_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    done = CliRunner().invoke(main, ["kit", "PointIdentity", "--to", str(tmp_path)])
    assert done.exit_code == 3
    assert "A kit needs pptx: pip install 'flowreel[talk]'" in done.stderr
    assert not list(tmp_path.rglob("*.mp4"))
