"""The talk kit: all that leaves for a talk, in one folder for each clip."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
from PIL.Image import Image

from stage.text.language import Language, language_of
from stage.text.source import literal
from studio.deck import page
from studio.deck.powerpoint import powerpoint
from studio.deck.slides import Slide, weight
from studio.film import encode, gif
from studio.film.cut import Cut, cut
from studio.job import manifest
from studio.job.events import Frames, OnEvent, ignore
from studio.job.files import sha256
from studio.job.request import RenderRequest
from studio.job.steps import StepFiles, step_files
from studio.job.tasks import Report, Said
from studio.kit.snippets import markdown, snippets
from studio.snippets.parts import Part
from studio.words import captions
from studio.words.narrate import narrate
from studio.words.voice import Speaker
from studio.words.wording import plain

VERSION = 12
"""Raise it whenever the same film gives another kit."""
EMBEDDED = 32_000_000
"""Bytes of a film that still goes into a page."""
FILM = "clip.mp4"
OPENING = "steps/00-opening.jpg"
"""The first picture."""
LINES = 720
SMALLER = "clip.720p.mp4"
"""A film that is made of a film: it takes as long as rendering."""


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
        said = " ".join(plain(some.sentence) for some in self.report.said)
        return captions.alternative(self.shows, "" if said == self.shows else said)

    @property
    def language(self) -> Language:
        """What its words are in."""
        return language_of(self.report.language)

    @property
    def shows(self) -> str:
        """What the clip shows, in its language."""
        return self.language.gettext(self.request.clip.shows)

    @property
    def chapter(self) -> str:
        """The title of its chapter, in its language."""
        return self.language.gettext(self.request.clip.chapter)

    @property
    def cues(self) -> list[captions.Cue]:
        """The captions."""
        return captions.cues(self.report, frame=1 / self.request.size.fps)

    @property
    def film(self) -> Path:
        """The clip itself."""
        return self.folder / "clip.mp4"

    @property
    def steps(self) -> list[StepFiles]:
        """The clip's steps."""
        return step_files(self.report)

    @property
    def starts(self) -> list[int]:
        """The frames with which steps begin."""
        return [self.at(files.step.start) for files in self.steps]

    def at(self, seconds: float) -> int:
        """The number of a frame."""
        return round(seconds * self.request.size.fps)

    def slides(self, *, small: bool) -> list[Slide]:
        """The clip's steps as slides, with films of up to 720 lines if they are to be ``small``."""
        told, plays = self.report, self.report.plays
        width, height = encode.size(self.folder / (SMALLER if small else FILM))
        made = []
        for number, files in enumerate(self.steps):
            step = files.step
            length = sum(plays[slice(*step.hold)])
            hold = self.folder / (smaller(files.hold) if small else files.hold)
            made.append(
                Slide(
                    clip=self.title,
                    title=files.title or self.title,
                    film=self.folder / (smaller(files.film) if small else files.film),
                    hold=hold if files.hold else None,
                    loops=told.loops and len(self.steps) == 1,
                    stops=step.stops,
                    frames=self.at(step.end) - self.at(step.start),
                    hold_frames=self.at(length),
                    fps=self.request.size.fps,
                    notes=captions.step_notes(self.shows if number == 0 else "", told, step),
                    alt=captions.step_alt(files.title, self.shows, told, step),
                    cues=captions.within(self.cues, step),
                    width=width,
                    height=height,
                    background=told.background,
                    live=step.live,
                    asks=step.asks,
                )
            )
        return made


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


def opened(request: RenderRequest, folder: Path) -> Kit:
    """The clip in a folder whose film is finished."""
    report = msgspec.convert(manifest.read(folder)["report"], Report)
    if not report.said:  # a film without words is captioned with what it shows
        shows = language_of(report.language).gettext(request.clip.shows)
        enough = max(captions.LEAST, len(shows.split()) / captions.PACE, 4.0)
        report = replace(report, said=(Said(literal(shows), 0.0, min(enough, report.seconds)),))
    return Kit(request, folder, report, language_of(report.language).gettext(request.clip.title))


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


def smaller(name: str) -> str:
    """What a step's film, or the clip's, is called in up to 720 lines."""
    return name.removesuffix(".mp4") + ".720p.mp4"


def still(name: str) -> str:
    """What the last picture of a step's film is called."""
    return name.removesuffix(".mp4") + ".jpg"


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
