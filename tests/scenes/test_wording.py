"""What stands on the screen beside the mathematics: papers, the pace, and what lies over what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from manim import Dot

from scenes.deep import DepthMorph
from scenes.margin import MaxMargin
from scenes.reparameterize import ChainRule
from scenes.simple_first import SimpleFirst
from scenes.starvation import TwoClasses
from scenes.steps import Steps
from stage import FlowScene, LiveNumber
from stage.engine.camera import StageCamera
from stage.layout import SHAPES
from stage.network.answers import Answers
from stage.scene import SIGNS
from stage.text.language import gettext
from stage.text.writing import Written
from studio.job.tasks import Report, Said
from studio.words.captions import cues
from tests.scenes.clips import ROOT, small


def papers() -> list[tuple[str, str, str]]:
    """Family name of the first author, year and title of each reference in CITATION.cff."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    found = []
    for entry in text.split("\n  - type: ")[1:]:
        facts = (r"family-names: ([^}\n]+)", r"year: (\d+)", r"title: \"?([^\"\n]+)")
        name, year, title = (re.findall(fact, entry)[0].strip() for fact in facts)
        found.append((name, year, title.lower()))
    return found


def sources() -> list[str]:
    """What clips say that names a paper: it has a year."""
    said = r'self\.say\("([^"]*\b20\d\d\b[^"]*)"'
    files = sorted((ROOT / "scenes").glob("*.py"))
    return [text for file in files for text in re.findall(said, file.read_text(encoding="utf-8"))]


def test_each_paper_that_is_named_is_one_of_those_to_cite() -> None:
    named = [part for text in sources() for part in re.findall(r"[^;]*?\b20\d\d\b(?:: .*)?", text)]
    assert len(named) >= 12
    for part in named:
        names, year, title = re.fullmatch(r"(.*?), (20\d\d)(?:: (.*?)\.?)?", part).groups()
        of_the_year = [paper for paper in papers() if paper[1] == year and paper[0] in names]
        assert of_the_year, f"{part}: no such author in that year"
        title = (title or "").lower().split(". all as")[0]
        assert any(title in paper[2] for paper in of_the_year), f"{part}: has another title"


@pytest.mark.parametrize("aspect", SHAPES)
def test_the_chain_rule_says_how_fast_its_swarm_goes(
    aspect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After dots at true pace it is at even pace."""
    told, prose = {}, FlowScene.prose

    def kept(scene: FlowScene, height: float, source: str, **look: bool) -> object:
        told[source] = prose(scene, height, source, **look)
        return told[source]

    monkeypatch.setattr(FlowScene, "prose", kept)
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(tmp_path, fps=1, format="png"):
        scene = type("ChainRule", (ChainRule,), {"aspect": aspect, "count": 1})()
        scene.render()
    assert told[SIGNS["even"]] in scene.mobjects


def gone_through(
    kind: type[FlowScene], folder: Path, monkeypatch: pytest.MonkeyPatch, **knobs: object
) -> FlowScene:
    """A clip at its end, without pictures."""
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(folder, fps=1, format="png"):
        scene = type(kind.__name__, (kind,), {"count": 1, **knobs})()
        scene.render()
    return scene


def test_the_margin_leaves_the_points_their_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = gone_through(MaxMargin, tmp_path, monkeypatch)
    points = scene.over_the_goal[0]
    assert scene.mobjects.index(scene.goal) < scene.mobjects.index(points)


def test_answers_leave_names_of_features_their_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = gone_through(TwoClasses, tmp_path, monkeypatch)
    (answers,) = (k for k, one in enumerate(scene.mobjects) if isinstance(one, Answers))
    (names,) = (
        k
        for k, one in enumerate(scene.mobjects)
        if all(isinstance(part, Written) for part in one)
        and len({part[-1].get_color().to_hex() for part in one}) == 2  # each in its own
    )
    assert answers < names


def test_numbers_of_the_network_come_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the picture is that of the line, there is no number that it does not have."""
    shown: list[int] = []

    def say(scene: FlowScene, sentence: str, *args: object, seconds: float) -> None:
        shown.append(sum(isinstance(one, LiveNumber) for one in scene.mobjects))
        FlowScene.say(scene, sentence, *args, seconds=seconds)

    gone_through(SimpleFirst, tmp_path, monkeypatch, say=say)
    assert shown[:2] == [0, 0]
    assert shown[2] == 3


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("sliding", [4.0, 8.0, 13.0, 30.0])
def test_in_a_short_slide_less_is_said(
    sliding: float, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said while depth slides can be read, however short that is."""
    said: list[Said] = []
    say = FlowScene.say

    def heard(scene: FlowScene, sentence: str, *args: object, seconds: float) -> None:
        now = scene.clock.get_value()
        said.append(Said(gettext(sentence), now, now + seconds))
        say(scene, sentence, *args, seconds=seconds)

    monkeypatch.setattr(FlowScene, "say", heard)
    scene = gone_through(DepthMorph, tmp_path, monkeypatch, sliding=sliding, language=language)
    end = scene.clock.get_value()
    assert end == pytest.approx(20.0 + sliding)
    told = cues(Report(end, (), tuple(said), (), 0))
    assert sum(10.0 <= cue.start < 9.99 + sliding for cue in told) >= min(4, int(sliding / 3.4))


def test_steps_have_no_colour_of_a_weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand beside names and numbers of w₁ and w₂ in theirs."""
    scene = gone_through(Steps, tmp_path, monkeypatch)
    dots = [one for one in scene.get_mobject_family_members() if isinstance(one, Dot)]
    assert len(dots) > 10
    weights = {scene.theme.first.lower(), scene.theme.second.lower()}
    assert not {dot.get_color().to_hex().lower() for dot in dots} & weights
