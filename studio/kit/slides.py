"""Slides from finished films: PowerPoint and PDF by manim-slides, HTML by reveal.js in one file."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from studio.extras import bring
from studio.job.files import whole, write_whole

PAGES = Path(__file__).parent / "pages"
TALK = "Gradient flows"
"""Title of a talk of several clips."""
_SLIDE_WIDTH = 1280  # pixels of a slide, at 96 to the inch


@dataclass(frozen=True)
class Slide:
    """A clip as one slide."""

    film: Path
    poster: Path
    title: str
    notes: str
    alt: str
    captions: str
    """WebVTT; empty if nothing is said."""
    loops: bool
    width: int
    height: int
    background: str


def powerpoint(slides: Sequence[Slide], target: Path) -> None:
    """A deck whose films play by themselves, and loop if they are loops, with notes and posters."""
    convert = _convert()
    decks = [_configured(slide, slide.film, slide.loops) for slide in slides]
    height = max(_SLIDE_WIDTH * slide.height // slide.width for slide in slides)
    made = convert.PowerPoint(
        presentation_configs=[decks[0]],
        width=_SLIDE_WIDTH,
        height=height,
        poster_frame_image=slides[0].poster,
    )
    with whole(target) as part:
        if len(slides) == 1:
            made.convert_to(part)
        else:  # its one poster would stand for all: without, each film's first frame does
            made.presentation_configs, made.poster_frame_image = decks, None
            made.convert_to(part)
        _describe(slides, part)


def _describe(slides: Sequence[Slide], deck: Path) -> None:
    """Give each film its alternative text, its own poster, its slide the film's background."""
    pptx = bring("pptx", "A PowerPoint deck")
    colour = bring("pptx.dml.color", "A PowerPoint deck").RGBColor
    opened = pptx.Presentation(str(deck))
    opened.core_properties.title = slides[0].title if len(slides) == 1 else TALK
    for slide, page in zip(slides, opened.slides, strict=True):
        movie = page.shapes[0]
        named = movie._element.nvPicPr.cNvPr
        named.set("descr", slide.alt)
        named.set("name", slide.title)
        scale = min(opened.slide_width / slide.width, opened.slide_height / slide.height)
        movie.width, movie.height = round(slide.width * scale), round(slide.height * scale)
        movie.left = (opened.slide_width - movie.width) // 2
        movie.top = (opened.slide_height - movie.height) // 2
        page.background.fill.solid()
        page.background.fill.fore_color.rgb = colour.from_string(slide.background.lstrip("#"))
        _, relation = page.part.get_or_add_image_part(str(slide.poster))
        movie._element.blipFill.blip.rEmbed = relation
    opened.save(str(deck))


def pdf(slides: Sequence[Slide], target: Path) -> None:
    """A deck of posters, for those who want it on paper."""
    convert = _convert()
    decks = [_configured(slide, slide.poster, False) for slide in slides]
    with whole(target) as part:
        convert.PDF(presentation_configs=decks).convert_to(part)


def _convert() -> ModuleType:
    os.environ["TQDM_DISABLE"] = "1"  # its bars would break ours
    return bring("manim_slides.convert", "A deck")


def _configured(slide: Slide, file: Path, loops: bool) -> Any:
    config = bring("manim_slides.config", "A deck")
    one = config.SlideConfig(
        file=file, rev_file=file, loop=loops, notes=slide.notes, dedent_notes=False
    )
    return config.PresentationConfig(
        slides=[one],
        resolution=(slide.width, slide.height),
        background_color=slide.background,
    )


def html(slides: Sequence[Slide], target: Path, *, title: str, embed: bool = True) -> None:
    """A reveal.js deck that needs no network: one file, or films beside it."""

    def place(path: Path, kind: str) -> str:
        return _data(path, kind) if embed else _relative(path, target.parent)

    rows = [
        {
            "slide": slide,
            "film": place(slide.film, "video/mp4"),
            "poster": place(slide.poster, "image/png"),
            "captions": data_text(slide.captions, "text/vtt") if slide.captions else "",
        }
        for slide in slides
    ]
    first = slides[0]
    page = page_of(
        "slides.html",
        title=title,
        rows=rows,
        width=_SLIDE_WIDTH,
        height=_SLIDE_WIDTH * first.height // first.width,
        style=reveal("reset.css") + reveal("reveal.css"),
        script=reveal("reveal.js") + ";\n" + reveal("plugin/notes.js"),
    )
    write_whole(target, page)


def page_of(template: str, **values: Any) -> str:
    """A page from its template; what goes in is escaped unless the template says it is safe."""
    jinja2 = bring("jinja2", "A page")
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return pages.get_template(template).render(**values)


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it, fit to stand inside a page."""
    carrier = Path(bring("pyreveal", "An HTML deck").__file__).parent / "revealjs" / "dist"
    text = (carrier / name).read_text(encoding="utf-8")
    if name.endswith(".js"):  # the end of a script element must not be in it
        return text.replace("</script", r"<\/script")
    return text


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _data(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def data_text(text: str, kind: str) -> str:
    """A text as an address of its own."""
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"
