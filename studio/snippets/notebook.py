"""Text to copy where there are no slides, or where they are written by hand."""

from __future__ import annotations

from studio.snippets.parts import Told, shown


def jupyter(told: Told) -> str:
    """A cell whose output has the film in it; JupyterLab shows it in a stranger's notebook too.

    It takes the address out of ``<source>`` where a notebook is not trusted, so this is not
    IPython's ``Video``.
    """
    loop = " loop" if told.loops else ""
    return "\n".join(
        [
            "from base64 import b64encode",
            "from pathlib import Path",
            "",
            "from IPython.display import HTML",
            "",
            f'film = b64encode(Path("{told.at("clip.720p.mp4")}").read_bytes()).decode()',
            "HTML(",
            f"    f'<video src=\"data:video/mp4;base64,{{film}}\" controls autoplay{loop} muted '",
            "    'playsinline width=\"100%\"></video>'",
            ")",
        ]
    )


def markdown(told: Told) -> str:
    """A GIF that links the film: what every reader of Markdown shows."""
    return f"[![{shown(told.alt)}]({told.at('clip.gif')})]({told.clip})"


def powerpoint(told: Told) -> str:
    """What to do in PowerPoint, with and without the deck of the kit."""
    if len(told.parts) > 1 or told.parts[0].hold:
        plays = "slides: each film plays by itself, and its hold until a click."
    else:
        plays = "slide: the film plays by itself" + (" and loops." if told.loops else ".")
    return "\n".join(
        [
            f"Open {told.at('slide.pptx')} and copy its {plays}",
            f"Or Insert > Video > {told.clip}; background {told.background}; alternative text:",
            told.alt,
        ]
    )
