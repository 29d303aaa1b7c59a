"""Captions from what a clip says, that can be read in time.

Two lines of 42 characters, a second at least, three words a second at most.
Sentences come with the markup that the screen needs; captions, transcript and notes are plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from studio.extras import bring
from studio.job.tasks import Report, Said

WIDTH = 42
LINES = 2
LEAST = 1.0  # seconds
PACE = 3.0  # words a second

_MATHEMATICS = (
    (r"dot\((\w)\)", "\\1\u0307"),
    (r"norm\(([^()]*)\)", r"‖\1‖"),
    (r"\bslash\b", "/"),
    (r"_?(?<![a-z])(?:infinity|oo)(?![a-z])", "∞"),
    (r"\b(alpha|beta|theta|lambda|ell)\b", lambda found: _GREEK[found[1]]),
    (r"\{\{(.*?)(?::.*?)?\}\}", r"\1"),
    (r"([\^_])\((\w+)\)", r"\1\2"),
    (r"_([0-9])", lambda found: chr(0x2080 + int(found[1]))),
    (r"\^2\b", "²"),
    (r"\^3\b", "³"),
    (r"\^(?:top|T)\b", "ᵀ"),
    (r"->", "→"),
    (r"-", "−"),
)
_GREEK = {"alpha": "α", "beta": "β", "theta": "θ", "lambda": "λ", "ell": "ℓ"}


@dataclass(frozen=True)
class Cue:
    """One caption, and when it is shown, in seconds."""

    start: float
    end: float
    text: str


def plain(sentence: str) -> str:
    """A sentence without the markup of Typst."""
    text = re.sub(r"#w([12])\b", lambda found: "w" + chr(0x2080 + int(found[1])), sentence)
    text = re.sub(r"\$(.*?)\$", lambda found: _spoken(found[1]), text)
    text = re.sub(r"(?<!\w)[*_](.+?)[*_](?!\w)", r"\1", text)
    text = re.sub(r"#\w+(?:\([^)]*\))?\[(.*?)\]", r"\1", text)
    return " ".join(text.replace("~", " ").replace("\\", "").split())


def _spoken(mathematics: str) -> str:
    for pattern, meaning in _MATHEMATICS:
        mathematics = re.sub(pattern, meaning, mathematics)
    return mathematics.replace('"', "")


def cues(report: Report, frame: float = 0.0) -> list[Cue]:
    """A clip's captions, in order; ValueError for a sentence that nobody could read in time.

    Sentences begin with frames, so one may have less time than it was given, by less than a
    ``frame`` of so many seconds.
    """
    made: list[Cue] = []
    for here, said in enumerate(report.said):
        following = report.said[here + 1].start if here + 1 < len(report.said) else report.seconds
        made += _cues(said, following, frame)
    return made


def _cues(said: Said, following: float, frame: float) -> list[Cue]:
    """A sentence as one cue or several, which may stay until the next sentence if it is long."""
    text = plain(said.sentence)
    if not text:
        return []
    parts = _parts(text)
    words = [len(part.split()) for part in parts]
    needed = [max(LEAST, some / PACE) for some in words]
    room = following - said.start
    if sum(needed) > room + frame + 1e-6:
        raise ValueError(
            f"The caption {text!r} at {said.start:g} s needs {sum(needed):.1f} s to be read "
            f"and has {room:.1f} s; say it in fewer words, or give it more seconds."
        )
    needed = [some * min(1.0, room / sum(needed)) for some in needed]
    length = max(min(said.end, following) - said.start, sum(needed))
    spare, start, made = length - sum(needed), said.start, []
    for part, least, some in zip(parts, needed, words, strict=True):
        end = start + least + spare * some / sum(words)
        made.append(Cue(round(start, 3), round(end, 3), part))
        start = end
    return made


def _parts(text: str) -> list[str]:
    """Texts of up to two lines each, lines about as long as each other."""
    count = -(-len(wrap(text, WIDTH)) // LINES)
    while True:
        each = wrap(text, max(-(-len(text) // count), 1) + 4 * (count > 1))
        if all(len(wrap(part, WIDTH)) <= LINES for part in each):
            return [_balanced(part) for part in each]
        count += 1


def _balanced(text: str) -> str:
    if len(text) <= WIDTH:
        return text
    fitting = (wrap(text, width) for width in range(min(len(text) // 2, WIDTH), WIDTH + 1))
    return "\n".join(next(lines for lines in fitting if len(lines) <= LINES))


def written(made: Sequence[Cue], form: str) -> str:
    """Captions as the text of a file: ``vtt`` or ``srt``."""
    pysubs2 = bring("pysubs2", "Writing captions")
    file = pysubs2.SSAFile()
    for cue in made:
        text = escape(cue.text, quote=False) if form == "vtt" else cue.text
        times = {"start": round(cue.start * 1000), "end": round(cue.end * 1000)}
        file.append(pysubs2.SSAEvent(**times, text=text.replace("\n", r"\N")))
    return file.to_string(form)


def transcript(title: str, shows: str, report: Report) -> str:
    """All that is said, with times, under the names of the sections."""
    heads = {start: name for name, start in report.sections}
    lines = [f"# {title}", "", plain(shows), ""]
    for said in report.said:
        for start in [start for start in heads if start <= said.start]:
            lines += [f"## {heads.pop(start)}", ""]
        lines += [f"[{_clock(said.start)}] {plain(said.sentence)}", ""]
    return "\n".join(lines)


def notes(shows: str, report: Report) -> str:
    """What a speaker needs to see: what is shown, then what is said and when."""
    said = [f"{_clock(some.start)}  {plain(some.sentence)}" for some in report.said]
    return "\n".join([plain(shows), *said])


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
