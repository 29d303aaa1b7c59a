"""Commands that pack films for a talk."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from studio.cli.options import (
    FAILED,
    chosen,
    clips_argument,
    json_option,
    look_options,
    request,
    scenes_option,
    studio,
    to_option,
    told_by,
    try_to_write,
    work_options,
)
from studio.job.files import WORK

if TYPE_CHECKING:
    from studio.deck.page import Goes
    from studio.job.request import RenderRequest
    from studio.kit.pack import Packed
    from studio.render.studio import Studio


live_option = click.option(
    "--live", is_flag=True, help="In HTML, a live step after the last hold of each clip."
)


@click.command()
@clips_argument
@click.option("--all", "all_", is_flag=True, help="Every clip.")
@look_options
@click.option("--alpha/--no-alpha", default=True, help="With the films without background.")
@click.option("--voice", is_flag=True, help="With a film that speaks: extra voice.")
@work_options
@scenes_option
@to_option
@json_option
def kit(
    names: tuple[str, ...],
    all_: bool,
    alpha: bool,
    voice: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Make all that a talk needs: films, GIF, poster, captions, slides, text to copy.

    \b
        flowreel kit DepthMorph
        flowreel kit --all --no-alpha -q m
        flowreel kit DepthMorph --voice
    """
    from studio.kit.pack import pack

    requests = [request(clip, **look) for clip in chosen(scenes, names, all_)]
    with studio(out, workers, scheduler, quiet=as_json) as made:
        packed = pack(made, requests, alpha=alpha, spoken=voice)
    if as_json:
        rows = [
            {
                "clip": done.request.clip.name,
                "folder": str(out / done.request.folder),
                "made": done.made,
                "failed": done.failed,
            }
            for done in packed
        ]
        click.echo(json.dumps({"kits": rows}, indent=1, ensure_ascii=False))
    for done in packed:
        if not as_json:
            click.echo(f"{out / done.request.folder}: {len(done.made)} files made anew")
        _tell_flaws(done)
    if any(done.failed for done in packed):
        sys.exit(FAILED)


@click.command()
@clips_argument
@look_options
@click.option("--notes", is_flag=True, help="With a PDF of pictures and notes.")
@click.option("--lap", is_flag=True, help="In HTML, a click waits for the end of the lap.")
@live_option
# The HTML is one file by now; commands that asked for it go on working.
@click.option("--one-file", is_flag=True, hidden=True, expose_value=False)
@work_options
@scenes_option
@to_option
@json_option
def deck(
    names: tuple[str, ...],
    notes: bool,
    lap: bool,
    live: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Make a talk, a slide for each step: PowerPoint, HTML and PDF. All clips if none is named.

    \b
        flowreel deck
        flowreel deck PointIdentity PointDeepFour DepthMorph --notes
    """
    from studio.kit.talk import build

    requests = [request(clip, **look) for clip in chosen(scenes, names, not names)]
    with studio(out, workers, scheduler, quiet=as_json) as made:
        good = _packed(made, requests)
        goes: Goes = "lap" if lap else "now"
        built = build(out, good, notes=notes, goes=goes, live=live) if good else []
    if as_json:
        click.echo(json.dumps([str(path) for path in built]))
    for path in built if not as_json else ():
        click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    if len(good) < len(requests):
        sys.exit(FAILED)


def _tell_flaws(done: Packed) -> None:
    """Say once what went wrong, with all files for which it did."""
    for why in dict.fromkeys(done.failed.values()):
        names = ", ".join(name for name, told in done.failed.items() if told == why)
        click.echo(f"  {done.request.clip.name}, {names}: {why}", err=True)


def _packed(made: Studio, requests: list[RenderRequest]) -> list[RenderRequest]:
    """Make kits, say what went wrong, and tell which clips came out well."""
    from studio.kit.pack import pack

    packed = pack(made, requests, alpha=False)
    for done in packed:
        _tell_flaws(done)
    return [done.request for done in packed if not done.failed]


@click.command()
@to_option
@json_option
def gallery(out: Path, as_json: bool) -> None:
    """Make one page of all kits, to be opened in a browser or put on a site.

    \b
        flowreel kit --all && flowreel gallery
    """
    from studio.kit.gallery import build

    if out.is_dir():
        try_to_write(out / WORK, out)
    page, count = build(out)
    told = json.dumps({"page": str(page), "clips": count}) if as_json else f"{count} clips: {page}"
    click.echo(told)


@click.command()
@clips_argument
@look_options
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Instead of a free one.")
@click.option("--lap", is_flag=True, help="A click waits for the end of the lap.")
@live_option
@work_options
@scenes_option
@to_option
def present(
    names: tuple[str, ...],
    port: int,
    lap: bool,
    live: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    **look: Any,
) -> None:
    """Give the talk of some clips here: makes what is missing, and opens the deck.

    It is served on 127.0.0.1, to nobody else, until Ctrl-C. The page is kept in a folder of these
    clips; what deck has made stays as it is.

    \b
        flowreel present DepthMorph LandingDial -q m
    """
    from studio.kit.present import check_port, opens_browser, served
    from studio.kit.talk import to_present

    requests = [request(clip, **look) for clip in chosen(scenes, names)]
    check_port(port)
    with studio(out, workers, scheduler, quiet=False) as made:
        if len(_packed(made, requests)) < len(requests):
            sys.exit(FAILED)
        page = to_present(made.out, requests, goes="lap" if lap else "now", live=live)
    with served(page, port) as address:
        where = "Open" if not opens_browser(address) else "The talk is open at"
        click.echo(f"{where} {address}   (Ctrl-C ends it; the file itself is {page})")
        with suppress(KeyboardInterrupt):
            Event().wait()


@click.command()
@click.argument("name", metavar="CLIP")
@look_options
@click.option("--from", "first", default="", metavar="NAME", help="The first step: its name.")
@click.option("--to", "last", default="", metavar="NAME", help="The last one.")
@click.option("--loop", is_flag=True, help="As a loop: it must end where it began.")
@work_options
@scenes_option
@click.option(
    "--reel",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("media/reel"),
    show_default=True,
    help="Where the films are.",
)
def cut(
    name: str,
    first: str,
    last: str,
    loop: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    **look: Any,
) -> None:
    """Cut some steps of a clip into a film of their own; no picture is encoded again.

    \b
        flowreel cut DepthMorph --from Deeper --to "The limit"
        flowreel cut PointDeepFour --loop
    """
    from studio.kit.lecture import lecture_clip
    from studio.render.pipeline import render

    (clip,) = chosen(scenes, (name,))
    asked = request(clip, **look)
    with studio(out, workers, scheduler, quiet=False) as made:
        (done,) = render(made, [asked])
    if done.state == "failed":
        click.echo(told_by(clip.name, done.why), err=True)
        sys.exit(FAILED)
    click.echo(lecture_clip(out, asked, first, last, loop=loop))
