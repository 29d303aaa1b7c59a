"""What every clip is built from: the scene base class with its clock, and what stands on its stage.

A frame is a pure function of film time: mobjects hold integrated arrays and one clock, and look up.

Names are loaded when they are first asked for: with most of them comes Manim, of which the
``flowreel`` command and a part as plain as ``stage.film.gif`` need nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stage.engine.particles import Particles
    from stage.panel.chart import TimeChart, learning_curves, panel_chart, race_chart
    from stage.panel.dial import DepthDial, FallingCurve
    from stage.plane.path import BendingPath, Walker
    from stage.plane.plane import WeightPlane, minimizer_line, minimizer_mark, pull_arrow
    from stage.scene import CHANGE, FlowScene
    from stage.text.writing import LiveNumber, equation, words
    from stage.theme import DARK, LIGHT, Theme

__all__ = [
    "CHANGE",
    "DARK",
    "LIGHT",
    "BendingPath",
    "DepthDial",
    "FallingCurve",
    "FlowScene",
    "LiveNumber",
    "Particles",
    "Theme",
    "TimeChart",
    "Walker",
    "WeightPlane",
    "equation",
    "learning_curves",
    "minimizer_line",
    "minimizer_mark",
    "panel_chart",
    "pull_arrow",
    "race_chart",
    "words",
]

_PLACES = (
    "stage.engine.particles",
    "stage.panel.chart",
    "stage.panel.dial",
    "stage.plane.path",
    "stage.plane.plane",
    "stage.scene",
    "stage.text.writing",
    "stage.theme",
)


def __getattr__(name: str) -> object:
    """Load what is in ``__all__``."""
    if name in __all__:
        for place in _PLACES:
            if hasattr(module := import_module(place), name):
                return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
