"""A still of a show's particles by the film's painter, for a browser in which none can move."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from manim import ManimColor, ValueTracker
from PIL import Image

from fields import (
    EvenPace,
    Flow,
    GradientFlow,
    LineLoss,
    Own,
    PointLoss,
    Power,
    Stream,
    even_rate,
    reference_weight,
)
from stage.configured import configured
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.layout import Layout
from stage.theme import DARK, LIGHT, Theme
from studio.live.show import TRUE_RATE, Show

SIDE, LEFT, TOP, WIDTH, HEIGHT = 573, 86, 26, 690, 684
"""The plane in a picture of its own, in pixels: as in ``page/plane.js``."""
_SMALL = 0.75
_QUALITY = 30
"""Of WebP, and how much smaller it is than painted: two of 37 kB, and a page is below 300 kB."""


def posters(show: Show, extent: float) -> dict[str, str]:
    """The particles of a show at its first instant, in each theme, as data addresses.

    None for formulas of users, whose particles may take minutes to follow.
    """
    if isinstance(show.parameterization, Own) or not isinstance(show.loss, PointLoss | LineLoss):
        return {}
    themes = (("dark", DARK), ("light", LIGHT))
    return {name: _poster(show, extent, theme) for name, theme in themes}


def _poster(show: Show, extent: float, theme: Theme) -> str:
    stream = Stream(_flow(show), show.count, show.lifetime, show.seed, extent, show.period)
    unit = SIDE / Layout(8 * 16 / 9, 8.0).size
    shape = {"pixel_width": WIDTH, "pixel_height": HEIGHT}
    with configured(shape | {"frame_width": WIDTH / unit, "frame_height": HEIGHT / unit}):
        camera = StageCamera(background_color=ManimColor(theme.background))
    corner = np.array([LEFT - WIDTH / 2, HEIGHT / 2 - TOP - SIDE, 0.0])
    lit = theme.exposed(show.count)
    corners = np.add(corner, [[0, 0, 0], [SIDE, 0, 0], [0, SIDE, 0]]) / unit
    camera.capture_mobjects([Particles(stream, ValueTracker(0.0), corners, extent, lit)])
    picture = Image.fromarray(camera.pixel_array[..., :3])
    small = picture.resize(
        (round(_SMALL * WIDTH), round(_SMALL * HEIGHT)), Image.Resampling.LANCZOS
    )
    made = BytesIO()
    small.save(made, "WEBP", quality=_QUALITY, method=6)
    return f"data:image/webp;base64,{base64.b64encode(made.getvalue()).decode()}"


def _flow(show: Show) -> Flow:
    """The flow at the show's pace."""
    model = show.parameterization
    flow = GradientFlow(show.loss, model)
    if show.pace == "even":
        by = show.loss if show.by_loss else None
        return EvenPace(flow, show.speed, show.softness, by)
    rate = even_rate(model, reference_weight(show.loss)) if isinstance(model, Power) else 1.0
    return GradientFlow(show.loss, model, TRUE_RATE * rate)
