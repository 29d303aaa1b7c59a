"""Where films are delivered, who makes them, and what a worker is asked for a request."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from studio.job import manifest
from studio.job.data import packed
from studio.job.events import OnEvent, ignore
from studio.job.files import WORK
from studio.job.request import RenderRequest
from studio.job.sources import digest, manim_settings
from studio.job.steps import step_files
from studio.job.tasks import Format, Kind, Report, Task
from studio.render.executor import Executor

FILM = "clip.mp4"
"""Name of a clip's film."""
FILMS: dict[Format, str] = {"mp4": FILM, "mov": "clip.alpha.mov", "webm": "clip.alpha.webm"}
"""Names of a clip's films, by format."""


@dataclass(frozen=True)
class Studio:
    """Where films are delivered, and who makes them."""

    out: Path
    here: Executor
    away: Executor | None = None
    """Other machines, for segments; what they send back is joined here."""
    workers: int = 1
    cores: int = os.cpu_count() or 1
    on_event: OnEvent = ignore

    @property
    def together(self) -> int:
        """How many may share a clip here, two cores each: painting takes one, encoding more."""
        return min(self.workers, self.cores // 2)

    @property
    def is_cutting(self) -> bool:
        """Whether clips are rendered in segments that several may share."""
        return bool(self.away) or self.together > 1

    @property
    def work(self) -> Path:
        """Where segments, logs and locks are."""
        return self.out / WORK


def is_fresh(studio: Studio, request: RenderRequest, name: str) -> bool:
    """Whether a film is there, with its steps, whole, and as it would be rendered now."""
    folder = studio.out / request.folder
    names = [name]
    if name == FILM and (told := manifest.read(folder).get("report")):
        report = msgspec.convert(told, Report)
        names += [file for step in step_files(report) for file in step.names]
    return all(manifest.is_fresh(folder, file, request.fingerprint) for file in names)


def cache_of(studio: Studio, request: RenderRequest) -> Path:
    """Where the segments of a request are."""
    return studio.work / request.folder / request.fingerprint


def task_for(studio: Studio, request: RenderRequest, kind: Kind, target: Path, **more: Any) -> Task:
    """What a worker is asked for a request."""
    size = request.size
    return Task(
        kind=kind,
        clip=request.clip.name,
        file=request.file,
        sources=digest(request.inputs["sources"]),
        makers=tuple(request.inputs["makers"].items()),
        width=size.width,
        height=size.height,
        fps=size.fps,
        knobs=request.knobs,
        data=packed(request.inputs["data"], travel=studio.away is not None),
        language=request.language,
        cfg=manim_settings().get("folder", ""),
        cache=str(cache_of(studio, request).resolve()),
        target=str(target.resolve()),
        **more,
    )
