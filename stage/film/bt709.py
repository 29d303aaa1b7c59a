"""Films in BT.709 that say so: how they are tagged, read, laid out and joined, without Manim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.subtitles.stream import SubtitleStream
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from stage.film.atomic import atomic_path

INDEX_FIRST: Final = {"movflags": "+faststart+write_colr"}
"""Options of an MP4 or MOV that plays while it is loading, and says its colours."""

TO_RGB: Final = {
    "src_colorspace": Colorspace.ITU709,
    "src_color_range": ColorRange.MPEG,
    "dst_color_range": ColorRange.JPEG,
}
"""How a frame of such a film becomes RGB with all of its levels, for a reformatter."""


_MILLISECOND = Fraction(1, 1000)
_HEADER = (
    b"[V4+ Styles]\n"
    b"Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    b"Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, "
    b"Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n"
    b"Style: Default,Sans,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\n"
)
"""How captions look, in the only form in which FFmpeg takes that for a track of text."""


def tag_codec(codec: av.VideoCodecContext) -> None:
    """Say of what is encoded that it is BT.709 in limited range."""
    codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
    codec.color_primaries, codec.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


def tag_frame(frame: av.VideoFrame) -> None:
    """Say of a converted frame that its primaries and its transfer are those of BT.709."""
    frame.color_primaries, frame.color_trc = ColorPrimaries.BT709, ColorTrc.BT709


INDEXED = (".mp4", ".mov")
"""Containers whose index would come last."""


def join(
    films: Sequence[str | Path],
    target: Path,
    *,
    chapters: Sequence[tuple[str, float]] = (),
    metadata: Mapping[str, str] | None = None,
    captions: Captions | None = None,
    like: str | Path | None = None,
) -> None:
    """Join films of one kind, not a frame of them changed, to one that plays while it is loading.

    Its index is in front. ``chapters`` are names and the seconds at which they begin, for the marks
    that players show; ``captions`` are a track of text. It appears when it is whole. A copy forgets
    its alpha: of films that are copies already, ``like`` is one that knows. Of several films only
    the pictures are joined, for not each of them need have a sound.
    """
    begin = Fraction(0)
    copies: list[Stream] = []
    told: list[av.Packet[Any]] = []
    options = INDEX_FIRST if target.suffix in INDEXED else {}
    with (
        atomic_path(target, needed=False) as part,
        av.open(part, "w", options=options) as film,
    ):
        film.metadata["comment"] = f"Rendered with Manim Community v{version('manim')}"
        film.metadata.update(metadata or {})
        if chapters:
            film.set_chapters(_marks(chapters, sum(map(_seconds, films))))
        for name in films:
            # of the others, no picture need be decoded to know what they are
            with av.open(name, options={"skip_frame": "all"} if copies else {}) as source:
                if not copies:
                    kept = source.streams if len(films) == 1 else source.streams.video
                    copies = [film.add_stream_from_template(stream) for stream in kept]
                    if like is None:
                        _keep_alpha(copies[0], source.streams.video[0])
                    else:
                        with av.open(like) as known:
                            _keep_alpha(copies[0], known.streams.video[0])
                    told = text_packets(film, captions) if captions else []
                # How long a film is, is rounded to milliseconds in it: its frames are counted.
                begin += Fraction(
                    _append(source, film, copies, begin, told), source.streams.video[0].guessed_rate
                )
        for packet in told:
            film.mux(packet)


def _keep_alpha(copy: Stream, known: av.VideoStream) -> None:
    """Have a copy say which ProRes it is, and of VP9 that it has alpha, as a known film does."""
    codec = copy.codec_context
    assert isinstance(codec, av.VideoCodecContext)  # what comes first in films
    codec.codec_tag = known.codec_context.codec_tag
    if known.metadata.get("alpha_mode") == "1":
        codec.pix_fmt = "yuva420p"


@dataclass(frozen=True)
class Captions:
    """A track of text, and its language."""

    code: str
    """By ISO 639-2/T."""
    lines: tuple[tuple[float, float, str], ...]
    """From when to when, in seconds, and what: it may have several lines."""


def text_packets(film: OutputContainer, captions: Captions) -> list[av.Packet[Any]]:
    """Give an MP4 a track for captions; its packets, in order.

    A sample of timed text is its length in two bytes and its text in UTF-8. Source: 3GPP TS 26.245,
    section 5.17.
    """
    track = film.add_stream("mov_text")
    track.time_base = _MILLISECOND
    assert isinstance(track, SubtitleStream)  # by its codec
    track.codec_context.subtitle_header = _HEADER
    track.metadata["language"] = captions.code
    packets = []
    for begin, end, text in captions.lines:
        content = text.encode()
        packet = av.Packet(len(content).to_bytes(2, "big") + content)
        packet.stream, packet.time_base = track, _MILLISECOND
        packet.pts = packet.dts = round(1000 * begin)
        packet.duration = round(1000 * end) - packet.pts
        packets.append(packet)
    return packets


def _append(
    source: InputContainer,
    film: OutputContainer,
    copies: list[Stream],
    begin: Fraction,
    told: list[av.Packet[Any]],
) -> int:
    """Copy a film to where it begins, in seconds, in another; how many frames it has.

    Of what is told, all that comes before a packet is written, and taken from ``told``.
    """
    frames = 0
    for packet in source.demux(list(source.streams)[: len(copies)]):
        if packet.dts is not None and packet.pts is not None:
            frames += packet.stream.type == "video"
            packet.pts += round(begin / packet.time_base)
            while told and Fraction(told[0].pts or 0, 1000) <= packet.pts * packet.time_base:
                film.mux(told.pop(0))
            packet.dts = None  # it need not rise from one film to the next
            packet.stream = copies[packet.stream.index]
            film.mux(packet)
    return frames


def _marks(chapters: Sequence[tuple[str, float]], seconds: float) -> list[Any]:
    """Chapters as FFmpeg has them, in milliseconds, each until the next one begins."""
    begins = [round(1000 * begin) for _, begin in chapters]
    ends = [*begins[1:], round(1000 * seconds)]
    return [
        {
            "id": number,
            "start": begin,
            "end": end,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": name},
        }
        for number, ((name, _), begin, end) in enumerate(zip(chapters, begins, ends, strict=True))
    ]


def _seconds(film: str | Path) -> float:
    with av.open(film) as source:
        rate = source.streams.video[0].guessed_rate
    assert rate is not None  # films have one
    return float(frames_of(film) / rate)


def frames_of(film: str | Path) -> int:
    """How many frames a film has."""
    with av.open(film) as source:
        return sum(packet.pts is not None for packet in source.demux(video=0))
