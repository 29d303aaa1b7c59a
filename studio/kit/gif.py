"""A GIF from a finished film, as good as its bytes allow."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from studio.kit.encode import facts

BYTES = 8_000_000
_RUNGS = ((960, 25), (800, 25), (640, 20), (540, 20), (480, 20), (400, 10), (320, 10))
_EXCERPT = 6.0  # seconds of a clip that does not loop


def gif(source: Path, target: Path, *, loops: bool, around: float) -> None:
    """A GIF of up to 960 pixels, 25 frames a second and 8 MB.

    All of a clip that loops, else six seconds around ``around``; smaller until it is small enough.
    """
    seen = facts(source)
    length = seen.seconds if loops else min(_EXCERPT, seen.seconds)
    start = min(max(around - length / 2, 0.0), seen.seconds - length)
    rungs = sorted(
        {(min(side, max(seen.width, seen.height)), min(fps, seen.fps)) for side, fps in _RUNGS},
        reverse=True,
    )
    rungs += [(rungs[-1][0] // 2, rungs[-1][1]), (rungs[-1][0] // 4, rungs[-1][1])]
    weight = None  # bytes for each pixel of each frame, once one was tried
    for side, fps in rungs:
        scale = side / max(seen.width, seen.height)
        size = (2 * round(seen.width * scale / 2), 2 * round(seen.height * scale / 2))
        pixels = size[0] * size[1] * fps * length
        if weight and weight * pixels > 1.1 * BYTES:
            continue  # it would be too large: spare the time
        tried = min(length, 1.5) if weight is None else length
        _write_gif(source, target, start, tried, size, fps)
        weight = target.stat().st_size / (size[0] * size[1] * fps * tried)
        if tried < length and weight * pixels <= 1.1 * BYTES:
            _write_gif(source, target, start, length, size, fps)
            tried = length
        if tried == length and target.stat().st_size <= BYTES:
            return
    raise ValueError(f"{source}: no GIF of it stays under {BYTES // 10**6} MB.")


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
