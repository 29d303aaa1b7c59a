"""PowerPoint decks: a slide for each step, and one for its hold, that play by themselves.

A step's slide moves on to its hold when its film is over; the hold goes round until it is clicked.
So a click of a remote is a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from stage.film.atomic import atomic_path
from stage.text.language import current, gettext
from studio.deck.slides import Slide, title_of, weight
from studio.extras import import_extra
from studio.film import encode
from studio.words.captions import Cue

_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LONG_SIDE = 1280
"""Pixels of a slide, at 96 to the inch."""
_EMU = 914_400 // 96
"""English metric units of a pixel."""
LARGEST = 2_000_000_000
"""Bytes of films beyond which PowerPoint opens no deck."""
LONGEST = 86_399.0
"""Seconds after which a slide may move on at most: PowerPoint's field ends at a day."""


@dataclass(frozen=True)
class _Page:
    """One slide of the deck."""

    slide: Slide
    film: Path
    name: str
    seconds: float
    loops: bool
    moves_on: bool
    """By itself, when the film is over."""
    cues: tuple[Cue, ...] = ()


def powerpoint(slides: Sequence[Slide], target: Path) -> None:
    """Write a deck with notes, posters and bookmarks; its slides have the shape of the first film.

    ValueError for what PowerPoint does not take: a step of a day, or films above 2 GB.
    """
    pages = [page for slide in slides for page in _pages(slide)]
    for page in pages:
        if page.seconds > LONGEST:
            raise ValueError(
                f"{page.name} lasts {page.seconds:.0f} s, and PowerPoint moves on after "
                f"{LONGEST:.0f} s at most; part it with next_section."
            )
    if (total := weight(slides)) > LARGEST:
        raise ValueError(
            f"The films of this deck have {total / 1e9:.1f} GB, and PowerPoint opens no more than "
            f"{LARGEST / 1e9:.0f}; make decks of fewer clips, or smaller films: -q m."
        )
    pptx = import_extra("pptx", "A PowerPoint deck")
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = slides[0].size(_LONG_SIDE * _EMU)
    deck.core_properties.title = title_of(slides)
    deck.core_properties.language = current().tag
    for page in pages:
        _add(deck, page)
    _conform(deck)
    with atomic_path(target) as part:
        deck.save(str(part))


def _pages(slide: Slide) -> Iterator[_Page]:
    seconds, looped = slide.frames / slide.fps, slide.loops
    moves_on = not looped and (bool(slide.hold) or not slide.stops)
    yield _Page(slide, slide.film, slide.name, seconds, looped, moves_on, slide.cues)
    if slide.hold:
        seconds = slide.hold_frames / slide.fps
        yield _Page(
            slide, slide.hold, gettext("{name}, waiting", name=slide.name), seconds, True, False
        )


def _add(deck: Any, page: _Page) -> None:
    slide = page.slide
    made = deck.slides.add_slide(deck.slide_layouts[6])  # blank
    scale = min(Fraction(deck.slide_width, slide.width), Fraction(deck.slide_height, slide.height))
    width, height = round(slide.width * scale), round(slide.height * scale)
    poster = BytesIO()
    encode.first_picture(page.film).save(poster, "PNG", compress_level=1)
    movie = made.shapes.add_movie(
        str(page.film),
        (deck.slide_width - width) // 2,
        (deck.slide_height - height) // 2,
        width,
        height,
        poster_frame_image=poster,
        mime_type="video/mp4",
    )
    named = movie._element.nvPicPr.cNvPr
    named.set("descr", slide.alt)
    named.set("name", page.name)
    made.background.fill.solid()
    colour = import_extra("pptx.dml.color", "A PowerPoint deck").RGBColor
    made.background.fill.fore_color.rgb = colour.from_string(slide.background.lstrip("#"))
    made.notes_slide.notes_text_frame.text = "\n".join(slide.notes)
    _mark(movie, page.cues)
    _play(made._element, movie.shape_id, page)


