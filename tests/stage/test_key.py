"""The key of a play in the cache: another one whenever the picture may be another, and else not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from manim import RIGHT, Camera, Dot, FadeIn, ImageMobject, Mobject, MovingCamera, Square, VGroup

from stage.engine.key import play_key

ROOT = Path(__file__).parents[2]
FAR = 1.0


def key(*mobjects: Mobject, camera: Camera | None = None, fades: float = 1.0) -> str:
    scene = object()
    fade = FadeIn(Dot(), run_time=fades)
    return play_key(scene, camera or MovingCamera(), [fade], mobjects, "encoder")


def group() -> VGroup:
    return VGroup(Square(), VGroup(Dot(), Dot().shift(RIGHT)))


def test_what_is_made_again_has_the_same_key() -> None:
    assert key(group()) == key(group())
    assert key(deepcopy(group())) == key(group())


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made[1][1].shift(1e-12 * RIGHT),
        lambda made: made[0].set_color("#fc6256"),
        lambda made: made[1][0].set_opacity(0.999),
        lambda made: made[0].set_stroke(width=4.001),
        lambda made: made[1].add(Dot()),
        lambda made: made.submobjects.reverse(),
        lambda made: made[0].add_updater(lambda square: square.shift(RIGHT)),
        lambda made: made[1].set_z_index(1),
    ],
)
def test_a_change_of_any_part_is_another_key(change: Callable[[VGroup], object]) -> None:
    made = group()
    change(made)
    assert key(made) != key(group())


def test_the_order_the_camera_the_animation_and_the_encoder_count() -> None:
    square, dot = Square(), Dot()
    assert key(square, dot) != key(dot, square)
    wide, near = MovingCamera(), MovingCamera()
    assert key(square, camera=wide) == key(square, camera=near)
    near.frame.scale(0.5)
    assert key(square, camera=wide) != key(square, camera=near)
    assert key(square) != key(square, fades=2.0)
    camera = MovingCamera()
    names = {play_key(None, camera, [], [square], encoder) for encoder in ("one", "another")}
    assert len(names) == 2


def test_what_a_camera_has_drawn_does_not_count() -> None:
    fresh, used = MovingCamera(), MovingCamera()
    used.capture_mobjects([Square(fill_opacity=1.0)])
    assert used.pixel_array.any()
    assert key(group(), camera=fresh) == key(group(), camera=used)


def test_an_image_is_its_pixels() -> None:
    dark, light = (ImageMobject(np.full((90, 90), grey, np.uint8)) for grey in (10, 11))
    assert key(dark) != key(light)
    assert key(dark) == key(ImageMobject(np.full((90, 90), 10, np.uint8)))


class Held:
    """An object that a mobject holds."""

    def __init__(self, value: object) -> None:
        self.value = value

    def look(self, mobject: Mobject) -> None:
        mobject.shift(self.value * RIGHT)


@dataclass(slots=True)
class Slotted:
    """An object without a dictionary."""

    value: int


def holding(value: object) -> Mobject:
    made = Square()
    vars(made)["held"] = Held(value)
    return made


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        ("1", 1),
        ("ab", b"ab"),
        (None, "None"),
        ([1, [2]], [1, 2]),
        ([1, 2], (1, 2)),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}),
        ({"a": 1}, {"b": 1}),
        ({1: "a"}, {2: "a"}),
        ({(1, 2): 0}, {(1, 3): 0}),
        ({"a", "b"}, {"a", "c"}),
        (frozenset({1}), {1}),
        (np.int64(3), np.int64(4)),
        (np.float32(0.5), np.float64(0.5)),
        (np.zeros(3), np.zeros((3, 1))),
        (np.zeros(3), np.zeros(3, np.float32)),
        (np.zeros(1000), np.append(np.zeros(999), 1e-300)),
        (np.arange(4).reshape(2, 2), np.arange(4).reshape(2, 2).T),
        (np.array([1, None]), np.array([2, None])),
        (np.zeros(1, [("a", int)]), np.zeros(1, [("b", int)])),
        (Held(1), Held(2)),
        (Held(1).look, Held(2).look),
        (partial(max, 1), partial(max, 2)),
        (partial(max, key=abs), partial(max, key=len)),
        (Slotted(1), Slotted(2)),
        (range(3), range(4)),
        (Fraction(1, 3), Fraction(1, 4)),
        (deque([1, 2]), deque([1, 3])),
        (Path("one"), Path("two")),
        (np.random.default_rng(1), np.random.default_rng(2)),
        (Square, Dot),
        (lambda x: x, lambda x: x + 0),
        ((lambda x: lambda: x)(1), (lambda x: lambda: x)(2)),
        (lambda x=1: x, lambda x=2: x),
    ],
)
def test_whatever_a_mobject_holds_counts(one: object, other: object) -> None:
    assert key(holding(one)) == key(holding(one))
    assert key(holding(one)) != key(holding(other))


def test_what_a_function_looks_up_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def way(mobject: Mobject) -> Mobject:
        return mobject.shift(FAR * RIGHT)

    def further(mobject: Mobject) -> Mobject:
        return way(mobject)

    before = key(holding(further))
    assert key(holding(further)) == before
    monkeypatch.setattr(sys.modules[__name__], "FAR", 2.0)
    assert key(holding(further)) != before


def test_what_refers_to_itself_comes_to_an_end() -> None:
    first, second = Held(1), Held(2)
    first.value, second.value = second, first
    ring: list[object] = [first]
    ring.append(ring)
    assert key(holding(ring)) == key(holding(ring))
    assert key(holding([first, second, first])) != key(holding([first, second, second]))


@pytest.mark.parametrize("last", [1, 2])
def test_what_holds_what_holds_something_may_go_on_for_long(last: int) -> None:
    def chain(end: int) -> Held:
        held: object = end
        for _ in range(5000):
            held = Held(held)
        return Held(held)

    assert (key(holding(chain(1))) == key(holding(chain(last)))) == (last == 1)


def test_an_equal_value_is_as_good_as_the_same_one() -> None:
    long = "a text that Python does not keep one of, whatever " + str(len(ROOT.parts))
    equal = "".join(long)
    other = long[:5] + long[5:]
    assert other is not long
    assert key(holding([long, equal])) == key(holding([long, other]))
    array = np.arange(3.0)
    assert key(holding([array, array])) == key(holding([array, array.copy()]))


def test_what_cannot_be_looked_into_is_its_kind() -> None:
    assert key(holding(threading.Lock())) == key(holding(threading.Lock()))
    assert key(holding(iter("ab"))) == key(holding(iter("ab")))
    assert key(holding(x for x in "ab")) == key(holding(x for x in "cd"))


def test_the_scene_is_not_gone_into() -> None:
    class Scene:
        def __init__(self) -> None:
            self.drawn = 0

    scene = Scene()
    made = holding(scene)
    before = play_key(scene, MovingCamera(), [], [made], "encoder")
    scene.drawn = 7
    assert play_key(scene, MovingCamera(), [], [made], "encoder") == before


AWAY = """
import sys
from manim import MovingCamera, Square
from stage.engine.key import play_key
made = Square()
made.names = {"one", "two", "three", "four", "five"}
made.told = {name: {name} for name in ("a", "b")}
print(play_key(None, MovingCamera(), [], [made], "encoder"))
"""


def test_another_process_gives_the_same_key() -> None:
    """Whatever the order in which it goes through a set."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", AWAY],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    told = {run.communicate()[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0]
    assert len(told) == 1
    assert told != {""}
