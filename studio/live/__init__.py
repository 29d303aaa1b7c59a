"""Live pictures: a flow of ``fields`` in a browser, in one file, with its own particles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio.live.widget import Live

__all__ = ["Live"]


def __getattr__(name: str) -> Any:
    if name == "Live":  # anywidget is an extra, and is loaded when asked for
        from studio.live.widget import Live

        return Live
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
