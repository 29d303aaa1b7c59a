"""A voice is a program that is handed sentences; it changes no picture."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from stage.film.bt709 import Captions, join
from stage.text.source import literal
from studio.job.files import WORK
from studio.job.tasks import Said
from studio.words.narrate import narrate
from studio.words.sound import loudness
from studio.words.voice import (
    Speaker,
    Voice,
    find_voice,
    missing_voice,
    speak,
    speaker_in,
    voice_of,
)
from tests.studio.conftest import frames

PIPER = """#!{python}
import math, sys, wave
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
sentence = sys.stdin.read().strip()
with open({heard!r}, "a") as log:
    log.write(sentence + "\\n")
length = 0.25 * len(sentence.split()) * float(options["--length-scale"])
tone = [round(9000 * math.sin(0.2 * n)) for n in range(round(22050 * length))]
with wave.open(options["-f"], "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
    file.writeframes(b"".join(n.to_bytes(2, "little", signed=True) for n in tone))
"""


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard.txt"


@pytest.fixture
def voice(tmp_path: Path, heard: Path) -> Voice:
    program = tmp_path / "piper"
    program.write_text(PIPER.format(python=sys.executable, heard=str(heard)))
    program.chmod(0o755)
    return Voice(str(program), tmp_path / "model.onnx")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    with av.open(path, "w") as made:
        stream = made.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for level in range(60):
            picture = np.full((64, 64, 3), 4 * level, np.uint8)
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        made.mux(stream.encode())
    return path


def heard_in(path: Path) -> tuple[np.ndarray, int]:
    """The samples of its AAC track, and how many there are in a second."""
    with av.open(path) as made:
        (stream,) = made.streams.audio
        assert stream.codec_context.name == "aac"
        return np.concatenate([f.to_ndarray()[0] for f in made.decode(stream)]), stream.rate


def test_sentences_are_spoken_in_their_time_over_the_same_pictures(
    voice: Voice, heard: Path, film: Path, tmp_path: Path
) -> None:
    said = [
        Said(literal("First w₁; $(touch gone) `ls`."), 1.0, 3.0),
        Said("Then *more*.", 4.0, 6.0),
    ]
    narrate(Speaker(voice), film, said, tmp_path / "voiced.mp4")
    assert heard.read_text().splitlines() == ["First w one; $(touch gone) `ls`.", "Then more."]
    assert frames(tmp_path / "voiced.mp4") == frames(film)
    sound, rate = heard_in(tmp_path / "voiced.mp4")
    loud = [float(np.abs(sound[round(t * rate) :][: rate // 10]).max()) for t in (0.5, 1.5, 3, 4.2)]
    assert [level > 0.1 for level in loud] == [False, True, False, True]
    assert len(sound) / rate == pytest.approx(6.0, abs=0.1)


def test_a_sentence_that_nearly_fits_is_said_faster(
    voice: Voice, heard: Path, film: Path, tmp_path: Path
) -> None:
    said = [Said("One two three four.", 0.0, 0.9), Said("Next.", 0.9, 2.0)]
    narrate(Speaker(voice), film, said, tmp_path / "voiced.mp4")
    assert heard.read_text().splitlines().count("One two three four.") == 2
    with pytest.raises(ValueError, match=r"'One two .*' takes 0\.8 s to say and has 0\.2 s"):
        narrate(Speaker(voice), film, [said[0], Said("Next.", 0.2, 2.0)], tmp_path / "voiced.mp4")


def test_the_next_sentence_waits_a_little_rather_than_being_talked_over(
    voice: Voice, film: Path, tmp_path: Path
) -> None:
    said = [Said("One two three four.", 1.0, 1.5), Said("Five *six*.", 1.5, 3.0), Said("", 3, 4)]
    narrate(Speaker(voice), film, said, tmp_path / "voiced.mp4")
    sound, rate = heard_in(tmp_path / "voiced.mp4")
    strong = np.flatnonzero(np.abs(sound) > 0.05) / rate
    assert strong[0] == pytest.approx(1.0, abs=0.02)
    assert strong[-1] == pytest.approx(1.0 + 0.75 + 0.1 + 0.5, abs=0.02), "one after the other"
    with pytest.raises(ValueError, match=r"has 0\.5 s"):
        narrate(Speaker(voice), film, [replace(said[0], start=5.5)], tmp_path / "voiced.mp4")


def test_sentences_are_equally_loud_and_nothing_is_clipped(
    voice: Voice, film: Path, tmp_path: Path
) -> None:
    program = Path(voice.program)
    text = program.read_text()
    program.write_text(
        text.replace("9000", "(900 + 31000 * (n == 3000) + 8000 * ('B' in sentence))")
    )
    narrate(
        Speaker(voice),
        film,
        [Said("A a a.", 1.0, 2.0), Said("B b b.", 3.0, 4.0)],
        tmp_path / "v.mp4",
    )
    sound, rate = heard_in(tmp_path / "v.mp4")
    for start in (1.0, 3.0):
        part = sound[round((start + 0.1) * rate) : round((start + 0.6) * rate)]
        assert loudness(part) == pytest.approx(-15, abs=2.5)
    assert loudness(sound) == pytest.approx(-16, abs=0.5), "and so is the whole"
    assert np.abs(sound).max() < 0.9


def test_loudness_is_that_of_the_standard() -> None:
    """A sine of 997 Hz at full scale is −3.01 LKFS in one channel (BS.1770-4)."""
    sine = np.sin(2 * np.pi * 997 * np.arange(3 * 48_000) / 48_000)
    assert loudness(sine) == pytest.approx(-3.01, abs=0.02)
    assert loudness(0.1 * sine) == pytest.approx(-23.01, abs=0.02)
    quiet = np.concatenate([0.1 * sine, np.zeros(5 * 48_000), 0.1 * sine])
    assert loudness(quiet) == pytest.approx(-23.01, abs=0.4), "silence does not count"
    assert loudness(np.zeros(48_000)) == -np.inf


def test_any_program_may_speak_without_a_shell(
    voice: Voice, heard: Path, film: Path, tmp_path: Path
) -> None:
    program = tmp_path / "mine.py"
    body = Path(voice.program).read_text().replace("sys.stdin.read().strip()", "sys.argv[-1]")
    program.write_text(body.replace('options["--length-scale"]', "1"))
    own = voice_of(f"{sys.executable} {program} -f {{out}} -t {{text}}")
    narrate(
        Speaker(own),
        film,
        [Said(literal("One; $(touch gone)."), 1.0, 3.0)],
        tmp_path / "voiced.mp4",
    )
    speak(own, "{out}, {text}", tmp_path / "one.wav")
    assert heard.read_text().splitlines() == ["One; $(touch gone).", "{out}, {text}"]
    with pytest.raises(ValueError, match=r"no place for \{out\}; write it with \{out\}"):
        voice_of("espeak {text}")
    with pytest.raises(ValueError, match=r"write it with \{text\} and \{out\}"):
        voice_of("espeak")


def test_films_and_kits_of_a_folder_share_what_was_said(
    voice: Voice, heard: Path, tmp_path: Path
) -> None:
    first, again = (speaker_in(voice, tmp_path / "reel").say("Small weights.") for _ in range(2))
    assert heard.read_text().splitlines() == ["Small weights."]
    assert np.array_equal(first.samples, again.samples)
    assert list((tmp_path / "reel").iterdir()) == [tmp_path / "reel" / WORK]


def test_chapter_marks_stay_when_a_film_gets_a_voice(
    voice: Voice, film: Path, tmp_path: Path
) -> None:
    told = Captions("eng", ((1.0, 2.0, "First."), (7.0, 8.0, "Second."), (11.0, 11.9, "Last.")))
    chapters = [("One", 0.0), ("Two", 6.0)]
    join([film, film], tmp_path / "two.mp4", chapters=chapters, captions=told)
    with av.open(tmp_path / "two.mp4") as made:
        texts = [bytes(packet)[2:].decode() for packet in made.demux(subtitles=0) if packet.size]
    assert [text for text in texts if text] == ["First.", "Second.", "Last."]
    narrate(
        Speaker(voice), tmp_path / "two.mp4", [Said("A a a.", 1.0, 2.0)], tmp_path / "voiced.mp4"
    )
    with av.open(tmp_path / "voiced.mp4") as made:
        assert [mark["metadata"]["title"] for mark in made.chapters()] == ["One", "Two"]
    assert frames(tmp_path / "voiced.mp4") == 2 * frames(film)


@pytest.mark.skipif(
    find_voice() is None, reason=f"without {missing_voice()}: pip install '.[voice]'"
)
def test_piper_itself_speaks_over_the_same_pictures(film: Path, tmp_path: Path) -> None:
    said = [
        Said("Both wait, until #w2 takes off.", 0.5, 3.0),
        Said("Only then comes #w1, with $u^N$.", 3.0, 6.0),
    ]
    narrate(Speaker(find_voice()), film, said, tmp_path / "voiced.mp4")
    assert frames(tmp_path / "voiced.mp4") == frames(film)
    sound, rate = heard_in(tmp_path / "voiced.mp4")
    pieces = sound[: len(sound) // (rate // 10) * (rate // 10)].reshape(-1, rate // 10)
    loud = np.sqrt(np.mean(pieces**2, axis=1))  # of each tenth of a second
    assert loud[:4].max() < 0.001, "silent before the first sentence"
    assert loud[5:8].max() > 0.02
    assert loud[31:35].max() > 0.02
    speech = loud[loud > 0.01]
    assert len(speech) > 25, "of 60: most of the time somebody speaks"
    assert 20 * np.log10(np.sqrt(np.mean(speech**2))) == pytest.approx(-16, abs=3)
    assert np.abs(sound).max() < 0.95, "nothing is clipped"
