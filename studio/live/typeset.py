"""Equations as outlines, as Typst sets them in the films, for a page that has no fonts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import typst

from stage.text.source import PREAMBLE, fonts

SIZE = 20
"""The em of what is set, in its own units."""
_HREF = "{http://www.w3.org/1999/xlink}href"
_LOOKS = {"#010000": "first", "#020000": "second", "#030000": "minimizer", "#040000": "faint"}
_MARKS = "".join(
    f'#let {name}(it) = text(fill: rgb("{colour}"), it)\n' for colour, name in _LOOKS.items()
)
_PAGE = "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"


def typeset(texts: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Outlines of all glyphs by name, and of each text where they stand, its size and its foot.

    ``texts`` are (mathematics in Typst, how it is said). In it ``minimizer(w^*)`` wears the theme's
    colour.
    """
    outlines: dict[str, str] = {}
    made: dict[str, dict[str, Any]] = {}
    for name, (source, said) in texts.items():
        root = ElementTree.fromstring(_svg(source))
        for symbol in root.iterfind(".//{*}symbol"):
            outlines[symbol.get("id", "")] = " ".join(symbol[0].get("d", "").split())
        _, _, width, height = map(float, root.get("viewBox", "").split())
        glyphs: list[tuple[str, str, str]] = []
        _walk(root, "", glyphs, outlines)
        made[name] = {
            "width": round(width, 2),
            "height": round(height, 2),
            "foot": round(_foot(glyphs, height), 2),
            "said": said,
            "glyphs": glyphs,
        }
    names = {old: f"g{k}" for k, old in enumerate(outlines)}
    for text in made.values():
        text["glyphs"] = [(names[old], place, look) for old, place, look in text["glyphs"]]
    return {"outlines": {names[old]: path for old, path in outlines.items()}, "texts": made}


@lru_cache(maxsize=256)
def _svg(source: str) -> bytes:
    page = f"{_PAGE}#set text(size: {SIZE}pt)\n{PREAMBLE}{_MARKS}$ {source} $"
    made = typst.compile(page.encode(), format="svg", font_paths=fonts())
    assert isinstance(made, bytes)  # one page
    return made


def _walk(
    element: Element, place: str, glyphs: list[tuple[str, str, str]], outlines: dict[str, str]
) -> None:
    """All glyphs and lines below an element, each with what brings it to its place."""
    place = f"{place} {element.get('transform', '')}".strip()
    look = _LOOKS.get(element.get("fill", ""), "")
    if element.tag.endswith("use"):
        x, y = element.get("x", "0"), element.get("y", "0")
        at = f"{place} translate({x} {y})" if (x, y) != ("0", "0") else place
        glyphs.append((element.get(_HREF, "").lstrip("#"), at, look))
    elif element.tag.endswith("}path"):
        path = element.get("d", "")
        if element.get("fill", "none") == "none":  # the bar of a fraction or a root, as a stroke
            look = "bar"
        outlines[path] = path
        glyphs.append((path, place, look))
    for child in element:
        if not child.tag.endswith(("defs", "symbol")):
            _walk(child, place, glyphs, outlines)


def _foot(glyphs: list[tuple[str, str, str]], height: float) -> float:
    """Height, from the top, of the line on which the first glyph stands."""
    for _, place, _ in glyphs:
        if "matrix(1 0 0 -1" in place:
            return float(place.split("matrix(1 0 0 -1")[1].split(")")[0].split()[1])
    return height
