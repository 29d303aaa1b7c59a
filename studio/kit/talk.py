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
from studio.job.request import RenderRequest
from studio.job.sources import digest, sources_of
from studio.kit import contents
from studio.live.page import PAGE as LIVE

NAME = "talk"


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
    kits = [contents.opened(request, out / request.folder) for request in requests]
    with speaking(kits[0].language):
        slides = [slide for kit in kits for slide in _slides(kit, live)]
        return _built(out, slides, notes, goes)


def _slides(kit: contents.Kit, live: bool) -> list[Slide]:
    """The clip's steps, the last that can be live asking for it if they are to be ``live``."""
    own = kit.slides(small=True)
    last = next((n for n in reversed(range(len(own))) if own[n].live), None) if live else None
    return [replace(slide, asks=n == last) for n, slide in enumerate(own)]


def _built(out: Path, slides: list[Slide], notes: bool, goes: Goes) -> list[Path]:
    folder = out / NAME
    files: dict[str, Callable[[Path], None]] = {
        "talk.pptx": lambda to: powerpoint(slides, to),
        "talk.html": lambda to: html(slides, to, goes=goes),
        "talk.pdf": lambda to: pdf(slides, to),
    }
    if notes:
        files["talk.notes.pdf"] = lambda to: pdf(slides, to, notes=True)
    with locked(out, NAME):
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
        for name, make in files.items():
            if not manifest.is_fresh(folder, name, inputs):
                make(folder / name)
                manifest.record(folder, name, inputs, made_from={"sources": sources})
    manifest.gather(out)
    return [folder / name for name in files]
