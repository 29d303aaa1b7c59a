"""Holds: what goes on while a talk waits, in bytes before they are encoded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from manim import Circle, FadeIn, tempconfig

from fields import (
    Deep,
    EvenPace,
    Frozen,
    GradientFlow,
    HeldStream,
    MorphingFlow,
    PointLoss,
    Slide,
    Stream,
    moving,
    reference_weight,
)
from stage import DARK, BendingPath, FlowScene
from stage.echo import echoes
from stage.engine.renderer import StageRenderer
from stage.keyframes import constant
from stage.steps import HOLD, StepLog, hold_period

LOSS = PointLoss((3.0, 6.0))


@pytest.fixture(autouse=True)
def small(tmp_path: Path) -> Iterator[None]:
    with tempconfig(
        {
            "pixel_width": 160,
            "pixel_height": 90,
            "frame_rate": 10,
            "media_dir": str(tmp_path),
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
    ):
        yield


class Sliding(FlowScene):
    """Depth rests until 2 s and from 6 s on; a bead goes round every 5 s."""

    count, lifetime, language = 400, 2.0, False
    ends = (2.0, 6.0, 9.0)
    stops = ("flow", "flow", "flow")

    def construct(self) -> None:
        depth = Slide(1.0, 0.2, 2.0, 6.0)
        plane = self.weight_plane()
        flow = EvenPace(MorphingFlow(LOSS, depth, reference_weight(LOSS)), self.speed)
        self.flock = self.swarm(flow, plane)
        path = self.path = BendingPath(
            plane, constant([[1.0, 1], [8, 2], [9, 9]]), self.clock, self.theme, seconds=5.0
        )
        self.add(plane, self.flock, path)
        for end, stop in zip(self.ends, self.stops, strict=True):
            self.next_section(f"Until {end}", stop=stop)
            self.let_flow(1.0, FadeIn(Circle(radius=0.1 * end)))
            self.let_flow(end - self.clock.get_value())
            self.look()

    def look(self) -> None:
        """What a test does at the end of a section."""


def filmed(kind: type[FlowScene], *, holds: bool) -> tuple[FlowScene, list[str | None]]:
    """A clip, and the names of the segments of its film."""
    with tempconfig(kind().frame_settings):
        renderer = StageRenderer()
    renderer.films_holds = holds
    scene = kind(renderer)
    scene.render()
    names = scene.renderer.file_writer.partial_movie_files
    return scene, [Path(name).name for name in names if name]


@pytest.mark.parametrize("period", [2.5, 5.0, 1.5])
def test_after_a_period_the_picture_is_what_it_was_and_between_it_flows(period: float):
    """Of half a lap, with an echo; of a whole one; and of less than a lifetime."""
    pictures = {}

    class Looking(Sliding):
        def look(self) -> None:
            now = self.clock.get_value()
            before = self.picture()
            phases = (0.0, 0.1, 0.5, 1.0, period - 0.1, period, period + 0.5, 2 * period)
            lapping = [self.path] if period % 5 else []
            self.flock.held = HeldStream(self.flock.stream, now, period, DARK.trail_seconds)
            with echoes(lapping, self.clock, period):
                for phase in phases:
                    self.clock.phase.set_value(phase % period if lapping else phase)
                    pictures[now, phase] = self.picture()
            self.clock.phase.set_value(0.0)
            self.flock.held = None
            assert (pictures[now, 0.0] == before).all(), "a hold begins with what there was"
            assert (self.picture() == before).all(), "and leaves nothing behind"
            with echoes(lapping, self.clock, period):  # the end of the lap, and not its begin
                self.flock.held = HeldStream(self.flock.stream, now, period, DARK.trail_seconds)
                self.clock.phase.set_value(period)
                assert (self.picture() == before).all()
            self.clock.phase.set_value(0.0)
            self.flock.held = None

        def picture(self) -> np.ndarray:
            self.update_mobjects(0)
            self.renderer.static_image = None
            self.renderer.update_frame(self)
            return self.renderer.camera.pixel_array.astype(int)

    filmed(Looking, holds=False)
    for now in Sliding.ends:
        seen = {phase: pictures[now, phase] for at, phase in pictures if at == now}
        assert (seen[period] == seen[0.0]).all()
        assert (seen[2 * period] == seen[0.0]).all()
        assert (seen[period + 0.5] == seen[0.5]).all(), "also in the middle of a lap"

        def change(one: float, other: float, seen=seen) -> float:
            return float(np.abs(seen[one] - seen[other]).mean())

        assert change(0.5, 0.0) > 2 * change(0.1, 0.0) > 0, "it flows"
        assert change(period - 0.1, 0.0) == pytest.approx(change(0.1, 0.0), rel=0.5), "no seam"


def test_a_film_is_the_same_with_holds_and_without():
    one, without = filmed(Sliding, holds=False)
    other, names = filmed(Sliding, holds=True)
    assert names == without
    assert len(names) > 3
    assert other.time == one.time == pytest.approx(9.0)
    assert [len(step.hold) for step in one.steps.done] == [0, 0, 0]
    lengths = [len(step.hold) for step in other.steps.done]
    assert lengths == [2, 2, 2], "the first frame, and the rest"
    aside = other.renderer.file_writer.aside
    assert sorted(aside) == [play for step in other.steps.done for play in step.hold]
    assert all(Path(str(name)).is_file() for name in aside.values())


def test_a_hold_needs_rest_on_one_side_of_it():
    depth = Slide(1.0, 0.2, 2.0, 6.0)
    flow = EvenPace(MorphingFlow(LOSS, depth))
    assert [moving(flow, time) for time in (1.0, 2.0, 6.0, 9.0)] == [[], [], [], []]
    assert moving(flow, 4.0) == [("inverse depth", 6.0)]

    class Early(Sliding):
        ends = (2.0, 4.0, 9.0)

    told = r"Early, section 'Until 4.0': .* at 4 s, while the inverse depth .* rest from 6 s on"
    with pytest.raises(ValueError, match=told):
        filmed(Early, holds=False)

    class Still(Early):
        stops = ("flow", "auto", "none")

    scene, _ = filmed(Still, holds=True)
    assert [len(step.hold) for step in scene.steps.done] == [2, 0, 0]
    assert [step.stops for step in scene.steps.done] == [True, True, False]


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ((2.0, 2.0, 9.0), "section 'Until 2.0': an earlier section has that name"),
        ((2.0, 6.0, 9.0), "section 'Empty': it has no frames"),
    ],
)
def test_what_is_no_step_is_said(ends: tuple[float, ...], told: str):
    class Wrong(Sliding):
        def look(self) -> None:
            if ends[1] == 6.0:
                self.next_section("Empty")

    Wrong.ends = ends
    with pytest.raises(ValueError, match=told):
        filmed(Wrong, holds=False)


@pytest.mark.parametrize("rate", [5, 15, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("laps", [(), (5.0,), (4.0,), (7.0,), (3.7, 2.9)])
def test_a_hold_is_whole_frames_and_pieces_of_light_near_whole_laps(
    rate: int, laps: tuple[float, ...]
):
    period = hold_period(laps, Fraction(rate))
    for whole in (period * rate, period * 60):
        assert math.isclose(whole, round(whole), abs_tol=1e-9)
    whole = max([HOLD, *(math.ceil(HOLD / lap) * lap for lap in laps)])
    assert whole <= period < whole + 0.3


@pytest.mark.parametrize(("echoes", "seconds"), [(True, 2.0), (False, 5.0)])
def test_only_what_has_no_echo_makes_a_hold_longer(
    echoes: bool, seconds: float, monkeypatch: pytest.MonkeyPatch
):
    periods: list[float] = []
    monkeypatch.setattr(StepLog, "_hold", lambda self, period: periods.append(period))

    class Lapping(Sliding):
        def look(self) -> None:
            vars(self.path).update(lap=5.0, echoes=echoes)

    filmed(Lapping, holds=False)
    assert periods == [seconds] * 3


def test_a_hold_is_longer_than_a_trail():
    stream = Stream(EvenPace(GradientFlow(LOSS, Deep(2))), 100, 2.0, 1)
    with pytest.raises(ValueError, match=r"a period of 0\.75 s is no longer than a trail"):
        HeldStream(stream, 3.0, 0.75, 0.75)


def test_as_much_light_is_seen_in_the_middle_of_a_hold_as_ever():
    """Particles at rest, each by itself: what fades is replaced, one for one."""
    stream = Stream(Frozen(EvenPace(GradientFlow(LOSS, Deep(2))), 0.0), 600, 3.0, 1)
    held = HeldStream(stream, 6.0, 2.0, 0.75)
    for number in range(360, 480):
        seen = 0.0
        for some, since, until, _, share in held.strands(number / 60, (number + 1) / 60):
            middle = 0.5 * (since + until)
            for first, samples in some.blocks(since, until):
                age = middle - (first + np.arange(samples.shape[2])) * 0.005
                seen += share * np.count_nonzero((age > 0) & (age < 3.0))
        assert seen == pytest.approx(600, abs=3)
