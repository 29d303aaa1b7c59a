"""What is in a talk kit, and how each file is made: all that leaves for a talk, for one clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from PIL.Image import Image

from stage.text.language import language_of
from studio.deck import page
from studio.deck.powerpoint import powerpoint
from studio.deck.slides import Slide, weight
from studio.film import encode, gif
from studio.film.cut import Cut, cut
from studio.job import manifest
from studio.job.files import sha256
from studio.job.steps import step_files
from studio.job.tasks import Report
from studio.kit.clip import LINES, SMALLER, Kit, smaller, still
from studio.kit.snippets import markdown, snippets
from studio.render.studio import FILM
from studio.snippets.parts import Part
from studio.words import captions
from studio.words.narrate import narrate
from studio.words.voice import Speaker

VERSION = 13
"""Raise it whenever the same film gives another kit."""
EMBEDDED = 32_000_000
"""Bytes of a film that still goes into a page."""
OPENING = "steps/00-opening.jpg"
"""The first picture."""


def files(report: Report, speaker: Speaker | None = None) -> dict[str, Callable[[Kit, Path], None]]:
    """What a kit has, and who makes each file, in an order in which all find what they need."""
    tag = language_of(report.language).tag
    made: dict[str, Callable[[Kit, Path], None]] = {
        SMALLER: lambda kit, to: encode.smaller(kit.film, to, LINES, kit.told(SMALLER), kit.starts),
        **_small_steps(report),
        **_stills(report),
        "poster.png": lambda kit, to: encode.poster(kit.film, to),
        "clip.gif": _gif,
        f"captions.{tag}.vtt": lambda kit, to: _captions(kit, to, "vtt"),
        f"captions.{tag}.srt": lambda kit, to: _captions(kit, to, "srt"),
        "transcript.md": _transcript,
        "snippets.md": _snippets,
        "slide.pptx": lambda kit, to: powerpoint(_fitting(kit), to),
        "slide.html": _page,
    }
    if report.loops:  # no frame of a loop is there twice: it needs no other encoding
        made["clip.loop.mp4"] = _loop
    if speaker:
        made["clip.voiced.mp4"] = lambda kit, to: narrate(speaker, kit.film, kit.report.said, to)
    return made | {"meta.json": _meta}


def makers() -> dict[str, str]:
    """Versions of what packs a film."""
    found = {}
    for name in ("av", "pillow", "jinja2", "python-pptx", "srt", "typst"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "?"
    return found


def _gif(kit: Kit, to: Path) -> None:
    around = encode.telling(kit.film)[0]
    gif.gif(kit.film, to, loops=kit.report.loops, around=around)


def _small_steps(report: Report) -> dict[str, Callable[[Kit, Path], None]]:
    """Steps and holds of up to 720 lines: holds encoded again, steps cut out of the film."""
    made: dict[str, Callable[[Kit, Path], None]] = {}
    for number, files in enumerate(step_files(report)):
        if files.hold:
            made[smaller(files.hold)] = partial(_small_hold, number)
        if files.film in files.names:
            made[smaller(files.film)] = partial(_small_step, number)
    return made


def _small_hold(number: int, kit: Kit, to: Path) -> None:
    # its first frame is also the last one of the step's film: it stands alone
    encode.smaller(kit.folder / kit.steps[number].hold, to, LINES, keys={1})


def _small_step(number: int, kit: Kit, to: Path) -> None:
    files = kit.steps[number]
    first, stop = kit.at(files.step.start), kit.at(files.step.end)
    pieces = [Cut(kit.folder / SMALLER, first, stop)]
    if files.hold:
        pieces.append(Cut(kit.folder / smaller(files.hold), 0, 1))
    cut(pieces, to)


def _stills(report: Report) -> dict[str, Callable[[Kit, Path], None]]:
    """Where each step begins and ends, for what shows a picture before a film, or in its place."""
    made: dict[str, Callable[[Kit, Path], None]] = {}
    for number, files in enumerate(step_files(report)):
        if files.names:
            made[still(files.film)] = partial(_still, number)
            made.setdefault(OPENING, lambda kit, to: _jpeg(encode.first_picture(kit.film), to))
    return made


def _still(number: int, kit: Kit, to: Path) -> None:
    _jpeg(encode.last_picture(kit.folder / kit.steps[number].film), to)


def _jpeg(picture: Image, to: Path) -> None:
    picture.convert("RGB").save(to, "JPEG", quality=90, subsampling=0)


def _fitting(kit: Kit) -> list[Slide]:
    """The steps in full size, or smaller if browsers and PowerPoint would be slow with them."""
    full = kit.slides(small=False)
    return full if weight(full) <= EMBEDDED else kit.slides(small=True)


def _page(kit: Kit, to: Path) -> None:
    page.html(_fitting(kit), to)


def _loop(kit: Kit, to: Path) -> None:
    shutil.copyfile(kit.film, to)


def _captions(kit: Kit, to: Path, form: str) -> None:
    _write(to, captions.written(kit.cues, form))


def _transcript(kit: Kit, to: Path) -> None:
    _write(to, captions.transcript(kit.title, kit.shows, kit.report))


def _snippets(kit: Kit, to: Path) -> None:
    made = snippets(
        kit.folder.name,
        kit.alt,
        loops=kit.report.loops,
        background=kit.report.background,
        parts=parts_of(_told_steps(kit)),
    )
    _write(to, markdown(made))


def _told_steps(kit: Kit) -> list[dict[str, Any]]:
    """The steps as ``meta.json`` tells them."""
    return [
        {
            "name": files.title or kit.title,
            "film": files.film,
            "hold": files.hold,
            "stops": files.step.stops,
            "seconds": slide.frames / slide.fps,
            "notes": slide.notes,
            "alt": slide.alt,
        }
        for files, slide in zip(kit.steps, kit.slides(small=False), strict=True)
    ]


def parts_of(steps: Sequence[dict[str, Any]]) -> list[Part]:
    """Steps as text to copy wants them, from ``meta.json``; none for a clip that is one step."""
    first, made = OPENING, []
    for step in steps:
        if step["film"] == FILM:
            return []
        last = still(step["film"])
        told = {name: step[name] for name in ("film", "hold", "stops", "seconds", "alt")}
        made.append(Part(**told, notes=tuple(step["notes"]), first=first, last=last))
        first = last
    return made


def _meta(kit: Kit, to: Path) -> None:
    seen = encode.facts(kit.film)
    about = {
        "clip": kit.request.clip.name,
        "title": kit.title,
        "language": kit.language.tag,
        "chapter": kit.chapter,
        "place": kit.request.clip.place,
        "shows": kit.shows,
        "alt": kit.alt,
        "seconds": seen.seconds,
        "fps": seen.fps,
        "width": seen.width,
        "height": seen.height,
        "loops": kit.report.loops,
        "background": kit.report.background,
        "seed": kit.report.seed,
        "sections": [{"name": name, "start": start} for name, start in kit.report.sections],
        "steps": _told_steps(kit),
        "said": [asdict(cue) for cue in kit.cues],
        "versions": kit.request.inputs["makers"] | makers(),
        "fingerprint": kit.request.fingerprint,
        "sha256": {
            path.relative_to(kit.folder).as_posix(): sha256(path)
            for path in sorted(kit.folder.rglob("*"))
            if path.name not in ("meta.json", manifest.NAME)
            and not path.name.startswith(".")
            and path.is_file()
        },
    }
    _write(to, json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def _write(to: Path, text: str) -> None:
    to.write_text(text, encoding="utf-8")
