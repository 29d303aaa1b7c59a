"""What a worker is asked, and what it answers: plain values that travel between machines.

They are read and written by ``msgspec``, which checks every field against its type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

Kind = Literal["probe", "plays", "join", "film", "joint"]
Format = Literal["mp4", "mov", "webm"]
"""Of a film: ``mov`` and ``webm`` have no background."""

JOINT = 0.8
"""Seconds from the last picture of one film to the first of the next."""


def joint_frames(fps: int) -> int:
    """How many pictures a joint has."""
    return max(1, round(JOINT * fps))


class RefusedError(Exception):
    """The task cannot be done, however often it is tried."""


class TaskError(Exception):
    """The task failed; it may not when it is tried again."""


class SceneError(TaskError):
    """The scene itself raised an exception: it will again."""


class WorkerLostError(Exception):
    """The worker ended before it had answered."""


class FailedError(Exception):
    """The task is given up."""


@dataclass(frozen=True)
class DataFile:
    """A file that a variable names."""

    variable: str
    path: str
    sha256: str
    content: bytes | None = None
    """Its bytes, where they came along."""


@dataclass(frozen=True)
class Task:
    """One piece of work on one clip.

    ``probe`` only finds out how long everything takes; ``plays`` renders some plays as segments
    into ``cache``; ``join`` makes ``target`` from segments there; ``film`` does all of it, and
    renders what is missing; ``joint`` renders how one film, of its ``parts``, becomes another.
    """

    kind: Kind
    clip: str
    file: str
    """The scene file; below the house if ``file`` is relative."""
    sources: str
    """Digest of what the film is made from: a worker with other sources refuses."""
    makers: tuple[tuple[str, str], ...]
    """What turns them into pictures, and its versions: as well."""
    width: int
    height: int
    fps: int
    knobs: tuple[tuple[str, str], ...] = ()
    """FLOWREEL_… variables, all of them."""
    data: tuple[DataFile, ...] = ()
    """Files that they name."""
    language: str = ""
    """Whose catalogue is among the sources."""
    cfg: str = ""
    """The folder's manim.cfg."""
    format: Format = "mp4"
    cache: str = ""
    target: str = ""
    plays: tuple[int, ...] = ()
    """Which plays to render."""
    parts: tuple[str, ...] = ()
    """Names of the segments to join, in order; or paths of two films."""
    squares: tuple[tuple[float, ...], ...] = ()
    """Of a joint: where the planes are at the end of the one film, and as the other begins."""

    def follows(self, last: Task) -> bool:
        """Whether these plays come later in the clip whose plays were the ``last`` task."""
        same = replace(last, plays=self.plays) == self
        return same and self.kind == "plays" and min(self.plays) > max(last.plays)

    def shares_clip(self, other: Task) -> bool:
        """Whether both are of one clip with the same knobs."""
        return (self.clip, self.file, self.knobs) == (other.clip, other.file, other.knobs)


@dataclass(frozen=True)
class Said:
    """A sentence, and when it is on the screen."""

    sentence: str
    start: float
    end: float


@dataclass(frozen=True)
class Step:
    """A section of a clip as a step of a talk."""

    name: str
    """Empty for what comes before the first section."""
    start: float
    end: float
    """Seconds of film."""
    plays: tuple[int, int]
    """From which play on, and before which."""
    hold: tuple[int, int]
    """The plays of its hold, which are not in the film; none for a still."""
    stops: bool
    """Whether a talk stops at its end."""
    live: str = ""
    """What a live page of its hold is told, as JSON; empty where there is none."""
    asks: bool = False
    """Whether the clip itself asks for a live step after its hold."""


@dataclass(frozen=True)
class Report:
    """What a worker found out about a clip while it worked."""

    seconds: float
    plays: tuple[float, ...]
    """How long each play is; 0 where it is left out, or lies between two frames."""
    said: tuple[Said, ...]
    sections: tuple[tuple[str, float], ...]
    """Name and beginning of each."""
    frames: int
    """How many were rendered here, rather than found."""
    segments: tuple[tuple[int, str], ...] = ()
    """Names of the files of plays, "" for a play without frames; not told by ``probe``."""
    loops: bool = False
    """Whether the picture at the end is the first one again; only ``probe`` looks."""
    opens: tuple[float, ...] = ()
    """Where the largest plane is in the first picture: left, lower end, side, in parts of its
    height, from its middle; () where there is none. Only ``probe`` looks."""
    closes: tuple[float, ...] = ()
    """Likewise, in the last picture."""
    has_sound: bool = False
    took: float = 0.0
    """Seconds that this took."""
    seed: int | None = None
    background: str = ""
    language: str = "en"
    """In which it is said, by its tag; empty for a clip without words."""
    steps: tuple[Step, ...] = ()

    @property
    def aside(self) -> frozenset[int]:
        """The plays of holds: what is rendered, and is not in the film."""
        return frozenset(play for step in self.steps for play in range(*step.hold))


class Rendered(msgspec.Struct, tag=True):
    """So many frames are rendered of the task."""

    frames: int


class Done(msgspec.Struct, tag=True):
    """The task is done."""

    report: Report


class Refused(msgspec.Struct, tag=True):
    """Asking again will not help."""

    why: str


class Failed(msgspec.Struct, tag=True):
    """Asking again may help, unless it was the scene that raised an exception."""

    why: str
    by_scene: bool = False

    @property
    def error(self) -> TaskError:
        """To be raised by the one who asked."""
        return (SceneError if self.by_scene else TaskError)(self.why)


class Stale(msgspec.Struct, tag=True):
    """A new process should be asked: this one has loaded what has changed since."""


Answer = Rendered | Done | Refused | Failed | Stale
"""What a worker writes, line by line; all but ``Rendered`` end the task."""


class Made(msgspec.Struct):
    """What a worker on another machine sends: its last answer, and the segments' bytes."""

    answer: Done | Refused | Failed
    segments: dict[str, tuple[bytes, str]] = {}
    """Each with its SHA-256, by name."""
