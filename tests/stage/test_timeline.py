"""Film time: one grid of frames for all plays, at every rate, whatever is skipped or cached."""

from __future__ import annotations

import math
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import LEFT, RIGHT, Dot, FadeIn, linear, tempconfig
from manim._config.video_encoder import to_av_frame_rate

from fields import Deep
from stage import DARK, FlowScene
from stage.figure import PointFigure
from stage.place import put
from stage.theme import BRIGHTEST
from stage.timeline import Timeline

RATES = (15, 24, 23.976, 25, 29.97, 30, 50, 59.94, 60)


@settings(max_examples=100)
@given(
    st.lists(
        st.floats(1e-3, 3) | st.sampled_from([0.1, 0.37, 0.5, 1 / 3, 2 / 3, 1 / 15]), max_size=20
    ),
    st.sampled_from(RATES) | st.integers(1, 240),
)
def test_frames_are_those_of_the_sum(lengths: list[float], rate: float) -> None:
    line, frames, instants, begin = Timeline(to_av_frame_rate(rate)), [], [], Fraction(0)
    for length in lengths:
        shown = line.frames(length)
        frames += shown
        instants += [begin + Fraction(line.into(frame)) for frame in shown]
        assert all(line.into(frame) < length + 2e-5 for frame in shown)
        line.advance(length)
        begin += Fraction(length)
    assert frames == list(range(len(frames))), "none twice, none missing"
    exact = sum(map(Fraction, lengths), Fraction(0)) * line.rate
    assert math.ceil(exact - line.rate / 50_000) <= len(frames) <= math.ceil(exact)
    assert all(abs(t - frame / line.rate) < 2e-5 for t, frame in zip(instants, frames, strict=True))


def test_thirds_of_a_second_add_up() -> None:
    line = Timeline(Fraction(60))
    counts = set()
    for _ in range(3000):
        counts.add(len(line.frames(2 / 3)))
        line.advance(2 / 3)
    assert counts == {40}
    assert line.frames(1 / 60) == range(120_000, 120_001)


@pytest.mark.parametrize("rate", RATES)
def test_a_loop_has_whole_frames(rate: float) -> None:
    line = Timeline(to_av_frame_rate(rate))
    for seconds in (12.0, 10.3, 0.001):
        whole = line.whole(seconds)
        assert abs(whole - seconds) <= 0.5 / line.rate or len(line.frames(whole)) == 1
        assert len(line.frames(whole)) / line.rate == pytest.approx(whole, rel=1e-15)
    assert line.whole(12.0) == 12.0 or rate % 1


@contextmanager
def filming(folder: Path, rate: float, **more: object) -> Iterator[None]:
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": rate, "media_dir": str(folder)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR", **more}):
        yield


def filmed(scene: FlowScene, tell: Callable[[FlowScene], float]) -> list[float]:
    """What is told of a scene in every frame that it writes."""
    told: list[float] = []
    write = scene.renderer.file_writer.write_frame

    def written(pixels: np.ndarray, *, repeat: int = 1) -> None:
        told.extend([tell(scene)] * repeat)
        write(pixels, repeat=repeat)

    scene.renderer.file_writer.write_frame = written
    scene.render()
    return told


def frames_of(scene: FlowScene) -> int:
    with av.open(scene.renderer.file_writer.final_file_path) as film:
        return sum(packet.pts is not None for packet in film.demux(video=0))


class Odd(FlowScene):
    """Time flows in plays that are no whole frames, one of them shorter than a frame."""

    lengths = (*(0.37,) * 4, 0.5, 0.02, 1 / 3, 1 / 3, 1 / 3, 0.5, 2.61)

    def construct(self) -> None:
        self.add(Dot().add_updater(lambda dot: put(dot, self.clock.get_value() * RIGHT)))
        for length in self.lengths:
            self.let_flow(length)


@pytest.mark.parametrize("rate", RATES)
def test_the_clock_steps_evenly_and_a_clip_is_as_long_at_every_rate(
    rate: float, tmp_path: Path
) -> None:
    with filming(tmp_path, rate):
        scene = Odd()
        seen = filmed(scene, lambda scene: scene.clock.get_value())
    exact = to_av_frame_rate(rate)
    np.testing.assert_allclose(seen, [float(k / exact) for k in range(len(seen))], atol=2e-9)
    assert len(seen) == frames_of(scene) == math.ceil(sum(Odd.lengths) * exact - 1e-6)
    assert scene.time == pytest.approx(float(len(seen) / exact))


