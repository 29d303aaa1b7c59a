"""Every clip in every shape, and both themes: all inside, text apart, large and clear."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from manim import Circle, Square
from manim.utils.color import ManimColor

import stage.text.writing
from stage import DARK, LIGHT, FlowScene, Theme, equation
from stage.engine.camera import StageCamera
from stage.engine.particles import Particles
from stage.layout import SHAPES
from stage.scene import PACES, SIGNS
from stage.text.language import gettext, language_of
from studio.job.tasks import Report, Said
from studio.words.captions import cues
from studio.words.wording import plain
from tests.scenes.clips import clips, small
from tests.scenes.composition import Pops, faults, faults_of_change, faults_while


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


# A theme has colours of its own, and no places: each is seen in a wide shape and in a high one.
THEMED = {"16:9": DARK, "4:3": LIGHT, "1:1": LIGHT, "9:16": DARK}
SPACED = re.compile(r"""["\w)*] ?: ?(?:quad|space|\()""")
"""A colon in mathematics is a relation, with space on both sides: this one should be a text."""
READ = 17
"""Letters a second that are read beside a picture that moves."""
# What fits in one language in a shape seldom fails in the other: a clip is seen in two shapes in
# each, its neighbour in the other two. Captions are measured in all: tests/test_catalogue.py.
SPOKEN = {
    (kind, aspect): ("en", "de")[(number + place) % 2]
    for number, kind in enumerate(clips())
    for place, aspect in enumerate(SHAPES)
}
# In English and 16:9 a clip is looked at where it is rendered anyway: tests/scenes/test_clips.py.
LOOKED_AT = [look for look, tag in SPOKEN.items() if (look[1], tag) != ("16:9", "en")]


@pytest.mark.parametrize(
    ("kind", "aspect"), LOOKED_AT, ids=lambda value: getattr(value, "__name__", value)
)
def test_all_has_its_place(
    kind: type[FlowScene], aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every instant that is looked at; of the pictures only the last one is painted."""
    found: set[str] = set()
    said: list[Said] = []
    flow, say, begin = FlowScene.let_flow, FlowScene.say, FlowScene.begin_animations

    pops = Pops()
    set_in_type = stage.text.writing.typeset
    typed: set[str] = set()
    flowed: set[str] = set()

    def typeset(kind: type, source: str, pixels: float) -> object:
        typed.add(source)
        if SPACED.search(source):
            found.add(f"a colon apart from what it follows: {source}")
        return set_in_type(kind, source, pixels)

    monkeypatch.setattr(stage.text.writing, "typeset", typeset)

    def let_flow(scene: FlowScene, seconds: float, *args: object, **kw: object) -> None:
        pops.look(scene)
        flow(scene, seconds, *args, **kw)
        pops.look(scene)
        if any(isinstance(one, Particles) for one in scene.mobjects):
            flowed.update(typed)
        found.update(faults_while(scene, seconds))

    def heard(scene: FlowScene, sentence: str, *args: object, seconds: float) -> None:
        now = scene.clock.get_value()
        said.append(Said(gettext(sentence), now, now + seconds))
        say(scene, sentence, *args, seconds=seconds)

    def begin_animations(scene: FlowScene) -> None:
        begin(scene)
        if len(scene.animations or ()) > 1:  # more than time passes
            for part in (0.2, 0.5, 0.8):
                scene.update_to_time(part * scene.duration)
                found.update(faults_of_change(scene))
                pops.look(scene)

    monkeypatch.setattr(FlowScene, "begin_animations", begin_animations)
    monkeypatch.setattr(FlowScene, "let_flow", let_flow)
    monkeypatch.setattr(FlowScene, "say", heard)
    look = {"aspect": aspect, "theme": THEMED[aspect], "count": 50}
    look["language"] = SPOKEN[kind, aspect]
    shaped = type(kind.__name__, (kind,), look)
    with small(tmp_path, fps=2, format="png", pixel_width=240, pixel_height=240):
        with monkeypatch.context() as patch:
            patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
            scene = shaped()
            scene.render()
        scene.renderer.update_frame(scene, ignore_skipping=True)
    assert found | pops.found == set()
    if flowed:
        told = {*PACES.values(), *SIGNS.values(), "Directions are exact, speeds evened."}
        catalogue = language_of(SPOKEN[kind, aspect])
        told = {catalogue.texts.get(("", text), text) for text in told}
        assert any(text in source for text in told for source in flowed), "it says no pace"
    assert np.ptp(scene.renderer.get_frame()[..., :3]) > 0, "it can be painted"
    cues(Report(scene.clock.get_value(), (), tuple(said), (), 0))  # or nobody could read them
    assert hurried(said, scene.clock.get_value()) == [], "say it in fewer letters"
    known = sayings(SPOKEN[kind, aspect])
    unknown = [some.sentence for some in said if not known.fullmatch(some.sentence)]
    assert unknown == [], "not in the catalogue: give them to say as a plain text, or to gettext"


def hurried(said: list[Said], end: float) -> list[str]:
    """Sentences with more letters than are read in the time until the next one."""
    until = [*(some.start for some in said), end][1:]
    return [
        some.sentence
        for some, next_one in zip(said, until, strict=True)
        if len(plain(some.sentence)) > READ * (next_one - some.start)
    ]


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
