"""Particles as a mobject among others: every test looks at pixels."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from manim import (
    RED,
    RIGHT,
    UP,
    AnimationGroup,
    Annulus,
    FadeIn,
    FadeOut,
    Group,
    Rotate,
    Square,
    ValueTracker,
    linear,
    tempconfig,
)

from fields import Deep, EvenPace, GradientFlow, PointLoss, Stream
from stage.engine import camera as module
from stage.engine import pen
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.scene import FlowScene
from stage.theme import DARK, LIGHT

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 320, 180
UNIT = HEIGHT / 8
CORNERS = np.array([[-2.0, -2, 0], [2, -2, 0], [-2, 2, 0]])
BACKGROUND = (7, 9, 14)


@pytest.fixture(autouse=True)
def small(tmp_path: Path) -> Iterator[None]:
    with tempconfig(
        {
            "pixel_width": WIDTH,
            "pixel_height": HEIGHT,
            "frame_rate": 5,
            "media_dir": str(tmp_path),
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
    ):
        yield


@pytest.fixture(scope="module")
def stream() -> Stream:
    flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(1.0)), 1.15)
    return Stream(flow, 1500, 3.0, seed=1)


@pytest.fixture
def swarm(stream: Stream) -> Particles:
    return Particles(stream, ValueTracker(5.0), CORNERS, 10.0, DARK)


def picture(
    *mobjects, background=BACKGROUND, opaque=1.0, look=None, times=1, is_moving=False
) -> np.ndarray:
    camera = StageCamera(
        pixel_width=WIDTH * times, pixel_height=HEIGHT * times, background_opacity=opaque
    )
    ground = (*background, round(255 * opaque))
    camera.set_background(np.full(camera.background.shape, ground, np.uint8))
    camera.reset()
    if look is not None:
        look(camera.frame)
    camera.is_moving = is_moving
    camera.capture_mobjects(mobjects)
    return camera.pixel_array.astype(int)


def light(*mobjects, **view) -> np.ndarray:
    return picture(*mobjects, background=(0, 0, 0), **view)[..., :3]


def test_they_shift_as_any_mobject(swarm: Particles) -> None:
    there = light(swarm)
    moved = light(swarm.copy().shift(RIGHT * 30 / UNIT + UP * 10 / UNIT))
    assert there.max() > 150
    assert np.array_equal(moved[:-20, 40:], there[10:-10, 10:-30])


def test_they_scale_with_their_plane(swarm: Particles, stream: Stream) -> None:
    half = Particles(stream, swarm.clock, CORNERS / 2, 10.0, DARK)
    assert np.array_equal(light(swarm.copy().scale(0.5)), light(half))
    assert not np.array_equal(light(swarm), light(half))


def test_they_rotate(swarm: Particles) -> None:
    turned = light(swarm.copy().rotate(np.pi / 2))[:, 70:250]
    assert np.abs(turned - np.rot90(light(swarm)[:, 70:250])).max() <= 8


@pytest.mark.parametrize("opacity", [0.0, 0.25, 0.5, 1.0])
def test_opacity_dims_every_pixel_alike(swarm: Particles, opacity: float) -> None:
    full = light(swarm)
    dimmed = light(swarm.copy().set_opacity(opacity))
    assert np.abs(dimmed - opacity * full).max() <= 1


def test_a_group_carries_them(swarm: Particles) -> None:
    square = Square()
    alone = light(swarm.copy().shift(RIGHT))
    group = Group(swarm.copy(), square).shift(RIGHT).remove(square)
    assert np.array_equal(light(group), alone)
    assert light(Group(swarm.copy(), square).fade(1.0).remove(square)).max() == 0


def test_they_keep_their_place_in_the_z_order(swarm: Particles) -> None:
    screen = Square(side_length=1, fill_opacity=1, stroke_width=0, fill_color=RED)
    middle = np.s_[80:100, 150:170]
    bare = light(screen)[middle]
    assert np.array_equal(light(swarm, screen)[middle], bare), "behind, it is hidden"
    assert light(screen, swarm)[middle].sum() > bare.sum()
    hidden = light(screen.copy().set_z_index(1), swarm)[middle]
    assert np.array_equal(hidden, bare)
    assert np.array_equal(light(screen, swarm.copy().set_z_index(-1))[middle], bare)


def test_the_camera_zooms_into_the_same_picture(swarm: Particles) -> None:
    near = light(swarm, look=lambda frame: frame.scale(0.5).shift(-RIGHT - 0.8 * UP))
    large = light(swarm, times=2)
    top, left = HEIGHT // 2 + round(1.6 * UNIT), WIDTH // 2 - round(2 * UNIT)
    crop = large[top : top + HEIGHT, left : left + WIDTH]
    assert near.max() > 100
    assert np.abs(near - crop).max() <= 1


@pytest.mark.parametrize("times", [2, 3])
def test_a_draft_is_the_same_picture_smaller(swarm: Particles, times: int) -> None:
    def coarse(pixels: np.ndarray, block: int) -> np.ndarray:
        return pixels.reshape(HEIGHT // 12, 12 * block, WIDTH // 10, 10 * block, 3).mean((1, 3))

    small, large = coarse(light(swarm), 1), coarse(light(swarm, times=times), times)
    assert small.max() > 20
    assert np.abs(small - large).max() < 0.08 * small.max()


def test_an_outline_that_was_traced_before_is_the_same_to_the_byte() -> None:
    """Still, moved, reshaped, zoomed and moved back: as a camera sees it that never saw it."""
    ring, old = Annulus(color=RED).shift(0.3 * UP), StageCamera()

    def seen(camera: StageCamera) -> np.ndarray:
        camera.reset()
        camera.capture_mobjects([ring])
        return camera.pixel_array.copy()

    steps = [
        lambda: None,
        lambda: None,
        lambda: ring.shift(0.11 * RIGHT),
        lambda: ring.become(Square(1.3)),
        lambda: old.frame.scale(0.7).shift(0.2 * UP),
        lambda: old.frame.scale(1 / 0.7),
    ]
    pictures = []
    for step in steps:
        step()
        fresh, again = StageCamera(), seen(old)
        fresh.frame.become(old.frame)
        pen._paths.clear()
        assert np.array_equal(again, seen(fresh))
        seen(old)  # and is traced anew
        pictures.append(again)
    assert np.array_equal(pictures[0], pictures[1])
    assert len({picture.tobytes() for picture in pictures}) == len(steps) - 1


def test_transparent_light_lies_over_black_as_if_painted_on_it(swarm: Particles) -> None:
    pixels = picture(swarm, background=(0, 0, 0), opaque=0.0)
    assert (pixels[..., :3] <= pixels[..., 3:]).all(), "colour is dimmed by its alpha"
    assert np.abs(pixels[..., :3] - light(swarm)).max() == 0


@pytest.mark.parametrize("behind", [(7, 9, 14), (60, 60, 60), (240, 240, 235)])
def test_transparent_light_adds_to_any_slide(swarm: Particles, behind: tuple[int, ...]) -> None:
    pixels = picture(swarm, background=(0, 0, 0), opaque=0.0).astype(float)
    over = pixels[..., :3] + np.array(behind) * (1 - pixels[..., 3:] / 255)
    painted = picture(swarm, background=behind)[..., :3]
    brightest = pixels[..., :3].max(axis=-1) == pixels[..., :3].min(axis=-1)
    assert over.max() <= 256
    assert np.abs(over - painted)[brightest].max() <= 1.5, "grey light is exact on any ground"
    # of coloured light, only what the other channels let through is held back
    assert (over - painted).max() <= 1.5
    assert (painted - over).max() <= max(behind) + 1


def test_ink_on_transparent_paper_is_ink_on_any_paper(stream: Stream) -> None:
    ink = Particles(stream, ValueTracker(5.0), CORNERS, 10.0, LIGHT)
    clear = picture(ink, background=(0, 0, 0), opaque=0.0).astype(float)
    over = clear[..., :3] + 255 * (1 - clear[..., 3:] / 255)
    painted = picture(ink, background=(255, 255, 255))[..., :3]
    assert painted.min() < 60
    assert np.abs(over - painted).max() <= 1.5


class Fading(FlowScene):
    """Particles come, dim, move and go, as any mobject would."""

    def construct(self) -> None:
        self.camera.background_color = "#000000"
        flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(1.0)), 1.15)
        stream = Stream(flow, 1500, 3.0, seed=1)
        swarm = self.swarm = Particles(stream, self.clock, CORNERS, 10.0, DARK)
        self.seen: dict[str, np.ndarray] = {}
        self.clock.set_value(5.0)
        self.show("nothing")
        self.let_flow(1.0, FadeIn(swarm, rate_func=linear))
        self.show("in")
        self.let_flow(1.0, swarm.animate.set_opacity(0.5).shift(RIGHT).scale(0.5))
        self.show("dimmed")
        self.let_flow(1.0, Rotate(swarm, np.pi / 2), self.camera.frame.animate.scale(2))
        self.show("turned")
        self.camera.frame.scale(0.5)
        self.let_flow(1.0, FadeOut(swarm))
        self.show("out")

    def show(self, name: str) -> None:
        self.renderer.static_image = None
        self.renderer.update_frame(self)
        self.seen[name] = self.camera.pixel_array[..., :3].astype(int)


def test_animations_bring_them_where_a_method_would(stream: Stream) -> None:
    scene = Fading()
    frames: list[np.ndarray] = []
    add = scene.renderer.add_frame
    scene.renderer.add_frame = lambda frame, n=1: (
        frames.append(frame[..., :3].copy()),
        add(frame, n),
    )
    scene.render()

    def now(time: float) -> Particles:
        return Particles(stream, ValueTracker(time), CORNERS, 10.0, DARK)

    assert scene.seen["nothing"].max() == 0
    assert np.array_equal(scene.seen["in"], light(now(6.0)))
    dimmed = now(7.0).set_opacity(0.5).shift(RIGHT).scale(0.5)
    assert np.abs(scene.seen["dimmed"] - light(dimmed)).max() <= 1
    turned = now(8.0).set_opacity(0.5).shift(RIGHT).scale(0.5).rotate(np.pi / 2)
    far = light(turned, look=lambda frame: frame.scale(2), is_moving=True)
    assert np.abs(scene.seen["turned"] - far).max() <= 1
    assert scene.seen["out"].max() == 0
    # five frames a second: the third frame of the fade is 0.4 s, and 0.4 of the light, into it
    assert np.abs(frames[2] - 0.4 * light(now(5.4))).max() <= 1, "they flow while they fade"


class Nearing(FlowScene):
    """The camera comes nearer, rests, follows a square, and moves with others in a group."""

    def construct(self) -> None:
        self.camera.background_color = "#000000"
        flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(4.0)), 1.15)
        swarm = Particles(Stream(flow, 1500, 3.0, seed=1), self.clock, CORNERS, 10.0, DARK)
        frame, square = self.camera.frame, Square(0.2)
        self.add(swarm)
        self.let_flow(0.4, frame.animate(run_time=0.4).scale(0.8))
        self.let_flow(0.4)
        frame.add_updater(lambda frame: frame.move_to(square))
        self.let_flow(0.4, square.animate(run_time=0.4).shift(RIGHT))
        frame.clear_updaters()
        group = AnimationGroup(FadeOut(square), frame.animate.scale(0.9))
        self.let_flow(0.4, group.set_run_time(0.4))


def frames_of(first: int = 0) -> tuple[dict[int, list[np.ndarray]], dict[int, bool]]:
    """The pictures of each play from one on, and in which of them the camera moves."""
    with tempconfig({"from_animation_number": first, "frame_rate": 10, "disable_caching": True}):
        scene = Nearing()
        add, seen, moves = scene.renderer.add_frame, {}, {}

        def keep(frame: np.ndarray, n: int = 1) -> None:
            number = scene.renderer.num_plays
            seen.setdefault(number, []).append(frame.copy())
            moves[number] = scene.camera.is_moving
            add(frame, n)

        scene.renderer.add_frame = keep
        scene.render()
    return seen, moves


def test_while_the_camera_moves_a_picture_is_that_of_its_moment() -> None:
    """To the last bit, whether the plays before it were drawn or not."""
    whole, moves = frames_of()
    assert moves == {0: True, 1: False, 2: True, 3: True}
    for first in (1, 2, 3):
        some, still_moves = frames_of(first)
        drawn = [number for number in some if number >= first]
        assert drawn == list(range(first, 4))
        for number in drawn:
            assert still_moves[number] == moves[number]
            assert len(some[number]) == len(whole[number]) == 4
            assert all(map(np.array_equal, some[number], whole[number]))
    assert whole[0][3].max() > 100


def test_a_moving_camera_sees_what_one_at_rest_does(swarm: Particles) -> None:
    for times in (1, 4):
        moving, still = (light(swarm, times=times, is_moving=moves) for moves in (True, False))
        assert still.max() > 150
        assert not np.array_equal(moving, still), "drawn in another way"
        assert np.abs(moving - still).mean() < 0.5
        assert abs((moving - still).mean()) < 0.1


def test_a_copy_shares_the_stream_and_the_clock(swarm: Particles) -> None:
    copy = swarm.copy()
    swarm.clock.set_value(5.5)
    assert np.array_equal(light(copy), light(swarm))
    copy.shift(RIGHT).set_opacity(0.1)
    assert swarm.opacity == 1.0
    assert np.array_equal(swarm.points, CORNERS)


class Flowing(FlowScene):
    def construct(self) -> None:
        flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(1.0)), 1.15)
        self.add(Particles(Stream(flow, 300, 3.0, seed=1), self.clock, CORNERS, 10.0, DARK))
        self.let_flow(0.4)


def keys() -> list[str]:
    scene = Flowing()
    scene.render()
    return scene.renderer.animations_hashes


def test_another_painter_is_another_cache_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys()
    assert keys() == before
    monkeypatch.setattr(module, "_PAINTED_BY", "another")
    assert keys() != before


SHA = """
import hashlib, sys
sys.path.insert(0, "tests/stage")
from manim import ValueTracker
from test_particles import *
flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(1.0)), 1.15)
swarm = Particles(Stream(flow, 1500, 3.0, seed=1), ValueTracker(5.0), CORNERS, 10.0, DARK)
for is_moving in (False, True):
    print(hashlib.sha256(picture(swarm, is_moving=is_moving).tobytes()).hexdigest())
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_another_process_paints_the_same_bytes(swarm: Particles, threads: str) -> None:
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    environment["PYTHONHASHSEED"] = threads
    done = subprocess.run(
        [sys.executable, "-c", SHA],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    pictures = [picture(swarm, is_moving=is_moving) for is_moving in (False, True)]
    here = [hashlib.sha256(pixels.tobytes()).hexdigest() for pixels in pictures]
    assert done.stdout.split()[-2:] == here


STILL = """
import sys
from manim import Square, tempconfig
from stage import FlowScene

class Still(FlowScene):
    def construct(self):
        self.add(Square())
        self.let_flow(0.2)

with tempconfig({"media_dir": sys.argv[1], "progress_bar": "none", "format": "png"}):
    Still().render()
print("loaded:", sorted({"numba", "llvmlite", "scipy.integrate"} & set(sys.modules)))
"""


def run(script: str, folder: Path) -> str:
    """What a script says in a process of its own."""
    command = [sys.executable, "-c", script, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_a_still_without_particles_loads_no_compiler(tmp_path: Path) -> None:
    assert "loaded: []" in run(STILL, tmp_path)


FLOWING = """
import sys
from manim import tempconfig
from scenes.deep import DepthMorph

settings = {"media_dir": sys.argv[1], "pixel_width": 320, "pixel_height": 180, "frame_rate": 5}
settings |= {"progress_bar": "none", "verbosity": "ERROR", "upto_animation_number": 1}
with tempconfig(settings):
    DepthMorph().render()
print("loaded:", sorted({"numba", "llvmlite", "scipy.integrate"} & set(sys.modules)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="compiled code is loaded by numba elsewhere")
def test_a_film_with_particles_loads_no_compiler_once_all_is_compiled(tmp_path: Path) -> None:
    said = run(FLOWING, tmp_path)
    if "loaded: []" not in said:  # it has compiled what was not there
        said = run(FLOWING, tmp_path)
    assert "loaded: []" in said
