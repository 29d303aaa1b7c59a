"""What stands still over light, and curves through places: the picture stays what it would be."""

import numpy as np
import pytest
from manim import UP, FadeIn, Scene, linear, tempconfig

from fields import PointLoss, paths_by_depth
from stage.engine import camera as camera_module
from stage.engine import still
from stage.engine.camera import StageCamera
from stage.engine.still import in_place, keep_still
from stage.place import thread
from stage.plane.plane import WeightPlane, minimizer_mark
from stage.text.writing import words
from stage.theme import DARK

PIXELS = 135.0  # to a unit, at 1080 lines
WIDTH, HEIGHT = 640, 360


@pytest.fixture(autouse=True)
def small(tmp_path):
    settings = {"pixel_width": WIDTH, "pixel_height": HEIGHT, "media_dir": str(tmp_path)}
    with tempconfig(settings | {"frame_rate": 10, "progress_bar": "none", "verbosity": "ERROR"}):
        yield


def mark():
    return minimizer_mark(WeightPlane(DARK), (3.0, 6.0), DARK)


def plainly(mobject):
    for part in mobject.get_family():
        part.is_still = False
    return mobject


def picture(mobject, ground=(7, 90, 140, 255)) -> np.ndarray:
    camera = StageCamera(pixel_width=WIDTH, pixel_height=HEIGHT)
    camera.set_background(np.full((HEIGHT, WIDTH, 4), ground, np.uint8))
    camera.reset()
    camera.capture_mobjects([mobject])
    return camera.pixel_array.astype(int)


def stamps(monkeypatch) -> list[object]:
    """Whoever is drawn from now on."""
    drawn, stamp = [], still._stamp
    monkeypatch.setattr(still, "_stamp", lambda *args: drawn.append(args[1]) or stamp(*args))
    return drawn


@pytest.mark.parametrize("ground", [(7, 90, 140, 255), (255, 255, 255, 255), (0, 0, 0, 0)])
def test_a_mark_that_is_kept_looks_as_it_did(ground):
    kept, plain = picture(mark(), ground), picture(plainly(mark()), ground)
    assert np.abs(plain - np.array(ground)).max() > 60
    assert np.abs(kept - plain).max() <= 3


def test_a_mark_is_drawn_once_for_as_long_as_it_looks_the_same(monkeypatch):
    kept, drawn = mark(), stamps(monkeypatch)
    first = picture(kept)
    many = len(drawn)
    assert many == len(kept.family_members_with_points())
    assert np.array_equal(picture(kept), first)
    assert len(drawn) == many


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.shift(0.31 * UP),
        lambda m: m.scale(1.7),
        lambda m: m.rotate(0.4),
        lambda m: m.set_color("#FF0000"),
        lambda m: m.set_stroke(width=9, opacity=0.7),
        lambda m: m.set_opacity(0.4),
    ],
)
def test_a_mark_that_changes_is_what_a_new_one_is(change):
    kept = mark()
    before = picture(kept)
    after = picture(change(kept))
    assert np.abs(after - before).max() > 60
    assert np.array_equal(after, picture(change(mark())))


def test_a_mark_follows_the_camera():
    kept, camera = mark(), StageCamera(pixel_width=WIDTH, pixel_height=HEIGHT)
    seen = []
    for width in (14.0, 7.0, 14.0):
        camera.frame.width = width
        camera.reset()
        camera.capture_mobjects([kept])
        seen.append(camera.pixel_array.copy())
    assert np.array_equal(seen[0], seen[2])
    assert np.count_nonzero(seen[1][..., 0] > 30) > 2 * np.count_nonzero(seen[0][..., 0] > 30)


def test_a_caption_that_fades_is_drawn_once_and_appears_evenly(monkeypatch):
    caption, drawn, seen = words("Straight to the target.", DARK), stamps(monkeypatch), []
    keep_still(caption)

    class Appearing(Scene):
        def construct(self) -> None:
            self.play(FadeIn(caption, run_time=1.0, rate_func=linear, path_func=in_place))

    lay = camera_module.lay_still

    def laid(camera, part, ctx):
        seen.append(float(part.get_fill_opacity()))
        lay(camera, part, ctx)

    monkeypatch.setattr(camera_module, "lay_still", laid)
    Appearing(camera_class=StageCamera).render()
    assert len({alpha for alpha in seen if 0 < alpha < 1}) > 5
    assert len(drawn) == len(caption.family_members_with_points())
    light = [picture(caption.copy().set_opacity(part), (0, 0, 0, 255)).sum() for part in (0.25, 1)]
    black = 255 * WIDTH * HEIGHT
    assert (light[0] - black) / (light[1] - black) == pytest.approx(0.25, abs=0.01)


def off(curve: np.ndarray, line: np.ndarray) -> float:
    """How far a curve (n, 2) gets from a fine line (m, 2)."""
    a, step = line[:-1], np.diff(line, axis=0)
    long = (step**2).sum(axis=1) + 1e-30
    part = np.clip(((curve[:, None] - a) * step).sum(axis=-1) / long, 0, 1)
    gap = a + part[..., None] * step - curve[:, None]
    return float(np.sqrt((gap**2).sum(axis=-1)).min(axis=1).max())


@pytest.mark.parametrize("inverse_depth", [1.0, 0.5, 0.0])
def test_a_thread_is_a_path_to_a_tenth_of_a_pixel(inverse_depth):
    """Against the same path with ten times as many places, in pixels at 1080 lines."""
    plane, loss = WeightPlane(DARK), PointLoss((3.0, 6.0))
    few, many = (
        plane.at(paths_by_depth(loss, [inverse_depth], (0.6, 0.6), samples=n)[0]) * PIXELS
        for n in (161, 1601)
    )
    points = thread(few / PIXELS).reshape(-1, 4, 3) * PIXELS
    assert len(points) < 75
    assert np.array_equal(points[1:, 0], points[:-1, 3]), "in one piece"
    assert np.abs(points[0, 0] - few[0]).max() < 1e-9
    assert np.abs(points[-1, 3] - few[-1]).max() < 0.2
    t = np.linspace(0, 1, 5)[:, None, None]
    a, b, c, d = np.moveaxis(points, 1, 0)
    cubic = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t**3 * d
    assert off(cubic.reshape(-1, 3)[:, :2], many[:, :2]) < 0.1


def test_a_thread_through_places_that_do_not_move_is_a_point():
    points = thread(np.tile([1.0, 2.0, 0.0], (9, 1)))
    assert np.array_equal(points, np.tile([1.0, 2.0, 0.0], (4, 1)))
