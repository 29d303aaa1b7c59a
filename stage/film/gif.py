"""Writing a GIF: a palette of its own, and delays that every browser keeps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av

_TICK = Fraction(1, 100)  # seconds: a GIF counts no finer
_LEAST = 2  # ticks: browsers show a frame of one tick for ten
_USED = "dither=bayer:bayer_scale={scale}:diff_mode=rectangle"


def timing(frames: int, rate: Fraction) -> tuple[range, list[int]]:
    """Which of a film's frames a GIF shows, and when, in 1/100 s; at last, when the last one ends.

    As many are passed over, evenly, as leave 20 ms for each: at 60 a second, every other one. Times
    are rounded, not delays, so the whole lasts as long as the film.
    """
    step = max(1, math.ceil(rate * _TICK * _LEAST))
    count = max(1, frames // step)  # what is left at the end belongs to the last one
    shown = range(0, count * step, step)
    times = [round(frame / rate / _TICK) for frame in shown]
    return shown, [*times, max(times[-1] + _LEAST, round(frames / rate / _TICK))]


def write_gif(
    target: Path,
    pictures: Callable[[], Iterator[av.VideoFrame]],
    times: Sequence[int],
    *,
    sample: Callable[[], Iterator[av.VideoFrame]] | None = None,
    palette: str = "stats_mode=diff",
    scale: int = 5,
) -> None:
    """Write pictures, RGB or RGBA of one size, as a GIF that loops for ever.

    ``times`` are those of ``timing``. They are gone through twice, first for the colours; if there
    is a ``sample``, colours are of that. ``palette`` is options of FFmpeg's palettegen, and
    ``scale`` how coarse the dither is, from 5 to 0.
    """
    colours = _palette((sample or pictures)(), palette)
    options = {"loop": "0", "final_delay": str(times[-1] - times[-2])}
    with av.open(target, "w", format="gif", options=options) as made:
        stream = made.add_stream("gif", rate=1 / _TICK)
        first, shown = True, _used(pictures(), colours, _USED.format(scale=scale))
        for time, picture in zip(times, shown, strict=False):
            if first:
                stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "pal8"
                first = False
            picture.pts, picture.time_base = time, _TICK
            made.mux(stream.encode(picture))
        made.mux(stream.encode())


def _palette(pictures: Iterator[av.VideoFrame], options: str) -> av.VideoFrame:
    graph, make = av.filter.Graph(), None
    for number, picture in enumerate(pictures):
        if make is None:
            make, sink = graph.add("palettegen", options), graph.add("buffersink")
            source = _source(graph, picture)
            source.link_to(make)
            make.link_to(sink)
            graph.configure()
        picture.pts, picture.time_base = number, _TICK
        source.push(picture)
    source.push(None)
    return _pulled(sink)


def _used(
    pictures: Iterator[av.VideoFrame], palette: av.VideoFrame, options: str
) -> Iterator[av.VideoFrame]:
    """The pictures, in colours of the palette."""
    graph, use = av.filter.Graph(), None
    for number, picture in enumerate(pictures):
        if use is None:
            use, sink = graph.add("paletteuse", options), graph.add("buffersink")
            source, colours = _source(graph, picture), _source(graph, palette)
            source.link_to(use, 0, 0)
            colours.link_to(use, 0, 1)
            use.link_to(sink)
            graph.configure()
            palette.pts = 0
            colours.push(palette)
            colours.push(None)
        picture.pts, picture.time_base = number, _TICK
        source.push(picture)
        yield from _ready(sink)
    source.push(None)
    yield from _ready(sink)


def _source(graph: av.filter.Graph, picture: av.VideoFrame) -> av.filter.context.FilterContext:
    return graph.add_buffer(
        width=picture.width, height=picture.height, format=picture.format, time_base=_TICK
    )


def _pulled(sink: av.filter.context.FilterContext) -> av.VideoFrame:
    frame = sink.pull()
    assert isinstance(frame, av.VideoFrame)  # all sources of these graphs are pictures
    return frame


def _ready(sink: av.filter.context.FilterContext) -> Iterator[av.VideoFrame]:
    while True:
        try:
            yield _pulled(sink)
        except (av.error.BlockingIOError, av.error.EOFError):
            return
