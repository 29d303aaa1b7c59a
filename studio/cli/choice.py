"""Which clips a command means, and why a class that it names is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from shlex import quote

from studio.job.clips import ROOT, SCENES, Clip, Kind, find_classes, find_clips, left_open, line_of
from studio.primer.script import SCRIPT, Script, read_script

_DERIVE = f"derive it from {ROOT} (`from stage import {ROOT}`)"


def choose(names: Iterable[str], folder: Path = SCENES) -> list[Clip]:
    """The clips called ``names``, each once; ValueError's message says what there is instead."""
    clips = find_clips(folder)
    for name in names:
        if name not in clips:
            raise ValueError(f"There is no clip {name!r}{_why_not(name, clips, folder)}")
    return [clips[name] for name in dict.fromkeys(names)]


def script_of(path: Path, folder: Path) -> Script:
    """A script; ValueError for a chapter of a clip that is not there, whose lines nobody would say.

    The house's own may be used for clips of any folder.
    """
    script = read_script(path)
    if path != SCRIPT:
        try:
            choose(script.chapters, folder)
        except ValueError as error:
            raise ValueError(f"{path}, in a chapter: {error}") from None
    return script


def every_clip(folder: Path = SCENES) -> list[Clip]:
    """All clips of a folder; ValueError where it has none, and for what is there instead."""
    if clips := find_clips(folder):
        return list(clips.values())
    own = find_classes(folder).own
    told = f" There is {own[0]}{_of_class(own[0], folder)}" if own else ""
    raise ValueError(f"There is no clip in {folder}.{told}")


def _why_not(name: str, clips: Iterable[str], folder: Path) -> str:
    if name in find_classes(folder).own:
        return _of_class(name, folder)
    if near := get_close_matches(name, clips, 1, 0.5):
        return f". Did you mean {near[0]}?"
    yours = " For clips of your own, add --scenes FOLDER." if folder == SCENES else ""
    return f". There are: {', '.join(clips) or '–'}.{yours}"


def _of_class(name: str, folder: Path) -> str:
    """What a class of the folder is, where it is no clip, and how to put that right."""
    kinds, _ = find_classes(folder)
    kind = kinds[name]
    line = line_of(name, kinds)
    if ROOT not in line:
        what, cure = _foreign(name, kind, [base for base in line if base not in kinds])
    elif name.startswith("_"):
        what, cure = "a pattern, by the underscore before its name", "rename it"
    elif open_ := sorted(left_open(name, kinds)):
        what = f"a pattern that leaves open what {' and '.join(open_)} {_is(open_)}"
        cure = "say so in it, or in a class that comes from it"
    else:
        what, cure = "abstract (ABC)", "film a class that comes from it"
    return f": in {kind.path} it is {what}; {cure}."


def _foreign(name: str, kind: Kind, bases: list[str]) -> tuple[str, str]:
    """Of a class that does not come from ours: most are scenes of plain Manim."""
    scenes = [base for base in bases if base.endswith("Scene")]
    if not scenes:
        return f"no scene: it does not come from {ROOT}", _DERIVE
    by_manim = f"film it by `manim -qh {quote(str(kind.path))} {name}`"
    return f"a scene of plain Manim ({scenes[0]})", f"{by_manim}, or {_DERIVE}"


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
