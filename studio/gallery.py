"""The gallery: one page that shows every kit in a folder, without a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from studio import manifest
from studio.slides import data_text, page_of
from studio.snippets import snippets
from studio.whole import whole, write_whole

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
    "slide.pptx": "PowerPoint",
    "slide.html": "HTML slide",
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
    cards = [_card(out, path.parent) for path in sorted(out.glob("*/meta.json"))]
    if not cards:
        raise ValueError(f"There is no kit in {out}; make one first: flowreel kit --all")
    chapters: dict[str, list[Card]] = {}
    for card in cards:
        chapters.setdefault(card.about["chapter"], []).append(card)
    page = out / "index.html"
    write_whole(page, page_of("gallery.html", chapters=chapters))
    return page, len(cards)


def _card(out: Path, folder: Path) -> Card:
    about = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    there = manifest.read(folder)["files"]
    thumb = out / ".gallery" / f"{folder.name}.webp"
    with Image.open(folder / "poster.png") as poster, whole(thumb) as part:
        small = poster.convert("RGB")
        small.thumbnail(_THUMB)
        small.save(part, "WEBP", quality=82)
    films = ("clip.720p.mp4", "clip.mp4")
    vtt = folder / "captions.vtt"
    return Card(
        folder=folder.name,
        about=about,
        thumb=f".gallery/{folder.name}.webp",
        film=next(f"{folder.name}/{name}" for name in films if name in there),
        captions=data_text(vtt.read_text("utf-8"), "text/vtt") if about["said"] else "",
        downloads=[
            (f"{folder.name}/{name}", title, _size(there[name]["bytes"]))
            for name, title in _DOWNLOADS.items()
            if name in there and there[name]["bytes"]
        ],
        snippets=snippets(
            folder.name, about["alt"], loops=about["loops"], background=about["background"]
        ),
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count > 1e5 else f"{max(1, round(count / 1e3))} kB"
