"""A clip of the user's own parameterization, from its formula.

The formula is read by the grammar of ``fields``, and is never run as a program; the title is
printed as it stands, and is never read as Typst.
"""

from __future__ import annotations

import os
import re

from fields import equation, formula
from stage.engine.renderer import StageRenderer
from stage.figure import PointFigure

FORMULA, TITLE = "REEL_FORMULA", "REEL_TITLE"
"""Variables that tell the clip what to fly over, as FLOWREEL_… tell its knobs."""


def literal(text: str) -> str:
    """Typst markup that prints ``text`` as it stands."""
    return re.sub(r"([^\w\s]|_)", r"\\\1", " ".join(text.split()))


class Fly(PointFigure):
    """Training under a parameterization of your own."""

    law = "dot(w) = J J^T g"

    def __init__(self, renderer: StageRenderer | None = None, **kwargs: object) -> None:
        text = os.environ[FORMULA]
        self.parameterization = formula(text)
        self.model = equation(text).typst
        self.title = literal(os.environ.get(TITLE) or f"w = {text}")
        super().__init__(renderer, **kwargs)
