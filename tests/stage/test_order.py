"""Mobjects are drawn in the order in which Manim draws them, whatever family they are of."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from manim import Mobject, VMobject
from manim.utils.family import extract_mobject_family_members

from stage.engine.camera import StageCamera
from stage.engine.order import in_order

# Of each mobject: who is in its family, by number, whether it has points, and its z_index.
FAMILIES = st.lists(
    st.tuples(st.lists(st.integers(0, 11), max_size=4), st.booleans(), st.integers(-1, 2)),
    min_size=1,
    max_size=12,
)
LISTED = st.lists(st.integers(0, 11), max_size=6)


def made(families: list[tuple[list[int], bool, int]], *, has_circles: bool) -> list[Mobject]:
    """Mobjects of which several may have the same members; with circles also themselves."""
    found: list[Mobject] = [VMobject() for _ in families]
    for k, (members, has_points, height) in enumerate(families):
        if has_points:
            found[k].points = [[0.0, 0.0, 0.0]]
        found[k].z_index = height
        inside = [j for j in members if j < len(found) and (has_circles or j > k)]
        found[k].submobjects = [found[j] for j in inside]
    return found


@given(FAMILIES, LISTED, st.booleans(), st.booleans())
def test_the_order_is_that_of_manim(
    families: list[tuple[list[int], bool, int]],
    listed: list[int],
    has_circles: bool,
    by_height: bool,
) -> None:
    every = made(families, has_circles=has_circles)
    shown = [every[k] for k in listed if k < len(every)]
    theirs = extract_mobject_family_members(
        shown, use_z_index=by_height, only_those_with_points=True
    )
    assert in_order(shown, by_height=by_height) == theirs


@given(FAMILIES, LISTED, LISTED)
def test_what_is_left_out_is_left_out(
    families: list[tuple[list[int], bool, int]], listed: list[int], excluded: list[int]
) -> None:
    every, camera = made(families, has_circles=False), StageCamera()
    shown, out = ([every[k] for k in some if k < len(every)] for some in (listed, excluded))
    gone = {part for one in out for part in one.get_family()}
    for without in (None, out):
        listing = camera.get_mobjects_to_display(shown, excluded_mobjects=without)
        whole = in_order(shown, by_height=camera.use_z_index)
        assert listing == [one for one in whole if not without or one not in gone]
    assert camera.get_mobjects_to_display(shown, include_submobjects=False) == shown


def test_a_long_chain_is_gone_through() -> None:
    chain = [VMobject(stroke_width=k) for k in range(1_500)]
    for outer, inner in pairwise(chain):
        outer.submobjects = [inner]
    chain[-1].points = [[0.0, 0.0, 0.0]]
    assert in_order(chain[:1], by_height=False) == chain[-1:]
