"""A GIF from a finished film, as good as its bytes allow."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

from stage.film.bt709 import TO_RGB
from stage.film.gif import timing, write_gif
from studio.film.encode import facts

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
    _, times = timing(_count(length, fps), Fraction(fps).limit_denominator(1001))
    times[-1] = round(100 * length)  # as long as what it shows
    write_gif(
        target,
        lambda: _pictures(source, start, length, size, fps),
        times,
        sample=lambda: _key_pictures(source, start, length, size),
        palette="max_colors=160:reserve_transparent=0:stats_mode=full",
        scale=4,
    )


def _count(length: float, fps: float) -> int:
    return max(1, round(length * fps))


def _key_pictures(
    source: Path, start: float, length: float, size: tuple[int, int]
) -> Iterator[av.VideoFrame]:
    """The key frames of a stretch of film, as ``_pictures``: one a second, and no other is read."""
    reformatter = VideoReformatter()
    with av.open(source) as film:
        stream = film.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        base = stream.time_base
        assert base is not None  # films have one
        film.seek(int(start / base), stream=stream)
        for frame in film.decode(stream):
            if float((frame.pts or 0) * base) >= start + length:
                return
            yield _reduced(frame, reformatter, size)


def _reduced(
    frame: av.VideoFrame, reformatter: VideoReformatter, size: tuple[int, int]
) -> av.VideoFrame:
    width, height = size
    return reformatter.reformat(
        frame, width=width, height=height, format="rgb24", interpolation="AREA", **TO_RGB
    )


def _pictures(
    source: Path, start: float, length: float, size: tuple[int, int], fps: float
) -> Iterator[av.VideoFrame]:
    """Frames of a stretch of film, at a lower rate and size, in full-range RGB."""
    reformatter = VideoReformatter()
    count, number = _count(length, fps), 0
    with av.open(source) as film:
        stream = film.streams.video[0]
        base, rate = stream.time_base, stream.average_rate
        assert base is not None and rate is not None  # films have them
        half = 0.5 / float(rate)
        film.seek(int(start / base), stream=stream)
        for frame in film.decode(stream):
            if float((frame.pts or 0) * base) + half < start + number / fps:
                continue
            yield _reduced(frame, reformatter, size)
            number += 1
            if number == count:
                return
