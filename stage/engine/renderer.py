"""Manim's renderer with our camera and our film, and no copy of any frame."""

from __future__ import annotations

from functools import partial
from sys import getrefcount

import numpy as np
from manim import CairoRenderer

from stage.engine.film import FilmWriter
from stage.engine.particles import StageCamera

_OURS = 3  # references to a frame that is on the shelf alone: the shelf, the loop, the question


class StageRenderer(CairoRenderer):
    """Draws with a ``StageCamera`` and writes with a ``FilmWriter``."""

    def __init__(self, *, skip_animations: bool = False, draft: bool = False) -> None:
        super().__init__(
            camera_class=StageCamera,
            file_writer_class=partial(FilmWriter, draft=draft),
            skip_animations=skip_animations,
        )
        self._shelf: list[np.ndarray] = []

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
