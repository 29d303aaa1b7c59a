"""Those parts of the documentation that are made from the code: public names, and the gallery."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from inspect import cleandoc
from itertools import groupby
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

from PIL import Image

import fields
from stage.film.atomic import atomic_path
from stage.knobs import KNOBS
from studio.job.clips import HOUSE, Clip, find_clips
from studio.job.sources import digest, makers, manim_settings, sources

STILLS = HOUSE / "build" / "stills"
"""Small last frames of the clips, kept from one build to the next."""
_SIZE = (640, 360)
_PATIENCE = 600
"""Seconds that the stills of a file may take; the slowest file takes 30 on two busy cores."""


@cache
def homes() -> dict[str, str]:
    """The module in which each public name of ``fields`` is defined."""
    found = {}
    for name in fields.__all__:
        thing = getattr(fields, name)
        found[name] = getattr(thing, "__module__", None) or _holder(name)
    return found


def _holder(name: str) -> str:
    """The module that assigns a constant: the one that tells about it below the assignment."""
    for info in walk_packages(fields.__path__, "fields."):
        path = Path(import_module(info.name).__file__ or "")
        if f"\n{name} = " in path.read_text(encoding="utf-8"):
            return info.name
    raise LookupError(f"No module of fields assigns {name}.")


def first_sentence(name: str) -> str:
    """What a public name's docstring opens with."""
    paragraph = cleandoc(getattr(fields, name).__doc__ or "").split("\n\n")[0]
    return " ".join(paragraph.split())


def names_list() -> str:
    """The public names of ``fields`` as MyST, module by module."""
    lines = []
    for module, names in groupby(
        sorted(homes(), key=lambda n: (homes()[n], n)), homes().__getitem__
    ):
        lines += [f"**{{py:mod}}`{module}`**", ""]
        for name in names:
            told = first_sentence(name) if callable(getattr(fields, name)) else ""
            lines.append(f"- {{py:obj}}`{name} <{module}.{name}>`{': ' if told else ''}{told}")
        lines.append("")
    return "\n".join(lines)


def knobs_table() -> str:
    """What can be turned without editing code, as MyST."""
    rows = [f"| `{name}` | {knob.form} | {knob.meaning} |" for name, knob in KNOBS.items()]
    return "\n".join(["| knob | its value | what it is |", "| --- | --- | --- |", *rows])


def clips_page() -> str:
    """Every clip as MyST: name, what it shows, the command, and a still if one can be had."""
    clips = list(find_clips().values())
    stills = {clip.name: still for clip, still in zip(clips, make_stills(clips), strict=True)}
    lines = []
    for chapter, group in groupby(clips, lambda clip: clip.chapter):
        lines += [f"## {chapter}", ""]
        for clip in group:
            file = clip.path.relative_to(HOUSE).as_posix()
            lines += [f"### {clip.name}", "", clip.shows, ""]
            if still := stills[clip.name]:
                place = "/" + still.relative_to(HOUSE).as_posix()
                lines += [f"```{{image}} {place}", f":alt: {clip.name}: {clip.shows}", "```", ""]
            lines += ["```sh", f"manim -pqh {file} {clip.name}", "```", ""]
    return "\n".join(lines)


def make_stills(clips: Iterable[Clip]) -> list[Path | None]:
    """The last frame of each clip, small; None where none can be had.

    What was made from the same sources, settings and packages is not made again.
    """
    wanted = [(clip, STILLS / f"{clip.name}.{_inputs(clip.path)}.webp") for clip in clips]
    STILLS.mkdir(parents=True, exist_ok=True)
    for old in set(STILLS.iterdir()) - {still for _, still in wanted}:
        old.unlink()
    missing: dict[Path, list[tuple[str, Path]]] = {}
    for clip, still in wanted:
        if not still.exists():
            missing.setdefault(clip.path, []).append((clip.name, still))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(_film, missing, missing.values()))
    return [still if still.exists() else None for _, still in wanted]


@cache
def _inputs(path: Path) -> str:
    return digest(sources(path) | makers() | manim_settings(HOUSE))


def _film(path: Path, stills: list[tuple[str, Path]]) -> None:
    """Let one process of Manim make the stills of a scene file."""
    names = [name for name, _ in stills]
    env = {key: value for key, value in os.environ.items() if not key.startswith("FLOWREEL_")}
    with TemporaryDirectory() as folder:
        command = ["-m", "manim", "-ql", "-s", "-v", "ERROR", "--media_dir", folder]
        try:
            subprocess.run(
                [sys.executable, *command, str(path), *names],
                cwd=HOUSE,
                env=env,
                timeout=_PATIENCE,
                check=True,
                capture_output=True,
                text=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            told = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
            print(f"No still of {', '.join(names)}: {told[-1] if told else error}", file=sys.stderr)
        for name, still in stills:
            for frame in Path(folder, "images").rglob(f"{name}_*.png"):
                with Image.open(frame) as picture, atomic_path(still) as part:
                    small = picture.convert("RGB")
                    small.thumbnail(_SIZE)
                    small.save(part, "WEBP", quality=85)
