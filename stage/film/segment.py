"""One segment of film: converted, tagged, encoded, sealed, and named when it is whole."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from stage.film.atomic import partial_path
from stage.film.bt709 import tag_codec, tag_frame
from stage.film.convert.frames import CLEAR, PLANAR, WEB, FramePlanes
from stage.film.room import cure
from stage.film.seal import seal


class FilmSegment(VideoSegmentEncoder):
    """One segment of film, converted and tagged as BT.709, that takes its name when it is whole."""

    def __init__(
        self,
        *,
        target: Path,
        spec: VideoEncoderSpec,
        release: Callable[[np.ndarray], None] = lambda pixels: None,
        frames: FramePlanes | None = None,
    ) -> None:
        super().__init__(target=partial_path(target), spec=spec)
        self.release = release
        self.part, self.target = self.target, target
        self._is_filled = spec.pixel_format in (PLANAR, CLEAR, WEB)
        self._frames = frames or FramePlanes(spec.pixel_format)
        self._reformatter, self._other = VideoReformatter(), VideoReformatter()  # one per thread
        assert isinstance(self._stream, av.VideoStream)
        self._video = self._stream
        layout = av.VideoFormat(spec.pixel_format)
        self._is_rgb = layout.is_rgb
        self._has_alpha = any(component.is_alpha for component in layout.components)
        self.is_planar = spec.pixel_format == PLANAR
        """Whether a picture is converted faster, and to less, than it would wait."""
        if not self._is_rgb:
            tag_codec(self._video.codec_context)

    def prepared(self, pixels: np.ndarray) -> av.VideoFrame:
        """The picture converted, for ``write_frame``; the pixels themselves are released.

        Whoever draws may do this in the meantime while another picture is being encoded.
        """
        self._validate_frame(pixels, 1)
        return self._convert(pixels, self._other)

    def write_frame(self, pixels: np.ndarray | av.VideoFrame, *, repeat: int = 1) -> None:
        """Convert a picture once, unless it is ``prepared``, and encode it ``repeat`` times."""
        if isinstance(pixels, np.ndarray):
            self._validate_frame(pixels, repeat)
        try:
            if isinstance(pixels, np.ndarray):
                frame = self._convert(pixels, self._reformatter)
            else:
                frame = pixels
            for _ in range(repeat):
                frame.pts, frame.time_base = self._next_pts, 1 / self.spec.frame_rate
                self._next_pts += 1
                self._container.mux(self._video.encode(frame))
            if self._is_filled:
                self._frames.give_back(frame)
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _convert(self, pixels: np.ndarray, reformatter: VideoReformatter) -> av.VideoFrame:
        if self._is_filled:
            frame = self._frames.filled(pixels)
        else:
            clear = straight(pixels) if self._has_alpha else pixels
            if (
                clear is pixels and self.spec.pixel_format == "rgba"
            ):  # else it would read them later
                clear = pixels.copy()
            frame = self._reformat(av.VideoFrame.from_numpy_buffer(clear, "rgba"), reformatter)
        self.release(pixels)
        return frame

    def _reformat(self, frame: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
        if self._is_rgb:
            return reformatter.reformat(frame, format=self.spec.pixel_format)
        frame = reformatter.reformat(
            frame,
            format=self.spec.pixel_format,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            # without these two a flat colour is off by one level more, and chroma leans left
            interpolation=Interpolation.BILINEAR
            | Interpolation.ACCURATE_RND
            | Interpolation.FULL_CHR_H_INP,
        )
        tag_frame(frame)
        return frame

    def finish(self) -> None:
        """Close the segment, seal it, and let it take its name."""
        if not self._closed:
            super().finish()
            seal(self.part)
            self.part.replace(self.target)

    def abort(self) -> None:
        """Give up this segment; a whole one that already bears the name stays."""
        self.target = self.part
        super().abort()

    def _operation_error(self, operation: str, error: BaseException) -> RuntimeError:
        if getattr(error, "errno", None) == errno.ENOSPC:
            return RuntimeError(cure(self.target.parent, "the disk is full"))
        return super()._operation_error(operation, error)


def straight(pixels: np.ndarray) -> np.ndarray:
    """Undo, in place, that colour is dimmed by its alpha, where there is any alpha."""
    if pixels[..., 3].min() == 255:
        return pixels
    from stage.film.convert import alpha  # compiled code: what is opaque never loads it

    return alpha.straight(pixels)
