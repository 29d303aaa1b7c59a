"""The command that makes the long film."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stage.text.language import language_of, speaking
from studio.cli.choice import script_of
from studio.cli.options import (
    FAILED,
    chosen,
    clips_argument,
    json_option,
    look_options,
    request,
    scenes_option,
    script_option,
    studio,
    to_option,
    work_options,
)
from studio.extras import MissingError, install_hint, missing
from studio.primer.script import translated

if TYPE_CHECKING:
    from studio.primer.voiced import Voiced


@click.command()
@clips_argument
@script_option
@click.option("--voice", is_flag=True, help="With a film that speaks: extra voice.")
@click.option(
    "--takes",
    "takes_path",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with what you recorded; other lines are read by the voice, if any.",
)
@click.option("--say", default="", metavar="COMMAND", help="A voice of yours: with {text}, {out}.")
@look_options
@work_options
@scenes_option
@to_option
@json_option
def film(
    names: tuple[str, ...],
    script_path: Path,
    voice: bool,
    say: str,
    takes_path: Path | None,
    workers: int,
    scheduler: str | None,
    scenes: Path,
    out: Path,
    as_json: bool,
    **look: Any,
) -> None:
    """Make one film of many clips, with chapter marks and captions; Primer if none is named.

    Each clip is rendered once, and kept. A command that was killed goes on from there.

    \b
        flowreel film
        flowreel film Puzzle DepthMorph LandingDial -q m
    """
    if missing("talk"):
        raise MissingError(f"Captions need {', '.join(missing('talk'))}: {install_hint('talk')}")
    from studio.primer.assemble import ChaptersError, assemble
    from studio.primer.voiced import give_voice, work_of
    from studio.words.takes import Takes
    from studio.words.voice import find_voice, no_voice, speaker_in, voice_of

    script = script_of(script_path, scenes)
    wanted = names or tuple(script.clips)
    found = {clip.name: clip for clip in chosen(scenes, wanted)}
    requests = [request(found[name], **look) for name in wanted]  # a clip may come twice
    language = language_of(requests[0].language)
    script = translated(script, language).about(wanted)
    reader = voice_of(say) if say else find_voice(language) if voice else None
    if voice and not reader:
        raise MissingError(no_voice(language))
    speaker = speaker_in(reader, out) if reader else None
    takes = Takes(takes_path) if takes_path else None
    size = requests[0].size
    more = work_of(script, wanted, size.width * size.height) if speaker or takes else 0
    with studio(out, workers, scheduler, quiet=as_json) as made, speaking(language):
        try:
            done = assemble(made, requests, script, more=more)
            voiced = (
                give_voice(made, done, script, speaker, takes, more) if speaker or takes else None
            )
        except (ChaptersError, RuntimeError) as error:
            click.echo(f"flowreel: {error}", err=True)
            sys.exit(FAILED)
    if as_json:
        told = {
            "film": str(done.path),
            "seconds": round(done.seconds, 3),
            "state": "made" if done.is_new else "up to date",
            "chapters": [{"title": name, "begin": round(at, 3)} for name, at in done.chapters],
            "files": list(done.files),
            **(
                {
                    "voiced": str(voiced.path),
                    "stretched": voiced.stretched,
                    "silent": voiced.silent,
                    "other_words": voiced.other_words,
                }
                if voiced
                else {}
            ),
        }
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        state = "made" if done.is_new else "up to date"
        click.echo(f"{state:20} {done.path}")
        if voiced:
            click.echo(f"{'with a voice':20} {voiced.path}")
            _tell(voiced)
        click.echo(f"{'beside it':20} {', '.join(done.files)}")


def _tell(voiced: Voiced) -> None:
    """Say what is to be known of a film that speaks."""
    for name, seconds in voiced.stretched.items():
        click.echo(f"{'stretched':20} {name}: its picture is held for {seconds:.1f} s", err=True)
    if voiced.silent:
        click.echo(f"{'nobody speaks':20} {', '.join(voiced.silent)}", err=True)
    for name in voiced.other_words:
        click.echo(f"{'recorded before':20} {name}: its words are others now", err=True)
