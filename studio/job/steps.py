"""The steps of a clip as files: of each its film, and its hold if it has one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from stage.text.language import gettext
from studio.job.tasks import Report, Step

FOLDER = "steps"
"""Where they are, in a clip's folder."""
WHOLE = "whole"
"""What a title without a Latin letter is called in the name of a file."""


@dataclass(frozen=True)
class StepFiles:
    """A step, what it is called, and where its films are, in its clip's folder.

    The title is empty for a clip that is one step without a name.
    The last frame of ``film`` is the first one of ``hold``, where there is a hold.
    """

    step: Step
    title: str
    film: str
    hold: str
    """Empty for a still."""

    @property
    def names(self) -> tuple[str, ...]:
        """The films that are made for it."""
        return tuple(name for name in (self.film, self.hold) if name.startswith(FOLDER))


def step_files(report: Report) -> list[StepFiles]:
    """All steps of a clip, in order; its own film is the one of a clip that is a single step."""
    if len(report.steps) == 1 and not report.aside:
        (step,) = report.steps
        return [StepFiles(step, step.name, "clip.mp4", "")]
    found = []
    for number, step in enumerate(report.steps, 1):
        title = step.name or (gettext("Opening") if len(report.steps) > 1 else "")
        name = f"{FOLDER}/{number:02}-{slug(title)}"
        hold = f"{name}.hold.mp4" if step.hold[0] < step.hold[1] else ""
        found.append(StepFiles(step, title, f"{name}.mp4", hold))
    return found


def slug(title: str) -> str:
    """A title as a part of a file's name: small letters, digits and dashes.

    Several titles may have one: ``whole`` is that of all that have no Latin letter.
    """
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or WHOLE
