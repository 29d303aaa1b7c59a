"""Files of a job: whole or not at all, and stale by name."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stage.film.atomic import atomic_path
from studio.job import manifest
from studio.job.files import sha256, sweep, write_atomically
from studio.job.sources import makers, manim_settings
from tests.studio.conftest import ROOT


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_atomically(path, b"old")
    with pytest.raises(OSError, match="full"), atomic_path(path) as part:
        part.write_bytes(b"half of the n")
        raise OSError(errno.ENOSPC, "the disk is full")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_sweeping_spares_those_who_still_write(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".{gone.pid}.film.mp4"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # nobody has asked how it ended
    half = tmp_path / f".{ended.pid}.film.mp4"
    ours = tmp_path / f".{os.getpid()}.film.mp4"
    other = tmp_path / ".12.notes"
    for path in (left, half, ours, tmp_path / "film.mp4"):
        path.write_bytes(b"")
    assert sweep(tmp_path.rglob(".*")) == 2
    ended.wait()
    assert sorted(tmp_path.iterdir()) == sorted([ours, tmp_path / "film.mp4"])
    assert not other.exists()


def test_what_has_changed_makes_a_film_stale_by_name(tmp_path: Path) -> None:
    scene, film = tmp_path / "scenes" / "dots.py", tmp_path / "reel" / "Dots"
    write_atomically(scene, "DOT = 1")
    write_atomically(film / "clip.mp4", b"film")
    made_from = {
        "scene": str(scene),
        "sources": {
            "dots.py": sha256(scene),
            "studio/job/clips.py": sha256(ROOT / "studio/job/clips.py"),
        },
        "makers": makers(),
        "settings": manim_settings(),
    }
    manifest.record(film, "clip.mp4", "inputs", made_from=made_from)
    assert manifest.stale(film.parent) == {}
    os.utime(scene, (1, 1))
    assert manifest.stale(film.parent) == {}
    write_atomically(scene, "DOT = 2")
    assert manifest.stale(film.parent) == {"Dots": ["dots.py"]}
    older = made_from | {"makers": makers() | {"manim": "0.1"}, "settings": {"folder": "[CLI]"}}
    manifest.record(film, "clip.mp4", "inputs", made_from=older)
    now = f"manim 0.1 → {makers()['manim']}"
    assert manifest.stale(film.parent) == {"Dots": ["dots.py", now, "manim.cfg"]}
    assert manifest.flaws(film.parent) == [], "stale, and whole"


def test_a_manifest_that_cannot_be_read_makes_nothing_fresh(tmp_path: Path) -> None:
    write_atomically(tmp_path / "clip.mp4", b"film")
    manifest.record(tmp_path, "clip.mp4", "inputs")
    assert manifest.is_fresh(tmp_path, "clip.mp4", "inputs")
    assert not manifest.is_fresh(tmp_path, "clip.mp4", "other inputs")
    (tmp_path / manifest.NAME).write_text('{"form": 1, "files": ')
    assert not manifest.is_fresh(tmp_path, "clip.mp4", "inputs")
