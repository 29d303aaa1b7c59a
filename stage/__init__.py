"""What every clip is built from: the scene base class with its clock, and what stands on its stage.

A frame is a pure function of film time: mobjects hold integrated arrays and one clock, and look up.
"""

from stage.dial import DepthDial
from stage.particles import Particles
from stage.plane import WeightPlane
from stage.scene import FlowScene
from stage.theme import DARK, Theme
from stage.writing import LiveNumber, equation, words

__all__ = [
    "DARK",
    "DepthDial",
    "FlowScene",
    "LiveNumber",
    "Particles",
    "Theme",
    "WeightPlane",
    "equation",
    "words",
]
