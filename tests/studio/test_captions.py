"""Captions that can be read in time, and words without markup."""

from __future__ import annotations

from itertools import pairwise

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.job.tasks import Report, Said
from studio.kit.captions import LEAST, LINES, PACE, WIDTH, cues, plain, transcript, written

WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=14), min_size=1, max_size=40)


def report(*said: Said, seconds: float = 100.0) -> Report:
    sections = (("One", 0.0), ("Two", 5.0))
    return Report(seconds=seconds, plays=(), said=said, sections=sections, frames=0)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.floats(0.2, 3.0))
def test_every_cue_can_be_read(sentences: list[list[str]], generous: float) -> None:
    said, start = [], 0.0
    for words in sentences:
        seconds = max(LEAST * len(words), len(words) / PACE) * max(generous, 1.0) + LEAST
        said.append(Said(" ".join(words), start, start + generous))
        start += seconds
    made = cues(report(*said, seconds=start))
    assert " ".join(cue.text for cue in made).split() == [w for words in sentences for w in words]
    for cue in made:
        assert len(cue.text.splitlines()) <= LINES
        assert max(map(len, cue.text.splitlines())) <= WIDTH
        assert cue.end - cue.start >= LEAST - 0.002
        assert len(cue.text.split()) / (cue.end - cue.start) <= PACE + 0.01
    assert all(after.start >= before.end - 1e-9 for before, after in pairwise(made))
    assert made[-1].end <= start + 0.002


def test_a_sentence_too_fast_to_read_is_named() -> None:
    fast = Said("One two three four five six seven.", 2.0, 3.0)
    with pytest.raises(ValueError, match=r"'One two .* at 2 s needs 2\.3 s .* has 1\.5 s"):
        cues(report(fast, Said("Next.", 3.5, 5.0)))


def test_a_frame_less_than_was_given_is_enough() -> None:
    said = Said("One two three four five six.", 1.0, 2.95), Said("Then.", 2.95, 5.0)
    with pytest.raises(ValueError, match=r"needs 2\.0 s"):
        cues(report(*said))
    first, after = cues(report(*said, seconds=5.0), frame=1 / 15)
    assert (first.start, first.end, after.start) == (1.0, 2.95, 2.95)


def test_a_short_sentence_stays_as_long_as_on_the_screen() -> None:
    (cue,) = cues(report(Said("Slow.", 1.0, 7.5)))
    assert (cue.start, cue.end) == (1.0, 7.5)


@pytest.mark.parametrize(
    ("marked", "spoken"),
    [
        ("first #w2 is learned, then #w1.", "first w₂ is learned, then w₁."),
        ("*bold* and _slanted_, snake_case_name", "bold and slanted, snake_case_name"),
        ("the field of $e^u$", "the field of e^u"),
        ("$w_1 slash w_2 -> infinity$", "w₁ / w₂ → ∞"),
        ("$w_i^(2 - 2 slash N)$", "w_i^(2 − 2 / N)"),
        ("a low $norm(w)_infinity$, or $norm(w)_1$", "a low ‖w‖∞, or ‖w‖₁"),
        ("$J J^top$, not $J^T J$; label $-c$", "J Jᵀ, not Jᵀ J; label −c"),
        ("#text(red)[red] words", "red words"),
    ],
)
def test_markup_is_for_the_screen(marked: str, spoken: str) -> None:
    assert plain(marked) == spoken


def test_files_hold_the_cues() -> None:
    made = cues(report(Said("A dot drifts <slowly> & surely.", 1.0, 4.0), Said("Done.", 61.5, 63)))
    for form in ("vtt", "srt"):
        read = pysubs2.SSAFile.from_string(written(made, form))
        assert [(line.start, line.end) for line in read] == [(1000, 4000), (61500, 63000)]
    assert written(made, "vtt").startswith("WEBVTT")
    assert "drifts &lt;slowly&gt; &amp; surely." in written(made, "vtt")
    assert "drifts <slowly> & surely." in written(made, "srt")


def test_the_transcript_has_sections_and_times() -> None:
    text = transcript("Title", "It shows.", report(Said("A.", 0, 2), Said("B.", 65, 67)))
    kept = [line for line in text.splitlines() if line]
    assert kept == ["# Title", "It shows.", "## One", "[0:00] A.", "## Two", "[1:05] B."]
