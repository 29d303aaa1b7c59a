"""A clip whose film is finished, opened for what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from stage.text.language import Language, language_of
from stage.text.source import literal
from studio.deck.slides import Slide
from studio.film import encode
from studio.job import manifest
from studio.job.events import Frames, OnEvent, ignore
from studio.job.request import RenderRequest
from studio.job.steps import StepFiles, step_files
from studio.job.tasks import Report, Said
from studio.render.studio import FILM
from studio.words import captions
from studio.words.wording import plain

LINES = 720
"""Of smaller films."""
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
        return self.folder / FILM

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


def opened(request: RenderRequest, folder: Path) -> Kit:
    """The clip in a folder whose film is finished."""
    report = msgspec.convert(manifest.read(folder)["report"], Report)
    if not report.said:  # a film without words is captioned with what it shows
        shows = language_of(report.language).gettext(request.clip.shows)
        enough = max(captions.LEAST, len(shows.split()) / captions.PACE, 4.0)
        report = replace(report, said=(Said(literal(shows), 0.0, min(enough, report.seconds)),))
    return Kit(request, folder, report, language_of(report.language).gettext(request.clip.title))


def smaller(name: str) -> str:
    """What a step's film, or the clip's, is called in up to 720 lines."""
    return name.removesuffix(".mp4") + ".720p.mp4"


def still(name: str) -> str:
    """What the last picture of a step's film is called."""
    return name.removesuffix(".mp4") + ".jpg"
