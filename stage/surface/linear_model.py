"""The model itself, f(x) = w₁x₁ + w₂x₂: a plane over its inputs, which tilts with the weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, Polygon, ValueTracker, VGroup, VMobject

from stage.clock import follow_clock
from stage.surface.landscape import View
from stage.text.writing import Written, equation
from stage.theme import Theme

_EVEN = np.linspace(0.0, 1.0, 6)
_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)])
_ENDS = np.array([(1.0, 0.0), (0.0, 1.0)])


class LinearModel(VGroup):
    """The plane z = w·x over 0 ≤ x₁, x₂ ≤ 1, hinged at the origin: its two slopes are the weights.

    ``weights_at`` maps film time to w (2,). Over the end of each axis stands a post as high as the
    weight, in its colour and with its name. With a ``colour`` it is a bare sheet of that colour.
    """

    def __init__(
        self,
        weights_at: Callable[[float], np.ndarray],
        view: View,
        clock: ValueTracker,
        theme: Theme,
        *,
        colour: str | None = None,
    ) -> None:
        super().__init__()
        net: dict[str, Any] = {
            "color": colour or theme.faint,
            "stroke_width": 2,
            "stroke_opacity": 0.75,
        }
        sheet = VMobject(fill_color=colour or theme.faint, fill_opacity=0.16, stroke_width=0)
        spans = [np.array([(x, 0.0), (x, 1.0)]) for x in _EVEN]
        spans += [span[:, ::-1] for span in spans]
        lines = [sheet, *(VMobject(**net) for _ in spans)]
        places = [_CORNERS, *spans]
        posts, names, homes = [], [], []
        if colour is None:
            for name, tone, end, aside in (
                ("w_1", theme.first, _ENDS[0], RIGHT),
                ("w_2", theme.second, _ENDS[1], LEFT),
            ):
                places.append(np.array([(0.0, 0.0), end]))
                lines.append(VMobject(color=tone, stroke_width=8))
                posts.append(VMobject(color=tone, stroke_width=5))
                label = equation(name, theme, colour=tone, pixels=theme.text_pixels, halo=True)
                label.next_to(np.zeros(3), aside, buff=0.2)
                names.append(label)
                homes.append([glyph.points.copy() for glyph in label])
        self.add(*lines, *posts, *names)

        def look(time: float) -> None:
            w = np.asarray(weights_at(time), dtype=float)
            for line, x in zip(lines, places, strict=True):
                line.set_points_as_corners(view.place(x, x @ w, 1.0))
            for k, post in enumerate(posts):
                foot, top = (view.place(_ENDS[k], height, 1.0) for height in (0.0, w[k]))
                post.set_points_as_corners([foot, top])
                for glyph, home in zip(names[k], homes[k], strict=True):
                    glyph.points = home + (foot + top) / 2

        follow_clock(self, clock, look)


def input_floor(view: View, theme: Theme) -> VGroup:
    """The floor on which a ``LinearModel`` stands: its inputs, with the names of their axes."""
    rim = Polygon(*view.place(_CORNERS[:-1], 0.0, 1.0), color=theme.faint, stroke_width=2)
    floor = VGroup(rim.set_stroke(opacity=0.7).set_fill(theme.faint, opacity=0.06))
    for name, place, way in (("x_1", (0.5, 0.0), RIGHT), ("x_2", (0.0, 0.5), LEFT)):
        label: Written = equation(name, theme, pixels=theme.text_pixels, faint=True)
        floor.add(label.next_to(view.place(np.array(place), 0.0, 1.0), DOWN + way, buff=0.08))
    return floor


def room_for(highest: tuple[float, float]) -> list[np.ndarray]:
    """What a ``View`` has to hold for weights up to ``highest``: the floor, and the sheet."""
    w = np.asarray(highest, dtype=float)
    floor = np.column_stack([_CORNERS, np.zeros(len(_CORNERS))])
    return [floor, np.column_stack([_CORNERS, _CORNERS @ w])]
