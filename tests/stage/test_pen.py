"""The path of an outline is Manim's, point by point, however it is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cairo
import numpy as np
import pytest
from manim import Camera, Circle, VMobject

from stage.configured import configured
from stage.engine.camera import StageCamera
from stage.engine.pen import parts, trace


@pytest.fixture(autouse=True)
def small(tmp_path: Path) -> Iterator[None]:
    with configured({"pixel_width": 160, "pixel_height": 90, "media_dir": str(tmp_path)}):
        yield


def context() -> cairo.Context[cairo.ImageSurface]:
    camera = StageCamera()
    return camera.get_cairo_context(camera.pixel_array)


def outlines(seed: int, many: int) -> Iterator[VMobject]:
    """Of any length, with ends and begins that are the same, nearly so, or apart."""
    rng = np.random.default_rng(seed)
    for _ in range(many):
        n = int(rng.integers(0, 30))
        points = rng.normal(size=(n, 3)) * 10.0 ** rng.integers(-6, 4)
        for k, j in [*((k, k - 1) for k in range(4, n, 4)), *([(-1, 0)] if n else [])]:
            match rng.integers(0, 5):
                case 0:
                    points[k] = points[j]
                case 1:  # just within the limit or beyond it, by the measure of either point
                    place, part = np.abs(points[j]), rng.choice([-1.5, -0.5, 0.5, 1.5], size=3)
                    gap = 1e-6 + 1e-5 * place * (1 + 1e-5 * part)
                    points[k] = points[j] + rng.choice([-1, 1]) * np.sign(points[j]) * gap
                case 2:
                    points[k] = points[j] + 1e-6 * rng.choice([0.5, 0.999, 1.001], size=3)
        if rng.random() < 0.1 and n:
            points[rng.integers(n), rng.integers(3)] = rng.choice([np.nan, np.inf, -np.inf])
        made = VMobject()
        made.points = points
        yield made


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_path_of_manim(seed: int) -> None:
    camera, ours, theirs, lengths = StageCamera(), context(), context(), set()
    for outline in outlines(seed, 500):
        theirs.new_path()
        Camera.set_cairo_context_path(camera, theirs, outline)
        wanted = list(theirs.copy_path())
        for _ in range(3):  # asked, traced again, and laid down as it was
            trace(ours, outline)
            assert list(ours.copy_path()) == wanted
        lengths.add(len(parts(outline.points, outline.tolerance_for_point_equality)))
    assert {0, 1, 2, 3, 4} <= lengths


def test_points_that_are_moved_in_place_are_seen() -> None:
    ring, ctx = Circle(), context()
    for _ in range(3):
        trace(ctx, ring)
    before = ctx.copy_path()
    ring.points[:, 0] += 0.5
    trace(ctx, ring)
    assert str(ctx.copy_path()) != str(before)
    ring.points[:, 0] -= 0.5
    trace(ctx, ring)
    assert ctx.path_extents() == pytest.approx((-1, -1, 1, 1), abs=0.1)


def test_a_path_under_another_matrix_is_traced_anew() -> None:
    ring, ctx, fresh = Circle().scale(0.777), context(), context()
    for scale in (1.0, 1.0, 1.0, 1.37, 1.37, 1.37, 1.0):
        for pen, mark in ((ctx, ring), (fresh, ring.copy())):
            pen.save()
            pen.scale(scale, scale)
            trace(pen, mark)
            pen.restore()
        assert list(ctx.copy_path()) == list(fresh.copy_path())
