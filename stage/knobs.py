"""Knobs: what a clip lets its user turn without editing code.

A knob is a class attribute of a scene. Its value comes from the class, then from a ``[flowreel]``
section of ``manim.cfg`` in the current folder, then from the environment, ``FLOWREEL_TARGET=5,2``
or several at once, ``FLOWREEL_SET="target=5,2; count=4000"``; the last word counts.

    python -m stage.knobs         lists them all
"""

from __future__ import annotations

import configparser
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from stage.layout import SHAPES
from stage.theme import THEMES


@dataclass(frozen=True)
class Knob:
    """How a value is read from text, and what it means."""

    read: Callable[[str], Any]
    form: str
    meaning: str


def _numbers(count: int) -> Callable[[str], tuple[float, ...]]:
    def read(text: str) -> tuple[float, ...]:
        parts = tuple(_number(part) for part in text.split(","))
        if len(parts) != count:
            raise ValueError
        return parts

    return read


def _number(text: str) -> float:
    value = math.inf if text.strip() == "∞" else float(text)
    if math.isnan(value):
        raise ValueError
    return value


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 < value < math.inf:
        raise ValueError
    return value


def _truth(text: str) -> bool:
    return {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}[
        text.strip().lower()
    ]


def _one_of(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.strip() not in names:
            raise ValueError
        return text.strip()

    return read


KNOBS = {
    "target": Knob(_numbers(2), "5,2", "w*, the minimizer of the point loss"),
    "line": Knob(_numbers(3), "-1,-2,15", "a, b, c of the line loss, a w₁ + b w₂ + c = 0"),
    "depth": Knob(_number, "4 or inf", "N, of a clip that shows one depth"),
    "depths": Knob(_numbers(2), "1,inf", "from where to where N goes"),
    "start": Knob(_numbers(2), "0.6,0.6", "where the highlighted path begins"),
    "seed": Knob(int, "7", "another number, another swarm"),
    "count": Knob(int, "10000", "particles"),
    "speed": Knob(_seconds, "1.15", "even pace: units of weight per second"),
    "pace": Knob(_one_of("even", "true"), "even or true", "whether a figure's speeds are evened"),
    "seconds": Knob(_seconds, "12", "how long a loop takes"),
    "theme": Knob(lambda text: THEMES[text.strip()], " or ".join(THEMES), "colours and light"),
    "aspect": Knob(_one_of(*SHAPES), ", ".join(SHAPES), "shape of the picture"),
    "language": Knob(_truth, "yes or no", "no: leaves out all words, and keeps the mathematics"),
    "draft": Knob(_truth, "yes or no", "yes: encodes in half the time, into files thrice as large"),
}


def settings(environment: Mapping[str, str] = os.environ, folder: Path = Path()) -> dict[str, Any]:
    """What the user has set, knob by knob; ValueError for what is no knob or no value of one."""
    given: dict[str, tuple[str, str]] = {}
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(folder / "manim.cfg", encoding="utf-8")
    if parser.has_section("flowreel"):
        given |= {
            name: (text, "[flowreel] in manim.cfg") for name, text in parser["flowreel"].items()
        }
    for part in filter(str.strip, environment.get("FLOWREEL_SET", "").split(";")):
        name, equals, text = part.partition("=")
        if not equals:
            raise ValueError(f"FLOWREEL_SET: {part.strip()!r} is no setting; write knob=value.")
        given[name.strip()] = (text, "FLOWREEL_SET")
    for variable, text in environment.items():
        if variable.startswith("FLOWREEL_") and variable != "FLOWREEL_SET":
            given[variable.removeprefix("FLOWREEL_").lower()] = (text, variable)
    return {name: _read(name, text, where) for name, (text, where) in given.items()}


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


def turn(scene: object, values: Mapping[str, Any]) -> None:
    """Set the knobs that ``scene`` has; the others are for other clips."""
    for name, value in values.items():
        if hasattr(type(scene), name):
            setattr(scene, name, value)


if __name__ == "__main__":
    for name, knob in KNOBS.items():
        print(f"{name:9} {knob.form:26} {knob.meaning}")
