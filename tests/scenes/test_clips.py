"""Every clip, in small: it renders, nothing steps, and a frame depends on its time alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from manim import RIGHT, Blink, Dot, Square

from scenes.deep import DepthMorph
from stage import FlowScene, equation, minimizer_mark
from stage.figure import Figure
from stage.text.language import language_of
from studio.job.tasks import Report, Said
from studio.primer.script import beats, read_script
from studio.words.captions import cues, written
from studio.words.wording import aloud, plain
from tests.scenes.clips import ROOT, clips, small
from tests.scenes.flash import FLASHING, dimmed, flashing
from tests.scenes.watched import Watched
from tests.studio.words import letters, on_paper, read_back


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


FPS = 12
"""Three flashes a second are allowed; four to eight are seen at this rate."""


# Of the chapters, in seconds; a figure's loop takes twelve.
SECONDS = {"Puzzle": 26, "ToyModel": 25, "ChainRule": 33, "Identity": 32, "DepthTwo": 35}
SECONDS |= {"RichGetRicher": 42, "DepthMorph": 50, "DepthLimit": 27, "AntiDeep": 42, "Polar": 44}
SECONDS |= {"KernelToRich": 33, "Steps": 39.5, "Optimizers": 38, "OneByOne": 33.5}
SECONDS |= {"MaxMargin": 34.5, "MarginByDepth": 38.5, "Completion": 42}
SECONDS |= {"Modes": 35, "SimpleFirst": 32, "TwoClasses": 38, "Splines": 38}
SECONDS |= {"LineOfOptima": 43, "LandingDial": 64, "Mosaic": 40}


@pytest.mark.parametrize("kind", clips(), ids=lambda kind: kind.__name__)
def test_renders_with_nothing_that_steps_or_flashes(
    kind: type[FlowScene], watched: Watched, tmp_path: Path
) -> None:
    fewer = type(kind.__name__, (kind,), {"count": 400})
    with small(tmp_path, fps=FPS):
        frames = watched.render(fewer)
        again = watched.render(fewer, looks_for_faults=True)
    assert watched.stepping == set()
    assert watched.stale == set(), "what follows the clock is as asked, in every third frame"
    assert again == {}, "a second rendering is served from the cache"
    assert watched.faults == set(), "in the first shape, 16:9; tests/scenes/test_layout.py has more"
    length = watched.scene.clock.get_value()
    assert length == pytest.approx(SECONDS.get(kind.__name__, 12.0), rel=0.1)
    captions = cues(Report(length, (), tuple(watched.said), (), 0))  # or nobody could read them
    for said in spoken(watched):
        cues(Report(length, (), said, (), 0), 1 / FPS)
    for said in watched.said:
        assert letters(plain(said.sentence)) == letters(on_paper(said.sentence))
        assert aloud(said.sentence)
    for form in ("srt", "vtt"):
        read = " ".join(text for _, _, text in read_back(written(captions, form), form))
        assert read.replace(r"\N", " ").split() == [w for cue in captions for w in cue.text.split()]
    (movie,) = tmp_path.rglob(f"{kind.__name__}.mp4")
    with av.open(movie) as container:
        shown = sum(1 for _ in container.decode(video=0))
    assert shown == pytest.approx(length * FPS, rel=0.05)
    if issubclass(kind, Figure):
        pictures = [frames[time].astype(float) for time in sorted(frames)]
        steps = [np.abs(b - a).mean() for a, b in pairwise(pictures)]
        assert np.abs(pictures[0] - pictures[-1]).mean() <= max(steps), "a loop has no seam"
    light = np.array([dimmed(frames[time]) for time in sorted(frames)])
    assert flashing(light, FPS) < FLASHING
    for time in (min(frames), max(frames)):
        assert drawn(frames[time]) > MEANS_SOMETHING, "both ends of a film are a picture"


def spoken(watched: Watched) -> list[tuple[Said, ...]]:
    """What the film's script says in a clip, when, in all languages that are complete."""
    scene = watched.scene
    chapter = read_script().chapter(type(scene).__name__)
    # what is said goes by the clock, and sections by frames
    sections = tuple((step.name, step.begin - 1 / FPS) for step in scene.steps.done)
    told = Report(scene.clock.get_value(), (), tuple(watched.said), sections, 0)
    lines = beats(chapter, told) if chapter.lines else []
    return [
        tuple(replace(beat.said, sentence=gettext(beat.said.sentence)) for beat in lines)
        for gettext in (language_of(tag).gettext for tag in ("en", "de"))
    ]


# A field, a landscape or a page of words covers a tenth and more of the picture; the axes with
# their numbers, a mark, an equation and a dot, all that a stage is before a story, 2 %.
MEANS_SOMETHING = 0.05


def drawn(picture: np.ndarray) -> float:
    """Part of the picture that is not background."""
    return float(np.any(picture != picture[0, 0], axis=-1).mean())


class Blinking(FlowScene):
    """What must not be either: a tenth of the picture, four times a second."""

    def construct(self) -> None:
        lamp = Square(side_length=3.4, fill_opacity=1, stroke_width=0)
        blink = Blink(lamp, time_on=0.125, time_off=0.125, blinks=8)
        self.let_flow(2.0, blink)


