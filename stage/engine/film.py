"""How a film leaves: colours every player shows alike, an index in front, and nothing half-written.

Stock Manim encodes HD with the BT.601 matrix, untagged, with the index behind the pictures. Here
every picture is converted with BT.709 and says so. A file is written beside its name and takes it
when it is whole; a cached segment carries a seal over all its bytes, and is used only unbroken.
"""

from __future__ import annotations

import errno
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from glob import escape
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryFile
from typing import cast

import av
import numpy as np
from av.video.reformatter import (
    ColorRange,
    Colorspace,
    Interpolation,
    VideoReformatter,
)
from manim import config, logger
from manim._config.output import OutputFormat
from manim._config.render_session import RenderSessionSpec
from manim._config.video_encoder import VideoEncoderSpec, video_encoder_fingerprint
from manim.scene.scene_file_writer import SceneFileWriter, _SceneFileWriterSettings
from manim.scene.video_segment_encoder import VideoSegmentEncoder
from PIL import Image

from stage.engine.atomic import atomic_path, final_path, partial_path
from stage.engine.bt709 import INDEXED, TO_RGB, frames_of, join, tag_codec, tag_frame
from stage.engine.gif import timing, write_gif

__all__ = [
    "FILM_VERSION",
    "FilmSegment",
    "FilmWriter",
    "has_viewer",
    "join",
    "presentable",
    "segment_spec",
]

FILM_VERSION = 5
"""Part of the cache key: raise it whenever the same pictures give another file."""

# Where streaks are a pixel wide, blocks of 8 × 8 in frames between are worth their search, those
# within pictures are not, and nothing fades as a whole: a tenth of the encoder's time, for 2 % of
# the bytes (`python -m benchmarks encoder`).
_FOR_STREAKS = {"partitions": "p8x8", "weightp": "0"}
_CODEC_OPTIONS = {
    # On streaks: less than half the time of medium, in files no larger. x264 cuts a picture into
    # as many slices as it has threads: were they left to the machine, so were the pictures.
    "libx264": {"preset": "veryfast", "crf": "17", "threads": "2"} | _FOR_STREAKS,
    # VP9 with alpha must not reorder frames; cpu-used 4 is several times faster than the default.
    "libvpx-vp9": {"auto-alt-ref": "0", "cpu-used": "4", "row-mt": "1"},
    # QuickTime opens only files that name Apple as the vendor. Left alone, the encoder spends
    # twice the bytes on streaks; a quantizer of 18 leaves no difference to be seen. Each picture
    # stands alone: several are encoded at a time, to the same bytes.
    "prores_ks": {
        "thread_type": "frame",
        "profile": "4444",
        "vendor": "apl0",
        "alpha_bits": "8",
        "flags": "+qscale",
        "global_quality": str(18 * 118),
    },
}
_ROOM = 50_000_000  # bytes: a few seconds of busy 1080p, once as segments and once as the film
_WAITING = 3  # pictures, of the eight that may wait to be encoded
_SEAL_BYTES = 16
_SEAL_MARKS = {  # how a container introduces bytes that players skip
    ".mp4": (8 + _SEAL_BYTES).to_bytes(4) + b"free",
    ".mov": (8 + _SEAL_BYTES).to_bytes(4) + b"free",
    ".webm": bytes([0xEC, 0x80 | _SEAL_BYTES]),
}


