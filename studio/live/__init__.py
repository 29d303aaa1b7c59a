"""Live pictures: a flow of ``fields`` in a browser, in one file, with the film's own particles.

``from studio.live import Live`` gives the widget of notebooks, ``Live(flow)``: the extra ``live``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "Live":  # it needs an extra, and is made when asked for
        from studio.live.widget import live_class

        return live_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
