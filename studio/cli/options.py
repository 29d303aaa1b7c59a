"""Options that commands share, and what they request."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click

from studio.cli.choice import choose, every_clip
from studio.cli.progress import board
from studio.job.clips import SCENES, Clip, find_clips
from studio.job.events import Finished
from studio.job.files import WORK
from studio.job.request import QUALITIES, RenderRequest, Size, knobs
from studio.primer.script import SCRIPT
from studio.render.pool import Pool
from studio.render.studio import Studio

JOINERS = 4
"""Processes that join what a farm has rendered, several films at once."""
FAILED, MISSING = 1, 3
"""Exit codes, beside 0, 2 for what was not understood, and 130 for what was interrupted."""


def _names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    folder = ctx.params.get("scenes") or SCENES
    with suppress(ValueError, OSError):  # the command itself will say what is wrong
        return [name for name in find_clips(Path(folder)) if name.startswith(incomplete)]
    return []


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def dress(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return dress


_WHERE = click.Path(file_okay=False, path_type=Path)
scenes_option = click.option(
    "--scenes",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=SCENES,
    show_default="the house's own",
    help="Folder with the scene files.",
)
to_option = click.option(
    "--to", "out", type=_WHERE, default=Path("media/reel"), show_default=True, help="Where to."
)
script_option = click.option(
    "--script",
    "script_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=SCRIPT,
    show_default="the house's own",
    help="What is spoken, and in which order clips come.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
look_options = _options(
    click.option("--theme", default="", help="dark or light."),
    click.option("--aspect", default="", help="Shape of the picture: 16:9, 1:1, 9:16 or 4:3."),
    click.option("--set", "settings", multiple=True, metavar="KNOB=VALUE", help="Turn a knob."),
    click.option(
        "-q",
        "--quality",
        type=click.Choice(list(QUALITIES)),
        default="h",
        show_default=True,
        help="l 480p15, m 720p30, h 1080p60, p 1440p60, k 2160p60.",
    ),
    click.option("-r", "--resolution", metavar="W,H", help="Pixels, in place of the quality's."),
    click.option("--fps", type=click.IntRange(1, 240), help="Frames a second, as well."),
)
clips_argument = click.argument("names", nargs=-1, metavar="CLIP…", shell_complete=_names)
work_options = _options(
    click.option(
        "-j",
        "--workers",
        type=click.IntRange(1, 256),
        default=os.cpu_count() or 1,
        show_default="one for each core",
        help="Processes that render here.",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler of a farm: tcp://… or its --scheduler-file.",
    ),
)


def request(
    clip: Clip,
    *,
    theme: str,
    aspect: str,
    settings: tuple[str, ...],
    quality: str,
    resolution: str | None,
    fps: int | None,
) -> RenderRequest:
    """What the options of a command request."""
    size = Size(*QUALITIES[quality])
    if resolution:
        try:
            width, height = map(int, resolution.split(","))
        except ValueError:
            raise ValueError(f"-r {resolution!r} is no resolution; write -r 1920,1080.") from None
        size = replace(size, width=width, height=height)
    size = replace(size, fps=fps or size.fps)
    return RenderRequest(clip, size, knobs(settings, theme, aspect, os.environ))


@contextmanager
def studio(out: Path, workers: int, scheduler: str | None, quiet: bool) -> Iterator[Studio]:
    """The studio that works for a command, and tells a board what happens.

    Raises OSError where ``out`` is not writable.
    """
    try_to_write(out / WORK, out)
    joiners = max(os.cpu_count() or 1, JOINERS) if scheduler else workers
    with board(quiet) as shown, Pool(joiners, out / WORK / "logs") as pool:
        made = Studio(out, pool, workers=workers, on_event=shown.on_event)
        if scheduler:
            from studio.render.remote import RemoteExecutor

            with RemoteExecutor(scheduler) as farm:
                yield replace(made, away=farm)
        else:
            yield made


def try_to_write(folder: Path, asked: Path, name: str = "out") -> None:
    """Write into a folder, which is made if it is not there, before anything else is done.

    Raises OSError with what was ``asked`` for, and the option by which the command's parameter
    ``name`` is another one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        params = click.get_current_context().command.params
        option = next(param.opts[0] for param in params if param.name == name)
        kind = "file" if asked.parent == folder else "folder"
        raise OSError(
            f"{asked} cannot be written ({error.strerror}); name another {kind} with {option}."
        ) from None


def chosen(scenes: Path, names: tuple[str, ...], all_: bool = False) -> list[Clip]:
    """The clips that a command names."""
    if not names and not all_:
        there = ", ".join(clip.name for clip in every_clip(scenes))
        raise click.UsageError(f"Which clip? {there}; or --all.")
    return every_clip(scenes) if all_ else choose(names, scenes)


def told_by(clip: str, why: str) -> str:
    """Why a clip failed, with its name in front once: some of its errors begin with it."""
    return why if re.match(rf"{re.escape(clip)}\b", why) else f"{clip}: {why}"


def finish(outcomes: list[Finished], as_json: bool, **more: Any) -> None:
    """Say what became of each request, and leave with the code for it."""
    if as_json:
        told = [
            {
                "clip": done.request.clip.name,
                "file": str(done.path),
                "state": done.state,
                "seconds": round(done.seconds, 2),
                **({"why": done.why} if done.why else {}),
            }
            for done in outcomes
        ]
        click.echo(json.dumps({"films": told, **more}, indent=1, ensure_ascii=False))
    else:
        for done in outcomes:
            took = f" in {done.seconds:.0f} s" if done.state == "rendered" else ""
            click.echo(f"{done.state + took:20} {done.path}")
            if done.why:
                click.echo(f"  {told_by(done.request.clip.name, done.why)}", err=True)
    if any(done.state == "failed" for done in outcomes):
        sys.exit(FAILED)
