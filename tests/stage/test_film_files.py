"""Films that are whole, or not there: never half a file, whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from manim import tempconfig

import stage.film.viewer
import stage.film.writer
from stage.film.viewer import has_viewer
from stage.film.writer import join
from tests.stage.filmed import (
    Bands,
    Filmed,
    Glass,
    Spoken,
    Torn,
    hidden,
    pictures,
    render,
    speak,
    visible,
)

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("settings", [{}, {"format": "webm"}, {"transparent": True}])
@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_a_damaged_segment_is_never_served(tmp_path, settings, harm):
    film = render(Glass, tmp_path, **settings)
    first, second = map(Path, film.partial_movie_files)
    whole, untouched = first.read_bytes(), second.stat().st_mtime_ns
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    first.write_bytes({"flip": flipped, "cut": whole[:middle], "empty": b""}[harm])
    again = render(Glass, tmp_path, **settings)
    assert again.partial_movie_files == film.partial_movie_files
    assert first.read_bytes() not in (flipped, whole[:middle], b"")  # rendered again
    assert len(pictures(first)) == 4
    assert second.stat().st_mtime_ns == untouched  # served


def test_a_scene_that_fails_leaves_no_film(tmp_path):
    with pytest.raises(ZeroDivisionError):
        render(Torn, tmp_path)
    whole = visible(tmp_path, ".mp4")
    assert len(whole) == 1 and len(pictures(whole[0])) == 5
    assert hidden(tmp_path) == []


def test_a_film_that_fails_to_join_keeps_the_last_one(tmp_path, monkeypatch):
    path = render(Glass, tmp_path).final_file_path
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("stage.film.writer.join", fail)
    with pytest.raises(ZeroDivisionError):
        render(Glass, tmp_path)
    assert path.read_bytes() == before and hidden(tmp_path) == []


def test_a_section_that_fails_to_join_is_not_there(tmp_path, monkeypatch):
    def fail_at_sections(films: list[str], target: Path) -> None:
        if target.parent.name == "sections":
            raise ZeroDivisionError
        join(films, target)

    monkeypatch.setattr("stage.film.writer.join", fail_at_sections)
    with pytest.raises(ZeroDivisionError):
        render(Bands, tmp_path, save_sections=True)
    assert not any("sections" in path.parts for path in visible(tmp_path, ".mp4"))


def test_a_film_whose_sound_fails_is_not_there(tmp_path, monkeypatch):
    speak(tmp_path / "tone.wav")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("manim.scene.scene_file_writer.convert_audio", fail)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(ZeroDivisionError):
            render(Spoken, tmp_path, assets_dir=str(tmp_path), frame_rate=5)
    assert visible(tmp_path, "Spoken.mp4") == [] and hidden(tmp_path) == []


SCRIPT = """
import os, signal
from tests.stage.filmed import Glass, Torn

class Seen(Glass):
    pass

class Killed(Torn):
    def stop(self):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The plain manim command, on a machine with no programs and no screen."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    root = str(Path(stage.__file__).parents[1])
    known = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    paths = os.pathsep.join([root, *filter(None, [known.get("PYTHONPATH")])])
    name = "Killed" if "--disable_caching" in options else "Seen"
    small = ["-r", "320,180", "--fps", "10", "--media_dir", str(folder / "media")]
    return subprocess.run(
        [sys.executable, "-m", "manim", *options, *small, str(script), name],
        env={**known, "PATH": "/nowhere", "PYTHONPATH": paths, "COLUMNS": "300"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_preview_without_a_viewer_says_where_the_film_is(tmp_path):
    done = command(tmp_path, "-p", "--show_in_file_browser")
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line for line in done.stdout.splitlines() if "no viewer" in line]
    (film,) = (tmp_path / "media/videos/script").glob("*/Seen.mp4")
    assert told == [f"The film is at {film}; this machine has no viewer to open it."]


def test_a_killed_render_leaves_no_half_file(tmp_path):
    done = command(tmp_path, "--disable_caching")
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    whole = visible(tmp_path / "media", ".mp4")
    assert all(len(pictures(path)) == 5 for path in whole)
    assert len(hidden(tmp_path / "media")) > 0  # it was in the middle of one


def test_a_viewer_is_a_program_and_a_screen(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not has_viewer()
    (tmp_path / "xdg-open").touch(mode=0o755)
    assert has_viewer()
    monkeypatch.delenv("DISPLAY")
    assert not has_viewer()
    with tempconfig({"preview_command": "xdg-open"}):  # the user's own word, screen or none
        assert has_viewer()
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    assert not has_viewer()
    (tmp_path / "open").touch(mode=0o755)
    assert has_viewer()


def test_a_viewer_is_used_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(stage.film.viewer, "has_viewer", lambda: True)
    with tempconfig({"preview": True, "media_dir": str(tmp_path)}):
        assert Filmed().session_spec.presentation.open_after_render
        monkeypatch.setattr(stage.film.viewer, "has_viewer", lambda: False)
        assert not Filmed().session_spec.presentation.open_after_render


@pytest.mark.parametrize("settings", [{}, {"save_sections": True}, {"format": "png"}])
def test_an_unwritable_folder_is_told_before_the_first_frame(tmp_path, settings):
    (tmp_path / "file").touch()
    media = tmp_path / "file" / "media"
    with tempconfig({"media_dir": str(media), **settings}):
        with pytest.raises(OSError, match="--media_dir") as caught:
            Filmed()
    assert str(media) in str(caught.value)


def test_a_full_disk_is_told_before_the_first_frame(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=12_000_000))
    with tempconfig({"media_dir": str(tmp_path / "new")}):
        with pytest.raises(OSError, match=r"only 12 MB are free.*manim --media_dir, flowreel --to"):
            Filmed()
    assert not (tmp_path / "new").exists()


def test_an_odd_size_is_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    with (
        tempconfig({"media_dir": str(tmp_path), "pixel_width": 240, "pixel_height": 135}),
        pytest.raises(ValueError, match=r"240 × 135.*even.*-r"),
    ):
        Bands().render()
    assert list(tmp_path.rglob("*.mp4")) == []
