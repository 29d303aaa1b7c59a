"""The script: which chapters a film has, and what is spoken in them, when.

It is a TOML file, ``assets/primer.toml``, that says of itself how it is read. From it come the
voice, captions, transcript, speaker notes and chapter marks.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from stage.text.language import ENGLISH, Language, paragraphs
from studio.job.clips import HOUSE
from studio.job.tasks import Report, Said

SCRIPT = HOUSE / "assets" / "primer.toml"


class _Chapter(msgspec.Struct, forbid_unknown_fields=True):
    clip: str
    title: str
    lines: dict[str, list[str]] = {}


class _Film(msgspec.Struct, forbid_unknown_fields=True):
    clips: list[str]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    subtitle: str
    description: str
    chapter: list[_Chapter]
    film: _Film


@dataclass(frozen=True)
class Chapter:
    """What is spoken over one clip: lines by the name of the section in which they are."""

    clip: str
    title: str
    lines: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Script:
    """A film's title and description, its clips in order, and the chapters that it knows."""

    title: str
    subtitle: str
    description: str
    clips: tuple[str, ...]
    chapters: Mapping[str, Chapter]

    def chapter(self, clip: str) -> Chapter:
        """The chapter of a clip: one without lines, called as the clip, where there is none."""
        return self.chapters.get(clip, Chapter(clip, clip, {}))

    def about(self, clips: Sequence[str]) -> Script:
        """The script of a film of these clips.

        Where it knows none of them, its own title and description are of something else: then the
        film is called as its clips are, and nothing is said of it.
        """
        if any(clip in self.chapters for clip in clips):
            return self
        return replace(self, title=", ".join(dict.fromkeys(clips)), subtitle="", description="")


def translated(script: Script, language: Language) -> Script:
    """A script in another language: what its catalogue lacks stays as it is.

    Names of sections are those that clips have in that language.
    """

    def chapter(told: Chapter) -> Chapter:
        lines = {
            language.gettext(section): [language.gettext(line) for line in lines]
            for section, lines in told.lines.items()
        }
        return Chapter(told.clip, language.gettext(told.title), lines)

    about = script.description
    if language != ENGLISH:
        about = "\n\n".join(map(language.gettext, paragraphs(about)))
    return replace(
        script,
        title=language.gettext(script.title),
        subtitle=language.gettext(script.subtitle),
        description=about,
        chapters={clip: chapter(told) for clip, told in script.chapters.items()},
    )


def read_script(path: Path = SCRIPT) -> Script:
    """Read a script; ValueError tells the place of what is wrong in it."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}; {SCRIPT.name} shows how a script is written.") from None
    chapters = {some.clip: Chapter(some.clip, some.title, some.lines) for some in found.chapter}
    if len(chapters) < len(found.chapter):
        raise ValueError(f"{path}: a clip has two chapters; give each clip one.")
    about = " ".join(found.subtitle.split()), found.description.strip()
    return Script(found.title, *about, tuple(found.film.clips), chapters)


@dataclass(frozen=True)
class Beat:
    """One line of the script, by a name for files: clip, section and number, ``Puzzle.a-valley.1``.

    Its time is that of its clip.
    """

    name: str
    section: str
    said: Said


def beats(chapter: Chapter, report: Report) -> list[Beat]:
    """The chapter's lines, and when each is spoken in its clip; ValueError for one without a place.

    A line begins with the sentence on the screen of the same number in its section, and may go on
    until the next line. Where fewer sentences are shown than there are lines, they share the
    section's time evenly.
    """
    following = [*(begin for _, begin in report.sections[1:]), report.seconds]
    begins: dict[str, float] = {}
    until: dict[str, float] = {}
    for (name, begin), end in zip(report.sections, following, strict=False):
        begins.setdefault(name, begin)
        until.setdefault(name, end)
    made: list[tuple[float, str, str, str]] = []
    for section, lines in chapter.lines.items():
        if section not in begins:
            known = ", ".join(begins) or "none"
            raise ValueError(
                f"The script speaks of {chapter.clip}, {section!r}: it has no such section. "
                f"There are: {known}."
            )
        first, last = begins[section], until[section]
        shown = [said.start for said in report.said if first - 1e-6 <= said.start < last - 1e-6]
        if len(shown) < len(lines):
            shown = [first + k * (last - first) / len(lines) for k in range(len(lines))]
        names = [f"{chapter.clip}.{_filed(section)}.{k}" for k in range(1, len(lines) + 1)]
        made += zip(shown, names, [section] * len(lines), lines, strict=False)
    made.sort()
    stops = [*(start for start, *_ in made[1:]), report.seconds] if made else []
    return [
        Beat(name, section, Said(line, start, stop))
        for (start, name, section, line), stop in zip(made, stops, strict=False)
    ]


def shown_beats(clip: str, report: Report) -> list[Beat]:
    """The lines of a clip that no script speaks of: what is written on its screen, when it is."""
    made: list[Beat] = []
    counts: Counter[str] = Counter()
    stops = [*(said.start for said in report.said[1:]), report.seconds]
    for said, stop in zip(report.said, stops, strict=False):
        begun = [name for name, begin in report.sections if begin <= said.start + 1e-6]
        section = begun[-1] if begun else ""
        filed = _filed(section)
        counts[filed] += 1
        name = ".".join(filter(None, (clip, filed, str(counts[filed]))))
        made.append(Beat(name, section, replace(said, end=stop)))
    return made


def _filed(section: str) -> str:
    """A section's name as a part of a file's: letters and digits of any language, and dashes."""
    return re.sub(r"\W+", "-", section.casefold()).strip("-")
