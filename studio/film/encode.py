"""Other files from a finished film, and a look into any of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
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
from stage.film.frames import CLEAR, planes_of

T = TypeVar("T")
Tell = Callable[[int], None]
H264 = {"preset": "veryfast", "crf": "18", "threads": "4", "profile": "high"}
# With its tools for screens, streaks take less than half of the time of those for films, in 1.01 to
# 1.05 of the bytes (`python -m benchmarks clear`).
VP9 = {
    **{"crf": "29", "b": "0", "auto-alt-ref": "0", "row-mt": "1", "threads": "4"},
    **{"deadline": "realtime", "cpu-used": "8", "tune-content": "screen"},
}

_IN_USE = 3  # frames: one is encoded, one waits, one is filled


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

    It can be cut at ``keys``, numbers of frames, and once a second.
    """
    with av.open(source) as film:
        codec = film.streams.video[0].codec_context
        short = min(codec.width, codec.height)
        scale = min(1.0, lines / short)
        size = (2 * round(codec.width * scale / 2), 2 * round(codec.height * scale / 2))
    _encode(source, target, "libx264", "yuv420p", size, H264, tell, keys=keys)


def light_alpha(
    source: Path,
    target: Path,
    tell: Tell = lambda frames: None,
    options: Mapping[str, str] = VP9,
) -> None:
    """VP9 with alpha, from ProRes 4444; ``tell`` is told of frames."""
    _encode(source, target, "libvpx-vp9", "yuva420p", None, dict(options), tell, _Calmer().calmed)


def _encode(
    source: Path,
    target: Path,
    codec: str,
    pixels: str,
    size: tuple[int, int] | None,
    options: dict[str, str],
    tell: Tell,
    convert: Callable[[av.VideoFrame], av.VideoFrame] | None = None,
    keys: Collection[int] = (),
) -> None:
    reformatter = VideoReformatter()
    mux = INDEX_FIRST if codec == "libx264" else {}
    with av.open(source) as film, av.open(target, "w", options=mux) as made:
        old = film.streams.video[0]
        width, height = size or (old.codec_context.width, old.codec_context.height)
        assert old.average_rate is not None  # films have one
        rate = Fraction(old.average_rate)
        every = {"g": str(max(1, int(rate)))}
        new = made.add_stream(codec, rate=rate, options=options | every)
        assert isinstance(new, av.VideoStream)  # as is every codec that is asked for here
        new.width, new.height, new.pix_fmt = width, height, pixels
        tag_codec(new.codec_context)

        def converted() -> Iterator[av.VideoFrame]:
            for frame in film.decode(old):
                yield (
                    convert(frame)
                    if convert
                    else reformatter.reformat(
                        frame,
                        width=width,
                        height=height,
                        format=pixels,
                        src_colorspace=Colorspace.ITU709,
                        dst_colorspace=Colorspace.ITU709,
                        dst_color_range=ColorRange.MPEG,
                    )
                )

        with closing(_ahead(converted())) as frames:  # nobody reads from a film that is closed
            for number, out in enumerate(frames):
                tag_frame(out)
                out.pts, out.time_base = number, 1 / rate
                if number in keys:
                    out.pict_type = PictureType.I
                made.mux(new.encode(out))
                tell(number + 1)
        made.mux(new.encode())


def _ahead(things: Iterator[T]) -> Generator[T, None, None]:
    """The same things, the next one made while one is used."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, things, None)
        while (thing := coming.result()) is not None:
            coming = pool.submit(next, things, None)
            yield thing


class _Calmer:
    """Makes frames of 4:2:0 with alpha whose colours are smoothed where they hardly show."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()
        self._frames: list[av.VideoFrame] = []
        self._number = 0

    def calmed(self, frame: av.VideoFrame) -> av.VideoFrame:
        """The frame in 8 bits, in memory that is filled again two frames later."""
        from studio.film.denoise import denoise  # compiled code: only this film needs it

        deep = self._reformatter.reformat(frame, format=CLEAR)  # as ours are anyway
        if len(self._frames) < _IN_USE:
            self._frames.append(av.VideoFrame(frame.width, frame.height, "yuva420p"))
        made = self._frames[self._number % _IN_USE]
        self._number += 1
        made.make_writable()  # an encoder may still hold it
        denoise(planes_of(deep, np.uint16), planes_of(made, np.uint8), frame.width)
        made.colorspace, made.color_range = Colorspace.ITU709, ColorRange.MPEG
        return made


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
