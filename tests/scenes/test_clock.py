"""At every frame, also while it is animated, what follows the clock is as asked at that clock."""

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
    Mobject,
    Succession,
    Transform,
    VGroup,
)

from scenes.figures import LineDeepFour, PointDeepFour
from stage import FlowScene
from stage.clock import follow_clock
from stage.engine.renderer import StageRenderer
from tests.scenes.clips import clips, small

CLIPS = [kind for kind in clips() if kind.__module__ != "scenes.figures"]


class Stale:
    """Goes through the frames of a scene without painting them, and keeps what is not as asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.found: set[str] = set()
        self.frames = self.followers = 0
        monkeypatch.setattr(StageRenderer, "render", self.render)

    def render(self, scene: FlowScene, *_: object) -> None:
        self.frames += 1
        for follower in followers(scene):
            self.followers += 1
            shown = [part.points.copy() for part in follower.get_family()]
            for updater in follower.updaters:
                updater(follower)
            for part, points in zip(follower.get_family(), shown, strict=True):
                if not np.array_equal(points, part.points):
                    self.found.add(f"{type(follower).__name__} at {scene.clock.get_value():.2f} s")

    def go_through(self, kind: Callable[..., FlowScene], folder: Path, fps: int) -> set[str]:
        with small(folder, fps=fps, dry_run=True):
            kind().render()
        return self.found


def followers(scene: FlowScene) -> list[Mobject]:
    family = scene.get_mobject_family_members()
    return [part for part in family if getattr(part, "follows_clock", False)]


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> Stale:
    return Stale(monkeypatch)


@pytest.mark.parametrize("kind", CLIPS, ids=lambda kind: kind.__name__)
def test_nothing_is_stale(kind: type[FlowScene], stale: Stale, tmp_path: Path) -> None:
    small_swarm = type(kind.__name__, (kind,), {"count": 20})
    assert stale.go_through(small_swarm, tmp_path, fps=4) == set()
    assert stale.frames > 4 * 20


def test_figures_have_nothing_that_could_be(stale: Stale, tmp_path: Path) -> None:
    for kind in (PointDeepFour, LineDeepFour):
        stale.go_through(type(kind.__name__, (kind,), {"count": 20}), tmp_path, fps=1)
    assert stale.frames >= 24
    assert stale.followers == 0


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


def test_every_kind_of_animation_leaves_it_awake(stale: Stale, tmp_path: Path) -> None:
    assert stale.go_through(Faded, tmp_path, fps=8) == set()
    assert stale.followers > 7 * 8


def test_what_sleeps_is_found(
    stale: Stale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stage.clock_scene._keep_awake", lambda _: None)
    assert stale.go_through(Faded, tmp_path, fps=8)
