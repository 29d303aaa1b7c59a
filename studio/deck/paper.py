"""The deck on paper: a page for each step, its last picture; with notes on request. By Typst."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from stage.film.atomic import atomic_path
from stage.text.language import current
from stage.text.source import fonts, literal
from studio.deck.slides import Slide
from studio.film import encode

_LONG_SIDE = 960  # points of a page
_NOTES = """
#set page(paper: "a4", margin: 20mm, fill: white)
"""


def pdf(slides: Sequence[Slide], target: Path, *, notes: bool = False) -> None:
    """Write a page for each step, edge to edge; with ``notes``, the picture above what to say."""
    with TemporaryDirectory() as folder:
        pages: list[str] = []
        for number, slide in enumerate(slides):
            name = f"{number}.png"
            encode.last_picture(slide.film).save(Path(folder, name), "PNG", compress_level=1)
            pages.append(_with_notes(slide, name) if notes else _edge_to_edge(slide, name))
        tag = current().tag.partition("-")[0]
        head = f'{_NOTES}#set text(size: 12pt, lang: "{tag}")\n'
        text = head + "\n#pagebreak()\n".join(pages) if notes else "\n".join(pages)
        source = Path(folder, "deck.typ")
        source.write_text(text, encoding="utf-8")
        with atomic_path(target) as part:
            part.write_bytes(typst.compile(str(source), format="pdf", font_paths=fonts()))


def _edge_to_edge(slide: Slide, picture: str) -> str:
    width, height = slide.size(_LONG_SIDE)
    fill = f'fill: rgb("{slide.background}")'
    alt = slide.alt.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"#page(width: {width}pt, height: {height}pt, margin: 0pt, {fill}, "
        f'image("{picture}", width: 100%, height: 100%, fit: "contain", alt: "{alt}"))'
    )


def _with_notes(slide: Slide, picture: str) -> str:
    said = "\n\n".join(literal(line) for line in slide.notes)
    return (
        f'#align(center, image("{picture}", width: 100%, height: 45%, fit: "contain"))\n\n'
        f"= {literal(slide.name)}\n\n{said}"
    )