def _mark(movie: Any, cues: Sequence[Cue]) -> None:
    """Bookmark where sentences begin: the media's ``bmkLst`` of [MS-PPTX] 2.3.5."""
    etree = import_extra("lxml.etree", "A PowerPoint deck")
    (media,) = movie._element.iter(f"{{{_P14}}}media")
    if cues:
        listed = etree.SubElement(media, f"{{{_P14}}}bmkLst")
        for cue in cues:
            etree.SubElement(
                listed,
                f"{{{_P14}}}bmk",
                name=" ".join(cue.text.split()),
                time=str(round(1000 * cue.start)),
            )


def _play(slide: Any, shape: int, page: _Page) -> None:
    """Have the film play when the slide is shown; in the order of ECMA-376 Part 1, 19.3.1.38."""
    etree = import_extra("lxml.etree", "A PowerPoint deck")
    for old in slide.findall(f"{{{_P}}}timing"):
        slide.remove(old)
    after = f' advTm="{round(1000 * page.seconds)}"' if page.moves_on else ""
    # an effect would be drawn over the joint: there is none
    transition = etree.fromstring(f'<p:transition xmlns:p="{_P}" spd="fast"{after}/>')
    repeat = ' repeatCount="indefinite"' if page.loops else ""
    timing = etree.fromstring(
        _TIMING.format(shape=shape, length=round(1000 * page.seconds), repeat=repeat, space=_P)
    )
    slide.append(transition)
    slide.append(timing)


# The main sequence begins with the slide and plays the film, as PowerPoint itself writes it for
# "start automatically"; the media node says how often.
_TIMING = """<p:timing xmlns:p="{space}"><p:tnLst><p:par>
<p:cTn id="1" dur="indefinite" restart="never" nodeType="tmRoot"><p:childTnLst>
<p:seq concurrent="1" nextAc="seek"><p:cTn id="2" dur="indefinite" nodeType="mainSeq">
<p:childTnLst><p:par><p:cTn id="3" fill="hold"><p:stCondLst><p:cond delay="indefinite"/>
<p:cond evt="onBegin" delay="0"><p:tn val="2"/></p:cond></p:stCondLst><p:childTnLst>
<p:par><p:cTn id="4" fill="hold"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst>
<p:par><p:cTn id="5" presetID="1" presetClass="mediacall" presetSubtype="0" fill="hold"
nodeType="afterEffect"><p:stCondLst><p:cond delay="0"/></p:stCondLst><p:childTnLst>
<p:cmd type="call" cmd="playFrom(0.0)"><p:cBhvr><p:cTn id="6" dur="{length}" fill="hold"/>
<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl></p:cBhvr></p:cmd>
</p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par></p:childTnLst></p:cTn></p:par>
</p:childTnLst></p:cTn>
<p:prevCondLst><p:cond evt="onPrev" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond>
</p:prevCondLst><p:nextCondLst><p:cond evt="onNext" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl>
</p:cond></p:nextCondLst>
</p:seq>
<p:video><p:cMediaNode vol="80000"><p:cTn id="7"{repeat} fill="hold" display="0"><p:stCondLst>
<p:cond delay="indefinite"/></p:stCondLst></p:cTn><p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl>
</p:cMediaNode></p:video>
</p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>""".replace(">\n<", "><").replace("\n", " ")


def _conform(opened: Any) -> None:
    """Mend what python-pptx leaves behind: readers stricter than PowerPoint refuse it.

    ECMA-376 Part 1, 19.2.1.26 (``presentation``) and 19.2.1.39 (``sldSz``).
    """
    presentation = opened.part._element
    presentation.find(f"{{{_P}}}sldSz").attrib.pop("type", None)  # the template's, which is 4:3
    listed = presentation.find(f"{{{_P}}}notesMasterIdLst") is not None
    for name, relation in list(opened.part.rels.items()):
        if relation.reltype.endswith("/printerSettings"):  # of the template: bytes for one printer
            opened.part.rels.pop(name)
        elif relation.reltype.endswith("/notesMaster") and not listed:
            masters = presentation.makeelement(f"{{{_P}}}notesMasterIdLst")
            masters.append(presentation.makeelement(f"{{{_P}}}notesMasterId", {_R + "id": name}))
            presentation.find(f"{{{_P}}}sldMasterIdLst").addnext(masters)
