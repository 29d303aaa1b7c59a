"""One equation becoming another: what is shared moves, and the rest fades where it is."""

import numpy as np
import pytest
from manim import RIGHT, UP, Square, Triangle, VGroup

from stage.text.matching import MatchShapes


def between(here: VGroup, there: VGroup, part: float) -> MatchShapes:
    """The animation between the two, at a part of its time."""
    animation = MatchShapes(here, there)
    animation.begin()
    animation.interpolate(part)
    return animation


def test_what_goes_fades_where_it_is():
    here = VGroup(Square().shift(3 * RIGHT), Triangle().shift(5 * RIGHT + 2 * UP))
    place = here[1].get_center()
    between(here, VGroup(Square().shift(3 * RIGHT + UP)), 0.3)
    np.testing.assert_allclose(here[1].get_center(), place, atol=1e-12)
    assert 0 < here[1].get_stroke_opacity() < 1


def test_what_is_shared_moves():
    here = VGroup(Square().shift(3 * RIGHT), Triangle())
    between(here, VGroup(Square().shift(3 * RIGHT + UP)), 0.3)
    np.testing.assert_allclose(here[0].get_center(), [3, 0.5, 0], atol=1e-12)


@pytest.mark.parametrize("part", [0.5, 0.55, 0.6, 0.7, 0.8])
def test_nothing_moves_through_what_comes(part: float):
    here = VGroup(Square())
    animation = between(here, VGroup(Square().shift(3 * RIGHT), Triangle()), part)
    coming = animation.animations[-1].mobject.family_members_with_points()[0]
    is_there = np.allclose(here[0].get_center(), [3, 0, 0], atol=1e-9)
    assert is_there or coming.get_stroke_opacity() < 1e-9


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
def test_one_of_two_in_the_same_place_is_hardly_seen(part: float):
    """What goes has all but left when what comes is seen, so that both can be read."""
    here = VGroup(Square(), Triangle())
    animation = between(here, VGroup(Square(), Triangle().rotate(1.0)), part)
    going, coming = here[1], animation.animations[-1].mobject.family_members_with_points()[0]
    both = sorted([going.get_stroke_opacity(), coming.get_stroke_opacity()])
    assert both[0] < 0.05
    assert 0.2 < part < 0.8 or both[1] > 0.9
