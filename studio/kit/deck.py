"""A talk of many clips: a slide for each, as PowerPoint, HTML and PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from studio.job import manifest
from studio.job.files import locked, sha256
from studio.job.request import RenderRequest
from studio.job.sources import digest
from studio.kit import contents, slides

NAME = "talk"
_FILM = "clip.720p.mp4"


def build(out: Path, requests: list[RenderRequest], *, embed: bool = False) -> list[Path]:
    """Write ``talk.pptx``, ``talk.html`` and ``talk.pdf`` from kits that are there."""
    folder = out / NAME
    pages = [
        contents.opened(request, out / request.folder).slide(film=_FILM) for request in requests
    ]
    files: dict[str, Callable[[Path], None]] = {
        "talk.pptx": lambda to: slides.powerpoint(pages, to),
        "talk.html": lambda to: slides.html(pages, to, title=slides.TALK, embed=embed),
        "talk.pdf": lambda to: slides.pdf(pages, to),
    }
    with locked(out, NAME):
        sources = {
            path.relative_to(out).as_posix(): sha256(path)
            for page in pages
            for path in (page.film, page.poster)
        }
        told = [asdict(page) | {"film": "", "poster": ""} for page in pages]
        makers = contents.makers()
        inputs = digest(
            {
                "sources": sources,
                "slides": told,
                "embed": embed,
                "makers": makers,
                "kit": contents.VERSION,
            }
        )
        for name, make in files.items():
            if not manifest.is_fresh(folder, name, inputs):
                make(folder / name)
                manifest.record(folder, name, inputs, made_from={"sources": sources})
    manifest.gather(out)
    return [folder / name for name in files]
