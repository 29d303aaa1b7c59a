"""What the user has set, and setting it."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stage.knobs.table import KNOBS


def settings(environment: Mapping[str, str] = os.environ, folder: Path = Path()) -> dict[str, Any]:
    """What the user has set, knob by knob; ValueError for what is no knob or no value of one."""
    given: dict[str, tuple[str, str]] = {}
    given |= {name: (text, "[flowreel] in manim.cfg") for name, text in section(folder).items()}
    for part in filter(str.strip, environment.get("FLOWREEL_SET", "").split(";")):
        name, equals, text = part.partition("=")
        if not equals:
            raise ValueError(f"FLOWREEL_SET: {part.strip()!r} is no setting; write knob=value.")
        given[name.strip()] = (text, "FLOWREEL_SET")
    for variable, text in environment.items():
        if variable.startswith("FLOWREEL_") and variable != "FLOWREEL_SET":
            given[variable.removeprefix("FLOWREEL_").lower()] = (text, variable)
    return {name: _read(name, text, where) for name, (text, where) in given.items()}


def section(folder: Path) -> dict[str, str]:
    """The ``[flowreel]`` section of ``manim.cfg`` in a folder, none where there is no such file.

    Raises ValueError where that is no file of settings.
    """
    parser, path = configparser.ConfigParser(interpolation=None), folder / "manim.cfg"
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        raise ValueError(
            f"{path}: these are no settings ({why}); write name = value, each once, below a line "
            "such as [flowreel], and save it in UTF-8."
        ) from None
    return dict(parser["flowreel"]) if parser.has_section("flowreel") else {}


def _read(name: str, text: str, where: str) -> object:
    if name not in KNOBS:
        near = get_close_matches(name, KNOBS, 1)
        meant = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(KNOBS)}."
        raise ValueError(f"{where}: {name!r} is no knob{meant}")
    try:
        return KNOBS[name].read(text)
    except (ValueError, KeyError):
        knob = KNOBS[name]
        raise ValueError(
            f"{where}: {name} cannot be {text.strip()!r} ({knob.meaning}); write it as {knob.form}."
        ) from None


def apply_knobs(scene: object, values: Mapping[str, Any]) -> None:
    """Set the knobs that ``scene`` has; the others are for other clips."""
    for name, value in values.items():
        if hasattr(type(scene), name):
            setattr(scene, name, value)
