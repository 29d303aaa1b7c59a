"""Frames as encoders take them, and their planes, without Manim."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from typing import TypeVar

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from stage.film.bt709 import tag_frame

Number = TypeVar("Number", np.uint8, np.uint16)

PLANAR = "yuv420p"
"""The pixel format of films without alpha."""
CLEAR = "yuva444p10le"
"""The pixel format of films without background."""
WEB = "yuva420p"
"""The pixel format of those that are for pages."""
_THREADS = 16
"""FFmpeg begins no more of them by itself."""


class FramePlanes:
    """Frames that pictures are converted into, again and again: fresh memory takes longer.

    They are BT.709 in limited range: ``PLANAR``, or with straight colour ``CLEAR``, or ``WEB``,
    whose faint colour is smoothed. Segments give and take from any thread.
    """

    def __init__(self, layout: str = PLANAR) -> None:
        self.layout = layout
        self._free: deque[av.VideoFrame] = deque()
        self._between: deque[av.VideoFrame] = deque()
        # of those that are given back an encoder that has several at a time still holds the newest
        self._held = min(os.cpu_count() or 1, _THREADS) + 1 if layout == CLEAR else 0

    def filled(self, pixels: np.ndarray) -> av.VideoFrame:
        """A picture (rows, columns, RGBA), dimmed by its alpha, as a frame."""
        from stage.film.convert import planes  # compiled code: others never load it

        frame = self._empty(pixels)
        if self.layout == CLEAR:
            planes.to_clear_planes(pixels, *planes_of(frame, np.uint16))
        elif self.layout == WEB:
            self._smooth(pixels, frame)
        else:
            planes.to_planes(pixels, *planes_of(frame, np.uint8))
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        tag_frame(frame)
        return frame

    def _empty(self, pixels: np.ndarray) -> av.VideoFrame:
        """A frame of a picture's size, to be filled."""
        frame = None
        with suppress(IndexError):  # another thread may take the last one
            frame = self._free.popleft() if len(self._free) > self._held else None
        if frame is None or (frame.height, frame.width) != pixels.shape[:2]:
            frame = _made(pixels, self.layout)
        frame.make_writable()  # an encoder may still hold it
        return frame

    def _smooth(self, pixels: np.ndarray, frame: av.VideoFrame) -> None:
        from stage.film.convert import denoise, planes

        between = None
        with suppress(IndexError):  # each thread has one of its own
            between = self._between.popleft()
        if between is None or (between.height, between.width) != pixels.shape[:2]:
            between = _made(pixels, CLEAR)
        deep = planes_of(between, np.uint16)
        planes.to_clear_planes(pixels, *deep)
        denoise.denoise(deep, planes_of(frame, np.uint8), frame.width)
        self._between.append(between)

    def give_back(self, frame: av.VideoFrame) -> None:
        """Let a frame be filled again."""
        self._free.append(frame)


def _made(pixels: np.ndarray, layout: str) -> av.VideoFrame:
    height, width = pixels.shape[:2]
    return av.VideoFrame(width, height, layout)


def planes_of(frame: av.VideoFrame, kind: type[Number]) -> list[NDArray[Number]]:
    """The planes of a frame as they lie in memory: rows may be longer than the picture."""
    size = np.dtype(kind).itemsize
    return [
        np.frombuffer(memoryview(plane), kind).reshape(-1, plane.line_size // size)
        for plane in frame.planes
    ]
