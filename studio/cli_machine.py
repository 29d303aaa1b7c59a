"""Commands about the machine and its shell."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from studio.options import (
    MISSING,
    json_option,
    to_option,
)


@click.command()
@to_option
@json_option
def doctor(out: Path, as_json: bool) -> None:
    """Tell what is missing on this machine, and the command that mends it.

    \b
        flowreel doctor
    """
    from studio.doctor import examine

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

    from studio.cli import main

    made = get_completion_class(shell)
    click.echo(made(main, {}, "flowreel", "_FLOWREEL_COMPLETE").source())
