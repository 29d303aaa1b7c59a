"""Mobjects are drawn, kept and updated as Manim does it, whatever family they are of."""

from __future__ import annotations

from functools import partial, wraps
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import (
    Animation,
    AnimationGroup,
    Dot,
    FadeIn,
    FadeOut,
    Mobject,
    MovingCameraScene,
    Scene,
    Succession,
    ValueTracker,
    VGroup,
    VMobject,
    Wait,
    tempconfig,
)
from manim.utils.family import extract_mobject_family_members

from stage.clock_scene import ClockScene
from stage.engine.camera import StageCamera
from stage.engine.order import families, in_order
from stage.engine.renderer import StageRenderer

# Of each mobject: who is in its family, by number, whether it has points, and its z_index.
FAMILIES = st.lists(
    st.tuples(st.lists(st.integers(0, 11), max_size=4), st.booleans(), st.integers(-1, 2)),
    min_size=1,
    max_size=12,
)
LISTED = st.lists(st.integers(0, 11), max_size=6)


def made(members_of: list[tuple[list[int], bool, int]], *, has_circles: bool) -> list[Mobject]:
    """Mobjects of which several may have the same members; with circles also themselves."""
    found: list[Mobject] = [VMobject() for _ in members_of]
    for k, (members, has_points, height) in enumerate(members_of):
        if has_points:
            found[k].points = [[0.0, 0.0, 0.0]]
        found[k].z_index = height
        inside = [j for j in members if j < len(found) and (has_circles or j > k)]
        found[k].submobjects = [found[j] for j in inside]
    return found


@given(FAMILIES, LISTED, st.booleans(), st.booleans())
def test_the_order_is_that_of_manim(
    members_of: list[tuple[list[int], bool, int]],
    listed: list[int],
    has_circles: bool,
    by_height: bool,
) -> None:
    every = made(members_of, has_circles=has_circles)
    shown = [every[k] for k in listed if k < len(every)]
    theirs = extract_mobject_family_members(
        shown, use_z_index=by_height, only_those_with_points=True
    )
    assert in_order(shown, by_height=by_height) == theirs
    assert families(shown) == extract_mobject_family_members(shown)


@given(FAMILIES, LISTED, LISTED)
def test_what_is_left_out_is_left_out(
    members_of: list[tuple[list[int], bool, int]], listed: list[int], excluded: list[int]
) -> None:
    every, camera = made(members_of, has_circles=False), StageCamera()
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
    assert families(chain[:1]) == chain


@pytest.fixture(scope="module")
def scene() -> ClockScene:
    """A stage without an end: whatever is put on it."""
    made = ClockScene(renderer=StageRenderer())
    made.setup()
    return made


@given(FAMILIES, LISTED, LISTED)
def test_who_is_taken_off_the_stage_is_gone_as_in_manim(
    scene: ClockScene,
    members_of: list[tuple[list[int], bool, int]],
    listed: list[int],
    leaving: list[int],
) -> None:
    every = made(members_of, has_circles=False)
    shown, gone = ([every[k] for k in some if k < len(every)] for some in (listed, leaving))
    ours = scene.get_restructured_mobject_list(shown, gone)
    assert ours == Scene.get_restructured_mobject_list(scene, shown, gone)


@given(FAMILIES, LISTED, LISTED, LISTED, LISTED, st.booleans())
def test_what_is_drawn_once_and_what_in_each_frame_is_as_in_manim(
    scene: ClockScene,
    members_of: list[tuple[list[int], bool, int]],
    listed: list[int],
    animated: list[int],
    alive: list[int],
    foremost: list[int],
    moves_camera: bool,
) -> None:
    every = made(members_of, has_circles=False)
    pick = partial(map, every.__getitem__)
    for one in pick(k for k in alive if k < len(every)):
        one.updaters.append(lambda _: None)
    scene.mobjects = list(pick(dict.fromkeys(k for k in listed if k < len(every))))
    scene.foreground_mobjects = list(pick(k for k in foremost[:2] if k < len(every)))
    animations = [Animation(one) for one in pick(k for k in animated if k < len(every))]
    if moves_camera:
        scene.mobjects.append(scene.camera.frame)
        animations = [AnimationGroup(Animation(scene.camera.frame), *animations)]
    assert scene.get_mobject_family_members() == Scene.get_mobject_family_members(scene)
    moving = scene.get_moving_mobjects(*animations)
    assert moving == MovingCameraScene.get_moving_mobjects(scene, *animations)
    both = scene.get_moving_and_static_mobjects(animations)
    assert both == Scene.get_moving_and_static_mobjects(scene, animations)


def test_updaters_run_as_in_manim_parents_first_and_with_dt_where_they_ask_for_it(
    scene: ClockScene,
) -> None:
    told: list[tuple[object, ...]] = []

    def plain(one: Mobject) -> None:
        told.append(("plain", one))

    def stepping(one: Mobject, dt: float) -> None:
        told.append(("stepping", one, dt))

    def local(one: Mobject) -> None:
        dt = 0.5
        told.append(("local", one, dt))

    @wraps(stepping)
    def wrapped(*some: object) -> None:
        told.append(("wrapped", *some))

    class Lively(VMobject):
        def update(self, dt: float = 0, recursive: bool = True) -> Lively:
            told.append(("own", self, dt, recursive))
            return super().update(dt, recursive)

    class Odd:
        def __call__(self, one: Mobject, dt: float) -> None:
            told.append(("odd", one, dt))

        def method(self, one: Mobject, dt: float) -> None:
            told.append(("method", one, dt))

    outer, inner, asleep, lively = VMobject(), VMobject(), VMobject(), Lively()
    outer.add(inner, asleep, lively)
    asleep.add(VMobject().add_updater(plain))
    for updater in (plain, local, partial(stepping), Odd(), Odd().method):
        inner.updaters.append(updater)
    outer.updaters += [wrapped, stepping]
    lively.updaters.append(plain)
    asleep.suspend_updating(recursive=False)
    scene.mobjects = [outer]
    scene.update_mobjects(0)
    ours = told.copy()
    told.clear()
    Scene.update_mobjects(scene, 0)
    assert ours == told
    assert len(told) == 9


def counted(name: str, seen: list[tuple[str, float]]) -> Dot:
    """A dot that notes when it is updated."""
    made = Dot()

    def note(one: Mobject, dt: float) -> None:
        seen.append((name, round(dt, 6)))

    return made.add_updater(note)


@pytest.mark.parametrize("nested", [False, True], ids=["Succession", "AnimationGroup"])
def test_what_comes_or_leaves_while_a_play_lasts_is_updated_as_in_manim(
    nested: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def updates() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []
        here, late, gone = (counted(name, seen) for name in ("here", "late", "gone"))
        with tempconfig({"dry_run": True, "frame_rate": 10, "disable_caching": True}):
            scene = ClockScene(renderer=StageRenderer())
            scene.setup()
            scene.add(here, gone, leaving := ValueTracker())
            leaving.add_updater(
                lambda _: scene.remove(gone) if len(seen) > 30 and gone in scene.mobjects else None
            )
            parts = Succession(FadeOut(Dot()), FadeIn(VGroup(Dot(), late)), Wait(2))
            scene.play(AnimationGroup(parts, FadeIn(Dot())) if nested else parts)
        assert {name for name, dt in seen if dt} == {"here", "late", "gone"}
        assert seen.count(("late", 0.1)) > 15
        return seen

    ours = updates()
    monkeypatch.setattr(ClockScene, "update_mobjects", Scene.update_mobjects)
    assert ours == updates()
