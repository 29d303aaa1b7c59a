"""Slides from finished films: PowerPoint and PDF by manim-slides, HTML by reveal.js in one file."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path
from types import ModuleType
from typing import Any

from stage.engine.atomic import atomic_path
from studio.extras import import_extra
from studio.job.files import write_atomically
from studio.kit.captions import LANGUAGE

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PAGES = Path(__file__).parent / "pages"
TALK = "Gradient flows"
"""Title of a talk of several clips."""
_LONG_SIDE = 1280
"""Pixels of a slide, at 96 to the inch."""
_EMU = 914_400 // 96
"""English metric units of a pixel."""


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

    def size(self, long: int) -> tuple[int, int]:
        """Width and height of exactly the film's shape, the longer about ``long``."""
        common = gcd(self.width, self.height)
        shape = self.width // common, self.height // common
        scale = max(1, round(long / max(shape)))
        return shape[0] * scale, shape[1] * scale


def powerpoint(slides: Sequence[Slide], target: Path) -> None:
    """A deck whose films play by themselves, and loop if they are loops, with notes and posters.

    Its slides have the shape of the first film.
    """
    convert = _convert()
    decks = [_configured(slide, slide.film, slide.loops) for slide in slides]
    width, height = slides[0].size(_LONG_SIDE)
    made = convert.PowerPoint(
        presentation_configs=[decks[0]],
        width=width,
        height=height,
        poster_frame_image=slides[0].poster,
    )
    with atomic_path(target) as part:
        if len(slides) == 1:
            made.convert_to(part)
        else:  # its one poster would stand for all: without, each film's first frame does
            made.presentation_configs, made.poster_frame_image = decks, None
            made.convert_to(part)
        _describe(slides, part)


def _describe(slides: Sequence[Slide], deck: Path) -> None:
    """Give each film its alternative text, its own poster, its slide the film's background.

    Its slides get exactly the first film's shape, and its parts their places in the standard.
    """
    pptx = import_extra("pptx", "A PowerPoint deck")
    colour = import_extra("pptx.dml.color", "A PowerPoint deck").RGBColor
    opened = pptx.Presentation(str(deck))
    opened.slide_width, opened.slide_height = slides[0].size(_LONG_SIDE * _EMU)
    _conform(opened)
    opened.core_properties.title = slides[0].title if len(slides) == 1 else TALK
    for slide, page in zip(slides, opened.slides, strict=True):
        movie = page.shapes[0]
        named = movie._element.nvPicPr.cNvPr
        named.set("descr", slide.alt)
        named.set("name", slide.title)
        scale = min(
            Fraction(opened.slide_width, slide.width), Fraction(opened.slide_height, slide.height)
        )
        movie.width, movie.height = round(slide.width * scale), round(slide.height * scale)
        movie.left = (opened.slide_width - movie.width) // 2
        movie.top = (opened.slide_height - movie.height) // 2
        page.background.fill.solid()
        page.background.fill.fore_color.rgb = colour.from_string(slide.background.lstrip("#"))
        _, relation = page.part.get_or_add_image_part(str(slide.poster))
        movie._element.blipFill.blip.rEmbed = relation
    opened.save(str(deck))


def _conform(opened: Any) -> None:
    """Mend what python-pptx leaves behind: readers stricter than PowerPoint refuse it.

    ECMA-376 Part 1, 19.2.1.26 (``presentation``) and 19.2.1.39 (``sldSz``).
    """
    presentation = opened.part._element
    presentation.find(_P + "sldSz").attrib.pop("type", None)  # the template's, which is 4:3
    listed = presentation.find(_P + "notesMasterIdLst") is not None
    for name, relation in list(opened.part.rels.items()):
        if relation.reltype.endswith("/printerSettings"):  # of the template: bytes for one printer
            opened.part.rels.pop(name)
        elif relation.reltype.endswith("/notesMaster") and not listed:
            masters = presentation.makeelement(_P + "notesMasterIdLst")
            masters.append(presentation.makeelement(_P + "notesMasterId", {_R + "id": name}))
            presentation.find(_P + "sldMasterIdLst").addnext(masters)


def pdf(slides: Sequence[Slide], target: Path) -> None:
    """A deck of posters, for those who want it on paper."""
    convert = _convert()
    decks = [_configured(slide, slide.poster, False) for slide in slides]
    with atomic_path(target) as part:
        convert.PDF(presentation_configs=decks).convert_to(part)


def _convert() -> ModuleType:
    os.environ["TQDM_DISABLE"] = "1"  # its bars would break ours
    return import_extra("manim_slides.convert", "A deck")


def _configured(slide: Slide, file: Path, loops: bool) -> Any:
    config = import_extra("manim_slides.config", "A deck")
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
    width, height = slides[0].size(_LONG_SIDE)
    page = page_of(
        "slides.html",
        title=title,
        rows=rows,
        width=width,
        height=height,
        style=reveal("reset.css") + reveal("reveal.css"),
        script=reveal("reveal.js") + ";\n" + reveal("plugin/notes.js"),
    )
    write_atomically(target, page)


def page_of(template: str, **values: Any) -> str:
    """A page from its template; what goes in is escaped unless the template says it is safe."""
    jinja2 = import_extra("jinja2", "A page")
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    pages.globals["language"] = LANGUAGE
    return str(pages.get_template(template).render(**values))


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it, fit to stand inside a page."""
    carrier = (
        Path(str(import_extra("pyreveal", "An HTML deck").__file__)).parent / "revealjs" / "dist"
    )
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
