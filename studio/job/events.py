"""What happens while a command works: one stream for the bar, for JSON and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from studio.job.request import RenderRequest
from studio.job.tasks import Task

State = Literal["rendered", "up to date", "failed"]


@dataclass(frozen=True)
class Planned:
    """How many frames there are in all, as far as is known."""

    frames: int


@dataclass(frozen=True)
class Started:
    """A file is being made; or a ``worker`` has been given a ``task``."""

    name: str
    task: Task | None = None
    worker: str = ""


@dataclass(frozen=True)
class Found:
    """So many frames of a clip's folder are there from an earlier run: they are no work now."""

    name: str
    frames: int


@dataclass(frozen=True)
class Frames:
    """So many frames of a clip's folder, or of a file in it, are done, and so many are to be."""

    name: str
    done: int
    total: int


@dataclass(frozen=True)
class Idle:
    """Nothing goes on, for a reason that the user should know."""

    why: str


@dataclass(frozen=True)
class Finished:
    """What became of a request."""

    request: RenderRequest
    path: Path
    state: State
    seconds: float = 0.0
    """How long it took."""
    why: str = ""


Event = Planned | Started | Found | Frames | Idle | Finished
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing: nobody looks on."""
