"""Commands that pack films for a talk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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
    work_options,
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
        for name, why in done.failed.items():
            click.echo(f"  {done.request.clip.name}, {name}: {why}", err=True)
    if any(done.failed for done in packed):
        sys.exit(FAILED)


@click.command()
@clips_argument
@look_options
@click.option("--one-file", is_flag=True, help="Put the films into the HTML deck as well.")
@work_options
@scenes_option
@to_option
@json_option
def deck(
    names: tuple[str, ...],
    one_file: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Make a talk, a slide for each clip: PowerPoint, HTML and PDF. All clips if none is named.

    \b
        flowreel deck
        flowreel deck PointIdentity PointDeepFour DepthMorph --one-file
    """
    from studio.kit.deck import build
    from studio.kit.pack import pack

    requests = [request(clip, **look) for clip in chosen(scenes, names, not names)]
    with studio(out, workers, scheduler, quiet=as_json) as made:
        packed = pack(made, requests, alpha=False)
    good = [done.request for done in packed if not done.failed]
    for done in packed:
        for name, why in done.failed.items():
            click.echo(f"  {done.request.clip.name}, {name}: {why}", err=True)
    built = build(out, good, embed=one_file) if good else []
    click.echo(json.dumps([str(p) for p in built]) if as_json else "\n".join(map(str, built)))
    if len(good) < len(requests):
        sys.exit(FAILED)


@click.command()
@to_option
@json_option
def gallery(out: Path, as_json: bool) -> None:
    """Make one page of all kits, to be opened in a browser or put on a site.

    \b
        flowreel kit --all && flowreel gallery
    """
    from studio.kit.gallery import build

    page, count = build(out)
    told = json.dumps({"page": str(page), "clips": count}) if as_json else f"{count} clips: {page}"
    click.echo(told)
