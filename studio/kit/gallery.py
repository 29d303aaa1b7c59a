"""The gallery: one page that shows every kit in a folder, without a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from stage.engine.atomic import atomic_path
from studio.deck.page import data_text, page_of
from studio.job import manifest
from studio.job.files import locked, sha256, write_atomically
from studio.job.sources import digest
from studio.kit.snippets import snippets

NAME = "gallery"
"""The folder of what the page alone needs."""

_THUMB = (640, 640)
_DOWNLOADS = {
    "clip.mp4": "MP4",
    "clip.720p.mp4": "MP4, 720p",
    "clip.loop.mp4": "MP4, loop",
    "clip.voiced.mp4": "MP4, spoken",
    "clip.alpha.mov": "MOV, transparent",
    "clip.alpha.webm": "WebM, transparent",
    "clip.gif": "GIF",
    "poster.png": "Poster",
    "captions.vtt": "Captions",
    "transcript.md": "Transcript",
    "slide.pptx": "PowerPoint, in steps",
    "slide.html": "Page, in steps",
}


@dataclass(frozen=True)
class Card:
    """A clip on the page."""

    folder: str
    about: dict[str, Any]
    thumb: str
    film: str
    captions: str
    downloads: list[tuple[str, str, str]]
    snippets: dict[str, str]


def build(out: Path) -> tuple[Path, int]:
    """Write ``index.html`` beside the kits; where it is, and how many clips are on it."""
    folders = [path.parent for path in sorted(out.glob("*/meta.json"))]
    if not folders:
        raise ValueError(f"There is no kit in {out}; make one first: flowreel kit --all")
    with locked(out, NAME):
        _thumbs(out, folders)
        cards = sorted((_card(folder) for folder in folders), key=lambda c: c.about["place"])
        chapters: dict[str, list[Card]] = {}
        for card in cards:
            chapters.setdefault(card.about["chapter"], []).append(card)
        text = page_of("gallery.html", chapters=chapters)
        write_atomically(out / "index.html", text)
    manifest.gather(out, **{"index.html": digest({"page": text})})
    return out / "index.html", len(folders)


def _thumbs(out: Path, folders: list[Path]) -> None:
    """Small posters; those of kits that are gone go as well."""
    posters = {folder.name: sha256(folder / "poster.png") for folder in folders}
    seen = {f"{name}/poster.png": digest for name, digest in posters.items()}
    seen |= {f"{folder.name}/meta.json": sha256(folder / "meta.json") for folder in folders}
    manifest.prune(out / NAME, set(posters.values()))
    for folder in folders:
        name, inputs = f"{folder.name}.webp", posters[folder.name]
        if not manifest.is_fresh(out / NAME, name, inputs):
            with (
                Image.open(folder / "poster.png") as poster,
                atomic_path(out / NAME / name) as part,
            ):
                small = poster.convert("RGB")
                small.thumbnail(_THUMB)
                small.save(part, "WEBP", quality=82)
            manifest.record(out / NAME, name, inputs)
    manifest.note(out / NAME, made_from={"sources": seen})


def _card(folder: Path) -> Card:
    about = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    there = manifest.read(folder)["files"]
    films = ("clip.720p.mp4", "clip.mp4")
    vtt = folder / "captions.vtt"
    return Card(
        folder=folder.name,
        about=about,
        thumb=f"{NAME}/{folder.name}.webp",
        film=next(f"{folder.name}/{name}" for name in films if name in there),
        captions=data_text(vtt.read_text("utf-8"), "text/vtt") if about["said"] else "",
        downloads=[
            (f"{folder.name}/{name}", title, _size(there[name]["bytes"]))
            for name, title in _DOWNLOADS.items()
            if name in there and there[name]["bytes"]
        ],
        snippets=snippets(
            folder.name,
            about["alt"],
            loops=about["loops"],
            background=about["background"],
            steps=[step["film"] for step in about["steps"] if step["film"] != "clip.mp4"],
        ),
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count > 1e5 else f"{max(1, round(count / 1e3))} kB"
