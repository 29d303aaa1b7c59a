"""The microphone, by a program that is there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from studio.words.program import filled, program

LONGEST = 300
"""Seconds after which a take ends by itself, were it forgotten."""
_BEGINS = 0.5  # seconds in which a program that cannot record has ended
_COMES = 5.0  # seconds in which one that runs has begun its file, also on a busy machine
_ENDS = 5.0  # seconds that one has to finish its file
_HEADER = 1000  # bytes: a smaller file holds no sound

_FFMPEG = "ffmpeg -v error -y -f {} -ac 1 -ar 48000 -t {{seconds}} {{out}}"
_REC = "rec -q -c 1 -r 48000 -b 16 {out} trim 0 {seconds}"
_RECORDERS = {
    "linux": (
        "arecord -q -f S16_LE -r 48000 -c 1 -d {seconds} {out}",
        "pw-record --rate 48000 --channels 1 {out}",
        "parecord --file-format=wav --rate=48000 --channels=1 {out}",
        _FFMPEG.format("alsa -i default"),
        _REC,
    ),
    "darwin": (_REC, _FFMPEG.format("avfoundation -i :default")),
}
_PLAYERS = ("aplay -q {out}", "pw-play {out}", "paplay {out}", "afplay {out}", "play -q {out}")
_CURE = (
    "Another program is named with --recorder 'program {out}'; "
    "sound files made elsewhere come in with --from FOLDER."
)


class NoMicrophoneError(RuntimeError):
    """Nothing was recorded; the message says why, and what mends it."""


@dataclass(frozen=True)
class Recorder:
    """A program that records into the file ``{out}`` until it is told to stop; without a shell."""

    command: tuple[str, ...]

    @contextmanager
    def into(self, target: Path) -> Iterator[None]:
        """Record into a file while the block lasts; it is whole afterwards, whatever ended that.

        NoMicrophoneError if the program records nothing.
        """
        with TemporaryFile() as said:
            running = _started(_into(self.command, target), said)
            try:
                with suppress(subprocess.TimeoutExpired):
                    if running.wait(_BEGINS) or not target.is_file():
                        raise self._failure(said)
                _await_file(running, target)
                yield
            finally:
                _stop(running)
            if not target.is_file() or target.stat().st_size < _HEADER:
                target.unlink(missing_ok=True)
                raise self._failure(said)

    def _failure(self, said: IO[bytes]) -> NoMicrophoneError:
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        why = lines[-1] if lines else "is a microphone there, and free?"
        return NoMicrophoneError(f"{self.command[0]} recorded nothing: {why.rstrip('.')}. {_CURE}")


def recorder_of(command: str) -> Recorder:
    """A command line that records; ValueError where it names no file, or is not here."""
    return Recorder(program(command, "{out}"))


def find_recorder(platform: str = sys.platform) -> Recorder:
    """What records on this machine; NoMicrophoneError where nothing does."""
    known = _RECORDERS.get(platform, ())
    for command in known:
        if shutil.which(command.split()[0]):
            return recorder_of(command)
    names = ", ".join(command.split()[0] for command in known) or "none that is known here"
    raise NoMicrophoneError(f"No program that records is here (looked for: {names}). {_CURE}")


def play(sound: Path) -> bool:
    """Let a take be heard; whether a program was there that plays."""
    for command in _PLAYERS:
        parts = command.split()
        if shutil.which(parts[0]):
            asked = subprocess.run(_into(parts, sound), capture_output=True)
            return asked.returncode == 0
    return False


def _into(command: Iterable[str], file: Path) -> list[str]:
    """A command with its file, and how long a take may last."""
    given = {"{seconds}": str(LONGEST), "{out}": str(file)}
    return [filled(part, given) for part in command]


def _started(command: list[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(  # in a session of its own: an interrupt is for us, who end it
            command, stdin=quiet, stdout=quiet, stderr=said, start_new_session=True
        )
    except OSError as error:
        raise NoMicrophoneError(f"{command[0]} does not start: {error.strerror}. {_CURE}") from None


def _await_file(running: subprocess.Popen[bytes], target: Path) -> None:
    """Wait until a program has begun its file: only then does it hear an interrupt as it should."""
    patience = time.monotonic() + _COMES
    while running.poll() is None and not target.is_file() and time.monotonic() < patience:
        time.sleep(0.01)


def _stop(running: subprocess.Popen[bytes]) -> None:
    """Have a program finish its file, and end it if it does not."""
    if running.poll() is None:
        running.terminate() if os.name == "nt" else running.send_signal(signal.SIGINT)
        try:
            running.wait(_ENDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