class FilmSegment(VideoSegmentEncoder):
    """One segment of film, converted and tagged as BT.709, that takes its name when it is whole."""

    def __init__(
        self,
        *,
        target: Path,
        spec: VideoEncoderSpec,
        release: Callable[[np.ndarray], None] = lambda pixels: None,
    ) -> None:
        super().__init__(target=partial_path(target), spec=spec)
        self.release = release
        self.part, self.target = self.target, target
        self._reformatter, self._other = VideoReformatter(), VideoReformatter()  # one per thread
        assert isinstance(self._stream, av.VideoStream)
        self._video = self._stream
        layout = av.VideoFormat(spec.pixel_format)
        self._is_rgb = layout.is_rgb
        self._has_alpha = any(component.is_alpha for component in layout.components)
        if not self._is_rgb:
            tag_codec(self._video.codec_context)

    def prepared(self, pixels: np.ndarray) -> np.ndarray | av.VideoFrame:
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
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _convert(self, pixels: np.ndarray, reformatter: VideoReformatter) -> av.VideoFrame:
        straight = _straight(pixels) if self._has_alpha else pixels
        if straight is pixels and self.spec.pixel_format == "rgba":  # else it would read them later
            straight = pixels.copy()
        frame = self._reformat(av.VideoFrame.from_numpy_buffer(straight, "rgba"), reformatter)
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
            _seal(self.part)
            self.part.replace(self.target)

    def abort(self) -> None:
        """Give up this segment; a whole one that already bears the name stays."""
        self.target = self.part
        super().abort()

    def _operation_error(self, operation: str, error: BaseException) -> RuntimeError:
        if getattr(error, "errno", None) == errno.ENOSPC:
            return RuntimeError(_cure(self.target.parent, "the disk is full"))
        return super()._operation_error(operation, error)


def _straight(pixels: np.ndarray) -> np.ndarray:
    if pixels[..., 3].min() == 255:
        return pixels
    from stage.engine import alpha  # compiled code: what is opaque never loads it

    return alpha.straight(pixels)


def _check_shape(spec: VideoEncoderSpec) -> None:
    """Refuse, before anything is rendered, a size at which pixels cannot share their colour."""
    shared = any(
        component.width < spec.width or component.height < spec.height
        for component in av.VideoFormat(spec.pixel_format, spec.width, spec.height).components
    )
    if shared and (spec.width % 2 or spec.height % 2):
        raise ValueError(
            f"A video of {spec.width} × {spec.height} pixels cannot be {spec.pixel_format}: width "
            "and height must be even. Give another size with -r, such as -r 1920,1080."
        )


