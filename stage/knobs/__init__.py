"""Knobs: what a clip lets its user turn without editing code.

A knob is a class attribute of a scene. Its value comes from the class, then from a ``[flowreel]``
section of ``manim.cfg`` in the current folder, then from the environment, ``FLOWREEL_TARGET=5,2``
or several at once, ``FLOWREEL_SET="target=5,2; count=4000"``; the last word counts.

    python -m stage.knobs         lists them all
"""

from stage.knobs.fit import check, misfit
from stage.knobs.settings import apply_knobs, settings
from stage.knobs.table import KNOBS, Knob

__all__ = ["KNOBS", "Knob", "apply_knobs", "check", "misfit", "settings"]
