"""Takes of a lecturer's own voice: files named by beat, of which none is ever written over.

``Puzzle.a-valley.1.take-01.wav`` is the first take of a line; of several, the last one counts. A
file that bears the line's name alone, ``Puzzle.a-valley.1.wav``, comes from elsewhere, and counts
before all takes. What was left out is kept, as ``….take-02.left-out.wav``.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

import msgspec

from stage.film.atomic import atomic_path
from studio.job.files import sha256, write_atomically

ENDINGS = (".wav", ".flac", ".aiff", ".m4a", ".mp3", ".ogg", ".opus")
"""Of files that may be takes."""
_TAKE = re.compile(r"(.+)\.take-(\d+)(\.left-out|\.recording)?\.wav")
_UNFINISHED = ".recording.wav"
_SCRIPT = "takes.json"
_Told = dict[str, tuple[str, str]]


class Takes:
    """A folder of takes; it need not be there before the first one is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, beat: str) -> Path | None:
        """The take of a line that counts, or None."""
        own = (self.folder / f"{beat}{ending}" for ending in ENDINGS)
        takes = [path for _, path, is_out in self._numbered(beat) if not is_out]
        return next((path for path in own if path.is_file()), takes[-1] if takes else None)

    def coming(self, beat: str) -> Path:
        """Where the next take of a line is to be: a name that no file has."""
        taken = [number for number, _, _ in self._numbered(beat)]
        return self.folder / f"{beat}.take-{max(taken, default=0) + 1:02}.wav"

    @contextmanager
    def recording(self, beat: str) -> Iterator[Path]:
        """Where a take is while it is recorded; one that is not kept is left out, and stays."""
        take = self.coming(beat)
        part = take.with_name(f"{take.stem}{_UNFINISHED}")
        try:
            yield part
        except BaseException:
            self.recovered()
            raise

    def keep(self, part: Path, sentence: str) -> Path:
        """Let a take count that was recorded for these words."""
        take = part.with_name(part.name.replace(_UNFINISHED, ".wav"))
        part.replace(take)
        self.note(take, sentence)
        return take

    def recovered(self) -> list[Path]:
        """Takes that were cut off as they were recorded, left out now, each with its file."""
        return [
            self.leave_out(part.replace(part.with_name(part.name.replace(_UNFINISHED, ".wav"))))
            for part in sorted(self.folder.glob(f"*{_UNFINISHED}"))
        ]

    def leave_out(self, take: Path) -> Path:
        """Let a take count no more; its file stays, by another name."""
        aside = take.with_name(f"{take.stem}.left-out.wav")
        take.replace(aside)
        return aside

    def note(self, take: Path, sentence: str) -> None:
        """Write down for which words a take was made."""
        told = self._told() | {take.name: (sha256(take), sentence)}
        write_atomically(self.folder / _SCRIPT, json.dumps(told, ensure_ascii=False, indent=1))

    def words(self, take: Path) -> str:
        """For which words a take was made, as far as that is known."""
        digest, sentence = self._told().get(take.name, ("", ""))
        return sentence if digest == sha256(take) else ""

    def bring(self, source: Path, beat: str) -> Path:
        """Copy a file from elsewhere as the next take of a line, unless a take is this file."""
        same = sha256(source)
        for _, path, is_out in self._numbered(beat):
            if not is_out and sha256(path) == same:
                return path
        target = self.coming(beat)
        with atomic_path(target) as part:
            shutil.copyfile(source, part)
        return target

    def _told(self) -> _Told:
        """By the names of files: what each was, and for which words."""
        try:
            return msgspec.json.decode((self.folder / _SCRIPT).read_bytes(), type=_Told)
        except (OSError, msgspec.MsgspecError):
            return {}

    def _numbered(self, beat: str) -> list[tuple[int, Path, bool]]:
        """Takes of a line by number, and whether each was left out."""
        found = []
        for path in self.folder.glob("*.wav"):
            match = _TAKE.fullmatch(path.name)
            if match and match[1] == beat:
                found.append((int(match[2]), path, bool(match[3])))
        return sorted(found)


def named_by_beat(folder: Path, beats: Iterable[str]) -> dict[str, Path]:
    """The sound files of a folder by the lines that they are named by.

    ValueError names one that no line has, and the nearest name that a line has.
    """
    known = list(dict.fromkeys(beats))
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or not path.is_file() or path.name.startswith("."):
            continue
        name = normalize("NFC", path.stem)  # macOS may part letters from their marks
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"is it {near[0]!r}?" if near else "flowreel record --list tells the names."
            raise ValueError(f"{path}: the script has no line of that name; {hint}")
        if name in found:
            raise ValueError(f"{path} and {found[name].name} are of one line; leave one.")
        found[name] = path
    if not found:
        raise ValueError(f"{folder} holds no sound file; flowreel record --list tells the names.")
    return found
