"""Other files from a finished film, and a look into any of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from PIL.Image import Image

H264 = {"preset": "veryfast", "crf": "18", "threads": "4", "profile": "high"}
VP9 = {"crf": "24", "b": "0", "auto-alt-ref": "0", "cpu-used": "4", "row-mt": "1", "threads": "4"}
GIF_BYTES = 8_000_000
_GIF_RUNGS = ((960, 25), (800, 25), (640, 20), (540, 20), (480, 20), (400, 10), (320, 10))
_GIF_EXCERPT = 6.0  # seconds of a clip that does not loop


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
        keys, frames = [], 0
        for packet in film.demux(stream):
            if packet.pts is not None:
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


def smaller(source: Path, target: Path, lines: int) -> None:
    """The film at up to ``lines`` lines, for decks with many clips."""
    with av.open(source) as film:
        codec = film.streams.video[0].codec_context
        short = min(codec.width, codec.height)
        scale = min(1.0, lines / short)
        size = (2 * round(codec.width * scale / 2), 2 * round(codec.height * scale / 2))
    _encode(source, target, "libx264", "yuv420p", size, H264)


def light_alpha(source: Path, target: Path) -> None:
    """VP9 with alpha, from ProRes."""
    _encode(source, target, "libvpx-vp9", "yuva420p", None, VP9)


def _encode(
    source: Path,
    target: Path,
    codec: str,
    pixels: str,
    size: tuple[int, int] | None,
    options: dict[str, str],
) -> None:
    reformatter = VideoReformatter()
    mux = {"movflags": "+faststart+write_colr"} if codec == "libx264" else {}
    with av.open(source) as film, av.open(target, "w", options=mux) as made:
        old = film.streams.video[0]
        width, height = size or (old.codec_context.width, old.codec_context.height)
        every = {"g": str(max(1, int(old.average_rate)))}
        new = made.add_stream(codec, rate=old.average_rate, options=options | every)
        new.width, new.height, new.pix_fmt = width, height, pixels
        context = new.codec_context
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        for number, frame in enumerate(film.decode(old)):
            out = reformatter.reformat(
                frame,
                width=width,
                height=height,
                format=pixels,
                src_colorspace=Colorspace.ITU709,
                dst_colorspace=Colorspace.ITU709,
            )
            out.color_primaries, out.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
            out.pts, out.time_base = number, 1 / Fraction(old.average_rate)
            made.mux(new.encode(out))
        made.mux(new.encode())


def telling(source: Path) -> tuple[float, Image]:
    """The frame in which there is most to see, never the first: its second, and its picture."""
    best = (-1.0, 0.0, None)
    with av.open(source) as film:
        stream = film.streams.video[0]
        length = float(stream.duration * stream.time_base)
        for part in np.linspace(0.15, 0.9, 9):
            film.seek(int(part * length / stream.time_base), stream=stream)  # the key frame before
            frame = next(film.decode(stream))
            picture = frame.to_image()
            detail = float(np.asarray(picture.convert("L"), float).std())
            if detail > best[0]:
                best = (detail, float(frame.pts * stream.time_base), picture)
    return best[1:]


def poster(source: Path, target: Path) -> None:
    """Save the most telling frame."""
    telling(source)[1].save(target, "PNG", optimize=True)


def gif(source: Path, target: Path, *, loops: bool, around: float) -> None:
    """A GIF of up to 960 pixels, 25 frames a second and 8 MB.

    All of a clip that loops, else six seconds around ``around``; smaller until it is small enough.
    """
    seen = facts(source)
    length = seen.seconds if loops else min(_GIF_EXCERPT, seen.seconds)
    start = min(max(around - length / 2, 0.0), seen.seconds - length)
    rungs = sorted(
        {(min(side, max(seen.width, seen.height)), min(fps, seen.fps)) for side, fps in _GIF_RUNGS},
        reverse=True,
    )
    rungs += [(rungs[-1][0] // 2, rungs[-1][1]), (rungs[-1][0] // 4, rungs[-1][1])]
    weight = None  # bytes for each pixel of each frame, once one was tried
    for side, fps in rungs:
        scale = side / max(seen.width, seen.height)
        size = (2 * round(seen.width * scale / 2), 2 * round(seen.height * scale / 2))
        pixels = size[0] * size[1] * fps * length
        if weight and weight * pixels > 1.1 * GIF_BYTES:
            continue  # it would be too large: spare the time
        tried = min(length, 1.5) if weight is None else length
        _write_gif(source, target, start, tried, size, fps)
        weight = target.stat().st_size / (size[0] * size[1] * fps * tried)
        if tried < length and weight * pixels <= 1.1 * GIF_BYTES:
            _write_gif(source, target, start, length, size, fps)
            tried = length
        if tried == length and target.stat().st_size <= GIF_BYTES:
            return
    raise ValueError(f"{source}: no GIF of it stays under {GIF_BYTES // 10**6} MB.")


def _write_gif(
    source: Path, target: Path, start: float, length: float, size: tuple[int, int], fps: float
) -> None:
    palette = _palette(source, start, length, size)
    with av.open(target, "w", format="gif") as made:
        stream = made.add_stream("gif", rate=Fraction(fps).limit_denominator(100))
        stream.width, stream.height, stream.pix_fmt = *size, "pal8"
        graph = av.filter.Graph()
        picture = graph.add_buffer(
            width=size[0], height=size[1], format="rgb24", time_base=Fraction(1, 100)
        )
        colours = graph.add_buffer(
            width=palette.width,
            height=palette.height,
            format=palette.format.name,
            time_base=Fraction(1, 100),
        )
        use = graph.add("paletteuse", "dither=bayer:bayer_scale=4:diff_mode=rectangle")
        sink = graph.add("buffersink")
        picture.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        palette.pts = 0
        colours.push(palette)
        colours.push(None)
        number = 0
        for number, frame in enumerate(_pictures(source, start, length, size, fps)):
            frame.pts, frame.time_base = number, Fraction(1, 100)
            picture.push(frame)
            _drain(sink, stream, made, fps)
        picture.push(None)
        _drain(sink, stream, made, fps)
        made.mux(stream.encode())


def _drain(sink: object, stream: object, made: object, fps: float) -> None:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        frame.time_base = 1 / Fraction(fps).limit_denominator(100)
        made.mux(stream.encode(frame))


def _palette(source: Path, start: float, length: float, size: tuple[int, int]) -> av.VideoFrame:
    graph = av.filter.Graph()
    buffer = graph.add_buffer(
        width=size[0], height=size[1], format="rgb24", time_base=Fraction(1, 100)
    )
    make = graph.add("palettegen", "max_colors=160:reserve_transparent=0:stats_mode=full")
    sink = graph.add("buffersink")
    buffer.link_to(make)
    make.link_to(sink)
    graph.configure()
    for number, frame in enumerate(_pictures(source, start, length, size, 2.0)):
        frame.pts, frame.time_base = number, Fraction(1, 100)
        buffer.push(frame)
    buffer.push(None)
    return sink.pull()


def _pictures(
    source: Path, start: float, length: float, size: tuple[int, int], fps: float
) -> Iterator[av.VideoFrame]:
    """Frames of a stretch of film, at a lower rate and size, in full-range RGB."""
    reformatter = VideoReformatter()
    count, number = max(1, round(length * fps)), 0
    with av.open(source) as film:
        stream = film.streams.video[0]
        half = 0.5 / float(stream.average_rate)
        film.seek(int(start / stream.time_base), stream=stream)
        for frame in film.decode(stream):
            if float(frame.pts * stream.time_base) + half < start + number / fps:
                continue
            yield reformatter.reformat(
                frame,
                width=size[0],
                height=size[1],
                format="rgb24",
                src_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.MPEG,
                dst_color_range=ColorRange.JPEG,
                interpolation="AREA",
            )
            number += 1
            if number == count:
                return
