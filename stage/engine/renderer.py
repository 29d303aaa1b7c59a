"""Manim's renderer with our camera, our film and our frame grid, and no copy of any frame."""

from __future__ import annotations

from functools import partial
from sys import getrefcount

import numpy as np
from manim import CairoRenderer, Scene
from manim._config.video_encoder import to_av_frame_rate
from manim.utils.exceptions import EndSceneEarlyException

from stage.engine.film import FilmWriter
from stage.engine.particles import StageCamera
from stage.timeline import Timeline

_OURS = 3  # references to a frame that is on the shelf alone: the shelf, the loop, the question


class StageRenderer(CairoRenderer):
    """Draws with a ``StageCamera`` and writes with a ``FilmWriter``.

    Manim rounds the length of every play up to whole frames, and of a still one down. Here frames
    are those of a ``Timeline``. It goes on in plays that are skipped or cached, so that a play has
    the same frames, and the same key, whatever else is rendered; ``time`` does not go on where a
    play is left out of the film, by ``-n`` or a section's ``skip_animations``.
    """

    def __init__(self, *, skip_animations: bool = False, draft: bool = False) -> None:
        super().__init__(
            camera_class=StageCamera,
            file_writer_class=partial(FilmWriter, draft=draft),
            skip_animations=skip_animations,
        )
        self.timeline = Timeline(to_av_frame_rate(self.camera.frame_rate))
        self.frames = range(0)
        """Frames of the play."""
        self.instants: list[float] = []
        """When they are, in seconds from its begin."""
        self.film_frames = 0
        """How many the film has until now, rendered or cached."""
        self._is_left_out = False
        self._shelf: list[np.ndarray] = []

    @property
    def shown(self) -> int:
        """How many frames of the play are in the film."""
        return 0 if self._is_left_out else len(self.frames)

    def begin_play(self, seconds: float) -> None:
        """Find the frames of a play, of which the length has become known and the key has not."""
        self.frames = self.timeline.frames(seconds)
        self.instants = [self.timeline.into(frame) for frame in self.frames]
        # For the cache key: where the first frame lies decides what all of them show. In
        # microseconds, since lengths are in rounded nanoseconds.
        self.camera.first_frame_at = round(1e6 * self.instants[0]) if self.frames else 0
        if not self.frames:
            self.skip_animations = True

    def play(self, scene: Scene, *args: object, **kwargs: object) -> None:
        """Play, and count the frames."""
        super().play(scene, *args, **kwargs)
        played = len(self.frames)
        if scene.stop_condition is not None and self.frames:
            played = self.instants.index(scene.last_t) + 1
        if played < len(self.frames):  # what was waited for has come
            self.frames = self.frames[:played]
            self.timeline.advance_to(self.frames.stop)
        else:
            self.timeline.advance(scene.duration)
        self.film_frames += self.shown
        self.time = float(self.film_frames / self.timeline.rate)

    def update_skipping_status(self) -> None:
        """Note whether the play is to be in the film; one that is cached is skipped and yet is."""
        super().update_skipping_status()
        self._is_left_out = self.skip_animations

    def leaves_out_next(self) -> bool:
        """Whether the next play is left out of the film."""
        before, self.skip_animations = self.skip_animations, self._original_skipping_status
        try:
            CairoRenderer.update_skipping_status(self)
            return self.skip_animations
        except EndSceneEarlyException:
            return True
        finally:
            self.skip_animations = before

    def freeze_current_frame(self, duration: float) -> None:
        """Write the picture for all frames of the play."""
        self.add_frame(self.get_frame(), num_frames=len(self.frames))

    def update_frame(self, *args: object, **kwargs: object) -> None:
        """Draw a picture, where nobody still needs the one before."""
        self.camera.pixel_array = self._free()
        super().update_frame(*args, **kwargs)

    def get_frame(self) -> np.ndarray:
        """The picture itself: whoever holds it keeps it, and the next one is drawn elsewhere."""
        return self.camera.pixel_array

    def _free(self) -> np.ndarray:
        """A frame that nobody holds: asking the system for fresh memory takes longer than drawing.

        The camera itself lets go of its own.
        """
        last = self.camera.pixel_array
        self.camera.pixel_array = None
        if not any(frame is last for frame in self._shelf):
            self._shelf = [last]
        shape, last = last.shape, None
        for frame in self._shelf:
            if getrefcount(frame) == _OURS:
                return frame
        self._shelf.append(np.empty(shape, np.uint8))
        return self._shelf[-1]
