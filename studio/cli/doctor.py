"""What is missing on this machine, what for, and the command that mends it."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from packaging.requirements import Requirement

from studio.extras import EXTRAS, install_hint, missing
from studio.job.clips import HOUSE
from studio.words.recorder import NoMicrophoneError, find_recorder
from studio.words.voice import find_voice, missing_voice, speak

_ROOM = 2_000_000_000  # bytes: all twelve chapters with their segments
_ENCODERS = {"libx264": "films", "prores_ks": "films without background", "libvpx-vp9": "WebM"}


_PROBE = """
import tempfile, manim, numba, stage
with tempfile.TemporaryDirectory() as own, manim.tempconfig({"tex_dir": own, "media_dir": own}):
    assert len(manim.MathTypst("w^2")) == 2, "Typst sets no glyphs: its fonts are not there"
print(manim.__version__)
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_well: bool
    found: str
    cure: str = ""
    is_needed: bool = True
    """Whether rendering needs it; what is not needed only leaves something out."""


def examine(out: Path) -> list[Finding]:
    """Look at everything; nothing is changed."""
    looks: list[Callable[[Path], list[Finding]]] = [
        _python,
        packages,
        _rendering,
        _encoders,
        _room,
        _extras,
        _viewer,
        _players,
        _voice,
        _recorder,
    ]
    return [finding for look in looks for finding in look(out)]


def _python(_: Path) -> list[Finding]:
    fits = (3, 11) <= sys.version_info[:2] < (3, 14)
    cure = "install Python 3.11, 3.12 or 3.13, then: make setup PYTHON=python3.12"
    return [Finding("Python", fits, platform.python_version(), cure)]


def packages(_: Path) -> list[Finding]:
    """Versions outside the range that was tried: films, or what is made of them, may fail."""
    found = []
    for wanted, extra in _requirements():
        text = f"{wanted.name}{wanted.specifier}"
        try:
            here = version(wanted.name)
        except PackageNotFoundError:
            if not extra:  # what an extra lacks is told with it
                found.append(Finding(wanted.name, False, "not installed", f"pip install '{text}'"))
            continue
        if not wanted.specifier.contains(here, prereleases=True):
            why = f"{here} does not work, or was never tried: {text}"
            found.append(Finding(wanted.name, False, why, f"pip install '{text}'", not extra))
    return found or [Finding("Packages", True, "each in the range that was tried")]


def _requirements() -> Iterator[tuple[Requirement, str]]:
    """What the package asks for, of the checkout or as installed, and for which of its extras."""
    project = HOUSE / "pyproject.toml"
    if project.is_file():
        told = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        lines = {"": told["dependencies"], **told["optional-dependencies"]}
        yield from ((Requirement(x), name) for name in ("", *EXTRAS) for x in lines[name])
        return
    for wanted in map(Requirement, requires("flowreel") or ()):
        for name in ("", *EXTRAS):
            if wanted.marker is None or wanted.marker.evaluate({"extra": name}):
                yield wanted, name
                break


def _rendering(_: Path) -> list[Finding]:
    """Manim, the libraries of the system that it is built on, and fonts, in a process apart."""
    asked = subprocess.run(
        [sys.executable, "-c", _PROBE],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    lines = (asked.stdout if asked.returncode == 0 else asked.stderr).strip().splitlines()
    last = lines[-1] if lines else f"exit status {asked.returncode}"
    return [Finding("Manim", asked.returncode == 0, last, "make setup")]


def _encoders(_: Path) -> list[Finding]:
    if find_spec("av") is None:
        return [Finding("PyAV", False, "not installed", "pip install av")]
    import av

    lacking = [name for name in _ENCODERS if name not in av.codecs_available]
    found = ", ".join(lacking) + " not built in" if lacking else ", ".join(_ENCODERS)
    return [
        Finding("Encoders", not lacking, found, "pip install --force-reinstall --only-binary av av")
    ]


def _room(out: Path) -> list[Finding]:
    ground = next(place for place in (out.absolute(), *out.absolute().parents) if place.exists())
    found, free = f"nothing can be written to {ground}", 0
    with suppress(OSError), TemporaryFile(dir=ground):
        free = shutil.disk_usage(ground).free
        found = f"{free / 1e9:.0f} GB free in {ground}"
    return [Finding("Room", free > _ROOM, found, "choose another place with --to")]


def _extras(_: Path) -> list[Finding]:
    purposes = {"talk": "kit, deck and gallery", "farm": "rendering on several machines"}
    return [
        Finding(
            f"Extra {extra}",
            not missing(extra),
            f"without {', '.join(missing(extra))}" if missing(extra) else purpose,
            install_hint(extra),
            is_needed=False,
        )
        for extra, purpose in purposes.items()
    ]


def _viewer(_: Path) -> list[Finding]:
    name = {"Darwin": "open", "Windows": "explorer"}.get(platform.system(), "xdg-open")
    path = shutil.which(name)
    cure = "sudo apt-get install xdg-utils" if name == "xdg-open" else ""
    found = path or "manim -p opens no window; films are made all the same"
    return [Finding("Viewer", path is not None, found, cure, is_needed=False)]


def _players(_: Path) -> list[Finding]:
    players = {"Chromium": ("chromium", "chromium-browser"), "LibreOffice": ("soffice",)}
    paths = {name: next(filter(None, map(shutil.which, players[name])), None) for name in players}
    return [
        Finding(name, bool(path), path or "only the tests need it", "make setup", is_needed=False)
        for name, path in paths.items()
    ]


def _voice(_: Path) -> list[Finding]:
    """Whether it speaks, not only whether it is there."""
    voice, is_well = find_voice(), False
    found = f"without {missing_voice()}: narration is left out"
    if voice:
        try:
            with TemporaryDirectory() as own:
                speak(voice, "One.", Path(own) / "one.wav")
            found, is_well = voice.model.stem, True
        except (OSError, RuntimeError) as error:
            found = str(error)
    return [Finding("Voice", is_well, found, install_hint("voice"), is_needed=False)]


def _recorder(_: Path) -> list[Finding]:
    """What flowreel record would record with; whether a microphone is there, it finds out."""
    cure = "sudo apt-get install alsa-utils" if sys.platform == "linux" else "install sox or ffmpeg"
    try:
        found, is_well = find_recorder().command[0], True
    except NoMicrophoneError:
        found, is_well = "a voice is recorded elsewhere; flowreel record --from brings it in", False
    return [Finding("Recorder", is_well, found, cure, is_needed=False)]
