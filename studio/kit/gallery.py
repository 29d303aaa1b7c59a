"""The gallery: one page that shows every kit in a folder, without a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from stage.film.atomic import atomic_path
from stage.knobs import settings
from stage.text.language import ENGLISH, Language, gettext, gettext_noop, language_of, speaking
from studio.deck.page import data_text, page_of
from studio.job import manifest
from studio.job.clips import HOUSE, SCENES
from studio.job.files import locked, sha256, write_atomically
from studio.job.sources import digest
from studio.kit.contents import parts_of
from studio.kit.snippets import snippets
from studio.live.page import codes, page
from studio.live.show import Show, of_clip
from studio.render.scene_file import load_module

NAME = "gallery"
"""The folder of what the page alone needs."""

_THUMB = (640, 640)
_DOWNLOADS = {
    "clip.mp4": "MP4",
    "clip.720p.mp4": "MP4, 720p",
    "clip.loop.mp4": gettext_noop("MP4, loop"),
    "clip.voiced.mp4": gettext_noop("MP4, spoken"),
    "clip.alpha.mov": gettext_noop("MOV, transparent"),
    "clip.alpha.webm": gettext_noop("WebM, transparent"),
    "clip.gif": "GIF",
    "poster.png": gettext_noop("Poster"),
    "captions.{}.vtt": gettext_noop("Captions"),
    "transcript.md": gettext_noop("Transcript"),
    "slide.pptx": gettext_noop("PowerPoint, in steps"),
    "slide.html": gettext_noop("Page, in steps"),
}


@dataclass(frozen=True)
class Card:
    """A clip on the page."""

    folder: str
    about: dict[str, Any]
    language: Language
    """Of what is said in it."""
    thumb: str
    film: str
    captions: str
    live: str
    """Its flow, live; empty where it shows none of two weights."""
    downloads: list[tuple[str, str, str]]
    snippets: dict[str, str]


def build(out: Path) -> tuple[Path, int]:
    """Write ``index.html`` beside the kits; where it is, and how many clips are on it."""
    folders = [path.parent for path in sorted(out.glob("*/meta.json"))]
    if not folders:
        raise ValueError(f"There is no kit in {out}; make one first: flowreel kit --all")
    with locked(out, NAME):
        pages = {folder.name: made for folder in folders if (made := _live(folder))}
        _own_files(out, folders, pages)
        live = set(pages)
        cards = [_spoken(folder, folder.name in live) for folder in folders]
        cards.sort(key=lambda card: card.about["place"])
        chapters: dict[str, list[Card]] = {}
        for card in cards:
            chapters.setdefault(card.about["chapter"], []).append(card)
        spoken = {card.language for card in cards}
        with speaking(spoken.pop() if len(spoken) == 1 else ENGLISH):
            text = page_of("gallery.html", chapters=chapters)
        write_atomically(out / "index.html", text)
    manifest.gather(out, **{"index.html": digest({"page": text})})
    return out / "index.html", len(folders)


@dataclass(frozen=True)
class _Live:
    """The page on which a kit's flow runs live."""

    show: Show
    language: Language

    def text(self, *, still: bool) -> str:
        """The page, with a ``still`` of its particles, which takes a while, or without."""
        with speaking(self.language):
            return page(self.show, still=still)


def _live(folder: Path) -> _Live | None:
    """The live page of a kit; None where its clip shows no flow of two weights."""
    made = manifest.read(folder).get("made_from", {})
    scene = HOUSE / made.get("scene", "")
    if scene.parent != SCENES:
        return None
    kind = getattr(load_module(scene), made["clip"])
    try:
        knobs = settings(made["knobs"])
        found = _Live(of_clip(made["clip"], kind, knobs), language_of(knobs.get("language", "")))
        codes(found.show)
    except ValueError:
        return None
    return found


def _own_files(out: Path, folders: list[Path], pages: dict[str, _Live]) -> None:
    """Small posters and live pages; those of kits that are gone go as well."""
    posters = {folder.name: sha256(folder / "poster.png") for folder in folders}
    live = {  # its still is the film's: another one where the film's poster is
        name: digest({"page": made.text(still=False), "poster": posters[name]})
        for name, made in pages.items()
    }
    seen = {f"{name}/poster.png": digest for name, digest in posters.items()}
    seen |= {f"{folder.name}/meta.json": sha256(folder / "meta.json") for folder in folders}
    manifest.prune(out / NAME, {*posters.values(), *live.values()})
    for name, inputs in live.items():
        if not manifest.is_fresh(out / NAME, f"{name}.html", inputs):
            write_atomically(out / NAME / f"{name}.html", pages[name].text(still=True))
            manifest.record(out / NAME, f"{name}.html", inputs)
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


def _spoken(folder: Path, lives: bool) -> Card:
    about = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    with speaking(language_of(about.get("language", ""))) as language:
        return _card(folder, about, language, lives)


def _card(folder: Path, about: dict[str, Any], language: Language, lives: bool) -> Card:
    there = manifest.read(folder)["files"]
    films = ("clip.720p.mp4", "clip.mp4")
    named = {name.format(language.tag): title for name, title in _DOWNLOADS.items()}
    vtt = folder / f"captions.{language.tag}.vtt"
    return Card(
        folder=folder.name,
        about=about,
        language=language,
        thumb=f"{NAME}/{folder.name}.webp",
        film=next(f"{folder.name}/{name}" for name in films if name in there),
        captions=data_text(vtt.read_text("utf-8"), "text/vtt") if about["said"] else "",
        live=f"{NAME}/{folder.name}.html" if lives else "",
        downloads=[
            (f"{folder.name}/{name}", gettext(title), _size(there[name]["bytes"]))
            for name, title in named.items()
            if name in there and there[name]["bytes"]
        ],
        snippets=snippets(
            folder.name,
            about["alt"],
            loops=about["loops"],
            background=about["background"],
            parts=parts_of(about["steps"]),
        ),
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count > 1e5 else f"{max(1, round(count / 1e3))} kB"