class FilmWriter(SceneFileWriter):
    """Writes what a scene shows: H.264, VP9 or ProRes 4444, tagged BT.709, index in front.

    Options in ``[video_encoder.options]`` of ``manim.cfg`` win over the ones chosen here.
    """

    release: Callable[[np.ndarray], None] = staticmethod(lambda pixels: None)
    """Told of each picture that it was given, from any thread, when that is no longer read."""

    def __init__(self, settings: _SceneFileWriterSettings, *, draft: bool = False) -> None:
        plan, spec = settings.plan, settings.video_encoder
        for path in (plan.primary_artifact, plan.segment_cache_dir, plan.sections_dir):
            if path is not None:
                _check_folder(path.parent if path == plan.primary_artifact else path)
        if spec is not None:
            spec = _film_spec(spec, plan.output.format, draft)
            _check_shape(spec)
            settings = replace(settings, video_encoder=spec)
        # one play may still be encoded while the next is drawn: neither has to wait for the other
        several = max(2, settings.max_inflight_encoders)
        super().__init__(replace(settings, max_inflight_encoders=several))
        self.aside: dict[int, str | None] = {}
        """Segments that are not in the film, by play."""
        made = f"{FILM_VERSION} {video_encoder_fingerprint(self.video_encoder)}"
        self._key = blake2b(made.encode(), digest_size=4).hexdigest()

    def add_partial_movie_file(self, hash_animation: str | None) -> None:
        """Name the next segment after what it shows and how it is encoded."""
        super().add_partial_movie_file(hash_animation and f"{hash_animation}_{self._key}")

    def set_aside(self) -> None:
        """Leave the newest segment out of the film and its section."""
        last = len(self.partial_movie_files) - 1
        self.aside[last] = self.partial_movie_files[last]
        self.partial_movie_files[last] = self.sections[-1].partial_movie_files[-1] = None

    def is_already_cached(self, hash_invocation: str) -> bool:
        """Whether the segment exists and not a byte of it has changed since it was written."""
        name = f"{hash_invocation}_{self._key}"
        if not super().is_already_cached(name):
            return False
        segment = self.output_plan.segment_path(name)
        if not _is_sealed(segment):
            logger.warning(f"The cached segment {segment} is damaged: it is rendered again.")
            return False
        return True

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Hand over a picture to be encoded, in colours as the film has them."""
        job = self._current_encode_job
        if job and job.queue.qsize() > _WAITING:  # encoding is behind: there is time to help
            assert isinstance(job.encoder, FilmSegment)
            pixels = cast(np.ndarray, job.encoder.prepared(pixels))  # which it takes as well
        super().write_frame(pixels, repeat=repeat)
        if self.output_spec.is_image_sequence:  # Manim writes a picture that stands still once
            for _ in range(repeat - 1):
                self.output_image(Image.fromarray(pixels))
        if job is None:  # it is written, or left out
            self.release(pixels)

    def _create_segment_encoder(self, target: Path) -> VideoSegmentEncoder:
        assert self.video_encoder is not None  # asked for only where a film is written
        return FilmSegment(target=target, spec=self.video_encoder, release=self.release)

    def combine_files(
        self,
        input_files: list[str],
        output_file: Path,
        create_gif: bool = False,
        includes_sound: bool = False,
    ) -> None:
        """Join segments beside ``output_file``, which appears when it is whole."""
        output_file.parent.mkdir(parents=True, exist_ok=True)
        if not create_gif:
            join(input_files, output_file)
            return
        assert self.video_encoder is not None  # as above
        shown, times = timing(sum(map(frames_of, input_files)), self.video_encoder.frame_rate)
        with atomic_path(output_file, needed=False) as part:
            write_gif(part, lambda: _pictures(input_files, shown), times)

    def combine_to_movie(self) -> None:
        """Join all segments, and the sound; the film appears when both are in."""
        plan = self.output_plan
        assert plan.primary_artifact is not None  # it is a film
        with atomic_path(plan.primary_artifact, needed=False) as part:
            self.output_plan = replace(plan, primary_artifact=part)
            try:
                super().combine_to_movie()
            finally:
                self.output_plan = plan
                for step in part.parent.glob(f"{escape(part.stem)}[._]*"):  # of joining the sound
                    if step != part:
                        step.unlink()
            if self.includes_sound and part.suffix in INDEXED:
                join([part], part)

    def print_file_ready_message(self, file_path: str | os.PathLike[str]) -> None:
        """Say where the artifact is, by the name that it is about to take."""
        name = final_path(Path(file_path))
        super().print_file_ready_message(name)
        _say_no_viewer(name)

    def finish(self) -> None:
        """Assemble what was rendered."""
        super().finish()
        if self.output_spec.is_image_sequence:
            _say_no_viewer(self.final_file_path)

    def output_image(self, image: Image.Image) -> None:
        """Write one picture of a sequence, in straight alpha."""
        super().output_image(Image.fromarray(_straight(np.array(image))))

    def save_image(self, pixels: np.ndarray) -> None:
        """Write the still, in straight alpha."""
        super().save_image(_straight(pixels))


def _pictures(films: Iterable[str | Path], shown: range) -> Iterator[av.VideoFrame]:
    """Those frames that are to be shown, of films one after the other, in full-range RGBA."""
    reformatter, number = VideoReformatter(), -1
    for film in films:
        with av.open(film) as source:
            for frame in source.decode(video=0):
                number += 1
                if number in shown:
                    yield _in_rgb(frame, reformatter)


def _in_rgb(frame: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
    if frame.format.is_rgb:
        return reformatter.reformat(frame, format="rgba")
    return reformatter.reformat(frame, format="rgba", **TO_RGB)


def has_viewer() -> bool:
    """Whether this machine can open a file in a window, as ``manim -p`` and ``-f`` ask for."""
    if platform.system() == "Windows":
        return hasattr(os, "startfile")
    if config.preview_command:
        return shutil.which(config.preview_command) is not None
    if platform.system() == "Linux":
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        return bool(screen) and shutil.which("xdg-open") is not None
    return shutil.which("open" if platform.system() == "Darwin" else "cygstart") is not None


def presentable(session: RenderSessionSpec) -> RenderSessionSpec:
    """Return the session without opening windows, where none can be opened.

    A scene calls it once, after Manim's own ``__init__``:
    ``self.session_spec = presentable(self.session_spec)``. The writer then says where the file is.
    """
    if has_viewer():
        return session
    shown = replace(session.presentation, open_after_render=False, show_in_file_browser=False)
    return replace(session, presentation=shown)


def _say_no_viewer(path: Path) -> None:
    if (config.preview or config.show_in_file_browser) and not has_viewer():
        print(f"The film is at {path}; this machine has no viewer to open it.")


def segment_spec(width: int, height: int, fps: int) -> VideoEncoderSpec:
    """How a segment of an MP4 is encoded, for one that is made of pictures and not by a scene."""
    spec = VideoEncoderSpec("mp4", "libx264", "yuv420p", width, height, Fraction(fps), ())
    return _film_spec(spec, OutputFormat.MP4, draft=False)


def _film_spec(spec: VideoEncoderSpec, output: OutputFormat, draft: bool) -> VideoEncoderSpec:
    """Our codec where the user left the choice, and our options under the user's."""
    left_open = config.video_codec == "auto" and config.pixel_format == "auto"
    if spec.codec == "qtrle" and left_open and output is OutputFormat.MOV:
        # qtrle opens in neither QuickTime nor Premiere; a GIF's segments may stay lossless
        spec = replace(spec, codec="prores_ks", pixel_format="yuva444p10le")
    ours = dict(_CODEC_OPTIONS.get(spec.codec, {}))
    if draft and spec.codec == "libx264":
        ours = {k: v for k, v in ours.items() if k not in _FOR_STREAKS} | {"preset": "ultrafast"}
    if spec.codec in ("libx264", "libvpx-vp9"):
        ours["g"] = str(max(1, int(spec.frame_rate)))  # a key frame at least every second
    options = {**dict(spec.options), **ours, **config.video_encoder_options}
    return replace(spec, options=tuple(sorted(options.items())))


