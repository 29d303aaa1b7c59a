"""A talk of many clips: a slide for each step, as PowerPoint, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from stage.text.language import current, speaking
from studio.deck.page import PAGES, Goes, html
from studio.deck.paper import pdf
from studio.deck.powerpoint import powerpoint
from studio.deck.slides import Slide
from studio.job import manifest
from studio.job.files import locked, sha256
from studio.job.request import RenderRequest, folder_of_several
from studio.job.sources import digest, sources_of
from studio.kit import contents
from studio.kit.clip import Kit, opened
from studio.live.page import PAGE as LIVE

NAME = "talk"
Files = dict[str, Callable[[Path], None]]
"""Files by name, and who makes each."""


def build(
    out: Path,
    requests: list[RenderRequest],
    *,
    notes: bool = False,
    goes: Goes = "now",
    live: bool = False,
) -> list[Path]:
    """Write ``talk.pptx``, ``talk.html`` and ``talk.pdf`` from kits that are there.

    Films are those of up to 720 lines. ``notes`` adds ``talk.notes.pdf``; ``goes`` is for ``html``,
    and so is ``live``: each clip's last hold that can be live is followed by a live step.
    """
    kits = [opened(request, out / request.folder) for request in requests]
    with speaking(kits[0].language):
        slides = [slide for kit in kits for slide in _slides(kit, live)]
        files: Files = {
            "talk.pptx": lambda to: powerpoint(slides, to),
            "talk.html": lambda to: html(slides, to, goes=goes),
            "talk.pdf": lambda to: pdf(slides, to),
        }
        if notes:
            files["talk.notes.pdf"] = lambda to: pdf(slides, to, notes=True)
        return _built(out, NAME, slides, goes, files)


def to_present(
    out: Path, requests: list[RenderRequest], *, goes: Goes = "now", live: bool = False
) -> Path:
    """Write ``talk.html`` alone, in a folder of its own for these clips: no other deck goes."""
    kits = [opened(request, out / request.folder) for request in requests]
    with speaking(kits[0].language):
        slides = [slide for kit in kits for slide in _slides(kit, live)]
        files: Files = {"talk.html": lambda to: html(slides, to, goes=goes)}
        (page,) = _built(out, folder_of_several("present", requests), slides, goes, files)
    return page


def _slides(kit: Kit, live: bool) -> list[Slide]:
    """The clip's steps; if they are to be ``live``, the last that can be asks for it as well."""
    own = kit.slides(small=True)
    last = next((n for n in reversed(range(len(own))) if own[n].live), None) if live else None
    return [replace(slide, asks=slide.asks or n == last) for n, slide in enumerate(own)]


def _built(out: Path, name: str, slides: list[Slide], goes: Goes, files: Files) -> list[Path]:
    folder = out / name
    with locked(out, name):
        films = [film for slide in slides for film in slide.films]
        sources = {film.relative_to(out).as_posix(): sha256(film) for film in films}
        told = [asdict(slide) | {"film": "", "hold": bool(slide.hold)} for slide in slides]
        inputs = digest(
            {
                "sources": sources,
                "slides": told,
                "goes": goes,
                "words": sources_of(current()),
                "makers": contents.makers(),
                "pages": {
                    f"{path.parent.name}/{path.name}": sha256(path)
                    for path in sorted([*PAGES.iterdir(), *LIVE.iterdir()])
                },
                "kit": contents.VERSION,
            }
        )
        for file, make in files.items():
            if not manifest.is_fresh(folder, file, inputs):
                make(folder / file)
                manifest.record(folder, file, inputs, made_from={"sources": sources})
    manifest.gather(out)
    return [folder / file for file in files]
