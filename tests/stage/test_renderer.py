"""Frames that are used again, and never while somebody still reads them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from manim import Circle, Dot, FadeIn, FadeOut, Scene, Square, VGroup, VMobject, tempconfig
from manim._config.video_encoder import VideoEncoderSpec

from stage.engine.camera import StageCamera
from stage.engine.renderer import StageRenderer
from stage.film.segment import FilmSegment
from stage.scene import FlowScene


@pytest.fixture
def renderer(tmp_path: Path) -> StageRenderer:
    with tempconfig({"pixel_width": 16, "pixel_height": 8, "media_dir": str(tmp_path)}):
        return FlowScene().renderer


class Hand:
    """Takes the pictures of a film, and says when it has read them."""

    def __init__(self, renderer: StageRenderer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held: list[np.ndarray] = []
        self.renderer = renderer
        monkeypatch.setattr(renderer.file_writer, "write_frame", self.write_frame)

    def write_frame(self, pixels: np.ndarray, *, repeat: int) -> None:
        self.held.append(pixels)

    def shades(self) -> list[int]:
        assert all(np.ptp(frame[..., 0]) == 0 for frame in self.held)
        return [int(frame[0, 0, 0]) for frame in self.held]

    def let_go(self, number: int) -> int:
        frame = self.held.pop(number)
        self.renderer.file_writer.release(frame)
        return frame.ctypes.data


def film(renderer: StageRenderer, *shades: int) -> None:
    for shade in shades:
        camera = renderer.camera
        camera.set_background(np.full(camera.background.shape, shade, np.uint8))
        renderer.render(Scene.__new__(Scene), 0.0, [VMobject()])


def test_a_frame_is_drawn_into_again_only_when_the_writer_gave_it_back(
    renderer: StageRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(renderer, monkeypatch)
    film(renderer, 10, 20, 30)
    assert hand.shades() == [10, 20, 30]
    address = hand.let_go(1)
    film(renderer, 40, 50)
    assert hand.shades() == [10, 30, 40, 50]
    assert hand.held[2].ctypes.data == address, "the one that was given back"
    assert len({frame.ctypes.data for frame in hand.held}) == 4


def test_what_was_not_lent_is_not_taken_back(
    renderer: StageRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(renderer, monkeypatch)
    film(renderer, 10)
    foreign = np.full_like(hand.held[0], 99)
    renderer.file_writer.release(foreign)
    hand.let_go(0)
    film(renderer, 20, 30)
    assert foreign.max() == foreign.min() == 99
    assert hand.shades() == [20, 30]


def test_a_frame_that_somebody_asked_for_is_theirs(
    renderer: StageRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand(renderer, monkeypatch)
    film(renderer, 10)
    picture = renderer.get_frame()
    hand.let_go(0)
    film(renderer, 20)
    assert picture.max() == picture.min() == 10


@pytest.mark.parametrize(
    ("codec", "layout", "name"),
    [("libx264", "yuv420p", "a.mp4"), ("png", "rgba", "a.mov"), ("qtrle", "argb", "b.mov")],
)
def test_no_encoder_reads_a_frame_that_it_released(
    codec: str, layout: str, name: str, tmp_path: Path
) -> None:
    spec = VideoEncoderSpec(
        width=16,
        height=16,
        frame_rate=Fraction(10),
        codec=codec,
        pixel_format=layout,
        container_format=name[-3:],
        options=(),
    )
    shades = range(20, 240, 20)
    segment = FilmSegment(target=tmp_path / name, spec=spec, release=lambda frame: frame.fill(0))
    for shade in shades:
        segment.write_frame(np.full((16, 16, 4), (shade, shade, shade, 255), np.uint8))
    segment.finish()
    with av.open(tmp_path / name) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(pictures) == len(shades)
    for picture, shade in zip(pictures, shades, strict=True):
        assert np.abs(picture.astype(int) - shade).max() <= 6


class Blinking(FlowScene):
    """A hundred pictures, and two that are frozen."""

    def construct(self) -> None:
        square = Square()
        self.add(square.add_updater(lambda _: None))
        for _ in range(2):
            self.let_flow(2.0)
            self.remove(square)
            self.wait(1)
            self.add(square)


@pytest.mark.parametrize(
    ("output", "most"),
    # Two plays may have eight pictures waiting and one in work each, and one is being drawn.
    [({"format": "mp4"}, 19), ({"format": "png-sequence"}, 1)],
    ids=["film", "images"],
)
def test_a_film_needs_no_more_frames_than_can_be_waiting(
    output: dict[str, str], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[np.ndarray] = []  # kept, so that no address comes twice
    capture = StageCamera.capture_mobjects

    def noted(camera: StageCamera, *args: object, **kwargs: object) -> None:
        if not any(frame is camera.pixel_array for frame in drawn):
            drawn.append(camera.pixel_array)
        capture(camera, *args, **kwargs)

    monkeypatch.setattr(StageCamera, "capture_mobjects", noted)
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 25, "media_dir": str(tmp_path)}
    with tempconfig({**small, **output, "progress_bar": "none", "verbosity": "ERROR"}):
        scene = Blinking()
        scene.render()
    assert scene.renderer.time == pytest.approx(6.0)
    assert len(drawn) <= most


class Flat(FlowScene):
    def construct(self) -> None:
        self.add(Square())
        self.let_flow(0.2)


def test_a_draft_is_encoded_faster_and_a_film_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = []
    small = {"pixel_width": 160, "pixel_height": 90, "media_dir": str(tmp_path)}
    for setting in ("yes", "no"):
        monkeypatch.setenv("FLOWREEL_DRAFT", setting)
        with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
            Flat().render()
        (film,) = tmp_path.rglob("Flat.mp4")
        said = film.read_bytes()
        assert b"crf=17.0" in said
        profiles.append(b"8x8dct=1" in said)
    assert profiles == [False, True], "ultrafast does without; and no cached draft is served"


class Remaining(FlowScene):
    """Lets flow what is left of ten seconds, as a computer subtracts: a hair more than 0.8."""

    def construct(self) -> None:
        self.add(Square())
        self.let_flow(10 - 9.2)


def test_no_frame_stands_twice_where_plays_join(tmp_path: Path) -> None:
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 60, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        Remaining().render()
    (film,) = tmp_path.rglob("Remaining.mp4")
    with av.open(film) as container:
        assert sum(1 for _ in container.decode(video=0)) == 48


class Behind(FlowScene):
    """Something behind all else fades."""

    def construct(self) -> None:
        self.note, self.still = Square(), Circle()
        self.add(self.note, self.still, Dot().add_updater(lambda dot: None))
        self.let_flow(0.2, FadeOut(self.note, run_time=0.2))


def test_what_changes_behind_does_not_have_all_else_drawn_anew(tmp_path: Path) -> None:
    small = {"pixel_width": 64, "pixel_height": 36, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        scene = Behind()
        scene.render()
    assert scene.static_mobjects == [scene.still]


class Nested(FlowScene):
    """What looks itself up is deep inside a group, comes alive between plays, or fades in."""

    def construct(self) -> None:
        self.seen: dict[str, list[float]] = {"deep": [], "later": [], "fading": []}
        deep, later, fading = Dot(), Dot(), Dot()
        self.add(VGroup(VGroup(self.follow(deep, "deep"))), later)
        self.let_flow(0.4)
        self.follow(later, "later")
        self.let_flow(0.4, FadeIn(self.follow(fading, "fading"), run_time=0.4))
        self.let_flow(0.4)

    def follow(self, dot: Dot, name: str) -> Dot:
        def look(_: Dot) -> None:
            self.seen[name].append(round(self.clock.get_value(), 3))

        return dot.add_updater(look)


def test_whatever_is_alive_looks_itself_up_in_every_frame(tmp_path: Path) -> None:
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 10, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        scene = Nested()
        scene.render()
    frames = np.arange(0, 1.2, 0.1)
    for name, begin in (("deep", 0.0), ("later", 0.4), ("fading", 0.8)):
        assert set(frames[frames > begin - 1e-9].round(3)) <= set(scene.seen[name]), name
    assert max(scene.seen["fading"]) == 1.2
