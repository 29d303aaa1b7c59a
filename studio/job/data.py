"""Files that knobs and options name: what is in them decides about the pictures as well.

A variable names a file where its value ends like one of data, ``examples=points.csv``. Its bytes
come into the fingerprint by their SHA-256, so that a film is made anew when they have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stage.knobs.settings import section
from studio.job.files import sha256
from studio.job.tasks import DataFile

SUFFIXES = (".csv", ".npy", ".npz")
"""How the names of files end that a clip reads."""
TRAVELS = 2**20
"""Bytes of a file that go along with each task to another machine; a larger one has to be there."""
_WORDS = frozenset({"FLOWREEL_SET", "REEL_TITLE", "REEL_FORMULA"})


def names_file(value: str, variable: str = "") -> bool:
    """Whether a value is the name of a file of data, and not words."""
    return variable not in _WORDS and value.strip().lower().endswith(SUFFIXES)


def located(given: Mapping[str, str], folder: Path = Path()) -> dict[str, str]:
    """Knobs, with the files that they name by their whole path: workers have folders of their own.

    Also the files named in ``FLOWREEL_SET`` and in ``manim.cfg`` of ``folder``, which come to be
    variables of their own. Raises ValueError for a file that is not there.
    """
    found = set_anywhere(given, folder)
    named = {name: value for name, value in found.items() if names_file(value, name)}
    places = {name: str(_there(name, folder / value.strip())) for name, value in named.items()}
    return dict(given) | places


def set_anywhere(given: Mapping[str, str], folder: Path = Path()) -> dict[str, str]:
    """All that is set, as variables: in ``manim.cfg`` of ``folder``, in one of them, or in many."""
    return _in_settings(folder) | _in_one(given.get("FLOWREEL_SET", "")) | dict(given)


def data_files(knobs: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Path and SHA-256 of each file that a variable names; ValueError where it is not there."""
    return {
        name: {"file": value, "sha256": sha256(_there(name, Path(value)))}
        for name, value in knobs.items()
        if names_file(value, name)
    }


def packed(data: Mapping[str, Mapping[str, str]], *, travel: bool) -> tuple[DataFile, ...]:
    """What a worker is told of these files; with the bytes of small ones if they are to travel."""
    made = []
    for variable, about in data.items():
        path = Path(about["file"])
        is_small = travel and path.stat().st_size <= TRAVELS
        content = path.read_bytes() if is_small else None
        made.append(DataFile(variable, str(path), about["sha256"], content))
    return tuple(made)


def changes(data: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Names of the files that are not what they were, or are gone."""
    paths = [(Path(about["file"]), about["sha256"]) for about in data.values()]
    return [str(path) for path, was in paths if not path.is_file() or sha256(path) != was]


def _there(variable: str, path: Path) -> Path:
    if not path.is_file():
        name = variable.removeprefix("FLOWREEL_").lower()
        raise ValueError(f"{name}: there is no file {str(path)!r}; give the way to it from here.")
    return path.resolve()


def _in_settings(folder: Path) -> dict[str, str]:
    return {f"FLOWREEL_{name.upper()}": value for name, value in section(folder).items()}


def _in_one(settings: str) -> dict[str, str]:
    parts = [part.partition("=") for part in settings.split(";")]
    return {f"FLOWREEL_{name.strip().upper()}": value for name, _, value in parts}
