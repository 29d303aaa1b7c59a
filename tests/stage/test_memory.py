"""However many clips a process films, it holds what it held after the first few."""

from __future__ import annotations

import gc
import importlib
import inspect
import pkgutil
import tracemalloc
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from manim import Camera, tempconfig
from PIL import Image

import fields
import stage
import studio
from fields import Deep, GradientFlow, PointLoss
from stage.engine.camera import StageCamera
from stage.engine.renderer import free_clips
from stage.film.convert import frames
from stage.scene import FlowScene

CACHES = sorted(
    {
        (module.name, name)
        for package in (fields, stage, studio)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not module.name.endswith("__main__")
        for name, thing in vars(importlib.import_module(module.name)).items()
        if hasattr(thing, "cache_parameters") and thing.__module__ == module.name
    }
)


@pytest.mark.parametrize(("module", "name"), CACHES)
def test_every_cache_has_a_bound(module: str, name: str) -> None:
    kept = getattr(importlib.import_module(module), name)
    bounded = kept.cache_parameters()["maxsize"] is not None
    assert bounded or not inspect.signature(kept).parameters, "keeps whatever it is asked"


class Lecture(FlowScene):
    """A clip with a swarm, a caption, and something large that it refers to in a cycle."""

    count = 40
    number = 0

    def construct(self) -> None:
        self.notes = np.full(200_000, self.number)
        self.say(f"This is clip {self.number}.", seconds=0.2)
        flow = GradientFlow(PointLoss((3.0, 6.0 + 0.01 * self.number)), Deep(2.0))
        swarm = self.swarm(flow, self.weight_plane())
        self.add(swarm.add_updater(lambda _: self.notes))
        self.let_flow(0.2)


@pytest.fixture
def traced() -> Iterator[None]:
    """Memory is counted, and is not freed by a chance of how many objects there are."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


def test_twelve_clips_hold_no_more_than_four(tmp_path: Path, traced: None) -> None:
    held: list[int] = []
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 5, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        for k in range(
            12
        ):  # four clips, filmed again and again: what is kept by value is kept once
            type("Lecture", (Lecture,), {"number": k % 4})().render()
            held.append(tracemalloc.get_traced_memory()[0])
    assert max(held[4:]) < 1.1 * max(held[:4])


def test_a_clip_that_is_over_is_freed_when_that_is_asked(tmp_path: Path, traced: None) -> None:
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 5, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        scene = Lecture()
        scene.render()
    notes = weakref.ref(scene.notes)
    del scene
    assert notes() is not None, "it is in a cycle"
    free_clips()
    assert notes() is None


class Long(FlowScene):
    """A clip of many pictures."""

    def construct(self) -> None:
        self.let_flow(2.0)


def test_few_pictures_wait_to_be_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def frame(*size: object) -> av.VideoFrame:
        made.append(size)
        return av.VideoFrame(*size)

    monkeypatch.setattr(frames, "av", SimpleNamespace(**vars(av) | {"VideoFrame": frame}))
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 30, "media_dir": str(tmp_path)}
    with tempconfig({**small, "progress_bar": "none", "verbosity": "ERROR"}):
        scene = Long()
        scene.render()
    assert scene.renderer.file_writer.settings.encoder_queue_size == 4
    assert 1 <= len(made) <= 6  # four wait, one is encoded, one is filled


@pytest.mark.parametrize("opacity", [0.0, 0.5, 1.0])
def test_a_plain_background_takes_the_memory_of_a_row(opacity: float) -> None:
    size = {"pixel_width": 64, "pixel_height": 36}
    camera = StageCamera(background_color="#336699", background_opacity=opacity, **size)
    plain = Camera(background_color="#336699", background_opacity=opacity, **size)
    assert camera.background.strides[0] == 0
    np.testing.assert_array_equal(camera.background, plain.background)
    np.testing.assert_array_equal(camera.pixel_array, plain.pixel_array)
    camera.background_color = "#ff0000"  # which makes it anew
    assert camera.background.shape == plain.background.shape
    assert camera.background[-1, -1, 1] == 0


def test_an_image_is_a_background_as_well(tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (36, 64, 4), np.uint8)
    Image.fromarray(picture).save(tmp_path / "picture.png")
    camera = StageCamera(
        background_image=str(tmp_path / "picture.png"), pixel_width=64, pixel_height=36
    )
    np.testing.assert_array_equal(camera.background, picture)
