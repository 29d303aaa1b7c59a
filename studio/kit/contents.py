"""The talk kit: all that leaves for a talk, in one folder for each clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from stage.text.source import literal
from studio.job import manifest
from studio.job.events import Frames, OnEvent, ignore
from studio.job.files import sha256
from studio.job.request import RenderRequest
from studio.job.tasks import Report, Said
from studio.kit import captions, encode, gif, slides
from studio.kit.snippets import markdown, snippets
from studio.kit.voice import Voice, narrate
from studio.kit.wording import plain

VERSION = 6
"""Raise it whenever the same film gives another kit."""
EMBEDDED = 32_000_000
"""Bytes of a film that still goes into a page."""
SMALLER, CLEAR = "clip.720p.mp4", "clip.alpha.webm"
"""Films that are made of films: they take as long as rendering."""


@dataclass(frozen=True)
class Kit:
    """A clip whose film is finished, and the folder that is being filled for it."""

    request: RenderRequest
    folder: Path
    report: Report
    title: str
    on_event: OnEvent = ignore

    @property
    def frames(self) -> int:
        """Of the film."""
        return round(self.report.seconds * self.request.size.fps)

    def told(self, name: str) -> Callable[[int], None]:
        """What is to be told of the frames of a file."""
        file = f"{self.folder.name}/{name}"
        return lambda done: self.on_event(Frames(file, done, self.frames))

    @property
    def alt(self) -> str:
        """What a person who does not see the film is told."""
        text = self.request.clip.shows
        said = " ".join(plain(some.sentence) for some in self.report.said)
        return f"Animation: {text}" + (f" On screen: {said}" if said != text else "")

    @property
    def cues(self) -> list[captions.Cue]:
        """The captions."""
        return captions.cues(self.report, frame=1 / self.request.size.fps)

    @property
    def film(self) -> Path:
        """The clip itself."""
        return self.folder / "clip.mp4"

    def slide(self, *, film: str = "clip.mp4") -> slides.Slide:
        """The clip as a slide."""
        seen = encode.facts(self.film)
        spoken = captions.written(self.cues, "vtt")
        return slides.Slide(
            film=self.folder / film,
            poster=self.folder / "poster.png",
            title=self.title,
            notes=captions.notes(self.request.clip.shows, self.report),
            alt=self.alt,
            captions=spoken,
            loops=self.report.loops,
            width=seen.width,
            height=seen.height,
            background=self.report.background,
        )


def titled(name: str) -> str:
    """``DepthMorph`` as people write it."""
    return "".join(f" {c}" if c.isupper() and i else c for i, c in enumerate(name))


def files(
    report: Report, alpha: bool, voice: Voice | None = None
) -> dict[str, Callable[[Kit, Path], None]]:
    """What a kit has, and who makes each file, in an order in which all find what they need."""
    made: dict[str, Callable[[Kit, Path], None]] = {
        SMALLER: lambda kit, to: encode.smaller(kit.film, to, 720, kit.told(SMALLER)),
        "poster.png": lambda kit, to: encode.poster(kit.film, to),
        "clip.gif": _gif,
        "captions.vtt": lambda kit, to: _captions(kit, to, "vtt"),
        "captions.srt": lambda kit, to: _captions(kit, to, "srt"),
        "transcript.md": _transcript,
        "snippets.md": _snippets,
        "slide.pptx": lambda kit, to: slides.powerpoint([kit.slide()], to),
        "slide.html": _page,
    }
    if report.loops:  # no frame of a loop is there twice: it needs no other encoding
        made["clip.loop.mp4"] = _loop
    if alpha:
        made[CLEAR] = lambda kit, to: encode.light_alpha(
            kit.folder / "clip.alpha.mov", to, kit.told(CLEAR)
        )
    if voice:
        made["clip.voiced.mp4"] = lambda kit, to: narrate(voice, kit.film, kit.report.said, to)
    return made | {"meta.json": _meta}


def opened(request: RenderRequest, folder: Path) -> Kit:
    """The clip in a folder whose film is finished."""
    report = msgspec.convert(manifest.read(folder)["report"], Report)
    if not report.said:  # a film without words is captioned with what it shows
        shows = request.clip.shows
        enough = max(captions.LEAST, len(shows.split()) / captions.PACE, 4.0)
        report = replace(report, said=(Said(literal(shows), 0.0, min(enough, report.seconds)),))
    return Kit(request, folder, report, titled(request.clip.name))


def makers() -> dict[str, str]:
    """Versions of what packs a film."""
    found = {}
    for name in ("av", "pillow", "manim-slides", "python-pptx", "srt", "typst", "pyreveal"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "?"
    return found


def _gif(kit: Kit, to: Path) -> None:
    around = encode.telling(kit.film)[0]
    gif.gif(kit.film, to, loops=kit.report.loops, around=around)


def _page(kit: Kit, to: Path) -> None:
    """In one file, so a film that browsers would be slow to read from it is the smaller one."""
    film = "clip.mp4" if kit.film.stat().st_size <= EMBEDDED else "clip.720p.mp4"
    slides.html([kit.slide(film=film)], to, title=kit.title)


def _loop(kit: Kit, to: Path) -> None:
    shutil.copyfile(kit.film, to)


def _captions(kit: Kit, to: Path, form: str) -> None:
    _write(to, captions.written(kit.cues, form))


def _transcript(kit: Kit, to: Path) -> None:
    _write(to, captions.transcript(kit.title, kit.request.clip.shows, kit.report))


def _snippets(kit: Kit, to: Path) -> None:
    loops, background = kit.report.loops, kit.report.background
    made = snippets(kit.folder.name, kit.alt, loops=loops, background=background)
    _write(to, markdown(made))


def _meta(kit: Kit, to: Path) -> None:
    seen = encode.facts(kit.film)
    about = {
        "clip": kit.request.clip.name,
        "title": kit.title,
        "chapter": kit.request.clip.chapter,
        "place": kit.request.clip.place,
        "shows": kit.request.clip.shows,
        "alt": kit.alt,
        "seconds": seen.seconds,
        "fps": seen.fps,
        "width": seen.width,
        "height": seen.height,
        "loops": kit.report.loops,
        "background": kit.report.background,
        "seed": kit.report.seed,
        "sections": [{"name": name, "start": start} for name, start in kit.report.sections],
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
