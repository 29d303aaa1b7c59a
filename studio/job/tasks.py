"""What a worker is asked, and what it answers: plain values that travel between machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Kind = Literal["score", "plays", "join", "film"]


class RefusedError(Exception):
    """The task cannot be done, however often it is tried."""


@dataclass(frozen=True)
class Task:
    """One piece of work on one clip.

    ``score`` only reads how long everything takes; ``plays`` renders some plays as segments into
    ``cache``; ``join`` makes ``target`` from segments there; ``film`` does all of it, and renders
    what is missing.
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
    cfg: str = ""
    """The folder's manim.cfg."""
    format: Literal["mp4", "mov"] = "mp4"
    cache: str = ""
    target: str = ""
    plays: tuple[int, ...] = ()
    """Which plays to render."""
    parts: tuple[str, ...] = ()
    """Names of the segments to join, in order."""

    def goes_on(self, last: Task) -> bool:
        """Whether these plays come later in the clip whose plays were the ``last`` task."""
        same = replace(last, plays=self.plays) == self
        return same and self.kind == "plays" and min(self.plays) > max(last.plays)

    def as_json(self) -> dict[str, Any]:
        """The task as values that JSON knows."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Task:
        """The task that ``as_json`` gave."""
        pairs = {
            key: tuple((name, value) for name, value in values[key]) for key in ("makers", "knobs")
        }
        tuples = {name: tuple(values[name]) for name in ("plays", "parts")}
        return cls(**(values | pairs | tuples))


@dataclass(frozen=True)
class Said:
    """A sentence, and when it is on the screen."""

    sentence: str
    start: float
    end: float


@dataclass(frozen=True)
class Report:
    """What a worker found out about a clip while it worked."""

    seconds: float
    plays: tuple[float, ...]
    """How long each play is in the film; 0 where it is left out, or lies between two frames."""
    said: tuple[Said, ...]
    sections: tuple[tuple[str, float], ...]
    """Name and beginning of each."""
    frames: int
    """How many were rendered here, rather than found."""
    segments: tuple[tuple[int, str], ...] = ()
    """Names of the files of plays, "" for a play without frames; only ``plays`` tells."""
    loops: bool = False
    """Whether the picture at the end is the first one again; only ``score`` looks."""
    has_sound: bool = False
    took: float = 0.0
    """Seconds that this took."""
    seed: int | None = None
    background: str = ""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Report:
        """The report that ``dataclasses.asdict`` took apart."""
        return cls(
            **(
                values
                | {
                    "plays": tuple(values["plays"]),
                    "said": tuple(Said(**said) for said in values["said"]),
                    "segments": tuple((play, name) for play, name in values["segments"]),
                    "sections": tuple((name, start) for name, start in values["sections"]),
                }
            )
        )
