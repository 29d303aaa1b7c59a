"""Every clip in every shape, and both themes: all inside, text apart, large and clear."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from manim import Circle, Mobject, Square, VMobject
from manim.utils.color import ManimColor

from stage import DARK, LIGHT, FlowScene, Particles, Theme, equation
from stage.layout import SHAPES
from stage.text.language import gettext, language_of
from stage.text.writing import Written
from studio.job.tasks import Report, Said
from studio.words.captions import cues
from tests.scenes.clips import clips, small

SLACK = 0.03  # units: 4 pixels of 1080


def texts(family: list[Mobject]) -> list[Written]:
    """All text that is drawn, of what is on the stage."""
    found = [m for m in family if isinstance(m, Written)]
    return [m for m in found if m.family_members_with_points()]


def box(boxes: np.ndarray) -> np.ndarray:
    """Left, bottom, right and top of all that is in these boxes."""
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def bounds(family: list[Mobject]) -> np.ndarray:
    """Left, bottom, right and top of the points of each mobject, (n, 4); all have some."""
    drawn = [outline(mobject) for mobject in family]
    first = np.cumsum([0, *(len(points) for points in drawn[:-1])])
    points = np.concatenate(drawn)[:, :2]
    return np.hstack([np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)])


def outline(mobject: Mobject) -> np.ndarray:
    """The points of one mobject; those of particles, which fade out a little beyond their plane."""
    if not isinstance(mobject, Particles):
        return mobject.points
    corner = mobject.points[0]
    return corner + (mobject.points - corner) * mobject.theme.edge[1]


def overlaps(boxes: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of boxes that share more than a hair."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    return list(zip(*np.nonzero(np.triu(np.all(high - low > SLACK, axis=-1), 1)), strict=True))


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


def strays(scene: FlowScene, family: list[Mobject], boxes: np.ndarray) -> set[str]:
    """What is drawn outside the frame, or in the band that is for the caption alone."""
    found = set()
    right, top = scene.layout.width / 2, scene.layout.height / 2
    spoken = scene.caption.get_family() if scene.caption is not None else []
    caption = set(map(id, spoken))
    floor = -np.inf if scene.caption is None else scene.layout.bottom - SLACK
    strokes = [m.stroke_width / 200 if isinstance(m, VMobject) else 0.0 for m in family]
    extents = boxes + np.multiply.outer(strokes, [-1, -1, 1, 1])
    outside = np.any(np.abs(extents) > [right, top, right, top], axis=1)
    below = extents[:, 1] < floor
    for k in np.flatnonzero(outside | below):
        if id(family[k]) in caption or not drawn(family[k]):
            continue
        name = f"{type(family[k]).__name__} at {np.round(extents[k], 2)}"
        if outside[k]:
            found.add(f"outside the frame: {name}")
        if below[k]:
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
    everything = scene.get_mobject_family_members()
    family = [mobject for mobject in everything if len(mobject.points)]
    if not family:
        return set()
    boxes = bounds(family)
    found = strays(scene, family, boxes)
    shown = texts(everything)
    if not shown:
        return found
    place = {id(mobject): k for k, mobject in enumerate(family)}
    edges = np.array(
        [box(boxes[[place[id(m)] for m in text.family_members_with_points()]]) for text in shown]
    )
    right, top = scene.layout.right + SLACK, scene.layout.top + SLACK
    beyond = np.any(np.abs(edges) > [right, top, right, top], axis=1)
    for text, edge, is_beyond in zip(shown, edges, beyond, strict=True):
        if is_beyond:
            found.add(f"text outside the safe area: {np.round(edge, 2)}")
        if text.em < 47.9:
            found.add(f"text of {text.em:.0f} pixels at {np.round(edge, 2)}")
    for one, other in overlaps(edges):
        found.add(f"text on text: {np.round(edges[one], 2)} and {np.round(edges[other], 2)}")
    return found


# A theme has colours of its own, and no places: each is seen in a wide shape and in a high one.
THEMED = {"16:9": DARK, "4:3": LIGHT, "1:1": LIGHT, "9:16": DARK}
# What fits in one language in a shape seldom fails in the other: a clip is seen in two shapes in
# each, its neighbour in the other two. Captions are measured in all: tests/test_catalogue.py.
SPOKEN = {
    (kind, aspect): ("en", "de")[(number + place) % 2]
    for number, kind in enumerate(clips())
    for place, aspect in enumerate(SHAPES)
}


@pytest.mark.parametrize("aspect", SHAPES)
@pytest.mark.parametrize("kind", clips(), ids=lambda kind: kind.__name__)
def test_all_has_its_place(
    kind: type[FlowScene], aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: set[str] = set()
    said: list[Said] = []
    flow, say = FlowScene.let_flow, FlowScene.say

    def let_flow(scene: FlowScene, seconds: float, *args: object, **kw: object) -> None:
        flow(scene, seconds, *args, **kw)
        now = scene.clock.get_value()
        for time in (now - 2 * seconds / 3, now - seconds / 3, now):
            scene.clock.set_value(time)
            scene.update_mobjects(0)
            found.update(faults(scene))

    def heard(scene: FlowScene, sentence: str, *args: object, seconds: float) -> None:
        now = scene.clock.get_value()
        said.append(Said(gettext(sentence), now, now + seconds))
        say(scene, sentence, *args, seconds=seconds)

    monkeypatch.setattr(FlowScene, "let_flow", let_flow)
    monkeypatch.setattr(FlowScene, "say", heard)
    look = {"aspect": aspect, "theme": THEMED[aspect], "count": 50}
    look["language"] = SPOKEN[kind, aspect]
    shaped = type(kind.__name__, (kind,), look)
    with small(tmp_path, fps=2, format="png", pixel_width=240, pixel_height=240):
        scene = shaped()
        scene.render()
    assert found == set()
    cues(Report(scene.clock.get_value(), (), tuple(said), (), 0))  # or nobody could read them
    known = sayings(SPOKEN[kind, aspect])
    unknown = [some.sentence for some in said if not known.fullmatch(some.sentence)]
    assert unknown == [], "not in the catalogue: give them to say as a plain text, or to gettext"


@cache
def sayings(tag: str) -> re.Pattern[str]:
    """All sentences that a catalogue has, with anything in the places for numbers."""
    texts = map(re.escape, language_of(tag).texts.values())
    known = "|".join(re.sub(r"\\\{\w+\\\}", ".+", text) for text in texts)
    return re.compile(known or ".*")  # English has no catalogue


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
