"""What captions claim is true when they are shown: against ``fields``, at the time of the film.

Every sentence of the film's chapters is in ``CLAIMS``: with what has to hold while it is shown, or
with ``None`` where it claims nothing that could be computed. A sentence that is not there fails.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from fields import (
    field_distance,
    reference_weight,
)
from stage import FlowScene
from stage.engine.camera import StageCamera
from stage.knobs import KNOBS
from stage.text.writing import LiveNumber
from studio.primer.script import read_script
from tests.scenes.claims_of_depth import DEPTH, first_is_last
from tests.scenes.claims_of_lines import LINES, lands_near, limit_of_small_depths
from tests.scenes.claims_of_ways import WAYS
from tests.scenes.clips import small
from tests.scenes.told import (
    POINT,
    START,
    Claim,
    Shown,
    clip,
)

CLAIMS: dict[str, dict[str, Claim | None]] = WAYS | DEPTH | LINES


@cache
def gone_through(name: str) -> list[Shown]:
    """What a clip says and when, with its dial, found without a picture."""
    kind, said = clip(name), []

    def say(scene: FlowScene, sentence: str, *animations: object, seconds: float) -> None:
        shown = Shown(scene, scene.clock.get_value())
        shown.sentence = sentence
        if said:
            said[-1].end = shown.begin
        said.append(shown)
        FlowScene.say(scene, sentence, *animations, seconds=seconds)
        shown.numbers = sum(isinstance(thing, LiveNumber) for thing in scene.mobjects)

    seen = type(name, (kind,), {"count": 20, "say": say})
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
        with small(Path(folder), fps=1, format="png"):
            scene = seen(skip_animations=True)
            scene.render()
    said[-1].end = scene.clock.get_value()
    if hasattr(scene, "inverse_depth"):
        scene.depth = scene.inverse_depth
    return said


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_said_is_true_when_it_is_said(name: str) -> None:
    said = gone_through(name)
    assert [shown.sentence for shown in said] == list(CLAIMS[name]), "each sentence is looked at"
    false = [
        f"{shown.sentence!r} at {shown.begin:g} to {shown.end:g} s"
        for shown in said
        if (claim := CLAIMS[name][shown.sentence]) is not None and not claim(shown)
    ]
    assert false == []


def test_every_chapter_of_the_film_is_looked_at() -> None:
    assert set(read_script().clips) <= set(CLAIMS)


def test_a_false_sentence_is_found() -> None:
    """What the first cut said: N → 0 while the dial is at ∞, and w₁ last when it is at 0.57."""
    dial = {shown.sentence: shown for shown in gone_through("LandingDial")}
    at_infinity = dial["Near, for it is a limit: of ever smaller starts."]
    assert not limit_of_small_depths(at_infinity)
    assert not lands_near(np.inf, 0.2)(at_infinity)
    early = Shown(gone_through("DepthTwo")[0].scene, clip("DepthTwo").begin + 1)
    early.end = early.begin + 1
    assert not first_is_last(early)


def test_from_depth_two_on_there_is_one_start() -> None:
    names = list(read_script().clips)
    later = ["Puzzle", *names[names.index("DepthTwo") :]]
    assert {name: clip(name).start for name in later} == dict.fromkeys(later, START)
    assert KNOBS["start"].read("0.1,0.1") == START


@pytest.mark.parametrize("name", ["DepthMorph", "DepthLimit"])
def test_the_distance_to_the_limit_is_one_for_plain_training(name: str, tmp_path: Path) -> None:
    with small(tmp_path, fps=1):
        scene = clip(name)()
        scene.integrate()
    reference = reference_weight(POINT)
    plain, first = field_distance([1.0, 1 / scene.depths[0]], POINT, reference=reference)
    assert scene.distances[0] == pytest.approx(first / plain)
    assert scene.distances[-1] == 0.0


def test_what_is_read_of_the_path_from_below_leaves_with_it() -> None:
    *_, below, above, _ = gone_through("RichGetRicher")
    assert above.sentence.startswith("Another start")
    assert above.numbers == below.numbers - 1 == 1, "N stays"
