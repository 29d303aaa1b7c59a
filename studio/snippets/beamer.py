"""Text to copy into Beamer: a page for each step, and one for its hold."""

from __future__ import annotations

from collections.abc import Iterator

from studio.snippets.latex import latex
from studio.snippets.parts import Part, Told, notes

_PREAMBLE = r"""% in the preamble
\usepackage{multimedia}
\definecolor{flowreel}{HTML}{BACKGROUND}
% \flowreel[options of \movie]{picture}{film}: on the whole page
\newcommand{\flowreel}[3][]{\makebox[\linewidth]{%
  \movie[autostart,showcontrols=false,#1]{\flowreelstill{#2}}{#3}}}
\newcommand{\flowreelstill}[1]{%
  \includegraphics[width=\paperwidth,height=\paperheight,keepaspectratio]{#1}}"""


def beamer(told: Told) -> str:
    """Pages that play by themselves; a handout has the last picture of each step."""
    lines = [_PREAMBLE.replace("BACKGROUND", told.background.lstrip("#").upper()), ""]
    lines += [r"{\setbeamercolor{background canvas}{bg=flowreel}"]
    lines += [r"\setbeamertemplate{navigation symbols}{}"]
    for part in told.parts:
        lines += _pages(told, part)
    return "\n".join([*lines, "}"])


def _pages(told: Told, part: Part) -> Iterator[str]:
    """Of a step: its film, then its hold or its last picture.

    Okular shows a film's picture again when the film has ended, so none ends on its page.
    """
    note = rf"\note{{{latex(line)}}}" if (line := " ".join(notes([part]))) else ""
    loop = "[loop]" if part.loops else ""
    film = rf"\flowreel{loop}{{{told.at(part.first)}}}{{{told.at(part.film)}}}"
    if not part.last:
        yield from _page("", [film, note])
        return
    yield from _page("<beamer>", [rf"\transduration{{{part.seconds:g}}}", film, note])
    if part.hold:
        rest = rf"\flowreel[loop]{{{told.at(part.last)}}}{{{told.at(part.hold)}}}"
        yield from _page("", [rest, note])
    else:  # where the talk does not stop, the next film goes on from here
        rest = rf"\makebox[\linewidth]{{\flowreelstill{{{told.at(part.last)}}}}}"
        yield from _page("" if part.stops else "<handout>", [rest, note])


def _page(modes: str, lines: list[str]) -> Iterator[str]:
    yield rf"\begin{{frame}}{modes}[plain,c]"
    yield from (f"  {line}" for line in lines if line)
    yield r"\end{frame}"
