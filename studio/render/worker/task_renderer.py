"""The renderer of a task: all of a clip is played, and what was asked for is drawn."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from manim import Scene, config
from manim.utils.exceptions import EndSceneEarlyException

from stage.engine.renderer import StageRenderer
from stage.film.writer import FilmWriter
from stage.scene import FlowScene
from studio.job.tasks import Report, Task

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_STRAY = 4  # levels of light by which rounding alone may move a pixel
_MANY = 1e-3  # of all pixels: more that stray than these, and it is another picture
NextTask = Callable[[Task, Report], Task | None]


class _Writer(FilmWriter):
    """Tells how many frames it wrote; makes a film of them only where it was asked for one."""

    on_frames: Callable[[int], None]
    task: Task
    frames = 0

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        super().write_frame(pixels, repeat=repeat)
        self.frames += repeat
        self.on_frames(self.frames)

    def finish(self) -> None:
        if self.task.kind == "film":
            super().finish()
        else:
            self.join_all_encode_jobs()

    def print_file_ready_message(self, file_path: str | os.PathLike[str]) -> None:
        """Say nothing: the file is still to be moved to where it belongs."""


class TaskRenderer(StageRenderer):
    """Plays everything and renders what it was asked to; keeps how long each play took."""

    def __init__(self, task: Task, on_frames: Callable[[int], None], next_task: NextTask) -> None:
        writer = type("Writer", (_Writer,), {"on_frames": staticmethod(on_frames), "task": task})
        super().__init__()
        self._file_writer_class = writer
        self.films_holds = True
        self.task = task
        self.next_task = next_task
        self.began = monotonic()
        self.lengths: list[float] = []
        self.has_drawn = task.kind == "probe"
        self.first: np.ndarray | None = None
        self.opens: tuple[float, ...] = ()
        self.is_answered = False

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play, and note how long it was; a probe looks at the picture before the first play."""
        # what opens with a caption is no loop: its first picture is without
        captioned = isinstance(scene, FlowScene) and scene.caption is not None
        if self.task.kind == "probe" and not self.lengths:
            self.opens = largest_plane(scene)
            self.first = None if captioned else self.picture(scene)
        super().play(scene, *args, **kwargs)
        self.lengths.append(float(self.rendered / self.timeline.rate))

    def update_skipping_status(self) -> None:
        """Skip what is not of the task; at the end of its plays, answer and go on with the next."""
        super().update_skipping_status()
        if self.is_aside and self.task.format != "mp4":
            self.skip_animations = True
        if self.task.kind == "film":
            return
        if self.task.kind == "plays" and self.num_plays > max(self.task.plays):
            self._end_task()
        if self.num_plays not in self.task.plays:
            self.skip_animations = True

    def _end_task(self) -> None:
        """Answer for the plays of the task; go on with the next one, if it is of this clip."""
        self.file_writer.join_all_encode_jobs()
        task = self.next_task(self.task, self.report())
        if task is None:
            self.is_answered = True
            raise EndSceneEarlyException
        self.task, self.file_writer.frames, self.began = task, 0, monotonic()

    def update_frame(self, *args: object, **kwargs: object) -> None:
        """Draw what is rendered, and little else.

        Manim draws a picture of every play, also of one that it skips or finds rendered: with a
        swarm that is most of a worker's way to its own plays. One is drawn all the same: it leaves
        a trace in the camera, which is part of the key of every later segment.
        """
        if not self.skip_animations or not self.has_drawn:
            super().update_frame(*args, **kwargs)
            self.has_drawn = True

    def report(self) -> Report:
        """How long what was played is, and what was rendered for the task."""
        made = dict(enumerate(self.file_writer.partial_movie_files)) | self.file_writer.aside
        plays = made if self.task.kind == "film" else self.task.plays
        named = [(play, Path(made[play] or "").name) for play in plays]
        return Report(
            seconds=self.time,
            plays=tuple(self.lengths),
            said=(),
            sections=(),
            frames=self.file_writer.frames,
            segments=tuple(named),
            took=monotonic() - self.began,
        )

    def picture(self, scene: Scene) -> np.ndarray:
        """How light the picture is that is seen now, everywhere."""
        self.static_image, self.has_drawn = None, False
        scene.update_mobjects(0)
        self.update_frame(scene)
        return np.asarray(self.camera.pixel_array[..., :3] @ _LUMA)

    def loops(self, scene: FlowScene) -> bool:
        """Whether the frame that would come next is the first one."""
        if self.first is None:
            return False
        stray = np.abs(self.picture(scene) - self.first) > _STRAY
        return bool(stray.mean() < _MANY)


def largest_plane(scene: Scene) -> tuple[float, ...]:
    """Left, lower end and side of the largest plane of weights, in parts of the picture's height.

    Both from the picture's middle; of planes of one size it is the first. Where none is of weights,
    it is the largest of others; () where there is none at all.
    """
    found: tuple[float, ...] = ()
    of_weights = False
    for mobject in scene.get_mobject_family_members():
        frame = vars(mobject).get("frame")
        if isinstance(frame, np.ndarray) and frame.shape == (3, 3):
            x, y, side = (float(part) / config.frame_height for part in _square(frame))
            better = bool(vars(mobject).get("is_of_weights")) - of_weights
            if not found or better > 0 or (better == 0 and side > found[2] * 1.001):
                found = (round(x, 6), round(y, 6), round(side, 6))
                of_weights |= better > 0
    return found


def _square(frame: np.ndarray) -> tuple[float, float, float]:
    return frame[0, 0], frame[0, 1], frame[1, 0] - frame[0, 0]
