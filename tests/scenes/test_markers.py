"""A marker stands on its curve: what is seen, in pixels of 1080 lines, against the closed form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from manim import DL, UP, UR, Mobject
from manim.utils.color import ManimColor
from scipy import ndimage

import stage.panel.chart
import stage.plane.path
from fields import Deep, LineLoss, PointLoss, landing, learning_time, point_solution
from scenes.antideep import AntiDeep
from scenes.deep import DepthMorph, DepthTwo, RichGetRicher
from scenes.identity import Identity
from scenes.landing import LandingDial
from scenes.line import LineOfOptima
from scenes.polar import Polar
from stage import BendingPath, FallingCurve, FlowScene, TimeChart, Walker
from stage.engine.camera import StageCamera
from stage.place import put
from stage.plane.legs import Legs
from stage.plane.path import Runners
from stage.text.writing import Written
from tests.scenes.clips import small

LINES, UNIT = 1080, 135
TARGET = np.array([3.0, 6.0])


class ThereError(Exception):
    """The film has come to the time that was asked for."""


def seen(
    kind: type[FlowScene], time: float, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[FlowScene, np.ndarray]:
    """A clip and its picture (1080, 1920, 3) at a film time, found without the frames before it."""
    flow = FlowScene.let_flow

    def let_flow(scene: FlowScene, *args: object, **kw: object) -> None:
        flow(scene, *args, **kw)
        if scene.clock.get_value() >= time:
            raise ThereError

    size = {"pixel_width": LINES * 16 // 9, "pixel_height": LINES, "format": "png"}
    with small(folder, fps=2, **size):
        with monkeypatch.context() as patch:
            patch.setattr(FlowScene, "let_flow", let_flow)
            patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
            scene = type(kind.__name__, (kind,), {"count": 1})()
            with pytest.raises(ThereError):
                scene.render()
        scene.clock.set_value(time)
        scene.update_mobjects(0)
        scene.renderer.update_frame(scene, ignore_skipping=True)
        return scene, np.array(scene.camera.pixel_array[..., :3])


def has(picture: np.ndarray, colour: str, within: int) -> np.ndarray:
    """Which pixels have a colour, each part of it ``within`` so many of 255."""
    parts = 255 * np.array(ManimColor(colour).to_rgb())
    near = np.abs(np.arange(256) - parts[:, None]) < within
    return near[0][picture[..., 0]] & near[1][picture[..., 1]] & near[2][picture[..., 2]]


def discs(picture: np.ndarray, colour: str, radius: int = 8) -> np.ndarray:
    """Middles (n, 2) of the discs of a colour, in pixels from the left and from the top.

    Lines and letters are thinner than a disc: they go where only what has room for one is kept.
    """
    is_it = has(picture, colour, 30)
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    (around,) = ndimage.find_objects(is_it.astype(int)) or [np.s_[:1, :1]]
    is_disc = ndimage.binary_erosion(is_it[around], x * x + y * y <= radius * radius)
    blobs, count = ndimage.label(is_disc)
    middles = ndimage.center_of_mass(is_disc, blobs, range(1, count + 1))
    corner = [around[1].start or 0, around[0].start or 0]
    return np.array([(column, row) for row, column in middles]).reshape(-1, 2) + corner


def pixel(place: np.ndarray) -> np.ndarray:
    """Where a place on the stage is in the picture."""
    return np.array([960 + UNIT * place[0], LINES / 2 - UNIT * place[1]]) - 0.5


def on_plane(scene: FlowScene, w: np.ndarray) -> np.ndarray:
    """Where weights are in the picture, by the layout alone."""
    return pixel(scene.layout.centre[:2] + scene.layout.size * (np.asarray(w) / 10 - 0.5))


def on_chart(chart: TimeChart, part: float, height: float) -> np.ndarray:
    """A place on a chart, by its axes: in parts of their lengths."""
    along, up = chart[0], chart[1]
    origin = along.get_start()
    return pixel(origin + part * (along.get_end() - origin) + height * (up.get_end() - origin))


def off(found: np.ndarray, expected: np.ndarray, aside: float = 0.0) -> float:
    """Pixels from where a disc ought to be, or ``aside`` of it, to the nearest one there is."""
    place = np.array(expected) + np.array([0.0, aside])
    return float(np.min(np.linalg.norm(found - place, axis=1), initial=np.inf))


def kinds(scene: FlowScene, kind: type[Mobject]) -> list[Mobject]:
    """All mobjects of a class, from the top down."""
    found = [m for m in scene.get_mobject_family_members() if isinstance(m, kind)]
    return sorted(found, key=lambda m: -m.get_center()[1])


def errors_of_learning(
    scene: FlowScene, picture: np.ndarray, part: float, w_at: Callable[[float], np.ndarray]
) -> list[float]:
    """Of the walker, and of the beads of w₁, w₂ and, where there is a chart of it, the loss."""
    theme, w = scene.theme, w_at(part)
    charts = kinds(scene, TimeChart)
    most = 1.05 * max(w_at(0.0).max(), w_at(1.0).max())
    errors = [off(discs(picture, theme.path), on_plane(scene, w))]
    for colour, value in zip((theme.first, theme.second), w, strict=True):
        errors.append(off(discs(picture, colour), on_chart(charts[0], part, value / most)))
    for chart in charts[1:]:
        loss = np.sum((w - TARGET) ** 2) / np.sum((w_at(0.0) - TARGET) ** 2)
        errors.append(off(discs(picture, theme.ink), on_chart(chart, part, loss / 1.05)))
    return errors


def plain(part: float) -> np.ndarray:
    """Identity's dot: straight to the target."""
    start = np.array(Identity.start)
    return TARGET + (start - TARGET) * np.exp(-5 * part)


