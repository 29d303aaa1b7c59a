"""Manim's renderer with our camera, our film and our frame grid, and no copy of any frame."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from functools import cache, partial
from typing import Any, cast
from weakref import WeakValueDictionary

import numpy as np
from manim import CairoRenderer, Mobject, Scene, config, logger
from manim._config.video_encoder import to_av_frame_rate, video_encoder_fingerprint
from manim.utils.exceptions import EndSceneEarlyException

from stage.engine.camera import StageCamera
from stage.engine.key import play_key
from stage.film.writer import FilmWriter
from stage.timeline import Timeline

_MMAP_THRESHOLD = -3
"""What ``mallopt`` calls the size from which memory is a mapping of its own."""
_LARGE = 4 << 20  # bytes: half a picture of 1080 lines, and more than a slice of light takes


class FramePool:
    """Frames that are drawn into again: fresh memory takes longer than drawing.

    The renderer lends a frame to the writer, which gives it back, from any thread, when nothing
    reads it any more. What was not lent here is not taken back: it belongs to others.
    """

    def __init__(self) -> None:
        # By id; weak, for a writer of another kind gives nothing back.
        self._lent: WeakValueDictionary[int, np.ndarray] = WeakValueDictionary()
        self._free: list[np.ndarray] = []

    def lend(self, frame: np.ndarray) -> None:
        """Note that a frame is read by the writer."""
        self._lent[id(frame)] = frame

    def give_back(self, frame: np.ndarray) -> None:
        """Let a frame that was lent be drawn into again."""
        if self._lent.pop(id(frame), None) is not None:
            self._free.append(frame)

    def take(self, shape: tuple[int, ...]) -> np.ndarray:
        """A frame of this shape that nothing reads, with anything in it."""
        while self._free:
            if (frame := self._free.pop()).shape == shape:
                return frame
        return np.empty(shape, np.uint8)


class StageRenderer(CairoRenderer):
    """Draws with a ``StageCamera`` and writes with a ``FilmWriter``.

    Manim rounds the length of every play up to whole frames, and of a still one down. Here frames
    are those of a ``Timeline``. It goes on in plays that are skipped or cached, so that a play has
    the same frames, and the same key, whatever else is rendered; ``time`` does not go on where a
    play is left out of the film, by ``-n`` or a section's ``skip_animations``.

    A picture is lent to the writer as it was drawn; the next one is drawn into another frame.
    """

    camera: StageCamera

    def __init__(self, *, skip_animations: bool = False, draft: bool = False) -> None:
        super().__init__(
            camera_class=StageCamera,
            file_writer_class=cast(type[FilmWriter], partial(FilmWriter, draft=draft)),
            skip_animations=skip_animations,
        )
        self.timeline = Timeline(to_av_frame_rate(self.camera.frame_rate))
        self.frames = range(0)
        """Frames of the play."""
        self.instants: list[float] = []
        """When they are, in seconds from its begin."""
        self.film_frames = 0
        """How many the film has until now, rendered or cached."""
        self.films_holds = False
        """Whether holds are played, aside of the film; not by the ``manim`` command."""
        self.is_aside = False
        self._is_left_out = False
        self._frames = FramePool()
        self._is_lent = False  # the camera's frame; also once it has been given back

    _has_drawn = False  # whether any clip was drawn since memory was last freed

    def init_scene(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Make the writer, in the memory of clips that are over."""
        free_clips()
        _settle_memory()
        super().init_scene(scene, *args, **kwargs)
        self.file_writer.release = self._frames.give_back

    @property
    def rendered(self) -> int:
        """How many frames of the play are rendered, now or before, for the film or aside of it."""
        return 0 if self._is_left_out else len(self.frames)

    @property
    def shown(self) -> int:
        """How many frames of the play are in the film."""
        return 0 if self.is_aside else self.rendered

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Have plays rendered that are not in the film, which then goes on as if none had been."""
        timeline = copy(self.timeline)
        self.is_aside = True
        try:
            yield
        finally:
            self.is_aside, self.timeline = False, timeline

    def begin_play(self, seconds: float) -> None:
        """Find the frames of a play, of which the length has become known and the key has not."""
        self.frames = self.timeline.frames(seconds)
        self.instants = [self.timeline.into(frame) for frame in self.frames]
        # For the cache key: where the first frame lies decides what all of them show. In
        # microseconds, since lengths are in rounded nanoseconds.
        self.camera.first_frame_at = round(1e6 * self.instants[0]) if self.frames else 0
        if not self.frames:
            self.skip_animations = True

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        """Play what is not in the cache, by our key, and count the frames."""
        self.skip_animations = self._original_skipping_status
        self.update_skipping_status()
        scene.compile_animation_data(*args, **kwargs)
        key = None if self.skip_animations else self._key(scene)
        if key is not None and not config.disable_caching:
            self.skip_animations = self.file_writer.is_already_cached(key)
        if self.skip_animations and key is not None:
            logger.info(f"Animation {self.num_plays} : Using cached data (hash : {key})")
        self.file_writer.add_partial_movie_file(key)
        self.animations_hashes.append(key)
        self.file_writer.begin_animation(not self.skip_animations, animation_index=self.num_plays)
        scene.begin_animations()
        self.save_static_frame_data(scene, scene.static_mobjects)
        if scene.is_current_animation_frozen_frame():
            self.update_frame(scene, mobjects=scene.moving_mobjects)
            self.freeze_current_frame(scene.duration)
        else:
            scene.play_internal()
        self.file_writer.end_animation(not self.skip_animations)
        self.num_plays += 1
        if self.is_aside:
            self.file_writer.set_aside()
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

    def _key(self, scene: Scene) -> str:
        """The name of a play's segment, before the encoder's part of it."""
        if config.disable_caching:
            logger.info("Caching disabled.")
            return f"uncached_{self.num_plays:05}"
        encoder = video_encoder_fingerprint(scene.session_spec.video_encoder)
        return play_key(scene, self.camera, scene.animations or (), scene.mobjects, encoder)

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

    def update_frame(self, *args: Any, **kwargs: Any) -> None:
        """Draw a picture, into a frame that nothing else reads."""
        if self._is_lent:
            self.camera.pixel_array = self._frames.take(self.camera.pixel_array.shape)
            self._is_lent = False
        StageRenderer._has_drawn = True
        super().update_frame(*args, **kwargs)

    def render(
        self, scene: Scene, time: float, moving_mobjects: Iterable[Mobject] | None = None
    ) -> None:
        """Draw a picture, and hand it to the writer itself instead of a copy."""
        self.update_frame(scene, moving_mobjects)
        self.add_frame(self.camera.pixel_array)

    def add_frame(self, frame: np.ndarray, num_frames: int = 1) -> None:
        """Give a picture to the writer, to be seen in so many frames of the film."""
        if not self.skip_animations and frame is self.camera.pixel_array:
            self._is_lent = True
            self._frames.lend(frame)
        super().add_frame(frame, num_frames)


@cache
def _settle_memory() -> None:
    """Tell the garbage collector, and the C library, what stays and what goes.

    Called before the first clip of a process. What is there by then is kept for good: it need not
    be gone through again and again. What is large, as the frames of an encoder are, gets memory of
    its own, which is given back with it; else a film's first encoder would leave holes, and the
    next one find no room in them.
    """
    gc.freeze()
    with suppress(AttributeError, TypeError):  # glibc alone has it
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)


def free_clips() -> None:
    """Free what clips that are over left; at once where none was drawn since the last time.

    A scene, its mobjects and their updaters refer to each other in cycles. Python looks for such by
    how many objects there are, and here a few hold a hundred megabytes. The C library keeps what
    was freed between things that stay, unless it is told to give it back.
    """
    if not StageRenderer._has_drawn:
        return
    StageRenderer._has_drawn = False
    gc.collect()
    with suppress(AttributeError, TypeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)
