"""The command that records a lecturer's voice, line by line."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from filelock import FileLock, Timeout

from stage.text.language import language_of
from studio.cli.choice import script_of
from studio.cli.options import (
    FAILED,
    MISSING,
    chosen,
    clips_argument,
    json_option,
    request,
    scenes_option,
    script_option,
    studio,
    to_option,
    try_to_write,
)
from studio.extras import MissingError, install_hint, missing
from studio.primer.rehearsal import Line, lines_of, spoken_seconds, state, verdict
from studio.primer.script import translated
from studio.primer.words import clock
from studio.words.recorder import NoMicrophoneError, Recorder, find_recorder, play, recorder_of
from studio.words.takes import Takes, named_by_beat
from studio.words.wording import plain

_BEFORE = "Enter records, s skips, b goes back, q ends"
_DURING = "recording; Enter ends it"
_AFTER = "Enter keeps it, r records again, p plays, d leaves it out"


@click.command()
@clips_argument
@script_option
@click.option(
    "--takes",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("takes"),
    show_default=True,
    help="Folder of what is recorded.",
)
@click.option("--list", "only_list", is_flag=True, help="Only list lines, names and what is there.")
@click.option("--again", is_flag=True, help="Lines that have a take, too.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take over sound files that are named by line, instead of recording.",
)
@click.option("--recorder", default="", metavar="COMMAND", help="What records, with {out}.")
@scenes_option
@to_option
@json_option
def record(
    names: tuple[str, ...],
    script_path: Path,
    folder: Path,
    only_list: bool,
    again: bool,
    source: Path | None,
    recorder: str,
    scenes: Path,
    out: Path,
    as_json: bool,
) -> None:
    """Record the script in your voice, line by line; flowreel film --takes makes the film with it.

    Each line is shown with its chapter, section, time and length. What is recorded is never written
    over: the last take counts, and one that is left out stays. A later run goes on with the lines
    that have no take. Without a microphone here, name sound files as --list tells, and bring them
    in with --from.

    \b
        flowreel record
        flowreel record Puzzle --again
        flowreel record --list
        flowreel record --from recordings
    """
    if missing("talk"):
        raise MissingError(f"A script needs {', '.join(missing('talk'))}: {install_hint('talk')}")
    takes = Takes(folder)
    try:
        # before the film is asked for its times, which takes a while
        own = None
        if not (only_list or source or as_json):
            own = recorder_of(recorder) if recorder else find_recorder()
        if source or own:
            try_to_write(folder, folder, "folder")
        lines = _lines(names, script_path, scenes, out, as_json)
        if source:
            _bring(lines, takes, source)
        if own is None:
            _list(lines, takes, as_json)
        else:
            _record(lines, takes, own, again)
    except NoMicrophoneError as error:
        click.echo(f"flowreel: {error}", err=True)
        sys.exit(MISSING)


def _lines(
    names: tuple[str, ...], script_path: Path, scenes: Path, out: Path, quiet: bool
) -> list[Line]:
    """The film's lines, by its times; clips that were not filmed are gone through once."""
    from studio.render.pipeline import probe

    script = script_of(script_path, scenes)
    wanted = names or tuple(script.clips)
    found = {clip.name: clip for clip in chosen(scenes, wanted)}
    look: dict[str, Any] = {"theme": "", "aspect": "", "settings": ()}
    size: dict[str, Any] = {"quality": "h", "resolution": None, "fps": None}
    requests = [request(found[name], **look, **size) for name in wanted]
    with studio(out, 2, None, quiet) as made:
        reports = probe(made, requests)
    for report in reports:
        if isinstance(report, Exception):
            click.echo(f"flowreel: {report}", err=True)
            sys.exit(FAILED)
    known = [report for report in reports if not isinstance(report, Exception)]
    script = translated(script, language_of(requests[0].language))
    return lines_of(script, wanted, known, requests[0].size.fps)


def _list(lines: Sequence[Line], takes: Takes, as_json: bool) -> None:
    states = {line.name: state(line, takes) for line in lines}
    if as_json:
        told = [vars(line) | {"state": states[line.name]} for line in lines]
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
        return
    for line in lines:
        click.echo(f"{clock(line.begin):>5}  {line.room:4.1f} s  {line.name}")
        click.echo(f"{'':15}{plain(line.sentence)}")
        click.echo(f"{'':15}{states[line.name]}")


def _bring(lines: Sequence[Line], takes: Takes, source: Path) -> None:
    """Take over the files of a folder, all or none."""
    sentences = {line.name: line.sentence for line in lines}
    found = named_by_beat(source, sentences)
    for path in found.values():
        spoken_seconds(path)  # what cannot be heard is an error before anything is copied
    for name, path in found.items():
        takes.note(takes.bring(path, name), sentences[name])


def _record(lines: Sequence[Line], takes: Takes, recorder: Recorder, again: bool) -> None:
    """Go through the lines that are to be recorded."""
    takes.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(takes.folder / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise OSError(f"{takes.folder}: another flowreel records there; end that one.") from None
    with lock:
        for kept in takes.recovered():
            click.echo(f"A take that was cut off is kept as {kept.name}.")
        to_do = [line for line in lines if again or not takes.of(line.name)]
        here: int | None = 0
        while here is not None and here < len(to_do):
            line = to_do[here]
            click.echo(f"\n{here + 1} of {len(to_do)}   {line.chapter}: {line.section}")
            click.echo(f"at {clock(line.begin)}, {line.room:.1f} s   {line.name}")
            click.echo(f"\n    {plain(line.sentence)}\n")
            step = _one(line, takes, recorder)
            here = None if step is None else max(0, here + step)
    lacking = sum(takes.of(line.name) is None for line in lines)
    if lacking:
        click.echo(f"{lacking} of {len(lines)} lines have no take; the same command goes on.")
    else:
        click.echo(f"Every line has a take: flowreel film --takes {shlex.quote(str(takes.folder))}")


def _one(line: Line, takes: Takes, recorder: Recorder) -> int | None:
    """Record a line until its take is kept; how many lines to go on, or None to end."""
    while True:
        match _asked(_BEFORE):
            case "s":
                return 1
            case "b":
                return -1
            case "q":
                return None
            case "":
                pass
            case _:
                continue
        with takes.recording(line.name) as part, recorder.into(part):
            _asked(_DURING)
        take = takes.keep(part, line.sentence)
        try:
            click.echo(verdict(line, spoken_seconds(take)))
        except ValueError as error:
            click.echo(f"{error}")
        if (kept := _judged(take, takes)) is not None:
            return kept


def _judged(take: Path, takes: Takes) -> int | None:
    """What the speaker says of a take: 1 to go on, None to record once more."""
    while True:
        match _asked(_AFTER):
            case "":
                return 1
            case "r":
                return None
            case "d":
                takes.leave_out(take)
                return None
            case "p":
                if not play(take):
                    click.echo("No program that plays it is here.")


def _asked(what: str) -> str:
    return input(f"{what}: ").strip().lower()