def squared(part: float) -> np.ndarray:
    """DepthTwo's dot: a logistic curve for each weight, at the rate 1/√18."""
    late = np.exp(-TARGET * 9 * part / np.sqrt(18))
    return TARGET / (1 + (TARGET / np.array(DepthTwo.start) - 1) * late)


@pytest.mark.parametrize(
    ("kind", "begin", "part", "w_at", "count"),
    [(Identity, 6.0, 0.2, plain, 4), (DepthTwo, DepthTwo.begin, 0.45, squared, 3)],
    ids=["Identity", "DepthTwo"],
)
def test_a_walker_and_its_beads_are_where_the_closed_form_says(
    kind, begin, part, w_at, count, tmp_path, monkeypatch
) -> None:
    time = begin + part * kind.walk
    errors = errors_of_learning(*seen(kind, time, tmp_path, monkeypatch), part, w_at)
    assert len(errors) == count
    assert max(errors) <= 1

    def put_aside(mobject: Mobject, place: np.ndarray) -> None:
        put(mobject, place + 2 / UNIT * UP)

    for module in (stage.plane.path, stage.panel.chart):
        monkeypatch.setattr(module, "put", put_aside)
    errors = errors_of_learning(*seen(kind, time, tmp_path, monkeypatch), part, w_at)
    assert min(errors) > 1, "two pixels are seen"


@pytest.mark.parametrize(("time", "depth"), [(20.0, 0.2), (29.0, 1.0), (34.8, 2.0)])
def test_the_landing_bead_is_where_the_closed_form_says(time, depth, tmp_path, monkeypatch):
    scene, picture = seen(LandingDial, time, tmp_path, monkeypatch)
    end = landing(LineLoss(*LandingDial.line), Deep(depth), LandingDial.start)
    found = discs(picture, scene.theme.path, radius=11)
    assert off(found, on_plane(scene, end)) <= 1
    assert off(found, on_plane(scene, end), aside=2) > 1


def test_the_falling_curve_is_at_its_distance_over_its_depth(tmp_path, monkeypatch):
    time, opening, sliding = 27.0, DepthMorph.opening, DepthMorph.sliding
    scene, picture = seen(DepthMorph, time, tmp_path, monkeypatch)
    (curve,) = kinds(scene, FallingCurve)
    ground = curve[0].get_start(), curve[0].get_end()
    s = 1 - (time - opening) / sliding
    corner = np.array([10.0, 10.0])  # where the fields are furthest apart

    def apart(s: float) -> float:
        fields = [(corner / np.sqrt(18)) ** (2 - 2 * one) * (TARGET - corner) for one in (s, 0.0)]
        return float(np.linalg.norm(fields[0] - fields[1]))

    height = 1.15 * apart(s) / apart(1.0)
    part = 2 / (1 + s) - 1  # N/(1 + N) goes from 1/2 at N = 1 to 1
    place = ground[0] + part * (ground[1] - ground[0]) + height * UP
    found = discs(picture, scene.theme.path)
    assert off(found, pixel(place)) <= 1
    assert off(found, pixel(place), aside=2) > 1


