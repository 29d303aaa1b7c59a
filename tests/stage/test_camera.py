"""What leaves no trace on a picture is not drawn; all else is drawn as Manim does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from manim import Circle, Dot, Line, MovingCamera, Square, VMobject

from stage.configured import configured
from stage.engine import camera as camera_module
from stage.engine.camera import StageCamera

LOOKS: dict[str, Callable[[], VMobject]] = {
    "a line": lambda: Line([-3, -2, 0], [3, 1, 0], stroke_width=6),
    "a disc": lambda: Dot(radius=1.2, fill_opacity=0.4),
    "both": lambda: Square(3, fill_opacity=0.3, stroke_opacity=0.7),
    "a fading line": lambda: Line([-3, 0, 0], [3, 0, 0], stroke_opacity=0.05),
    "shades": lambda: Circle(2).set_stroke(["#ff9f33", "#4ab6ec"], 9).set_fill(opacity=0),
    "half of the shades": lambda: Square(3).set_fill(["#ff9f33", "#4ab6ec"], [0.0, 0.8]),
    "behind": lambda: Square(3, fill_opacity=1).set_stroke("#fc6255", 20, 0.5, background=True),
    "behind alone": lambda: Square(3, stroke_width=0).set_stroke(
        "#fc6255", 20, 0.5, background=True
    ),
}
LOOKS |= {
    "open and closed": lambda: Square(2, fill_opacity=0.5).append_points(
        Line([-3, -2, 0], [3, 1, 0]).points
    ),
    "with a hole": lambda: Circle(2, fill_opacity=0.6).append_points(
        Circle(1).reverse_points().points
    ),
    "a curve cut short": lambda: Circle(2, stroke_width=7).set_points(Circle(2).points[:-2]),
}
TRACELESS: dict[str, Callable[[], VMobject]] = {
    "clear": lambda: Square(3, fill_opacity=0, stroke_opacity=0),
    "without a width": lambda: Square(3, fill_opacity=0, stroke_width=0),
    "faded": lambda: Square(3, fill_opacity=1).fade(1.0),
    "clear behind": lambda: Square(3, stroke_width=0).set_stroke(
        "#fc6255", 20, 0.0, background=True
    ),
}
NOWHERE: dict[str, Callable[[], VMobject]] = {
    "without a place": lambda: Square(3).set_points(np.full((8, 3), np.nan)),
    "without an outline": lambda: VMobject(stroke_width=5),
}


def picture(camera: MovingCamera, *mobjects: VMobject) -> np.ndarray:
    camera.reset()
    camera.capture_mobjects(mobjects)
    return np.array(camera.pixel_array)


@pytest.fixture(autouse=True)
def small(tmp_path: Path) -> None:
    with configured({"pixel_width": 160, "pixel_height": 90, "media_dir": str(tmp_path)}):
        yield


@pytest.mark.parametrize("look", [*LOOKS, *TRACELESS, *NOWHERE])
def test_a_picture_is_that_of_manim_to_the_last_bit(look: str) -> None:
    made = (LOOKS | TRACELESS | NOWHERE)[look]()
    below = Square(5, fill_opacity=0.8, color="#4fe08a")
    assert np.array_equal(picture(StageCamera(), below, made), picture(MovingCamera(), below, made))
    shown = picture(StageCamera(), below, made) != picture(StageCamera(), below)
    assert shown.any() == (look in LOOKS)


@pytest.mark.parametrize("look", [*LOOKS, *TRACELESS])
def test_the_outline_of_what_leaves_no_trace_is_not_traced(
    look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[VMobject] = []
    trace = StageCamera.set_cairo_context_path

    def noted(camera: StageCamera, ctx: object, vmobject: VMobject) -> object:
        traced.append(vmobject)
        return trace(camera, ctx, vmobject)

    monkeypatch.setattr(StageCamera, "set_cairo_context_path", noted)
    picture(StageCamera(), (LOOKS | TRACELESS)[look]())
    assert bool(traced) == (look in LOOKS)


def test_whatever_draws_is_part_of_the_key() -> None:
    """A picture that is drawn in another way has another name in the cache."""
    engine = Path(camera_module.__file__).parent
    files = {str(path.relative_to(engine)) for path in engine.rglob("[!_]*.py")}
    others = {"renderer.py", "key.py", "family_scene.py"}
    assert set(camera_module._PAINTERS) == files - others