def test_a_flash_is_found(watched: Watched, tmp_path: Path) -> None:
    with small(tmp_path, fps=FPS):
        frames = watched.render(Blinking)
    light = np.array([dimmed(frames[time]) for time in sorted(frames)])
    assert flashing(light, FPS) > FLASHING
    assert flashing(light[::2], FPS) > FLASHING, "twice as fast too"


class Bare(FlowScene):
    """A stage on which nothing is shown yet."""

    def construct(self) -> None:
        plane = self.weight_plane()
        dot = Dot(plane.at((8.5, 1.2)))
        law = equation("dot(w)_i prop w_i^(3 slash 2) (w_i^* - w_i)", self.theme)
        self.add(plane, minimizer_mark(plane, (3.0, 6.0), self.theme), dot, law)
        self.let_flow(0.5)


def test_an_empty_stage_is_no_picture(watched: Watched, tmp_path: Path) -> None:
    with small(tmp_path, fps=4):
        frames = watched.render(Bare)
    assert all(0 < drawn(frame) < MEANS_SOMETHING for frame in frames.values())


SLOW = 4
"""Frames a second at which Short is rendered: once for all tests that compare with its frames."""


class Short(DepthMorph):
    """All that DepthMorph does, with less time between."""

    opening, sliding, closing = 9.5, 4.0, 8.0
    count = 2_000


class Stepping(FlowScene):
    """What must not be."""

    def construct(self) -> None:
        self.add(Square().add_updater(lambda square, dt: square.shift(dt * RIGHT)))
        self.let_flow(0.5)


def test_a_dt_updater_is_found(watched: Watched, tmp_path: Path) -> None:
    with small(tmp_path, fps=4):
        watched.render(Stepping)
    assert watched.stepping == {"Square"}


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[float, np.ndarray], Path]:
    """The frames of Short, one after the other, and the folder that has its segments."""
    folder = tmp_path_factory.mktemp("short")
    with pytest.MonkeyPatch.context() as patch, small(folder, fps=SLOW):
        return Watched(patch).render(Short), folder


def test_a_frame_is_the_same_at_two_frame_rates(
    watched: Watched, reached: tuple[dict[float, np.ndarray], Path], tmp_path: Path
) -> None:
    slow, _ = reached
    with small(tmp_path, fps=2 * SLOW):
        fast = watched.render(Short)
    shared = sorted(slow.keys() & fast.keys())
    assert len(shared) > 0.9 * len(slow)
    assert [t for t in shared if not np.array_equal(slow[t], fast[t])] == []
    assert len({slow[t].tobytes() for t in shared}) == len(shared), "and every frame differs"


def test_a_frame_is_the_same_reached_or_sought(
    watched: Watched, reached: tuple[dict[float, np.ndarray], Path], tmp_path: Path
) -> None:
    frames, _ = reached
    with small(tmp_path, fps=SLOW, from_animation_number=11):
        sought = watched.render(Short)
    assert 0 < len(sought) < len(frames) / 2
    assert [t for t in sought if not np.array_equal(sought[t], frames[t])] == []


def test_a_frame_after_plays_from_the_cache_is_the_same(
    watched: Watched, reached: tuple[dict[float, np.ndarray], Path]
) -> None:
    frames, folder = reached
    for segment in sorted(folder.rglob("partial_movie_files/*/*.mp4"))[::2]:
        segment.unlink()
    with small(folder, fps=SLOW):
        again = watched.render(Short)
    assert 0 < len(again) < 0.8 * len(frames)
    assert [t for t in again if not np.array_equal(again[t], frames[t])] == []


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"target": (3.0, -6.0)}, "target"),
        ({"count": 0}, "count"),
        ({"depths": (0.0, np.inf)}, "depths = 0,inf"),
        ({"depths": (np.nan, 2.0)}, "depths = nan,2"),
        ({"start": (-0.5, 1.0)}, "off the plane"),
        ({"opening": 2.0}, "opening"),
    ],
)
def test_a_bad_knob_is_named_before_anything_is_rendered(
    knobs: dict[str, object], message: str, watched: Watched, tmp_path: Path
) -> None:
    with small(tmp_path, fps=4), pytest.raises(ValueError, match=message):
        watched.render(type("Bad", (DepthMorph,), knobs))
    assert watched.frames == {}
    assert list(tmp_path.rglob("*.mp4")) == []


def test_the_plain_command_films_it_in_sections(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "manim", "-ql", "--fps", "2", "-r", "240,136"]
    command += ["--save_sections", "--media_dir", str(tmp_path), "scenes/deep.py", "DepthMorph"]
    few = os.environ | {"FLOWREEL_COUNT": "50"}
    subprocess.run(command, cwd=ROOT, env=few, check=True, capture_output=True)
    (index,) = tmp_path.rglob("sections/DepthMorph.json")
    names = [section["name"] for section in json.loads(index.read_text())]
    assert names == ["Depth 1", "Deeper", "The limit"]
