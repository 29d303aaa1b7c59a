"""Names of files that are no ASCII, also where the shell's language is C, and what is no name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import click


def read_names_as_utf8() -> None:
    """Begin the process anew where Python is told to read names of files as ASCII alone.

    LC_ALL=C does not tell it to, but PYTHONUTF8=0 beside it does: then no name with an umlaut can
    be handed to a worker, and Manim reads no ``manim.cfg`` that has one. The C locale says nothing
    of names, so nothing is lost by reading them as everywhere else.
    """
    if sys.getfilesystemencoding() == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        again = {**os.environ, "PYTHONUTF8": "1"}
        command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        os.execve(sys.executable, command, again)


def check_names(arguments: Iterable[str]) -> None:
    """UsageError where a name that is given, or the folder's own, is no text in UTF-8."""
    for text in (*arguments, os.getcwd()):
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            name = os.fsencode(text).decode(errors="backslashreplace")
            raise click.UsageError(
                f"The name {name} is no text in UTF-8, which workers and players read names as; "
                "rename the file or folder, or work in another one."
            )
