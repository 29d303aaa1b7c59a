"""Whether this machine can show a film in a window, and what is said where it cannot."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import replace
from pathlib import Path

from manim import config
from manim._config.render_session import RenderSessionSpec


def has_viewer() -> bool:
    """Whether this machine can open a file in a window, as ``manim -p`` and ``-f`` ask for."""
    if platform.system() == "Windows":
        return hasattr(os, "startfile")
    if config.preview_command:
        return shutil.which(config.preview_command) is not None
    if platform.system() == "Linux":
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return bool(screen) and shutil.which("xdg-open") is not None
    return shutil.which("open" if platform.system() == "Darwin" else "cygstart") is not None


def presentable(session: RenderSessionSpec) -> RenderSessionSpec:
    """Return the session without opening windows, where none can be opened.

    A scene calls it once, after Manim's own ``__init__``:
    ``self.session_spec = presentable(self.session_spec)``. The writer then says where the file is.
    """
    if has_viewer():
        return session
    shown = replace(session.presentation, open_after_render=False, show_in_file_browser=False)
    return replace(session, presentation=shown)


def say_no_viewer(path: Path) -> None:
    """Say where a film is that was to be shown and cannot be."""
    if (config.preview or config.show_in_file_browser) and not has_viewer():
        print(f"The film is at {path}; this machine has no viewer to open it.")
