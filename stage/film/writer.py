"""How a film leaves: colours every player shows alike, an index in front, and nothing half-written.

Stock Manim encodes HD with the BT.601 matrix, untagged, with the index behind the pictures. Here
every picture is converted with BT.709 and says so. A file is written beside its name and takes it
when it is whole; a cached segment carries a seal over all its bytes, and is used only unbroken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from glob import escape
from hashlib import blake2b
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from manim import logger
from manim._config.video_encoder import video_encoder_fingerprint
from manim.scene.scene_file_writer import SceneFileWriter, _SceneFileWriterSettings
from manim.scene.video_segment_encoder import VideoSegmentEncoder
from PIL import Image

from stage.film.atomic import atomic_path, final_path
from stage.film.bt709 import INDEXED, TO_RGB, frames_of, join
from stage.film.codec import check_options, check_shape, film_spec
from stage.film.convert.frames import PLANAR, FramePlanes
from stage.film.gif import timing, write_gif
from stage.film.room import check_folder
from stage.film.seal import is_sealed
from stage.film.segment import FilmSegment, straight
from stage.film.viewer import say_no_viewer

FILM_VERSION = 8
"""Part of the cache key: raise it whenever the same pictures give another file."""

_QUEUE = 4
"""Pictures that may wait to be encoded: of Manim's eight the rest would only take memory."""
_WAITING = 2
"""More of them, and whoever draws converts pictures too."""


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
                check_folder(path.parent if path == plan.primary_artifact else path)
        if spec is not None:
            spec = film_spec(spec, plan.output.format, draft)
            check_shape(spec)
            check_options(spec)
            settings = replace(settings, video_encoder=spec)
        waiting = min(settings.encoder_queue_size, _QUEUE)
        settings = replace(settings, encoder_queue_size=waiting)
        super().__init__(settings)
        self.aside: dict[int, str | None] = {}
        """Segments that are not in the film, by play."""
        layout = self.video_encoder.pixel_format if self.video_encoder else PLANAR
        self._frames = FramePlanes(layout)
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
        if not is_sealed(segment):
            logger.warning(f"The cached segment {segment} is damaged: it is rendered again.")
            return False
        return True

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Hand over a picture to be encoded, in colours as the film has them."""
        job = self._current_encode_job
        if job:
            assert isinstance(job.encoder, FilmSegment)
            # where encoding is behind there is time to help
            if job.encoder.is_planar or job.queue.qsize() > _WAITING:
                pixels = cast(np.ndarray, job.encoder.prepared(pixels))  # which it takes as well
        super().write_frame(pixels, repeat=repeat)
        if self.output_spec.is_image_sequence:  # Manim writes a picture that stands still once
            for _ in range(repeat - 1):
                self.output_image(Image.fromarray(pixels))
        if job is None:  # it is written, or left out
            self.release(pixels)

    def _create_segment_encoder(self, target: Path) -> VideoSegmentEncoder:
        assert self.video_encoder is not None  # asked for only where a film is written
        return FilmSegment(
            target=target, spec=self.video_encoder, release=self.release, frames=self._frames
        )

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
            if self.includes_sound and part.suffix in (*INDEXED, ".webm"):
                # Manim has copied the film, and what is copied forgets its alpha
                join([part], part, like=next(filter(None, self.partial_movie_files)))

    def print_file_ready_message(self, file_path: str | os.PathLike[str]) -> None:
        """Say where the artifact is, by the name that it is about to take."""
        name = final_path(Path(file_path))
        super().print_file_ready_message(name)
        say_no_viewer(name)

    def finish(self) -> None:
        """Assemble what was rendered."""
        super().finish()
        if self.output_spec.is_image_sequence:
            say_no_viewer(self.final_file_path)

    def output_image(self, image: Image.Image) -> None:
        """Write one picture of a sequence, in straight alpha."""
        super().output_image(Image.fromarray(straight(np.array(image))))

    def save_image(self, pixels: np.ndarray) -> None:
        """Write the still, in straight alpha."""
        super().save_image(straight(pixels))


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
