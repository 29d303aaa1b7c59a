"""Frames that are used again, and never while somebody still needs them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from manim import Circle, Dot, FadeIn, FadeOut, Square, VGroup, tempconfig

from stage.scene import FlowScene


def test_a_frame_is_used_again_only_when_nobody_holds_it(tmp_path: Path) -> None:
    with tempconfig({"pixel_width": 16, "pixel_height": 8, "media_dir": str(tmp_path)}):
        scene = FlowScene()
    renderer, held = scene.renderer, []

    def drawn(shade: int) -> np.ndarray:
        renderer.camera.background[:] = shade
        renderer.update_frame(scene)
        return renderer.get_frame()

    held = [drawn(shade) for shade in (10, 20, 30)]
    assert [int(frame.min()) for frame in held] == [10, 20, 30]
    address = held.pop(1).ctypes.data
    again = drawn(40)
    assert again.ctypes.data == address, "the one that was let go"
    assert drawn(50) is not again
    assert [int(frame.max()) for frame in (*held, again)] == [10, 30, 40]


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
