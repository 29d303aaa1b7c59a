"""A voice is a program that is handed sentences; it changes no picture."""

from __future__ import annotations

import sys
from pathlib import Path

import av
import numpy as np
import pytest

from studio.task import Said
from studio.voice import Voice, aloud, narrate
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


def test_sentences_are_spoken_in_their_time_over_the_same_pictures(
    voice: Voice, heard: Path, film: Path, tmp_path: Path
) -> None:
    said = [Said("First #w1; $(touch gone) `ls`.", 1.0, 3.0), Said("Then *more*.", 4.0, 6.0)]
    narrate(voice, film, said, tmp_path / "voiced.mp4")
    assert heard.read_text().splitlines() == ["First w one; $(touch gone) `ls`.", "Then more."]
    assert frames(tmp_path / "voiced.mp4") == frames(film)
    with av.open(tmp_path / "voiced.mp4") as made:
        assert made.streams.audio[0].codec_context.name == "aac"
        rate = made.streams.audio[0].rate
        sound = np.concatenate([f.to_ndarray()[0] for f in made.decode(audio=0)])
    loud = [float(np.abs(sound[round(t * rate) :][: rate // 10]).max()) for t in (0.5, 1.5, 3, 4.2)]
    assert [level > 0.1 for level in loud] == [False, True, False, True]
    assert len(sound) / rate == pytest.approx(6.0, abs=0.1)


def test_signs_are_words() -> None:
    assert (
        aloud("The least $norm(w)_1$ and $J^top$.") == "The least one norm of w and J transposed."
    )
    assert aloud("a low $norm(w)_infinity$, with $w_1 -> -c^2$") == (
        "a low infinity norm of w, with w one to minus c squared"
    )


def test_a_sentence_that_nearly_fits_is_said_faster(
    voice: Voice, heard: Path, film: Path, tmp_path: Path
) -> None:
    said = [Said("One two three four.", 0.0, 0.9), Said("Next.", 0.9, 2.0)]
    narrate(voice, film, said, tmp_path / "voiced.mp4")
    assert heard.read_text().splitlines().count("One two three four.") == 2
    with pytest.raises(ValueError, match=r"takes 0\.8 s to say and has 0\.5 s"):
        narrate(voice, film, [said[0], Said("Next.", 0.5, 2.0)], tmp_path / "voiced.mp4")
