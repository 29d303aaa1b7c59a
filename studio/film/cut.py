"""Films cut and joined where key frames are: no picture is encoded again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import InputContainer, OutputContainer

from stage.film.bt709 import INDEX_FIRST, frames_of
from studio.film.sound import Samples, add_track, has_sound, sound_of, when

_FRAGMENTS = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets",
}
"""Without the last, a film with B-frames would begin two frames late in a browser."""


@dataclass(frozen=True)
class Cut:
    """Frames of a film from ``first`` on, and before ``stop``; None for all that are left."""

    film: Path
    first: int = 0
    stop: int | None = None


def cut(pieces: Sequence[Cut], target: Path) -> None:
    """Write pieces of films of one kind one after the other, as a film with its index in front.

    Each piece begins with a key frame, and nothing before its end needs a frame after it; else
    ValueError. What is heard in them is cut to the sample, and so encoded again.
    """
    sound = soundtrack(pieces)
    with av.open(target, "w", format="mp4", options=INDEX_FIRST) as made:
        _copy(pieces, made, sound)


def soundtrack(pieces: Sequence[Cut]) -> Samples | None:
    """What is heard in pieces one after the other, silence in those without; None if nothing is."""
    if not any(has_sound(piece.film) for piece in pieces):
        return None
    return np.concatenate([_heard(piece) for piece in pieces])


def _heard(piece: Cut) -> Samples:
    with av.open(piece.film) as film:
        rate = film.streams.video[0].average_rate
    assert rate is not None  # films have one
    stop = frames_of(piece.film) if piece.stop is None else piece.stop
    return sound_of(piece.film, piece.first / Fraction(rate), stop / Fraction(rate))


def fragmented(piece: Cut) -> bytes:
    """A piece of a film as a browser's MediaSource takes it: in fragments, a key frame first."""
    made = BytesIO()
    with av.open(made, "w", format="mp4", options=_FRAGMENTS) as film:
        seconds = _copy([piece], film)
    return _lasting(made.getvalue(), seconds)


def _lasting(film: bytes, seconds: Fraction) -> bytes:
    """The film with its length in its header, which a muxer that fragments leaves at 0.

    Chromium takes what has no length for a live stream, shows it with hardly any delay, and after
    a seek a later picture than was asked for. Movie header box: ISO/IEC 14496-12, 8.2.2.
    """
    at = film.index(b"mvhd") + 4
    assert film[at] == 0  # the version: its times have four bytes
    scale = int.from_bytes(film[at + 12 : at + 16])
    length = round(seconds * scale).to_bytes(4)
    return film[: at + 16] + length + film[at + 20 :]


def codec_name(film: Path) -> str:
    """The film's codec as browsers name it: ``avc1`` with profile, constraints and level."""
    with av.open(film) as opened:
        extra = opened.streams.video[0].codec_context.extradata
        assert extra is not None  # H.264 in MP4 has its parameters in front
        return f"avc1.{extra[1:4].hex()}"


def keys(film: Path) -> set[int]:
    """The numbers of a film's key frames."""
    with av.open(film) as opened:
        return {number for number, packet in _packets(opened) if packet.is_keyframe}


def _copy(pieces: Sequence[Cut], made: OutputContainer, sound: Samples | None = None) -> Fraction:
    """Copy pieces into a film, beside a sound of theirs; how long they are."""
    stream, begin, seconds = None, 0, Fraction(0)
    heard: deque[av.Packet[Any]] = deque()
    for piece in pieces:
        with av.open(piece.film) as source:
            own = source.streams.video[0]
            rate = own.average_rate
            assert rate is not None  # films have one
            if stream is None:
                stream = made.add_stream_from_template(own)
                if sound is not None:
                    heard.extend(add_track(made, sound))
            count = 0
            for number, packet in _packets(source):
                if number < piece.first or (piece.stop is not None and number >= piece.stop):
                    continue
                if not count and not packet.is_keyframe:
                    raise ValueError(
                        f"{piece.film}: frame {piece.first} is no key frame; a film is cut only "
                        "where its sections begin."
                    )
                assert packet.time_base is not None  # as every packet of a film
                at = begin + number - piece.first
                packet.pts = round(at / rate / packet.time_base)
                packet.dts = None  # it need not rise from one piece to the next
                packet.stream = stream
                while heard and when(heard[0]) <= at / Fraction(rate):
                    made.mux(heard.popleft())
                made.mux(packet)
                count += 1
            begin += count
            seconds += count / Fraction(rate)
    for packet in heard:
        made.mux(packet)
    return seconds


def _packets(source: InputContainer) -> Iterator[tuple[int, av.Packet[Any]]]:
    """A film's packets in the order of their coding, with the numbers of their frames."""
    stream = source.streams.video[0]
    rate, start = stream.average_rate, stream.start_time or 0
    assert rate is not None  # films have one
    for packet in source.demux(stream):
        if packet.pts is not None and packet.time_base is not None:
            yield round((packet.pts - start) * Fraction(packet.time_base) * rate), packet
