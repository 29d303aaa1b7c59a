"""What Typst draws as outlines, each glyph read once in a process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from manim import RIGHT, MathTypst, Typst
from manim.mobject.svg.svg_mobject import VMobjectFromSVGPath
from svgelements import Color, Matrix, Path

_HREF = "{http://www.w3.org/1999/xlink}href"


class Shape(NamedTuple):
    """A glyph or a line: how many points it has, how it is inked, and which labels it is under."""

    points: int
    fill: float
    """Opacity."""
    stroke: float | None
    """Opacity, where there is a stroke."""
    labels: tuple[str, ...]


class Prose(Typst):
    """Prose as a single mobject, the outlines of its ``shapes`` one after the other.

    Manim's own reads a glyph anew wherever it stands, and styles and moves a mobject for each.
    """

    def generate_mobject(self) -> Prose:
        """Read what Typst drew, for Manim to bring to its size and place."""
        root = ElementTree.parse(self.get_file_path()).getroot()
        glyphs = {f"#{s.get('id')}": s[0].get("d", "") for s in root.iterfind(".//{*}symbol")}
        self.shapes: list[Shape] = []
        outlines = [np.empty((0, 3))]
        for number, (element, place, labels) in enumerate(_drawn(root, Matrix(), ())):
            outline = _outline(element.get("d") or glyphs[element.get(_HREF, "")])
            if len(outline):
                fill, stroke = _opacity(element.get("fill")), _opacity(element.get("stroke"))
                parts = self._svg_leaf_labels.get(number, ())  # from {{J: name}}
                self.shapes.append(Shape(len(outline), fill or 0.0, stroke, (*labels, *parts)))
                outlines.append(_placed(outline, place))
        self.set_points(np.concatenate(outlines))
        return self.flip(RIGHT)


class Mathematics(Prose, MathTypst):
    """Mathematics likewise."""


def _drawn(
    element: Element, place: Matrix, labels: tuple[str, ...]
) -> Iterator[tuple[Element, Matrix, tuple[str, ...]]]:
    """What is drawn of an element, in its order, with the place and the labels of each."""
    shift = Matrix.translate(float(element.get("x", 0)), float(element.get("y", 0)))
    place = shift * Matrix(element.get("transform", "")) * place
    if label := element.get("data-typst-label"):
        labels = (*labels, label)
    match element.tag.rpartition("}")[2]:
        case "use" | "path":
            yield element, place, labels
        case "svg" | "g":
            for child in element:
                yield from _drawn(child, place, labels)
        case "defs" | "a":  # what others use, and where a link is clicked
            pass
        case other:
            raise ValueError(f"Typst drew <{other}>, which has no outline to bring on stage.")


@lru_cache(maxsize=4096)  # 2 kB a glyph
def _outline(path: str) -> np.ndarray:
    """Cubic curves, four points each (4n, 3), of a path as SVG writes it."""
    return VMobjectFromSVGPath(Path(path)).points


def _placed(outline: np.ndarray, place: Matrix) -> np.ndarray:
    turn = np.array([[place.a, place.b, 0], [place.c, place.d, 0], [0, 0, 1]])
    return np.asarray(outline @ turn + [place.e, place.f, 0])


@lru_cache(maxsize=256)
def _opacity(colour: str | None) -> float | None:
    opacity: float | None = Color(colour).opacity
    return opacity