class Mixed(FlowScene):
    """Manim's own plays between ours; ``now`` is where a dot is in what it does."""

    def construct(self) -> None:
        self.begins = []
        self.dot = Dot()
        self.add(self.dot, Dot().add_updater(lambda dot: None))
        self.part(self.let_flow, 0.37)
        self.part(self.wait, 0.7)  # stands still
        self.part(self.slide, 1.15)
        self.part(self.wait, 0.02)  # between two frames, at some rates
        self.part(self.wait, 0.7)
        self.part(self.slide, 1.15)
        self.part(self.let_flow, 0.37)

    def part(self, play: Callable[[float], None], seconds: float) -> None:
        play(seconds)

    def slide(self, seconds: float) -> None:
        self.play(self.dot.animate.shift(RIGHT), run_time=seconds, rate_func=linear)


@pytest.mark.parametrize("rate", [15, 23.976, 25, 60])
def test_plays_of_manim_are_on_the_same_grid(rate: float, tmp_path: Path) -> None:
    with filming(tmp_path, rate):
        scene = Mixed()
        seen = filmed(scene, lambda scene: float(scene.dot.get_x()))
        times = np.array([float(k / to_av_frame_rate(rate)) for k in range(frames_of(scene))])
        bends = np.cumsum([0, 0.37 + 0.7, 1.15, 0.72, 1.15, 0.37])
        np.testing.assert_allclose(seen, np.interp(times, bends, [0, 0, 1, 1, 2, 2]), atol=1e-6)
        assert len(seen) == math.ceil(bends[-1] * rate - 1e-2)
        again = Mixed()
        assert filmed(again, lambda scene: 0.0) == [], "all of it is in the cache"
        assert (frames_of(again), again.time) == (len(seen), scene.time)


def names(scene: FlowScene) -> list[str]:
    return [Path(file or "").name for file in scene.renderer.file_writer.partial_movie_files]


def test_the_key_of_a_play_tells_its_frames_and_not_what_was_skipped(tmp_path: Path) -> None:
    with filming(tmp_path / "whole", 15):
        whole = Mixed()
        whole.render()
    assert "" not in (kept := names(whole))[:3]
    assert kept[3] == "", "no frame is in it"
    part = {"from_animation_number": 4, "upto_animation_number": 5}
    with filming(tmp_path / "part", 15, **part):
        some = Mixed()
        some.render()
    assert names(some) == ["", "", "", "", *kept[4:6]]
    assert frames_of(some) == round(15 * some.time) == math.ceil(4.09 * 15) - math.ceil(2.24 * 15)


class Still(FlowScene):
    """Nothing moves; how long the first play is, decides which frames the second one has."""

    first = 0.5

    def construct(self) -> None:
        self.add(Dot())
        self.wait(self.first)
        self.wait(0.7)


def test_a_play_that_begins_elsewhere_between_two_frames_has_another_key(tmp_path: Path) -> None:
    found = []
    for Still.first in (0.5, 0.53, 0.5 + 2 / 15):
        with filming(tmp_path, 15):
            scene = Still()
            scene.render()
        found.append((names(scene)[1], frames_of(scene)))
    (key, length), (other, longer), (same, as_long) = found
    assert (length, longer, as_long) == (18, 19, 20)
    assert key == same != other


class Waiting(FlowScene):
    """Waits until something is true, less long than it would."""

    def construct(self) -> None:
        self.dot = Dot().add_updater(lambda dot, dt: dot.shift(dt * RIGHT))
        self.add(self.dot)
        self.let_flow(0.05)
        self.wait_until(lambda: self.dot.get_x() > 0.5, max_time=5)
        self.ended = self.time
        self.let_flow(1)


def test_a_wait_is_as_long_as_it_was(tmp_path: Path) -> None:
    for _ in ("rendered", "cached"):
        with filming(tmp_path, 15):
            scene = Waiting()
            scene.render()
        assert 0.5 < scene.ended < 0.8
        assert frames_of(scene) == round(15 * (scene.ended + 1)) == round(15 * scene.time)


