"""Captions that can be read in time, and words without markup."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import srt
from hypothesis import given, settings
from hypothesis import strategies as st

from stage.text.source import literal
from studio.job.tasks import Report, Said, Step
from studio.words.captions import (
    LEAST,
    LINES,
    PACE,
    WIDTH,
    alternative,
    cues,
    step_alt,
    transcript,
    written,
)
from studio.words.wording import plain
from tests.studio.words import read_back

WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=14), min_size=1, max_size=40)


def report(*said: Said, seconds: float = 100.0) -> Report:
    sections = (("One", 0.0), ("Two", 5.0))
    return Report(seconds=seconds, plays=(), said=said, sections=sections, frames=0)


@settings(max_examples=200)
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


def test_files_hold_the_cues() -> None:
    said = Said("A dot drifts \\<slowly> & surely.", 1.0, 4.0), Said("Done.", 61.5, 63)
    made = cues(report(*said))
    for form in ("vtt", "srt"):
        read = read_back(written(made, form), form)
        assert [(start, end) for start, end, _ in read] == [(1000, 4000), (61500, 63000)]
        assert read[1][2] == "Done."
    assert written(made, "vtt") == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nA dot drifts &lt;slowly&gt; &amp; surely.\n\n"
        "00:01:01.500 --> 00:01:03.000\nDone.\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{x : x > 0}, {0, 1} and a <= b < c & d",
        "<i>not slanted</i>, <b>not bold</b>, <font color=red>ink</font>",
        r"{\an8}not at the top, {y:i}, {c:$ff} and {s:5}",
        r"a\nb, a\Nb, a\hb",
        "&lt; &amp; --> it",
        "x², w₁ ∈ ℝ, ẇ, café, „ü“",
    ],
)
def test_players_of_subtitles_show_every_character(text: str) -> None:
    """FFmpeg reads SRT as mpv and VLC do, and gives what is left as ASS."""
    made = cues(report(Said(literal(text), 0.0, 60.0)))
    assert " ".join(cue.text.replace("\n", " ") for cue in made) == text
    shown = " ".join(text for _, _, text in read_back(written(made, "srt"), "srt"))
    shown = shown.replace(r"\N", " ")  # two lines
    assert not re.search(r"\\[nh]|\{\\", shown), "a break or a style"
    assert shown.replace("\u2060", "") == text
    assert plain(literal(text)) == text
    exact = " ".join(line.content for line in srt.parse(written(made, "srt")))
    assert exact.replace("\u2060", "").replace("\n", " ") == text


def test_the_transcript_has_sections_and_times() -> None:
    text = transcript("Title", "It shows.", report(Said("A.", 0, 2), Said("B.", 65, 67)))
    kept = [line for line in text.splitlines() if line]
    assert kept == ["# Title", "It shows.", "## One", "[0:00] A.", "## Two", "[1:05] B."]


def test_the_transcript_shows_what_markdown_would_take_for_markup() -> None:
    text = transcript("Title", "w* and <b>", report(Said(literal("a*b* _c_ snake_case"), 0, 9)))
    assert r"w\* and \<b>" in text
    assert r"a\*b\* \_c\_ snake_case" in text


def test_names_of_sections_and_titles_are_shown_as_they_are_too() -> None:
    told = Report(
        seconds=9.0, plays=(), said=(Said("A.", 0, 2),), sections=(("a <b> *c*", 0.0),), frames=0
    )
    lines = transcript("<T> [1]", "", told).splitlines()
    assert r"# \<T> \[1\]" in lines
    assert r"## a \<b> \*c\*" in lines


def test_what_a_film_is_called_ends_before_what_is_on_screen() -> None:
    """A clip without a docstring shows its name, which has no mark at its end."""
    assert alternative("Mine", "Depth 1.") == "Animation: Mine. On screen: Depth 1."
    assert alternative("A race. Who wins?") == "Animation: A race. Who wins?"
    step = Step("Deeper", 0.0, 3.0, (0, 1), (1, 1), True)
    told = step_alt("Deeper", "Mine", report(Said("It bends.", 0.0, 3.0)), step)
    assert told == "Animation: Mine. Deeper. On screen: It bends."
