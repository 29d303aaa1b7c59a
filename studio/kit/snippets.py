"""How a clip gets into a talk, ready to be copied, for each kind of talk."""

from __future__ import annotations

import html
import json
import re
from pathlib import PurePosixPath


def snippets(folder: str, alt: str, *, loops: bool, background: str) -> dict[str, str]:
    """Text to copy, by the name of the tool; ``folder`` is where the kit lies."""
    kit = PurePosixPath(folder)
    film, poster = kit / ("clip.loop.mp4" if loops else "clip.mp4"), kit / "poster.png"
    captions = kit / "captions.vtt"
    loop = " loop" if loops else ""
    described = html.escape(alt, quote=True)
    video = (
        f'<video src="{film}" poster="{poster}" autoplay muted playsinline{loop} '
        f'aria-label="{described}">'
    )
    track = f'  <track kind="captions" srclang="en" label="English" src="{captions}">'
    element = "\n".join([video, track, "</video>"])
    movie = r"\movie[autostart,showcontrols=false" + (",loop" if loops else "") + "]"
    return {
        "HTML": element,
        "Beamer": "\n".join(
            [
                r"% in the preamble; films play in Okular and pdfpc",
                r"\usepackage{multimedia}",
                rf"\definecolor{{flowreel}}{{HTML}}{{{background.lstrip('#').upper()}}}",
                "",
                r"\setbeamercolor{background canvas}{bg=flowreel}",
                r"\begin{frame}[plain]",
                f"  {movie}{{\\includegraphics[width=\\textwidth]{{{poster}}}}}{{{film}}}",
                rf"  % {_one_line(alt)}",
                r"\end{frame}",
            ]
        ),
        "Quarto": "\n".join(
            [
                f"## {{background-video={json.dumps(str(film))} "
                + ("background-video-loop=true " if loops else "")
                + f'background-video-muted=true background-color="{background}"}}',
                "",
                "::: {.notes}",
                _one_line(alt),
                ":::",
            ]
        ),
        "Marp": "\n".join(["---", "", f"<!-- _backgroundColor: {background} -->", element]),
        "PowerPoint": "\n".join(
            [
                f"Open {kit / 'slide.pptx'} and copy its slide: the film plays by itself"
                + (" and loops." if loops else "."),
                f"Or Insert > Video > {film}; background {background}; alternative text:",
                alt,
            ]
        ),
    }


def markdown(made: dict[str, str]) -> str:
    """All of them as a page of Markdown."""
    kinds = {"HTML": "html", "Beamer": "latex", "Quarto": "markdown", "Marp": "markdown"}
    parts = [
        f"## {name}\n\n```{kinds.get(name, 'text')}\n{text}\n```\n" for name, text in made.items()
    ]
    return "# Into a talk\n\n" + "\n".join(parts)


def _one_line(text: str) -> str:
    return re.sub(r"[\s%]+", " ", text)