def _digest(path: Path, length: int) -> bytes:
    digest = blake2b(digest_size=_SEAL_BYTES)
    with path.open("rb") as file:
        while length > 0 and (some := file.read(min(length, 1 << 20))):
            digest.update(some)
            length -= len(some)
    return digest.digest()


def _seal(path: Path) -> None:
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_SEAL_MARKS[path.suffix] + digest)


def _is_sealed(path: Path) -> bool:
    mark = _SEAL_MARKS[path.suffix]
    length = path.stat().st_size - len(mark) - _SEAL_BYTES
    with path.open("rb") as file:
        file.seek(max(length, 0))
        return length > 0 and file.read() == mark + _digest(path, length)


def _check_folder(folder: Path) -> None:
    """Raise, before anything is rendered, if nothing can be written to a folder yet to be made."""
    ground = next(place for place in (folder, *folder.parents) if os.path.exists(place))
    try:
        with TemporaryFile(dir=ground):
            room = shutil.disk_usage(ground).free
    except OSError as error:
        raise OSError(_cure(folder, f"{ground}: {error.strerror}")) from error
    if room < _ROOM:
        raise OSError(errno.ENOSPC, _cure(folder, f"only {room // 10**6} MB are free"))


def _cure(folder: Path, reason: str) -> str:
    return (
        f"The film cannot be written to {folder} ({reason}). "
        "Choose another place with --media_dir, or make this one writable with room to spare."
    )
