"""What clips say is true of other targets, lines and starts, too."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fields import (
    Deep,
    GradientFlow,
    PointLoss,
    paths_by_depth,
    point_solution,
    reference_weight,
)
from scenes.antideep import AntiDeep
from scenes.deep import DepthMorph, DepthTwo, RichGetRicher
from scenes.landing import LandingDial
from stage import FlowScene
from stage.engine.camera import StageCamera
from tests.scenes.clips import small


def said_by(
    kind: type[FlowScene], knobs: dict[str, tuple[float, ...]], folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:  # fmt: skip
    """What a clip says with these knobs."""
    said = []

    def say(scene: FlowScene, text: str, *args: object, seconds: float) -> None:
        said.append(text)
        FlowScene.say(scene, text, *args, seconds=seconds)

    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(folder, fps=1, format="png"):
        scene = type(kind.__name__, (kind,), knobs | {"count": 1, "say": say})
        scene(skip_animations=True).render()
    return said


@pytest.mark.parametrize(
    ("kind", "knobs", "sentence"),
    [
        (RichGetRicher, {"target": (8.0, 2.0)}, "#w1 is half way when #w2 has hardly begun."),
        (DepthMorph, {"target": (8.0, 2.0)}, "When #w1 is half way, #w2 has ever less."),
        (DepthMorph, {"target": (6.0, 3.0), "start": (1e-3, 0.3)},
         "When #w2 is half way, #w1 has ever less."),
        (DepthTwo, {"start": (1e-4, 1.0), "target": (8.0, 6.0)}, "#w2 takes off first."),
        (LandingDial, {"line": (-3.0, -1.0, 12.0)}, "Deeper: #w1 does ever more of the work,"),
    ],
)  # fmt: skip
def test_the_weight_that_leads_is_named(
    kind: type[FlowScene], knobs: dict[str, tuple[float, ...]], sentence: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert sentence in said_by(kind, knobs, tmp_path, monkeypatch)


LEADS = re.compile(
    r"#w[12] (takes off|is half|arrives|has)|is ahead\.$|further|one by one|to bend"
    r"|bends|far ahead|One weight is learned, and then"
)
"""What is said of a path on which one weight leads."""


@pytest.mark.parametrize("kind", [DepthTwo, RichGetRicher, DepthMorph])
@pytest.mark.parametrize(
    "knobs",
    [
        {"target": (9.0, 9.0)},
        {"target": (10.0, 10.0)},
        {"target": (3.0, 6.0), "start": (2.0, 0.1)},
        {"target": (9.0, 9.0), "depths": (1.0, 4.0)},
    ],
    ids=["alike", "at the edge", "half way at first", "not to the limit"],
)
def test_where_no_weight_leads_none_is_said_to(
    kind: type[FlowScene], knobs: dict[str, tuple[float, ...]],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = said_by(kind, knobs, tmp_path, monkeypatch)
    alike = "Their targets are alike, so neither is ahead."
    wrong = [told for told in said if LEADS.search(told.replace(alike, ""))]
    if "start" in knobs:  # its path bends, with no weight to wait for
        wrong = [told for told in wrong if not re.search("to bend|bends", told)]
        assert alike not in said
    else:
        assert alike in said
    assert wrong == []


@pytest.mark.parametrize("depth", [2, 4])
def test_a_weight_that_has_begun_is_not_said_to_wait(
    depth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With targets near each other, by how much one is ahead is told as it is."""
    target, start = (5.0, 6.0), (0.1, 0.1)
    path = point_solution(PointLoss(target), Deep(depth), start, np.linspace(0, 30, 20001))
    part = path[np.argmax(path[:, 1] >= 3.0), 0] / 5.0
    told = f"When #w2 is half way, #w1 is at {part:.2f} of its target."
    said = said_by(
        {2: DepthTwo, 4: RichGetRicher}[depth], {"target": target}, tmp_path, monkeypatch
    )
    assert told in said
    assert not any("hardly begun" in some or "one by one" in some for some in said)


@pytest.mark.parametrize("kind", [RichGetRicher, AntiDeep])
@pytest.mark.parametrize("start", [(0.1, 0.1), (0.1, 3.5)])
def test_a_share_is_told_where_a_weight_comes_half_way(
    kind: type[FlowScene], start: tuple[float, float], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    read = []
    reading = FlowScene.reading

    def heard(scene: FlowScene, height: float, name: str, *args: object, **kw: object) -> object:
        read.append(name)
        return reading(scene, height, name, *args, **kw)

    monkeypatch.setattr(FlowScene, "reading", heard)
    with small(tmp_path, fps=1, format="png"):
        scene = type(kind.__name__, (kind,), {"count": 1, "start": start})
        scene(skip_animations=True).render()
    told = [name for name in read if "= 0.5" in name]
    assert told == (['w_2 slash w_2^* = 0.5":" space w_1 slash w_1^* ='] if start[1] < 3 else [])


def test_from_the_edge_no_way_leads_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = said_by(RichGetRicher, {"target": (10.0, 10.0)}, tmp_path, monkeypatch)
    assert said[-1] == "From above there is no room: $w^*$ is at the edge."
    assert not any("shrinks" in told for told in said)


@pytest.mark.parametrize("target", [(3.0, 6.0), (8.0, 2.0), (2.0, 8.0), (9.0, 9.0), (1.0, 1.0)])
def test_from_above_weights_even_out(target: tuple[float, float]) -> None:
    asked = SimpleNamespace(target=target, above=RichGetRicher.above)
    start = RichGetRicher.from_above(asked)
    assert target != (3.0, 6.0) or start == RichGetRicher.above
    assert np.all(np.array(start) > target)
    assert max(start) <= 10
    (path,) = paths_by_depth(PointLoss(target), [1 / 6], [start])[0]
    apart = np.ptp(path, axis=-1)
    assert np.all(np.diff(apart[:20]) < 0)
    assert apart[-1] < apart[0] - 0.01
    larger = int(np.argmax(start))
    assert np.all(
        np.diff(path[:20], axis=0)[:, larger] <= np.diff(path[:20], axis=0)[:, 1 - larger]
    )


@pytest.mark.parametrize("start", [(0.1, 0.1), (0.01, 0.01), (1e-3, 0.5)])
def test_who_arrives_last_has_arrived(start: tuple[float, float]) -> None:
    loss = PointLoss(DepthTwo.target)
    flow = GradientFlow(loss, Deep(2), rate=1 / reference_weight(loss))
    last = DepthTwo.until_learned(SimpleNamespace(target=DepthTwo.target, start=start), flow)
    end = point_solution(loss, Deep(2), start, [last * flow.rate])[0]
    assert np.all(end >= 0.949 * np.array(DepthTwo.target))
    assert start != (0.1, 0.1) or last == 9.0
