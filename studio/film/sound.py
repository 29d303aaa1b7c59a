"""What is heard in a film: its own sound, to the sample, and what is laid beside pictures."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray

from stage.film.bt709 import INDEX_FIRST, Captions, text_packets

RATE = 48_000
Samples = NDArray[np.float32]
"""What is heard, 48,000 samples a second: one channel (n,), or two (n, 2)."""

_BITS = 96_000  # a second and channel: at the encoder's own 69,000 peaks grew by a third
_FRAME = 1024  # samples of a packet of AAC
_AHEAD = 0.2  # seconds that a decoder is given before what is asked of it: packets overlap
_EDGE = round(0.005 * RATE)  # samples in which a sound fades that is cut through
_HEARD = 0.01  # below, nothing is cut through


def has_sound(film: Path) -> bool:
    """Whether there is more to a film than its pictures."""
    with av.open(film) as opened:
        return bool(opened.streams.audio)


def sound_of(film: Path, begin: Fraction, end: Fraction) -> Samples:
    """What is heard from one second of a film to another, (n, 2); silence where nothing is.

    A sound that is cut through fades at the cut, in an instant: it does not click.
    """
    first, stop = round(begin * RATE), round(end * RATE)
    sound = np.zeros((stop - first + 2 * _EDGE, 2), np.float32)
    low = first - _EDGE
    for at, samples in _decoded(film, begin):
        here, until = max(at, low), min(at + len(samples), low + len(sound))
        if at >= low + len(sound):
            break
        if here < until:
            sound[here - low : until - low] = samples[here - at : until - at]
    rise = np.sin(np.linspace(0, np.pi / 2, _EDGE, endpoint=False, dtype=np.float32)) ** 2
    kept = sound[_EDGE:-_EDGE]
    if len(kept) > 2 * _EDGE:
        if np.abs(sound[:_EDGE]).max() > _HEARD:
            kept[:_EDGE] *= rise[:, None]
        if np.abs(sound[-_EDGE:]).max() > _HEARD:
            kept[-_EDGE:] *= rise[::-1, None]
    return kept


def _decoded(film: Path, begin: Fraction) -> Iterator[tuple[int, Samples]]:
    """Pieces of a film's sound from about a second on, with the samples at which they begin."""
    resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)
    with av.open(film) as opened:
        if not opened.streams.audio:
            return
        stream = opened.streams.audio[0]
        assert stream.time_base is not None  # films have them
        if begin > _AHEAD:
            opened.seek(int((begin - Fraction(_AHEAD)) / stream.time_base), stream=stream)
        at: int | None = None
        for frame in (*opened.decode(stream), None):
            if frame is not None and at is None:
                assert frame.pts is not None and frame.time_base is not None  # as above
                at = round(frame.pts * frame.time_base * RATE)
            if at is None:
                return
            for made in resampler.resample(frame):
                samples = made.to_ndarray().astype(np.float32, copy=False).reshape(-1, 2)
                yield at, samples
                at += len(samples)


def faded(samples: Samples, edge: int) -> Samples:
    """The same, from silence and to silence in so many samples: no end of it clicks."""
    made = samples.copy()
    edge = min(edge, len(made) // 2)
    rise = np.sin(np.linspace(0, np.pi / 2, edge, endpoint=False, dtype=np.float32)) ** 2
    made[:edge] *= rise
    made[len(made) - edge :] *= rise[::-1]
    return made


def add_track(film: OutputContainer, sound: Samples, language: str = "") -> list[av.Packet[Any]]:
    """Give a film a track for a sound, as AAC; its packets, in order."""
    channels = sound.ndim
    layout = "stereo" if channels == 2 else "mono"
    track = film.add_stream("aac", rate=RATE, layout=layout)
    assert isinstance(track, av.AudioStream)  # as AAC is
    track.bit_rate = channels * _BITS
    if language:
        track.metadata["language"] = language
    planes = np.atleast_2d(sound.T)
    packets: list[av.Packet[Any]] = []
    for start in range(0, len(sound), _FRAME):
        piece = np.ascontiguousarray(planes[:, start : start + _FRAME])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        packets += track.encode(frame)
    return [*packets, *track.encode()]


def with_sound(
    film: Path,
    sound: Samples,
    target: Path,
    captions: Captions | None = None,
    *,
    language: str = "",
) -> None:
    """Copy a film's pictures and chapters, and lay a sound and captions beside them."""
    with (
        av.open(film) as source,
        av.open(target, "w", format="mp4", options=INDEX_FIRST) as made,
    ):
        made.metadata.update(source.metadata)
        made.set_chapters(source.chapters())
        pictures = made.add_stream_from_template(source.streams.video[0])
        heard = add_track(made, sound, language)
        told = text_packets(made, captions) if captions else []
        shown = [packet for packet in source.demux(video=0) if packet.dts is not None]
        for packet in shown:
            packet.stream = pictures
        for packet in heapq.merge(shown, heard, told, key=when):
            made.mux(packet)


def copied_track(film: Path, made: OutputContainer) -> list[av.Packet[Any]]:
    """Give one film the track of another; its packets, in order, and none if there is no track."""
    packets = []
    with av.open(film) as source:
        for own in list(source.streams.audio)[:1]:
            copy = made.add_stream_from_template(own)
            packets = [packet for packet in source.demux(own) if packet.dts is not None]
            for packet in packets:
                packet.stream = copy
    return packets


def track_alone(film: Path) -> bytes:
    """A film's sound as a file of its own."""
    made = BytesIO()
    with av.open(made, "w", format="mp4") as alone:  # in memory there is nothing to wait for
        alone.mux(copied_track(film, alone))
    return made.getvalue()


def when(packet: av.Packet[Any]) -> Fraction:
    """When a packet is decoded, in seconds."""
    assert packet.dts is not None and packet.time_base is not None  # others were left out
    return packet.dts * packet.time_base
