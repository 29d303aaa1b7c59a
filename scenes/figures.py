"""The post's twelve figures, moving: a seamless loop each.

    manim -pqh scenes/figures.py PointDeepFour

The pace is even: every direction is exact, speeds are not to be compared.
"""

from __future__ import annotations

import math

from fields import Deep, Polar
from stage.figure import LineFigure, PointFigure

CHAPTER = 13

POLAR = "w = (r cos theta, r sin theta)"
ROUND = "dot(w) = g_parallel + r^2 g_perp"


class PointIdentity(PointFigure):
    """Plain training goes straight to the target."""

    parameterization = Deep(1)
    title, model, law = "Identity", "w = u", "dot(w) = g"


class PointDeepTwo(PointFigure):
    """With squares, small weights wait."""

    parameterization = Deep(2)
    title, model, law = "Depth 2", "w_i = u_i^2", "dot(w)_i prop w_i g_i"


class PointDeepFour(PointFigure):
    """Deeper: the larger weight runs ahead."""

    parameterization = Deep(4)
    title, model, law = "Depth 4", "w_i = u_i^4", "dot(w)_i prop w_i^(3 slash 2) g_i"


class PointDeepSix(PointFigure):
    """Deeper still: nearly one weight at a time."""

    parameterization = Deep(6)
    title, model, law = "Depth 6", "w_i = u_i^6", "dot(w)_i prop w_i^(5 slash 3) g_i"


class PointExponential(PointFigure):
    """The limit of depth."""

    parameterization = Deep(math.inf)
    title, model, law = "Infinite depth", "w_i = e^(u_i)", "dot(w)_i = w_i^2 g_i"


class PointAntiDeepHalf(PointFigure):
    """Roots: small weights run ahead."""

    parameterization = Deep(1 / 2)
    title, model, law = "Depth 1/2", "w_i = sqrt(u_i)", "dot(w)_i prop w_i^(-2) g_i"


class PointAntiDeepFifth(PointFigure):
    """Stronger roots: weights even out first."""

    parameterization = Deep(1 / 5)
    softness = 1.0  # a stiff flow: one weight settles 256 times as fast as the other
    title, model, law = "Depth 1/5", "w_i = root(5, u_i)", "dot(w)_i prop w_i^(-8) g_i"


class PointPolar(PointFigure):
    """A small radius grows, a large one turns."""

    parameterization = Polar()
    title, model, law = "Polar", POLAR, ROUND


class LineIdentity(LineFigure):
    """The shortest way to the line."""

    parameterization = Deep(1)
    title, model, law = "Identity", "w = u", "dot(w) = g"


class LineDeepFour(LineFigure):
    """Depth lands where few weights do the work."""

    parameterization = Deep(4)
    title, model, law = "Depth 4", "w_i = u_i^4", "dot(w)_i prop w_i^(3 slash 2) g_i"


class LineAntiDeepQuarter(LineFigure):
    """Anti-depth lands where all weights share it."""

    parameterization = Deep(1 / 4)
    title, model, law = "Depth 1/4", "w_i = root(4, u_i)", "dot(w)_i prop w_i^(-6) g_i"


class LinePolar(LineFigure):
    """From far out it turns onto the line, from near it grows onto it."""

    parameterization = Polar()
    title, model, law = "Polar", POLAR, ROUND
