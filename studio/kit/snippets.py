"""How a clip gets into a talk, ready to be copied, for each kind of talk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from studio.snippets import notebook, slides, web
from studio.snippets.beamer import beamer
from studio.snippets.parts import Part, Told


class _Tool(NamedTuple):
    text: Callable[[Told], str]
    language: str
    hint: str = ""


_TOOLS = {
    "HTML": _Tool(web.page, "html", "The whole clip, on a page."),
    "reveal.js": _Tool(
        web.reveal, "html", "A slide; a click is a step. Films fill the window in its background."
    ),
    "Quarto": _Tool(web.quarto, "markdown", "A slide of the format revealjs; a click is a step."),
    "Marp": _Tool(
        slides.marp,
        "markdown",
        "A slide a step: part them from the slides around by a line `---`. With `marp --html` it "
        "goes on in its hold; without, that is filtered, and it rests at its last picture.",
    ),
    "Slidev": _Tool(
        slides.slidev,
        "markdown",
        "A slide: the first `---` ends the one before. A click is a step, and notes follow it.",
    ),
    "Beamer": _Tool(
        beamer,
        "latex",
        "A page plays a step, and turns to its hold by itself; films lie beside the PDF. A handout "
        "has a page for each step, its last picture.",
    ),
    "Jupyter": _Tool(notebook.jupyter, "python"),
    "Markdown": _Tool(
        notebook.markdown,
        "markdown",
        "GitHub and VS Code show the GIF and link the film; GitHub plays no film of a repository.",
    ),
    "PowerPoint": _Tool(notebook.powerpoint, "text"),
}


def snippets(
    folder: str, alt: str, *, loops: bool, background: str, parts: Sequence[Part] = ()
) -> dict[str, str]:
    """Text to copy, by the name of the tool; ``folder`` is where the kit lies.

    ``parts`` are the steps, for the tools that go through them by click.
    """
    whole = Part("clip.loop.mp4" if loops else "clip.mp4", loops=loops)
    told = Told(str(PurePosixPath(folder)), alt, loops, background, tuple(parts) or (whole,))
    return {name: tool.text(told) for name, tool in _TOOLS.items()}


def markdown(made: dict[str, str]) -> str:
    """All of them as a page of Markdown."""
    parts = []
    for name, text in made.items():
        hint = f"{tool.hint}\n\n" if (tool := _TOOLS[name]).hint else ""
        fence = "````" if "```" in text else "```"
        parts.append(f"## {name}\n\n{hint}{fence}{tool.language}\n{text}\n{fence}\n")
    return "# Into a talk\n\n" + "\n".join(parts)
