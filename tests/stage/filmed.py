"""Small films by our writer, and what is read from them."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
from manim import (
    RIGHT,
    CairoRenderer,
    Mobject,
    Rectangle,
    Scene,
    Square,
    VGroup,
    config,
    linear,
    tempconfig,
)

from stage.film.viewer import presentable
from stage.film.writer import FilmWriter

COLOURS = ("#07090e", "#ff9f33", "#4ab6ec", "#4fe08a", "#f2f2ee", "#fc6255")
ORANGE = (255, 159, 51)


class Filmed(Scene):
    """A plain scene with our writer."""

    def __init__(self) -> None:
        super().__init__(renderer=CairoRenderer(file_writer_class=FilmWriter))
        self.session_spec = presentable(self.session_spec)

    def drift(self, mobject: Mobject, seconds: float) -> None:
        self.play(mobject.animate(rate_func=linear).shift(0.2 * RIGHT), run_time=seconds)


class Bands(Filmed):
    """Six flat bands, the theme's colours and Manim's red; one small square moves below them."""

    def construct(self) -> None:
        width = config.frame_width / 6
        bands = VGroup(
            *(Rectangle(width=width, height=9, stroke_width=0, fill_opacity=1) for _ in COLOURS)
        ).arrange(RIGHT, buff=0)
        for band, colour in zip(bands, COLOURS, strict=True):
            band.set_fill(colour)
        dot = Square(0.3, fill_opacity=1, color="#ffffff").to_edge([0, -1, 0])
        self.add(bands, dot)
        self.drift(dot, 2.5)
        self.next_section("second")
        self.drift(dot, 0.7)
        self.wait(0.5)


class Glass(Filmed):
    """Left half-clear orange, right solid orange, nothing elsewhere."""

    def construct(self) -> None:
        panes = VGroup(
            Square(3, color="#ff9f33", fill_opacity=0.5, stroke_width=0),
            Square(3, color="#ff9f33", fill_opacity=1, stroke_width=0),
        ).arrange(RIGHT, buff=0)
        self.add(panes)
        self.wait(0.4)
        self.drift(Square(0.1, stroke_width=0), 0.3)


class Spoken(Filmed):
    """Twelve seconds, longer than a muxer waits for the other stream, with a tone."""

    def construct(self) -> None:
        self.add_sound("tone.wav")
        square = Square()
        for _ in range(2):
            self.drift(square, 6)


class Torn(Filmed):
    """Stops in the middle of its second play, one way or another."""

    def stop(self) -> None:
        raise ZeroDivisionError

    def construct(self) -> None:
        square = Square()
        self.drift(square, 0.5)

        def tear(_: Mobject) -> None:
            if square.get_x() > 0.35:
                self.stop()

        self.add(Mobject().add_updater(tear))
        self.drift(square, 6)  # long enough for the encoder to have written by then


def render(scene: type[Filmed], folder: Path, **settings: object) -> FilmWriter:
    """The writer of a scene that was rendered small."""
    small = {
        "media_dir": str(folder),
        "pixel_width": 320,
        "pixel_height": 180,
        "frame_rate": 10,
        "progress_bar": "none",
        "verbosity": "WARNING",
        **settings,
    }
    with tempconfig(small):
        stood = scene()
        stood.render()
        return stood.renderer.file_writer


def pictures(path: Path, decoder: str | None = None) -> list[av.VideoFrame]:
    """Every frame; ``decoder`` reads the stream alone, deaf to what the container says."""
    with av.open(path) as film:
        stream = film.streams.video[0]
        if decoder is None:
            return list(film.decode(stream))
        reader = av.CodecContext.create(decoder, "r")
        reader.extradata = stream.codec_context.extradata
        packets = [packet for packet in film.demux(stream) if packet.dts is not None]
        return [f for packet in [*packets, None] for f in reader.decode(packet)]


def rgba(frame: av.VideoFrame) -> np.ndarray:
    """Decode by the matrix of BT.709 in limited range, by its own numbers."""
    depth = frame.format.components[0].bits
    kind, size = (np.uint8, 1) if depth == 8 else (np.dtype("<u2"), 2)
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, kind).reshape(plane.height, plane.line_size // size)
        rows = rows[:, : plane.width] / 2.0 ** (depth - 8)
        times = frame.height // plane.height
        planes.append(rows.repeat(times, axis=0).repeat(times, axis=1))
    y, u, v = (planes[0] - 16) / 219, (planes[1] - 128) / 224, (planes[2] - 128) / 224
    red, blue = y + 2 * (1 - 0.2126) * v, y + 2 * (1 - 0.0722) * u
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    alpha = planes[3] / (256 - 2.0 ** (8 - depth)) if len(planes) == 4 else np.ones_like(y)
    return 255 * np.stack([red, green, blue, alpha], axis=-1)


def speak(path: Path) -> None:
    """Twelve seconds of a tone."""
    with wave.open(str(path), "wb") as tone:
        tone.setparams((1, 2, 48000, 0, "NONE", ""))
        tone.writeframes((9000 * np.sin(np.arange(48000 * 12) * 0.0576)).astype("<i2").tobytes())


def atoms(path: Path) -> list[str]:
    """Kinds of the top boxes of an MP4 or MOV, in order."""
    data, place, kinds = path.read_bytes(), 0, []
    while place < len(data):
        size = int.from_bytes(data[place : place + 4])
        kinds.append(data[place + 4 : place + 8].decode())
        place += size
    return kinds


def visible(folder: Path, kind: str) -> list[Path]:
    """Files that a colleague or a cache would find."""
    return [path for path in folder.rglob(f"*{kind}") if not path.name.startswith(".")]


def hidden(folder: Path) -> list[Path]:
    """Files that were being written."""
    return [path for path in folder.rglob(".*") if path.is_file()]
