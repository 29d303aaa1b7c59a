"""At every frame, also while it is animated, what follows the clock is as asked at that clock.

Here the look itself is tried; every clip is looked at in tests/scenes/test_clips.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from manim import (
    RIGHT,
    UP,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Succession,
    Transform,
    VGroup,
)

from scenes.figures import LineDeepFour, PointDeepFour
from stage import FlowScene
from stage.clock import follow_clock
from stage.engine.renderer import StageRenderer
from tests.scenes.clips import small
from tests.scenes.following import followers, stale


class Stale:
    """Goes through the frames of a scene without painting them, and keeps what is not as asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: set[str] = set()
        self.frames = self.followers = 0
        monkeypatch.setattr(StageRenderer, "render", self.render)

    def render(self, scene: FlowScene, *_: object) -> None:
        following = followers(scene)
        self.frames += 1
        self.followers += len(following)
        self.found |= stale(scene, following)

    def go_through(self, kind: Callable[..., FlowScene], folder: Path, fps: int) -> set[str]:
        with small(folder, fps=fps, dry_run=True):
            kind().render()
        return self.found


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Stale:
    return Stale(monkeypatch)


def test_figures_have_nothing_that_could_be(seen: Stale, tmp_path: Path) -> None:
    for kind in (PointDeepFour, LineDeepFour):
        seen.go_through(type(kind.__name__, (kind,), {"count": 20}), tmp_path, fps=1)
    assert seen.frames >= 24
    assert seen.followers == 0


class Faded(FlowScene):
    """Everything that Manim can do to a dot that goes with the clock."""

    def construct(self) -> None:
        for animate in (
            lambda dot: FadeIn(dot, run_time=1.0),
            lambda dot: FadeOut(dot, run_time=1.0),
            lambda dot: FadeIn(VGroup(dot, Dot()), shift=UP, run_time=1.0),
            lambda dot: LaggedStart(FadeIn(dot), FadeOut(dot), run_time=1.0),
            lambda dot: Succession(FadeIn(dot), FadeOut(dot), run_time=1.0),
            lambda dot: Transform(dot, Dot().shift(UP), run_time=1.0),
            lambda dot: dot.animate(run_time=1.0).set_opacity(0.3),
        ):
            dot = Dot()
            home = dot.points.copy()

            def look(time: float, dot: Dot = dot, home: np.ndarray = home) -> None:
                dot.points = home + time * RIGHT

            follow_clock(dot, self.clock, look)
            self.let_flow(1.0, animate(dot))
            self.let_flow(0.5)


def test_every_kind_of_animation_leaves_it_awake(seen: Stale, tmp_path: Path) -> None:
    assert seen.go_through(Faded, tmp_path, fps=8) == set()
    assert seen.followers > 7 * 8


def test_what_sleeps_is_found(seen: Stale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stage.clock_scene._keep_awake", lambda _: None)
    assert seen.go_through(Faded, tmp_path, fps=8)
