"""Commands that look at clips, and film them."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from stage.text.language import Language, language_of, tag_of
from studio.cli.options import (
    FAILED,
    chosen,
    clips_argument,
    finish,
    json_option,
    look_options,
    request,
    scenes_option,
    studio,
    to_option,
    work_options,
)
from studio.job import manifest
from studio.job.clips import Clip, find_clips
from studio.job.data import set_anywhere
from studio.job.request import QUALITIES, RenderRequest, Size
from studio.render.pipeline import probe, render


@click.command("list")
@scenes_option
@to_option
@json_option
def list_(scenes: Path, out: Path, as_json: bool) -> None:
    """What there is to film: each clip, its chapter, its length, what it shows.

    \b
        flowreel list
        flowreel list --json | jq -r '.[].name'
    """
    clips = find_clips(scenes)
    language = language_of(tag_of(set_anywhere(os.environ).get("FLOWREEL_LANGUAGE", "")))
    requests = [RenderRequest(clip, Size(*QUALITIES["l"])) for clip in clips.values()]
    with (
        Console(stderr=True, quiet=as_json).status("Reading clips: the first time takes a while."),
        studio(out, os.cpu_count() or 1, None, quiet=True) as made,
    ):
        found = probe(made, requests)
    lengths = dict.fromkeys(clips)
    for name, report in zip(clips, found, strict=True):
        if isinstance(report, Exception):
            click.echo(f"{name}: {report}", err=True)
        else:
            lengths[name] = report.seconds
    if as_json:
        rows = [
            {
                "name": clip.name,
                "chapter": language.gettext(clip.chapter),
                "seconds": lengths[clip.name],
                "shows": language.gettext(clip.shows),
                "file": str(clip.path),
            }
            for clip in clips.values()
        ]
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        _print_clips(clips, lengths, language)
    if None in lengths.values():  # what is wrong was said above
        sys.exit(FAILED)


def _print_clips(
    clips: dict[str, Clip], lengths: dict[str, float | None], language: Language
) -> None:
    table = Table("Clip", "Chapter", "Length", "What it shows", box=None, pad_edge=False)
    for clip in clips.values():
        seconds = lengths[clip.name]
        length = "?" if seconds is None else f"{seconds:.0f} s"
        told = language.gettext(clip.chapter), length, language.gettext(clip.shows)
        table.add_row(clip.name, *told)
    Console().print(table)


@click.command("render")
@clips_argument
@click.option("--all", "all_", is_flag=True, help="Every clip.")
@look_options
@click.option("--alpha", is_flag=True, help="Without background: ProRes 4444.")
@work_options
@scenes_option
@to_option
@json_option
def render_(
    names: tuple[str, ...],
    all_: bool,
    alpha: bool,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Render clips, several at once, going on where an earlier run stopped.

    \b
        flowreel render DepthMorph
        flowreel render --all -q m -j 4
        flowreel render DepthMorph --theme light --aspect 1:1 --set target=5,2
        flowreel render --all --scheduler tcp://10.0.0.1:8786
        flowreel render --all --scheduler farm.json
    """
    requests = [request(clip, **look) for clip in chosen(scenes, names, all_)]
    with studio(out, workers, scheduler, quiet=as_json) as made:
        outcomes = render(made, requests, format="mov" if alpha else "mp4")
    finish(outcomes, as_json)


@click.command()
@click.argument("formula", default="")
@click.option("--title", default="", help="Words over the formula.")
@click.option("--loss", default="", help="Your own: a formula of w1 and w2, or examples in a .csv.")
@click.option(
    "--optimizer",
    "optimizers",
    multiple=True,
    help='A bead of it: "adam lr=0.01"; several at once.',
)
@click.option("--start", "starts", multiple=True, metavar="W1,W2", help="Where beads begin.")
@click.option(
    "--path",
    "run",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A training run instead of a formula: .csv, .npy or .npz, a row a step.",
)
@click.option("--weights", default="", metavar="NAME,NAME", help="Which two weights of the run.")
@look_options
@work_options
@to_option
@json_option
def fly(
    formula: str,
    title: str,
    loss: str,
    optimizers: tuple[str, ...],
    starts: tuple[str, ...],
    run: Path | None,
    weights: str,
    workers: int,
    scheduler: str | None,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Film the flow of your own parameterization w(u), or a training run of yours.

    One formula is for both weights; two formulas of two names give w₁ and w₂. With --path it is a
    run, in two of its weights or in the plane where it moves most.

    \b
        flowreel fly "u^3 + u"
        flowreel fly "r cos(t), r sin(t)" --title "Polar" --set target=5,2 -q m
        flowreel fly "u^2" --loss "(w1 w2 - 4)^2" --optimizer "adam lr=0.01" --optimizer descent
        flowreel fly --path run.npy
    """
    from studio.job.own import check_flight, check_run  # only here: it takes a second to load

    own = {"a formula": formula, "--loss": loss, "--optimizer": optimizers, "--start": starts}
    if run is not None and (extra := [name for name, value in own.items() if value]):
        raise click.UsageError(
            f"--path films a run as it was, and not {' or '.join(extra)}; leave one of them out."
        )
    if run is None and weights:
        raise click.UsageError("--weights are two of a run; name its file with --path.")
    if run is None:
        clip, told = check_flight(formula, loss, optimizers, starts)
    else:
        clip, told = check_run(run, weights)
    asked = request(clip, **look)
    told += (("REEL_TITLE", title),) if title else ()
    with studio(out, workers, scheduler, quiet=as_json) as made:
        flight = replace(asked, knobs=tuple(sorted((*asked.knobs, *told))))
        outcomes = render(made, [flight])
    finish(outcomes, as_json)


@click.command()
@to_option
@json_option
def check(out: Path, as_json: bool) -> None:
    """Compare every file with the manifest, byte for byte, and what it was made from with now.

    \b
        flowreel check && echo all is well
    """
    if not out.is_dir():
        raise click.UsageError(f"There is no folder {out}; name another one with --to.")
    wrong, stale = manifest.flaws(out), manifest.stale(out)
    if as_json:
        click.echo(json.dumps({"wrong": wrong, "stale": stale}, ensure_ascii=False))
    else:
        for name in wrong:
            click.echo(f"not what it was: {name}")
        for name, changed in stale.items():
            click.echo(f"stale: {name}, since {', '.join(changed)} changed")
        if not wrong and not stale:
            click.echo(f"Every file in {out} is whole, and as it would be made now.")
    if wrong or stale:
        sys.exit(FAILED)
