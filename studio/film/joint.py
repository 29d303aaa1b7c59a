"""Joints: how one chapter becomes the next, in less than a second.

The plane of the one picture moves to where that of the next is, while the one picture dissolves
into the other. So chapters whose planes are at one place keep it still, and others rescale it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from fields.ease import smoothstep
from stage.film.bt709 import TO_RGB
from stage.film.codec import segment_spec
from stage.film.segment import FilmSegment
from studio.job.tasks import joint_frames

Square = Sequence[float]
"""Left, lower end and side, in parts of the picture's height, from its middle; or empty."""


def make_joint(
    before: Path, after: Path, target: Path, *, fps: int, squares: tuple[Square, Square]
) -> None:
    """Render the joint of two films of one size and rate; it appears when it is whole."""
    one, other = last_picture(before), first_picture(after)
    if one.size != other.size:
        raise ValueError(
            f"{before} and {after} cannot be joined: they are {one.size} and {other.size} pixels."
        )
    segment = FilmSegment(target=target, spec=segment_spec(*one.size, fps))
    try:
        for picture in joint_pictures(one, other, joint_frames(fps), squares):
            segment.write_frame(picture)
        segment.finish()
    except BaseException:
        segment.abort()
        raise


def joint_pictures(
    one: Image.Image, other: Image.Image, count: int, squares: tuple[Square, Square]
) -> list[np.ndarray]:
    """The pictures between two, (rows, columns, 4) each.

    In the plane, one dissolves into the other. Around it are words: the first ones have all but
    gone before the next ones come, and what both pictures have stays.
    """
    start, stop = squares
    is_dark = np.asarray(one.convert("L"))[0, 0] < 128
    made = []
    for time in np.arange(1, count + 1) / (count + 1):
        part = float(smoothstep(time))
        left, right, way = one, other, start
        if len(start) == len(stop) == 3 and not np.allclose(start, stop, atol=2e-3):
            way = np.asarray(start) + part * (np.asarray(stop) - np.asarray(start))
            way[2] = start[2] ** (1 - part) * stop[2] ** part
            left, right = moved(one, start, way), moved(other, stop, way)
        first, last = (np.asarray(picture, np.float32) for picture in (left, right))
        both = np.minimum(first, last) if is_dark else np.maximum(first, last)
        goes, comes = smoothstep(np.clip([1 - time / 0.6, (time - 0.4) / 0.6], 0, 1))
        mixed = both + float(goes) * (first - both) + float(comes) * (last - both)
        if len(start) == len(stop) == 3:
            inside = _inside(way, one.size)
            mixed[inside] = first[inside] + part * (last[inside] - first[inside])
        whole = Image.fromarray(np.rint(mixed).astype(np.uint8)).convert("RGBA")
        made.append(np.array(whole))
    return made


def _inside(square: Square, size: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns of a square, and of a pixel around it."""
    width, height = size
    left, low, side = (height * part for part in square)
    x, y = width / 2 + left, height / 2 - low
    rows = slice(max(0, round(y - side) - 1), max(0, round(y) + 1))
    return rows, slice(max(0, round(x) - 1), max(0, round(x + side) + 1))


def moved(picture: Image.Image, square: Square, to: Square) -> Image.Image:
    """The picture shifted and scaled so that a square of it is another one; its edges go on."""
    width, height = picture.size
    scale = square[2] / to[2]

    def offset(here: float, there: float, middle: float, sign: float) -> float:
        # a pixel x of the result shows the pixel (x − there) · scale + here of the picture
        here, there = (middle + sign * height * part for part in (here, there))
        return here - there * scale

    x = offset(square[0], to[0], width / 2, 1.0)
    y = offset(square[1], to[1], height / 2, -1.0)
    ground = picture.getpixel((0, 0))
    look: dict[str, Any] = {"resample": Image.Resampling.BILINEAR, "fillcolor": ground}
    return picture.transform(
        picture.size, Image.Transform.AFFINE, (scale, 0.0, x, 0.0, scale, y), **look
    )


def first_picture(film: Path) -> Image.Image:
    """The first frame of a film."""
    with av.open(film) as source:
        return _rgb(next(source.decode(video=0)))


def last_picture(film: Path) -> Image.Image:
    """The last frame of a film, found from the last key frame."""
    with av.open(film) as source:
        stream = source.streams.video[0]
        assert stream.duration is not None  # films have one
        source.seek(stream.duration, stream=stream)
        last = None
        for frame in source.decode(stream):
            last = frame
        if last is None:
            raise ValueError(f"{film} has no picture.")
        return _rgb(last)


def _rgb(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.reformat(format="rgb24", **TO_RGB).to_ndarray())
