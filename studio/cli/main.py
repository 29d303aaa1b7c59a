"""``flowreel``: from scenes to a talk.

Exit codes: 0 all is well; 1 a clip failed, or a file is not what it should be; 2 the command was
not understood; 3 something is missing on this machine, and the message says how to get it;
130 interrupted, to be resumed by the same command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from studio.cli import film, live, record, render, talk
from studio.cli.encoding import check_names, read_names_as_utf8
from studio.cli.options import FAILED, MISSING, json_option, to_option
from studio.extras import MissingError
from studio.render.interrupt import noted_interrupts


class _Flowreel(click.Group):
    """Turns what can go wrong into one line and an exit code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **told: Any) -> Any:
        if args is None:  # those of this process
            read_names_as_utf8()
        return super().main(args, *more, **told)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        check_names(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with noted_interrupts():
                return super().invoke(ctx)
        except MissingError as error:
            click.echo(f"flowreel: {error}", err=True)
            ctx.exit(MISSING)
        except ImportError as error:
            click.echo(f"flowreel: {error}; flowreel doctor tells what mends it.", err=True)
            ctx.exit(MISSING)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        except BrokenPipeError:  # whoever read has read enough: click ends without a word
            raise
        except OSError as error:
            click.echo(f"flowreel: {error}", err=True)
            ctx.exit(FAILED)
        except (KeyboardInterrupt, EOFError):
            click.echo("flowreel: interrupted; the same command goes on from here.", err=True)
            ctx.exit(130)


@click.group(cls=_Flowreel, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="flowreel")
def main() -> None:
    """Film gradient flows, and pack them for a talk.

    \b
        flowreel list                        what there is to film
        flowreel render DepthMorph -q l      a small draft
        flowreel kit DepthMorph              all a talk needs, in one folder
        flowreel film                        Primer, the film of all chapters
        flowreel record                      what it says, in your voice
        flowreel doctor                      what is missing here, and how to get it

    Films and kits go to media/reel/, a folder for each clip; --to names another place. What is
    there already, and still true, is not made again.
    """


@click.command()
@to_option
@json_option
def doctor(out: Path, as_json: bool) -> None:
    """Tell what is missing on this machine, and the command that mends it.

    \b
        flowreel doctor
    """
    from studio.cli.doctor import examine

    findings = examine(out)
    if as_json:
        click.echo(json.dumps([vars(finding) for finding in findings], indent=1))
    else:
        for found in findings:
            mark = "ok     " if found.is_well else "MISSING" if found.is_needed else "without"
            click.echo(f"{mark}  {found.name:12} {found.found}")
            if not found.is_well and found.cure:
                click.echo(f"{'':21} {found.cure}")
    if any(found.is_needed and not found.is_well for found in findings):
        sys.exit(MISSING)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands and clips.

    \b
        flowreel completion bash >> ~/.bashrc
        flowreel completion fish > ~/.config/fish/completions/flowreel.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # the choices above are those that click knows
    click.echo(made(main, {}, "flowreel", "_FLOWREEL_COMPLETE").source())


for command in (
    render.list_,
    render.render_,
    render.fly,
    film.film,
    record.record,
    live.live,
    render.check,
    talk.kit,
    talk.deck,
    talk.present,
    talk.cut,
    talk.gallery,
    doctor,
    completion,
):
    main.add_command(command)
