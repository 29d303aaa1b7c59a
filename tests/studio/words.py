"""Independent readers: of what Typst shows, and of files of captions."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from io import BytesIO

import av
import pypdfium2
import typst

from stage.text.source import PREAMBLE, fonts


def letters(text: str) -> Counter[str]:
    """Letters and digits, whatever they are dressed in; the sign of transposing is none."""
    flat = unicodedata.normalize("NFKD", text.replace("ᵀ", ""))
    return Counter(letter for letter in flat if letter.isalnum())


def on_paper(sentence: str) -> str:
    """What a reader of PDF finds of a sentence that Typst has set."""
    (page,) = on_papers([sentence])
    return page


def on_papers(sentences: Sequence[str]) -> list[str]:
    """The same of several, each on a page of its own."""
    pages = "\n#pagebreak()\n".join(sentences)
    source = f"#set page(width: 50cm, height: 9cm)\n{PREAMBLE}\n{pages}\n"
    with pypdfium2.PdfDocument(typst.compile(source.encode(), font_paths=fonts())) as paper:
        return [str(page.get_textpage().get_text_bounded()) for page in paper]


def read_back(text: str, form: str) -> list[tuple[int, int, str]]:
    """Starts and ends in milliseconds, and texts, as FFmpeg reads them."""
    read = []
    with av.open(BytesIO(text.encode()), format={"vtt": "webvtt"}.get(form, form)) as file:
        for packet in file.demux(subtitles=0):
            for line in packet.decode():
                spoken = line.ass.decode().split(",", 8)[8]
                read.append((packet.pts, packet.pts + packet.duration, spoken))
    return read
