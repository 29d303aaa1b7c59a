"""How a clip gets into a talk, ready to be copied, for each kind of talk."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from stage.text.language import current


def snippets(
    folder: str, alt: str, *, loops: bool, background: str, steps: Sequence[str] = ()
) -> dict[str, str]:
    """Text to copy, by the name of the tool; ``folder`` is where the kit lies.

    It says that captions are in the language that is spoken now. ``steps`` are films in it, for the tools that go through them by click.
    """
    kit = PurePosixPath(folder)
    film, poster = kit / ("clip.loop.mp4" if loops else "clip.mp4"), kit / "poster.png"
    loop, language = " loop" if loops else "", current()
    described = html.escape(_one_line(alt), quote=True)
    # reveal.js starts what is marked so whenever its slide is shown; plain pages need the other
    plays = f"data-autoplay autoplay{loop} muted playsinline"
    track = (
        f'  <track kind="captions" srclang="{language.tag}" label="{language.name}" '
        f'src="{kit / f"captions.{language.tag}.vtt"}">'
    )
    movie = r"\movie[autostart,showcontrols=false" + (",loop" if loops else "") + "]"
    return {
        "HTML": "\n".join(
            [
                f'<video src="{film}" poster="{poster}" {plays} width="100%"',
                f'  aria-label="{described}">',
                track,
                "</video>",
            ]
        ),
        "Beamer": "\n".join(
            [
                r"% in the preamble; films play in Okular and pdfpc",
                r"\usepackage{multimedia}",
                rf"\definecolor{{flowreel}}{{HTML}}{{{background.lstrip('#').upper()}}}",
                "",
                r"{\setbeamercolor{background canvas}{bg=flowreel}",
                r"\begin{frame}[plain]",
                r"  \makebox[\linewidth]{%",
                f"    {movie}{{\\includegraphics[%",
                r"      width=\paperwidth,height=\paperheight,keepaspectratio]{%",
                f"      {poster}}}}}{{{film}}}}}",
                rf"  % {_one_line(alt)}",
                r"\end{frame}}",
            ]
        ),
        "Quarto": "\n".join(
            [
                f'## {{background-video="{film}" '
                + ("background-video-loop=true " if loops else "")
                + f'background-video-muted=true background-size="contain" '
                f'background-color="{background}"}}',
                "",
                "::: {.notes}",
                _shown(alt),
                ":::",
            ]
        ),
        "Marp": "\n".join(
            [
                # Marp drops tracks, styles and aria-label of a film; a comment is a speaker's note
                f"<!-- _backgroundColor: {background} -->",
                f"<!-- {_comment(alt)} -->",
                "<style scoped>",
                "video { position: absolute; inset: 0; height: 100%; object-fit: contain; }",
                "</style>",
                "",
                f'<video src="{film}" poster="{poster}" autoplay{loop} muted playsinline '
                f'width="100%" title="{described}"></video>',
            ]
        ),
        "Slidev": "\n".join(
            [
                "---",
                "layout: none",
                "---",
                "",
                f"<!-- the folder {kit} lies in public/ -->",
                f'<div class="relative w-full h-full" style="background: {background}">',
                *_slidev([str(kit / step) for step in steps] or [str(film)], loop, described),
                "</div>",
                "",
                "<!--",
                _comment(alt),
                "-->",
            ]
        ),
        "Jupyter": "\n".join(
            [
                "from IPython.display import Video",
                "",
                "Video(",
                f'    "{kit / "clip.720p.mp4"}",',
                "    embed=True,",
                # the parameter width takes pixels only
                f"    html_attributes='controls autoplay{loop} muted playsinline width=\"100%\"',",
                ")",
            ]
        ),
        "Markdown": f"[![{_shown(alt)}]({kit / 'clip.gif'})]({film})",
        "PowerPoint": "\n".join(
            [
                f"Open {kit / 'slide.pptx'} and copy its slide: the film plays by itself"
                + (" and loops." if loops else "."),
                f"Or Insert > Video > {film}; background {background}; alternative text:",
                alt,
            ]
        ),
    }


def _slidev(films: Sequence[str], loop: str, described: str) -> list[str]:
    """Films one above the other: the first is there, each of the others comes with a click."""
    lines = []
    for number, film in enumerate(films):
        click = "" if number == 0 else " v-click"
        lines += [
            f"<SlidevVideo{click} autoplay{loop} muted playsinline",
            f'class="absolute inset-0 w-full h-full object-contain" aria-label="{described}">',
            f'<source src="/{film}" type="video/mp4">',
            "</SlidevVideo>",
        ]
    return lines


_HINTS = {
    "HTML": "On a page, and in reveal.js.",
    "Marp": "A slide: part it from the one before and the one after by a line `---`. "
    "Run Marp with `--html` or without: nothing of it is filtered.",
    "Slidev": "A slide: the first `---` ends the one before. A click shows the next step, which "
    "stops at its last picture.",
    "Markdown": "GitHub and VS Code show the GIF and link the film; GitHub plays no film of a "
    "repository.",
}


def markdown(made: dict[str, str]) -> str:
    """All of them as a page of Markdown."""
    kinds = {"HTML": "html", "Beamer": "latex", "Jupyter": "python"}
    kinds |= dict.fromkeys(("Quarto", "Marp", "Slidev", "Markdown"), "markdown")
    parts = [
        f"## {name}\n\n"
        + (f"{_HINTS[name]}\n\n" if name in _HINTS else "")
        + f"```{kinds.get(name, 'text')}\n{text}\n```\n"
        for name, text in made.items()
    ]
    return "# Into a talk\n\n" + "\n".join(parts)


def _shown(text: str) -> str:
    """Text that Markdown shows as it is, also between the brackets of a picture."""
    return re.sub(r"[\\`*_<>\[\]$&]", r"\\\g<0>", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _comment(text: str) -> str:
    """Text that may stand in a comment of HTML."""
    return _one_line(text).replace("--", "–")
