"""The command that writes a live picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli.choice import choose
from studio.cli.options import json_option, scenes_option, try_to_write
from studio.job.clips import find_clips
from studio.render.scene_file import load_module

if TYPE_CHECKING:
    from studio.live.show import Show


@click.command()
@click.argument("what", metavar="CLIP|FORMULA")
@click.option("--loss", default="", help="A loss of w1 and w2, or a .csv of x1, x2, label.")
@click.option(
    "--to",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("live.html"),
    show_default=True,
    help="The file.",
)
@scenes_option
@json_option
def live(what: str, loss: str, path: Path, scenes: Path, as_json: bool) -> None:
    """Write a flow that runs in a browser and obeys the hand, as one file that needs no network.

    \b
        flowreel live DepthMorph
        flowreel live "u^3 + u"
        flowreel live "u^2" --loss "(w1 w2 - 4)^2" --to mine.html
    """
    from stage.knobs import settings
    from stage.text.language import language_of, speaking
    from studio.live.page import write

    with speaking(language_of(settings().get("language", ""))):
        shown = show_of(what, loss, scenes)
        try_to_write(path.parent, path, "path")
        write(shown, path)
    size = path.stat().st_size
    told = {"page": str(path), "bytes": size}
    click.echo(json.dumps(told) if as_json else f"{path}: {size / 1e3:.0f} kB")


def show_of(what: str, loss: str, scenes: Path) -> Show:
    """What a name or a formula shows; ValueError where it is neither."""
    from stage.knobs import settings
    from studio.live.show import of_clip, of_formula

    if what in find_clips(scenes) or (what.isidentifier() and what[0].isupper()):
        (clip,) = choose([what], scenes)
        if loss:
            raise ValueError(f"live: {what} brings a loss of its own; give --loss with a formula.")
        return of_clip(clip.name, getattr(load_module(clip.path), clip.name), settings())
    return of_formula(what, loss)