def test_the_race_on_the_chart_is_that_on_the_plane(tmp_path, monkeypatch):
    time, lap, N = 17.5, RichGetRicher.lap, 4
    scene, picture = seen(RichGetRicher, time, tmp_path, monkeypatch)
    loss, start = PointLoss(tuple(TARGET)), RichGetRicher.start
    last = float(np.max(learning_time(TARGET, start, 0.97, Deep(N))))
    w = point_solution(loss, Deep(N), start, [time % lap / lap * last])[0]
    feet = np.array([w[0], 0.0]), np.array([0.0, w[1]])
    (chart,) = kinds(scene, TimeChart)
    top = 1.05 * np.max(point_solution(loss, Deep(2), start, [1e3 * last])) * 0.99
    for colour, foot, value in zip((scene.theme.first, scene.theme.second), feet, w, strict=True):
        found = discs(picture, colour)
        assert off(found, on_plane(scene, foot)) <= 2
        assert off(found, on_plane(scene, foot), aside=5) > 2
        bead = on_chart(chart, time % lap / lap, value / top)
        assert off(found, bead) <= 3


def test_no_chart_goes_on_beside_a_walker_at_another_pace(tmp_path, monkeypatch):
    """The race is at true pace; what walks in the square of its largest weight is not."""
    scene, _ = seen(AntiDeep, 41.0, tmp_path, monkeypatch)
    assert kinds(scene, Walker)
    assert not kinds(scene, TimeChart)


def test_the_feet_of_a_race_stand_on_the_singular_axes(tmp_path, monkeypatch):
    scene, picture = seen(AntiDeep, 29.0, tmp_path, monkeypatch)
    loss, N = PointLoss(tuple(TARGET)), 0.2
    last = float(np.max(learning_time(TARGET, AntiDeep.start, 0.97, Deep(N))))
    part = 29.0 % AntiDeep.lap / AntiDeep.lap
    w = point_solution(loss, Deep(N), AntiDeep.start, [part * last])[0]
    found = discs(picture, scene.theme.first)
    assert off(found, on_plane(scene, np.array([w[0], 0.0]))) <= 2


def test_there_is_one_green_line_while_it_is_lifted(tmp_path, monkeypatch):
    """From the foot of the plane up, a column of pixels meets it once, be it thick or slanted."""
    scene, picture = seen(LineOfOptima, 13.8, tmp_path, monkeypatch)
    is_it = has(picture, scene.theme.minimizer, 60)
    for x in (300, 400, 800, 900):
        runs = ndimage.label(is_it[:, x])[1]
        assert runs == 1


@pytest.mark.parametrize(
    ("kind", "time"),
    [
        (Identity, 21.0), (Polar, 43.0), (DepthTwo, 20.0), (RichGetRicher, 18.0),
        (RichGetRicher, 33.0), (DepthMorph, 30.0), (AntiDeep, 19.0), (AntiDeep, 34.0),
    ],
)  # fmt: skip
def test_no_path_goes_through_the_name_of_the_target(kind, time, tmp_path, monkeypatch):
    scene, _ = seen(kind, time, tmp_path, monkeypatch)
    target = scene.layout.centre + scene.layout.size * (np.array([*TARGET, 5.0]) / 10 - 0.5)
    near = [t for t in kinds(scene, Written) if np.linalg.norm(t.get_center() - target) < 0.7]
    (name,) = near
    (left, lower), (right, upper) = name.get_corner(DL)[:2], name.get_corner(UR)[:2]
    followed = [path for way in (Walker, Legs, BendingPath, Runners) for path in kinds(scene, way)]
    assert followed
    for points in (part.points for path in followed for part in path.get_family()):
        if not len(points):
            continue
        inside = (points[:, 0] > left) & (points[:, 0] < right)
        inside &= (points[:, 1] > lower) & (points[:, 1] < upper)
        assert not inside.any()
