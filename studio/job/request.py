"""What is requested: a clip, at a size, in a theme and a shape, with its knobs set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from stage.text.language import tag_of
from studio.job.clips import HOUSE, Clip
from studio.job.data import data_files, located, set_anywhere
from studio.job.sources import digest, makers, manim_settings, sources

QUALITIES = {
    "l": (854, 480, 15),
    "m": (1280, 720, 30),
    "h": (1920, 1080, 60),
    "p": (2560, 1440, 60),
    "k": (3840, 2160, 60),
}
"""Width, height and frame rate, by the letters that ``manim -q`` uses."""


@dataclass(frozen=True)
class Size:
    """Pixels and frames."""

    width: int
    height: int
    fps: int

    def __post_init__(self) -> None:
        if not (16 <= self.width <= 8192 and 16 <= self.height <= 8192 and 1 <= self.fps <= 240):
            raise ValueError(
                f"A film of {self.width} × {self.height} at {self.fps} fps cannot be made; "
                "width and height may be 16 to 8192, the rate 1 to 240."
            )


@dataclass(frozen=True)
class RenderRequest:
    """A clip to be filmed, and everything that decides how it looks."""

    clip: Clip
    size: Size
    knobs: tuple[tuple[str, str], ...] = ()
    """FLOWREEL_… variables: theme, shape and all else that was set."""

    @property
    def folder(self) -> str:
        """Name of the folder that the films are delivered in."""
        parts = [self.clip.name]
        knobs = dict(self.knobs)
        parts += filter(None, (knobs.pop("FLOWREEL_THEME", ""), knobs.pop("FLOWREEL_ASPECT", "")))
        if knobs:
            parts.append(digest(knobs)[:6])
        if self.size != Size(*QUALITIES["h"]):
            parts.append(f"{self.size.width}x{self.size.height}p{self.size.fps}")
        return re.sub(r"[^\w.-]", "x", "-".join(parts))

    @property
    def language(self) -> str:
        """The tag of the language that was chosen; empty where it is not, or there are no words.

        ValueError for one that there is not.
        """
        return tag_of(set_anywhere(dict(self.knobs)).get("FLOWREEL_LANGUAGE", "no"))

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """All that the pictures depend on."""
        return {
            "clip": self.clip.name,
            "size": [self.size.width, self.size.height, self.size.fps],
            "knobs": dict(self.knobs),
            "data": data_files(dict(self.knobs)),
            "settings": manim_settings(),
            "sources": sources(self.clip.path, self.language),
            "makers": makers(),
        }

    @cached_property
    def fingerprint(self) -> str:
        """Equal for requests that give equal pictures."""
        return digest(self.inputs)

    @property
    def file(self) -> str:
        """Where the scene is, as a worker on any machine finds it."""
        path = self.clip.path.resolve()
        return str(path.relative_to(HOUSE) if path.is_relative_to(HOUSE) else path)


def knobs(
    settings: Sequence[str], theme: str, aspect: str, environment: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """The variables that tell a scene its knobs; what is said here wins over the environment.

    Raises ValueError for what is no setting, and for a file or a language that is not there.
    """
    given = {n: v for n, v in environment.items() if n.startswith("FLOWREEL_")}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not re.fullmatch(r"[a-z_]+", name.strip()) or re.search(r"[;\n\0]", value):
            raise ValueError(
                f"--set {setting!r} is no setting; write knob=value, such as --set target=5,2."
            )
        given[f"FLOWREEL_{name.strip().upper()}"] = value.strip()
    for name, value in (("THEME", theme), ("ASPECT", aspect)):
        if value:
            given[f"FLOWREEL_{name}"] = value
    tag_of(set_anywhere(given).get("FLOWREEL_LANGUAGE", ""))
    return tuple(sorted(located(given).items()))


def folder_of_several(kind: str, requests: Sequence[RenderRequest]) -> str:
    """Name of a folder for something made of several clips: another selection, another folder."""
    names = [request.clip.name for request in requests]
    look = requests[0].folder.removeprefix(requests[0].clip.name)
    if len(names) <= 3:
        return f"{kind}-{'-'.join(names)}{look}"
    return f"{kind}-{'-'.join(names[:3])}-more-{digest({'clips': names})[:6]}{look}"


def inside(folder: Path, name: str) -> Path:
    """A path in a folder; ValueError for a name that leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of {folder}; give a plain name.")
    return path