class Cut(FlowScene):
    """A part of it is left out; each part has a sound and a caption."""

    def construct(self) -> None:
        self.part("first", 0.5)
        self.next_section("gone", skip_animations=True)
        self.part("gone", 1.25)
        self.let_flow(0.5)
        self.next_section("back")
        self.part("back", 1.0)
        self.wait(0.3)
        self.play(FadeIn(Dot().shift(LEFT)), run_time=0.5, subcaption="fades")

    def part(self, name: str, seconds: float) -> None:
        self.add_sound("tick.wav")
        self.add_subcaption(name, duration=0.1)
        self.let_flow(seconds)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Manim's reader of sound leaves files open
@pytest.mark.parametrize("run", ["rendered", "cached", "from 3"])
def test_captions_and_sounds_are_where_they_are_in_the_film(run: str, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "tick.wav"), "wb") as tick:
        tick.setparams((1, 2, 44100, 0, "NONE", ""))
        tick.writeframes(np.full(2205, 20_000, "<i2").tobytes())
    more = {"from_animation_number": 3} if run == "from 3" else {}
    with filming(tmp_path, 15, assets_dir=str(tmp_path), **more):
        if run == "cached":
            Cut().render()
        scene = Cut()
        scene.render()
    writer = scene.renderer.file_writer
    told = [(c.content, c.start.total_seconds(), c.end.total_seconds()) for c in writer.subcaptions]
    cut = 0 if more else 8  # frames before: half a second, to the frame that ends it
    back = [("back", cut / 15, cut / 15 + 0.1), ("fades", (cut + 20) / 15, (cut + 27) / 15)]
    wanted = back if more else [("first", 0, 0.1), *back]
    assert [name for name, *_ in told] == [name for name, *_ in wanted]
    np.testing.assert_allclose([t for _, *t in told], [t for _, *t in wanted], atol=1e-5)
    sound = np.array(writer.audio_segment.get_array_of_samples())
    assert np.abs(sound).max() < 25_000, "no two at a time"
    begins = np.flatnonzero(np.diff(np.r_[0, np.abs(sound) > 1000].astype(int)) == 1) / 44100
    np.testing.assert_allclose(begins, [cut / 15] if more else [0, cut / 15], atol=2e-3)
    assert frames_of(scene) == round(15 * scene.time) == cut + 27


def test_a_sequence_of_pictures_has_all_frames(tmp_path: Path) -> None:
    with filming(tmp_path, 15, format="png-sequence"):
        scene = Mixed()
        scene.render()
    assert len(list(tmp_path.rglob("*.png"))) == scene.renderer.film_frames == math.ceil(4.46 * 15)


class Loop(PointFigure):
    """A loop of a length that no rate divides."""

    parameterization = Deep(2)
    title, model, law = "Loop", "w", "w"
    language, count, seconds, lifetime = False, 100, 0.93, 0.3
    theme = replace(DARK, trail_light=DARK.trail_light / BRIGHTEST)  # each as bright as of many


@pytest.mark.parametrize("rate", [15, 24, 23.976, 25, 30, 60])
def test_the_joint_of_a_loop_is_as_even_as_any_step(rate: float, tmp_path: Path) -> None:
    with filming(tmp_path, rate, dry_run=True, pixel_width=240, pixel_height=136):
        scene = Loop()
        pictures: list[np.ndarray] = []

        def seen(scene: FlowScene) -> float:
            pictures.append(scene.renderer.camera.pixel_array.astype(int))
            return scene.clock.get_value()

        clock = filmed(scene, seen)
        next_one = clock[-1] + clock[1] - clock[0]
        assert scene.clock.get_value() == pytest.approx(next_one, abs=3e-9)
        scene.renderer.static_image = None
        scene.update_mobjects(0)
        scene.renderer.update_frame(scene)
        assert np.abs(scene.renderer.camera.pixel_array.astype(int) - pictures[0]).max() <= 4
        steps = [np.abs(after - before).mean() for before, after in pairwise(pictures)]
        joint = np.abs(pictures[0] - pictures[-1]).mean()
        assert min(steps) / 2 < joint < 2 * max(steps)


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf])
def test_a_length_that_is_none_is_named(seconds: float, tmp_path: Path) -> None:
    with filming(tmp_path, 15, dry_run=True), pytest.raises(ValueError, match=r"Odd.*of.*s"):
        Odd().wait(seconds)
