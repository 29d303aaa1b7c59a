"""Numbers on the screen are computed, and equal the closed forms to the digits shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import Mobject

from fields import Deep, PointLoss, learning_time, point_solution
from scenes.deep import DepthMorph, RichGetRicher
from stage import FlowScene, LiveNumber
from stage.engine.camera import StageCamera
from stage.panel.dial import depth_in_words
from tests.scenes.clips import small


def numbers(kind: type[FlowScene], folder: Path) -> list[LiveNumber]:
    """The live numbers that a clip ever shows, from left to right and from the top down."""
    found: dict[int, LiveNumber] = {}

    def add(scene: FlowScene, *mobjects: Mobject) -> FlowScene:
        for mobject in mobjects:
            found.update((id(m), m) for m in mobject.get_family() if isinstance(m, LiveNumber))
        return kind.add(scene, *mobjects)

    with pytest.MonkeyPatch.context() as patch, small(folder, fps=2, format="png"):
        patch.setattr(StageCamera, "capture_mobjects", lambda *_, **__: None)
        type(kind.__name__, (kind,), {"count": 50, "add": add})().render()
    return sorted(found.values(), key=lambda one: (-round(one.place[1], 1), one.place[0]))


def share(depth: float) -> float:
    """What w₁ is of its target when w₂ is half way, from (0.1, 0.1)."""
    rate = Deep(depth)
    half = learning_time(6.0, 0.1, 0.5, rate)
    return float(point_solution(PointLoss((3.0, 6.0)), rate, (0.1, 0.1), [half])[0, 0] / 3.0)


def test_who_is_rich(tmp_path: Path) -> None:
    depth, part = numbers(RichGetRicher, tmp_path)
    for time, N in ((5.0, 2), (16.0, 4), (30.0, 6)):
        assert depth.text_at(time) == f"{N}.0"
        assert part.text_at(time) == f"{share(N):.2f}"
    assert [part.text_at(time) for time in (5.0, 16.0)] == ["0.21", "0.10"]


def test_the_morph_reads_true(tmp_path: Path) -> None:
    power, depth, distance = numbers(DepthMorph, tmp_path)
    assert [power.text_at(time) for time in (0.0, 25.0, 40.0)] == ["0.00", "1.00", "2.00"]
    assert [depth.text_at(time) for time in (0.0, 25.0, 40.0)] == ["1.0", "2.0", "∞"]
    assert depth.text_at(40.0 - 1 / 60) != "∞"
    w = np.array([10.0, 10.0])  # where the fields are furthest apart

    def apart(s: float) -> float:
        g = np.array([3.0, 6.0]) - w
        fields = [(w / np.sqrt(18)) ** (2 - 2 * one) * g for one in (s, 0.0)]
        return float(np.linalg.norm(fields[0] - fields[1]))

    for time in (10.0, 17.5, 25.0, 32.5):
        s = 1 - (time - 10) / 30
        assert float(distance.text_at(time)) == pytest.approx(apart(s) / apart(1), abs=0.006)
    assert [distance.text_at(time) for time in (0.0, 40.0, 50.0)] == ["1.00", "0", "0"]


@pytest.mark.parametrize(("s", "text"), [(1, "1.0"), (0.11, "9.1"), (0.04, "25"), (0, "∞")])
def test_a_depth_in_words(s: float, text: str) -> None:
    assert depth_in_words(s) == text
