"""Other files from a finished film, and a look into any of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from PIL.Image import Image

from stage.film.bt709 import INDEX_FIRST, tag_codec, tag_frame
from stage.film.convert.frames import PLANAR
from studio.film.sound import copied_track, when

T = TypeVar("T")
Tell = Callable[[int], None]
H264 = {"preset": "veryfast", "crf": "18", "threads": "4", "profile": "high"}


@dataclass(frozen=True)
class Facts:
    """What a film is, as a player sees it."""

    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    codec: str
    profile: str
    pixels: str
    matrix: int
    primaries: int
    transfer: int
    range: int
    key_every: float
    """Seconds between key frames, at most."""
    has_sound: bool
    index_first: bool


def facts(path: Path) -> Facts:
    """Look into a film, reading every packet."""
    with av.open(path) as film:
        stream = film.streams.video[0]
        codec = stream.codec_context
        rate = stream.average_rate
        assert rate is not None  # films have one
        keys, frames = [], 0
        for packet in film.demux(stream):
            if packet.pts is not None and packet.time_base is not None:
                frames += 1
                if packet.is_keyframe:
                    keys.append(float(packet.pts * packet.time_base))
        ends = [*sorted(keys), frames / float(rate)]
        return Facts(
            width=codec.width,
            height=codec.height,
            fps=float(rate),
            frames=frames,
            seconds=frames / float(rate),
            codec=codec.name,
            profile=str(codec.profile),
            pixels=str(codec.pix_fmt),
            matrix=int(codec.colorspace),
            primaries=int(codec.color_primaries),
            transfer=int(codec.color_trc),
            range=int(codec.color_range),
            key_every=max((b - a for a, b in pairwise(ends)), default=0.0),
            has_sound=bool(film.streams.audio),
            index_first=_index_first(path),
        )


def _index_first(path: Path) -> bool:
    with path.open("rb") as file:
        while head := file.read(8):
            size, name = int.from_bytes(head[:4]), head[4:]
            if name in (b"moov", b"mdat") or size < 8:
                return name == b"moov"
            file.seek(size - 8, 1)
    return False


def smaller(
    source: Path,
    target: Path,
    lines: int,
    tell: Tell = lambda frames: None,
    keys: Collection[int] = (),
) -> None:
    """The film at up to ``lines`` lines, for decks with many clips; ``tell`` is told of frames.

    It can be cut at ``keys``, numbers of frames, and once a second. What is heard stays as it is.
    """
    reformatter = VideoReformatter()
    with av.open(source) as film, av.open(target, "w", options=INDEX_FIRST) as made:
        old = film.streams.video[0]
        codec = old.codec_context
        scale = min(1.0, lines / min(codec.width, codec.height))
        assert old.average_rate is not None  # films have one
        rate = Fraction(old.average_rate)
        new = made.add_stream("libx264", rate=rate, options=H264 | {"g": str(max(1, int(rate)))})
        new.width, new.height = (
            2 * round(part * scale / 2) for part in (codec.width, codec.height)
        )
        tag_codec(new.codec_context)
        heard = deque(copied_track(source, made))
        scaled = (
            reformatter.reformat(
                frame,
                width=new.width,
                height=new.height,
                format=PLANAR,
                src_colorspace=Colorspace.ITU709,
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            for frame in film.decode(old)
        )
        with closing(_ahead(scaled)) as frames:  # nobody reads from a film that is closed
            for number, out in enumerate(frames):
                tag_frame(out)
                out.pts, out.time_base = number, 1 / rate
                if number in keys:
                    out.pict_type = PictureType.I
                while heard and when(heard[0]) <= number / rate:
                    made.mux(heard.popleft())
                made.mux(new.encode(out))
                tell(number + 1)
        made.mux(new.encode())
        made.mux(list(heard))


def _ahead(things: Iterator[T]) -> Generator[T, None, None]:
    """The same things, the next one made while one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, things, None)
        while (thing := coming.result()) is not None:
            coming = pool.submit(next, things, None)
            yield thing


def telling(source: Path) -> tuple[float, Image]:
    """The frame in which there is most to see, never the first: its second, and its picture."""
    most = -1.0
    best: tuple[float, Image] | None = None
    with av.open(source) as film:
        stream = film.streams.video[0]
        assert stream.duration is not None and stream.time_base is not None  # films have them
        length = float(stream.duration * stream.time_base)
        for part in np.linspace(0.15, 0.9, 9):
            film.seek(int(part * length / stream.time_base), stream=stream)  # the key frame before
            frame = next(film.decode(stream))
            picture: Image = cast(Any, frame).to_image()  # which has no types
            detail = float(np.asarray(picture.convert("L"), float).std())
            if detail > most and frame.pts is not None:
                most, best = detail, (float(frame.pts * stream.time_base), picture)
    if best is None:
        raise ValueError(f"{source} has no picture.")
    return best


def poster(source: Path, target: Path) -> None:
    """Save the most telling frame."""
    telling(source)[1].save(target, "PNG", optimize=True)


def size(film: Path) -> tuple[int, int]:
    """Width and height of a film."""
    with av.open(film) as opened:
        codec = opened.streams.video[0].codec_context
        return codec.width, codec.height


def first_picture(film: Path) -> Image:
    """A film's first frame."""
    with av.open(film) as opened:
        frame = next(opened.decode(video=0))
        return cast(Image, cast(Any, frame).to_image())  # which has no types


def picture(film: Path, number: int) -> Image:
    """A frame by its number, found from the key frame before it; ValueError beyond the last."""
    with av.open(film) as opened:
        stream = opened.streams.video[0]
        assert stream.average_rate is not None and stream.time_base is not None  # films have them
        at = round(number / stream.average_rate / stream.time_base)
        opened.seek(at, stream=stream)
        for frame in opened.decode(stream):
            if frame.pts is not None and frame.pts >= at:
                return cast(Image, cast(Any, frame).to_image())
    raise ValueError(f"{film} has no frame {number}.")


def last_picture(film: Path) -> Image:
    """A film's last frame, found from its last key frame."""
    with av.open(film) as opened:
        stream = opened.streams.video[0]
        opened.seek(stream.duration or 0, stream=stream)
        *_, frame = opened.decode(stream)
        return cast(Image, cast(Any, frame).to_image())
