"""Captions of a film that speaks: each is shown when its words are heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.words.captions import LEAST, PACE, Cue, parts
from studio.words.narrate import Placed
from studio.words.sound import pauses
from studio.words.wording import plain

_NEAR = 0.2  # of a sentence: how far from where a part of it should end a pause may be


@dataclass(frozen=True)
class Heard:
    """A sentence of the script, and where its words are in the sound."""

    sentence: str
    placed: Placed


def heard_cues(lines: Sequence[Heard], seconds: float) -> list[Cue]:
    """Captions that begin with their words, to a few hundredths of a second.

    They stay until the words are over, and longer where reading takes longer, but never into the
    next ones.
    """
    spans: list[tuple[float, float, str]] = []
    for line in lines:
        spans += _spans(plain(line.sentence), line.placed)
    following = [*(begin for begin, _, _ in spans[1:]), seconds]
    made = []
    for (begin, end, text), until in zip(spans, following, strict=True):
        needed = max(LEAST, len(text.split()) / PACE)
        made.append(Cue(round(begin, 3), round(min(max(end, begin + needed), until), 3), text))
    return made


def _spans(text: str, placed: Placed) -> list[tuple[float, float, str]]:
    """The parts of a sentence, and from when to when each is heard."""
    shown = parts(text)
    turns = _turns([len(part) for part in shown], placed)
    edges = [(0.0, 0.0), *turns, (placed.spoken.seconds,) * 2]
    return [
        (placed.begin + before[1], placed.begin + after[0], part)
        for (before, after), part in zip(pairwise(edges), shown, strict=True)
    ]


def _turns(lengths: Sequence[int], placed: Placed) -> list[tuple[float, float]]:
    """Where one part ends and the next begins: the pause that is nearest to its share of time."""
    seconds, found = placed.spoken.seconds, pauses(placed.spoken) if len(lengths) > 1 else []
    made = []
    for stop in range(1, len(lengths)):
        share = seconds * sum(lengths[:stop]) / sum(lengths)
        near = [span for span in found if abs(sum(span) / 2 - share) < _NEAR * seconds]
        made.append(min(near, key=lambda span: abs(sum(span) / 2 - share), default=(share, share)))
    return made
