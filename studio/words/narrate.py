"""A film with a voice: the same pictures, and what is said on the screen, spoken in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from stage.film.bt709 import Captions
from stage.text.language import current
from studio.film.sound import RATE, Samples, faded, has_sound, sound_of, with_sound
from studio.job.tasks import Said
from studio.words.sound import EDGE, Spoken, leveled, mixed
from studio.words.voice import Speaker
from studio.words.wording import aloud

_FASTEST = 0.75  # of a sentence's own length: faster is hard to follow
_LATE = 0.5  # seconds that a sentence may wait for the one before it to end
_TAKES = 4
PAUSE = 0.1
"""Seconds that are left after the words of a sentence."""


@dataclass(frozen=True)
class Placed:
    """A sentence that is spoken, and the second in which its first word begins."""

    spoken: Spoken
    begin: float

    @property
    def end(self) -> float:
        """When its last word has been said."""
        return self.begin + self.spoken.seconds


def narrate(speaker: Speaker, film: Path, said: Sequence[Said], target: Path) -> None:
    """Copy the film's pictures, and lay the spoken sentences beside them as AAC.

    A sentence is said a little faster if need be, then a little late; ValueError names one that
    has too little time all the same.
    """
    seconds = length(film)
    placed, free = [], 0.0
    starts = [*(some.start for some in said), seconds]
    for number, some in enumerate(said):
        if not (sentence := aloud(some.sentence)):
            continue
        begin, end = max(some.start, free), starts[number + 1]
        late = _LATE * (number + 1 < len(said))
        spoken = in_time(speaker, sentence, end - begin)
        needed = spoken.seconds + PAUSE
        if needed > end - begin + late:
            raise ValueError(
                f"{sentence!r} takes {needed:.1f} s to say and has {end - begin:.1f} s; "
                "say it in fewer words, or give it more seconds."
            )
        placed.append(Placed(spoken, begin))
        free = begin + needed
    speak(film, laid(placed, seconds), target)


def in_time(speaker: Speaker, sentence: str, room: float) -> Spoken:
    """The sentence in ``room`` seconds: a little faster if need be, and as fast as can be followed.

    It may still be too long.
    """
    pace = 1.0
    for _ in range(_TAKES):
        spoken = speaker.say(sentence, pace)
        needed = spoken.seconds + PAUSE
        if needed <= room or pace == _FASTEST or speaker.voice.command:
            break
        pace = max(_FASTEST, 0.97 * pace * room / needed)
    return spoken


def laid(placed: Iterable[Placed], seconds: float) -> Samples:
    """The film's sound: all sentences in their time, breath around them, −16 LUFS as a whole."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    for one in placed:
        first = round(one.begin * RATE) - one.spoken.begin
        here = one.spoken.samples
        if first < 0 or first + len(here) > len(sound):
            here = faded(here[max(0, -first) : max(0, len(sound) - first)], EDGE)
            first = max(0, first)
        sound[first : first + len(here)] += here
    return leveled(sound)  # pauses make short sentences count for less


def speak(film: Path, speech: Samples, target: Path, captions: Captions | None = None) -> None:
    """Copy a film, and lay speech and captions beside it; its own sound is heard as well."""
    sound = speech
    if has_sound(film):
        sound = mixed(speech, sound_of(film, Fraction(0), Fraction(len(speech), RATE)))
    with_sound(film, sound, target, captions, language=current().code)


def length(film: Path) -> float:
    """Seconds that a film's pictures last."""
    with av.open(film) as seen:
        stream = seen.streams.video[0]
        assert stream.duration is not None and stream.time_base is not None  # films have them
        return float(stream.duration * stream.time_base)
