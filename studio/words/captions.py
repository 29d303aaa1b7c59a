"""Captions from what a clip says, that can be read in time.

Two lines of 42 characters, a second at least, three words a second at most.
Sentences come with the markup that the screen needs; captions, transcript and notes are plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from textwrap import wrap

import srt

from stage.film.bt709 import Captions
from stage.text.language import current, gettext
from studio.job.tasks import Report, Said, Step
from studio.words.wording import plain

WIDTH = 42
LINES = 2
LEAST = 1.0  # seconds
PACE = 3.0  # words a second

# What FFmpeg, and with it mpv and VLC, takes for markup in SRT, which has no way to escape it:
# tags in angle brackets, styles of ASS and of MicroDVD in braces, and breaks of lines in ASS.
_MARKUP = re.compile(r"<(?=[/A-Za-z])|\{(?=\\|[CcFfoPSsYyHh]:)|\\(?=[Nnh])")
_SENTENCE = re.compile(r"(?<=[.!?]) +")
_INVISIBLE = "\u2060"  # word joiner: has no width, and parts a bracket from what follows


@dataclass(frozen=True)
class Cue:
    """One caption, and when it is shown, in seconds."""

    start: float
    end: float
    text: str


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
    shown = parts(text)
    words = [len(part.split()) for part in shown]
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
    for part, least, some in zip(shown, needed, words, strict=True):
        end = start + least + spare * some / sum(words)
        made.append(Cue(round(start, 3), round(end, 3), part))
        start = end
    return made


def parts(text: str) -> list[str]:
    """Texts of up to two lines each, lines about as long as each other.

    What is too long for one is parted between sentences, where each fits into one by itself.
    """
    shown: list[str] = []
    for sentence in _SENTENCE.split(text):
        together = f"{shown[-1]} {sentence}" if shown else sentence
        if _fits(together):
            shown[-1:] = [together]
        elif _fits(sentence):
            shown.append(sentence)
        else:
            return [_balanced(part) for part in _even(text)]
    return [_balanced(part) for part in shown]


def _fits(text: str) -> bool:
    return len(wrap(text, WIDTH)) <= LINES


def _even(text: str) -> list[str]:
    """Texts of up to two lines each, about as long as each other."""
    count = -(-len(wrap(text, WIDTH)) // LINES)
    while True:
        each = wrap(text, max(-(-len(text) // count), 1) + 4 * (count > 1))
        if all(map(_fits, each)):
            return each
        count += 1


def _balanced(text: str) -> str:
    if len(text) <= WIDTH:
        return text
    fitting = (wrap(text, width) for width in range(min(len(text) // 2, WIDTH), WIDTH + 1))
    return "\n".join(next(lines for lines in fitting if len(lines) <= LINES))


def written(made: Sequence[Cue], form: str) -> str:
    """Captions as the text of a file: ``vtt`` or ``srt``.

    WebVTT escapes ``&``, ``<`` and ``>``; SRT has no escapes, so that what players would take for
    markup is parted by an invisible character.
    """
    if form == "vtt":
        return "WEBVTT\n\n" + "\n".join(
            f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{escape(cue.text, quote=False)}\n"
            for cue in made
        )
    text: str = srt.compose(
        [
            srt.Subtitle(
                number,
                timedelta(seconds=cue.start),
                timedelta(seconds=cue.end),
                _MARKUP.sub(rf"\g<0>{_INVISIBLE}", cue.text),
            )
            for number, cue in enumerate(made, 1)
        ]
    )
    return text


def track(made: Sequence[Cue]) -> Captions:
    """Captions as a track of a film, which says that they are in the language spoken now."""
    return Captions(current().code, tuple((cue.start, cue.end, cue.text) for cue in made))


def _stamp(seconds: float) -> str:
    """Hours, minutes, seconds and milliseconds, as in WebVTT."""
    stamp: str = srt.timedelta_to_srt_timestamp(timedelta(seconds=seconds))
    return stamp.replace(",", ".")


def transcript(title: str, shows: str, report: Report) -> str:
    """All that is said, with times, under the names of the sections, in Markdown."""
    heads = {start: name for name, start in report.sections}
    lines = [f"# {_shown(title)}", "", _shown(shows), ""]
    for said in report.said:
        for start in [start for start in heads if start <= said.start]:
            lines += [f"## {_shown(heads.pop(start))}", ""]
        lines += [f"[{_clock(said.start)}] {_shown(plain(said.sentence))}", ""]
    return "\n".join(lines)


def _shown(text: str) -> str:
    """Plain text that Markdown shows as it is."""
    return re.sub(r"[\\`*<\[\]$~]|(?<![^\W_])_|_(?![^\W_])|&(?=\w+;|#)", r"\\\g<0>", text)


def step_notes(shows: str, report: Report, step: Step) -> tuple[str, ...]:
    """What a speaker needs to see in a step: what is shown, then what is said and when.

    A sentence that says what is shown is not said twice.
    """
    said = [
        f"{_clock(some.start - step.start)}  {plain(some.sentence)}"
        for some in _said_in(report, step)
        if plain(some.sentence) != shows
    ]
    return (shows, *said) if shows else tuple(said)


def step_alt(title: str, shows: str, report: Report, step: Step) -> str:
    """What a person who does not see a step's film is told."""
    said = " ".join(plain(some.sentence) for some in _said_in(report, step))
    part = f" {_ended(title)}" if title else ""
    return alternative(f"{_ended(shows)}{part}", "" if said == shows else said)


def alternative(shows: str, said: str = "") -> str:
    """A film in words: what it shows, and what is written on it."""
    told = gettext("Animation: {shows}", shows=_ended(shows))
    return f"{told} {gettext('On screen: {words}', words=said)}" if said else told


def _ended(text: str) -> str:
    """A text with a mark at its end: a clip without a docstring shows its name."""
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def within(made: Sequence[Cue], step: Step) -> tuple[Cue, ...]:
    """The captions that are read in a step, in seconds since it began."""
    return tuple(
        Cue(
            round(max(cue.start - step.start, 0.0), 3),
            round(min(cue.end, step.end) - step.start, 3),
            cue.text,
        )
        for cue in made
        if cue.start < step.end and cue.end > step.start
    )


def _said_in(report: Report, step: Step) -> list[Said]:
    return [some for some in report.said if step.start <= some.start < step.end]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
