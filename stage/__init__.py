"""What every clip is built from: the scene base class with its clock, and what stands on its stage.

A frame is a pure function of film time: mobjects hold integrated arrays and one clock, and look up.
"""

from stage.engine.particles import Particles
from stage.panel.chart import TimeChart, Walker, learning_curves, panel_chart, ratio_chart
from stage.panel.dial import DepthDial, FallingCurve
from stage.plane.plane import BendingPath, WeightPlane, minimizer_line, minimizer_mark, pull_arrow
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
    "ratio_chart",
    "words",
]
