"""How long a clip takes once its first frame is there, and where the time goes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from manim import Camera, Scene, tempconfig
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.scene_file_writer import SceneFileWriter
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from fields.particles import stream
from stage.engine import painter
from stage.engine.camera import StageCamera
from stage.engine.compiled import tone_map
from stage.engine.finder import Finder
from stage.film.segment import FilmSegment
from stage.film.writer import FilmWriter
from stage.scene import FlowScene


@dataclass
class Measured:
    """What was seen of one clip; times are in seconds."""

    frames: int = 0
    first: float = 0.0
    """When the first frame was drawn."""
    ready: float = 0.0
    """Since the scene was made, until then."""
    wall: float = 0.0
    """From the first frame to the last encoded one."""
    cpu: float = 0.0
    size: int = 0
    number: int = 0
    spec: VideoEncoderSpec | None = None
    pictures: list[np.ndarray] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def per_frame(self) -> float:
        """Milliseconds."""
        return 1000 * self.wall / max(1, self.frames)


PARTS = {
    "integrate": (stream, "_follow_blocks"),
    "find lines": (Finder, "add"),
    "order lines": (Finder, "batch"),
    "paint anew": (painter, "add_light"),
    "exchange light": (painter, "exchange_light"),
    "tone map": (tone_map, "tone_map"),
    "copy in": (Camera, "set_pixel_array"),
    "Cairo": (StageCamera, "display_multiple_vectorized_mobjects"),
    "convert": (FilmSegment, "_convert"),
    "write": (FilmSegment, "write_frame"),
}


@contextmanager
def timed(parts: dict[str, float]) -> Iterator[None]:
    """Add up the processor time of every part, each in the thread that it runs in."""
    with ExitStack() as stack:
        for name, (place, attribute) in PARTS.items():
            inner = getattr(place, attribute)

            def outer(*args: Any, _name: str = name, _inner: Any = inner, **kwargs: Any) -> Any:
                begin = time.thread_time()
                try:
                    return _inner(*args, **kwargs)
                finally:
                    parts[_name] += time.thread_time() - begin

            stack.enter_context(patch.object(place, attribute, outer))
        yield


def render(
    kind: type[Scene], height: int, width: int | None = None, *, keep: bool = False, split=False
) -> Measured:
    """Render a clip at 60 frames per second, keeping its frames if they will be encoded alone."""
    seen = Measured()
    owner = FilmWriter if issubclass(kind, FlowScene) else SceneFileWriter
    write, finish = owner.write_frame, VideoSegmentEncoder.finish
    begin = time.perf_counter()
    cpu = 0.0

    def write_frame(writer: SceneFileWriter, pixels: np.ndarray, *, repeat: int = 1) -> None:
        nonlocal cpu
        if not seen.frames:
            seen.first, cpu = time.perf_counter(), time.process_time()
            seen.ready = seen.first - begin
            seen.parts.clear()
        seen.frames += repeat
        if keep:
            seen.pictures.append(pixels.copy())
        write(writer, pixels, repeat=repeat)

    def so_far(encoder: VideoSegmentEncoder) -> None:
        finish(encoder)
        seen.wall = time.perf_counter() - seen.first
        seen.cpu = time.process_time() - cpu
        seen.spec = encoder.spec
        seen.size += getattr(encoder, "part", encoder.target).stat().st_size

    with TemporaryDirectory() as folder, ExitStack() as stack:
        settings = {"media_dir": folder, "pixel_height": height, "frame_rate": 60}
        settings |= {"pixel_width": width or height * 16 // 9 // 2 * 2}
        settings |= {"progress_bar": "none", "verbosity": "ERROR"}
        stack.enter_context(tempconfig(settings))
        stack.enter_context(patch.object(owner, "write_frame", write_frame))
        stack.enter_context(patch.object(VideoSegmentEncoder, "finish", so_far))
        if split:
            stack.enter_context(timed(seen.parts))
        scene = kind()
        scene.render()
        seen.number = getattr(scene, "number", 0)
    return seen


def floor(pictures: list[np.ndarray], spec: VideoEncoderSpec) -> Measured:
    """Encode frames alone: converted and written as the clip's were, and nothing else."""
    seen = Measured(frames=len(pictures), spec=spec)
    with TemporaryDirectory() as folder:
        begin, cpu = time.perf_counter(), time.process_time()
        segment = FilmSegment(target=Path(folder) / f"floor.{spec.container_format}", spec=spec)
        for picture in pictures:
            segment.write_frame(picture)
        segment.finish()
        seen.wall, seen.cpu = time.perf_counter() - begin, time.process_time() - cpu
        seen.size = segment.target.stat().st_size
    return seen
