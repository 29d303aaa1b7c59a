"""Every clip in every shape, and both themes: all inside, text apart, large and clear."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from manim import Circle, Mobject, Square, VMobject
from manim.utils.color import ManimColor

from stage import DARK, LIGHT, FlowScene, Particles, Theme, equation
from stage.layout import SHAPES
from stage.text.writing import Written
from tests.scenes.clips import clips, small

SLACK = 0.03  # units: 4 pixels of 1080


def texts(scene: FlowScene) -> list[Written]:
    """All text that is on the stage and drawn."""
    found = [m for m in scene.get_mobject_family_members() if isinstance(m, Written)]
    return [m for m in found if m.family_members_with_points()]


def box(mobject: Mobject) -> np.ndarray:
    """Left, bottom, right and top."""
    points = np.concatenate([m.points for m in mobject.family_members_with_points()])
    return np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)])


def overlap(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two boxes share more than a hair."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    return bool(np.all(high - low > SLACK))


def linear(colour: str) -> np.ndarray:
    """The light of a colour, red, green and blue."""
    c = np.array(ManimColor(colour).to_rgb())
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def extent(mobject: Mobject) -> np.ndarray:
    """Left, bottom, right and top of what is drawn of one mobject, with half of its stroke."""
    points = mobject.points[:, :2]
    if isinstance(mobject, Particles):  # which fade out a little beyond their plane
        corner = points[0]
        points = corner + (points - corner) * mobject.theme.edge[1]
    half = mobject.stroke_width / 200 if isinstance(mobject, VMobject) else 0.0
    return np.concatenate([points.min(axis=0) - half, points.max(axis=0) + half])


def strays(scene: FlowScene) -> set[str]:
    """What is drawn outside the frame, or in the band that is for the caption alone."""
    found = set()
    right, top = scene.layout.width / 2, scene.layout.height / 2
    spoken = scene.caption.get_family() if scene.caption is not None else []
    caption = set(map(id, spoken))
    for mobject in scene.get_mobject_family_members():
        if len(mobject.points) == 0 or id(mobject) in caption or not drawn(mobject):
            continue
        left, bottom, *other = extent(mobject)
        name = f"{type(mobject).__name__} at {np.round([left, bottom, *other], 2)}"
        if np.any(np.abs([left, bottom, *other]) > [right, top, right, top]):
            found.add(f"outside the frame: {name}")
        if scene.caption is not None and bottom < scene.layout.bottom - SLACK:
            found.add(f"in the caption's band: {name}")
    return found


def drawn(mobject: Mobject) -> bool:
    """Whether there is anything of a mobject to be seen."""
    if isinstance(mobject, Particles):
        return mobject.opacity > 0
    if not isinstance(mobject, VMobject):
        return False
    stroke = mobject.stroke_width > 0 and mobject.stroke_opacity > 0
    return bool(stroke or mobject.fill_opacity > 0)


def faults(scene: FlowScene) -> set[str]:
    """What is wrong with the composition at this instant, in words."""
    found = strays(scene)
    right, top = scene.layout.right + SLACK, scene.layout.top + SLACK
    shown = [(text, box(text)) for text in texts(scene)]
    for text, edges in shown:
        if np.any(np.abs(edges) > [right, top, right, top]):
            found.add(f"text outside the safe area: {np.round(edges, 2)}")
        if text.em < 47.9:
            found.add(f"text of {text.em:.0f} pixels at {np.round(edges, 2)}")
    for (_, one), (_, other) in combinations(shown, 2):
        if overlap(one, other):
            found.add(f"text on text: {np.round(one, 2)} and {np.round(other, 2)}")
    return found


# A theme has colours of its own, and no places: each is seen in a wide shape and in a high one.
THEMED = {"16:9": DARK, "4:3": LIGHT, "1:1": LIGHT, "9:16": DARK}


@pytest.mark.parametrize("aspect", SHAPES)
@pytest.mark.parametrize("kind", clips(), ids=lambda kind: kind.__name__)
def test_all_has_its_place(
    kind: type[FlowScene], aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: set[str] = set()
    flow = FlowScene.let_flow

    def let_flow(scene: FlowScene, seconds: float, *args: object, **kw: object) -> None:
        flow(scene, seconds, *args, **kw)
        now = scene.clock.get_value()
        for time in (now - 2 * seconds / 3, now - seconds / 3, now):
            scene.clock.set_value(time)
            scene.update_mobjects(0)
            found.update(faults(scene))

    monkeypatch.setattr(FlowScene, "let_flow", let_flow)
    look = {"aspect": aspect, "theme": THEMED[aspect], "count": 50}
    shaped = type(kind.__name__, (kind,), look)
    with small(tmp_path, fps=2, format="png", pixel_width=240, pixel_height=240):
        shaped().render()
    assert found == set()


def test_a_fault_is_found(tmp_path: Path) -> None:
    class Crowded(FlowScene):
        def construct(self) -> None:
            self.add(equation("a + b", self.theme, pixels=30), equation("a - b", self.theme))
            self.add(equation("c", self.theme).move_to([self.layout.right, 0, 0]))
            self.add(Square(side_length=8.01), Circle().move_to([0, -2.8, 0]))
            self.say("One, two, three.", seconds=1.0)

    with small(tmp_path, fps=2, format="png"):
        scene = Crowded()
        scene.render()
    words = " ".join(sorted(faults(scene)))
    named = (
        "text on text",
        "of 30 pixels",
        "outside the safe area",
        "frame: Square",
        "band: Circle",
    )
    assert all(part in words for part in named)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_what_is_written_is_clear_to_read(theme: Theme) -> None:
    for name in ("ink", "faint", "first", "second", "minimizer", "path"):
        assert contrast(getattr(theme, name), theme.background) >= 4.5, name


# What a dichromat sees of linear light: F. Viénot, H. Brettel, J. Mollon, "Digital video
# colourmaps for checking the legibility of displays by dichromats", 1999, in sRGB; the tritan's
# plane likewise.
DEFICIENCIES = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    "tritanopia": [[1, 0.14461, -0.14461], [0, 0.85924, 0.14076], [0, 0.85924, 0.14076]],
    "none": np.eye(3),
}


def oklab(light: np.ndarray) -> np.ndarray:
    """Oklab coordinates (B. Ottosson, 2020), in which distance is difference to the eye."""
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(light, 0, 1)
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cones
    )


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_colours_that_mean_something_keep_apart(theme: Theme, deficiency: str) -> None:
    colours = [theme.first, theme.second, theme.minimizer]
    places = [oklab(DEFICIENCIES[deficiency] @ linear(colour)) for colour in colours]
    for one, other in combinations(range(3), 2):
        apart = np.linalg.norm(places[one] - places[other])
        assert apart > 0.08, (deficiency, colours[one], colours[other])
