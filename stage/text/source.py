"""What every text in Typst begins with, and the fonts that it may use."""

from __future__ import annotations

from functools import cache
from typing import Any

import typst

PREAMBLE = """
#set text(font: "New Computer Modern", fallback: false)
#show math.equation: set text(font: "New Computer Modern Math", fallback: false)
#let w1 = [#box[$w_1$]<first>]
#let w2 = [#box[$w_2$]<second>]
"""


@cache
def fonts() -> Any:  # Manim passes it on to Typst, but would have paths by its types
    """The fonts that Typst finds: it would look through the system for each text."""
    return typst.Fonts()


def literal(text: str) -> str:
    """Markup that shows a plain text as it is."""
    return '#"{}"'.format(" ".join(text.split()).replace("\\", r"\\").replace('"', r"\""))
