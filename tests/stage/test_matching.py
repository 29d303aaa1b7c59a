"""One equation becoming another: what is shared moves, and the rest fades where it is."""

import numpy as np
from manim import RIGHT, UP, Square, Triangle, VGroup

from stage.text.matching import MatchShapes


def half_way(here: VGroup, there: VGroup) -> MatchShapes:
    """The animation between the two, at its middle."""
    animation = MatchShapes(here, there)
    animation.begin()
    animation.interpolate(0.5)
    return animation


def test_what_goes_fades_where_it_is_if_nothing_comes():
    here = VGroup(Square().shift(3 * RIGHT), Triangle().shift(5 * RIGHT + 2 * UP))
    place = here[1].get_center()
    half_way(here, VGroup(Square().shift(3 * RIGHT + UP)))
    np.testing.assert_allclose(here[1].get_center(), place, atol=1e-12)
    np.testing.assert_allclose(here[0].get_center(), [3, 0.5, 0], atol=1e-12)
    assert 0 < here[1].get_stroke_opacity() < 1


def test_what_goes_moves_towards_what_comes():
    here = VGroup(Square(), Triangle().shift(2 * RIGHT))
    place, coming = here[1].get_center(), Triangle().rotate(1.0).shift(4 * RIGHT)
    half_way(here, VGroup(Square(), coming))
    np.testing.assert_allclose(
        here[1].get_center(), 0.5 * (place + coming.get_center()), atol=1e-12
    )
