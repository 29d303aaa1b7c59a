"""All knobs: how each is written, how it is read, and what it means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stage.layout import SHAPES
from stage.text.language import languages, tag_of
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


def _whole(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if value < least:
            raise ValueError
        return value

    return read


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


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError
    return text.strip()


KNOBS = {
    "target": Knob(_numbers(2), "5,2", "w*, the minimizer of the point loss"),
    "line": Knob(_numbers(3), "-1,-2,15", "a, b, c of the line loss, a w₁ + b w₂ + c = 0"),
    "depth": Knob(_number, "4 or inf", "N, of a clip that shows one depth"),
    "depths": Knob(_numbers(2), "1,inf", "from where to where N goes"),
    "start": Knob(_numbers(2), "0.6,0.6", "where the highlighted path begins"),
    "seed": Knob(_whole(0), "7", "another number, another swarm"),
    "count": Knob(_whole(1), "10000", "particles"),
    "speed": Knob(_seconds, "1.15", "even pace: units of weight per second"),
    "pace": Knob(_one_of("even", "true"), "even or true", "whether a figure's speeds are evened"),
    "seconds": Knob(_seconds, "12", "how long a loop takes"),
    "examples": Knob(
        _word, "apart, mixed or a.csv", "labelled points: ours, or rows x1, x2, label"
    ),
    "theme": Knob(lambda text: THEMES[text.strip()], " or ".join(THEMES), "colours and light"),
    "aspect": Knob(_one_of(*SHAPES), ", ".join(SHAPES), "shape of the picture"),
    "language": Knob(
        tag_of,
        ", ".join((*languages(), "no")),
        "of all words; no: leaves them out, and keeps the mathematics",
    ),
    "draft": Knob(_truth, "yes or no", "yes: encodes in half the time, into files thrice as large"),
}
