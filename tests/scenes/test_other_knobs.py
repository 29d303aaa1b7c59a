"""What clips say is true of other targets, lines and starts, too."""

from __future__ import annotations

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
from scenes.deep import DepthMorph, DepthTwo, RichGetRicher
from scenes.landing import LandingDial
from stage import FlowScene
from stage.engine.camera import StageCamera
from tests.scenes.clips import small


@pytest.mark.parametrize(
    ("kind", "knobs", "sentence"),
    [
        (RichGetRicher, {"target": (8.0, 2.0)}, "#w1 is half way when #w2 has hardly begun."),
        (DepthMorph, {"target": (8.0, 2.0)}, "When #w1 is half way, #w2 has ever less."),
        (LandingDial, {"line": (-3.0, -1.0, 12.0)}, "Deeper: #w1 does ever more of the work,"),
    ],
)  # fmt: skip
def test_the_weight_that_leads_is_named(
    kind: type[FlowScene], knobs: dict[str, tuple[float, ...]], sentence: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = []

    def say(scene: FlowScene, text: str, *args: object, seconds: float) -> None:
        said.append(text)
        FlowScene.say(scene, text, *args, seconds=seconds)

    monkeypatch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
    with small(tmp_path, fps=1, format="png"):
        scene = type(kind.__name__, (kind,), knobs | {"count": 1, "say": say})
        scene(skip_animations=True).render()
    assert sentence in said


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
