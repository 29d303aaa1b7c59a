"""Pictures as an encoder takes them, against BT.709 by its own numbers."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.film.codec import _CODEC_OPTIONS
from stage.film.convert.frames import CLEAR, FramePlanes, planes_of


def read(frame: av.VideoFrame) -> list[np.ndarray]:
    """Luma, blue, red, without what pads their rows."""
    return [
        np.frombuffer(memoryview(p), np.uint8).reshape(-1, p.line_size)[:, : p.width].astype(float)
        for p in frame.planes
    ]


def by_definition(pixels: np.ndarray) -> list[np.ndarray]:
    """What the levels would be, were they not whole."""
    red, green, blue = (pixels[..., k] / 255 for k in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    rows, columns = luma.shape
    fours = [
        colour.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
        for colour in ((blue - luma) / 1.8556, (red - luma) / 1.5748)
    ]
    return [16 + 219 * luma, *(128 + 224 * colour for colour in fours)]


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 40))
def test_levels_are_those_of_bt709_rounded(seed, rows, columns):
    pixels = np.random.default_rng(seed).integers(0, 256, (2 * rows, 2 * columns, 4), np.uint8)
    pixels[: rows // 2, :, :3] = pixels[: rows // 2, :, :3] // 128 * 255  # also the strongest
    for level, exact in zip(read(FramePlanes().filled(pixels)), by_definition(pixels), strict=True):
        assert np.abs(level - exact).max() < 0.502, "half a level, and what 16 bits leave"


def test_grey_has_no_colour_and_keeps_its_order():
    grey = np.repeat(np.arange(256, dtype=np.uint8), 2)
    pixels = np.broadcast_to(grey[None, :, None], (2, 512, 4)).copy()
    luma, blue, red = read(FramePlanes().filled(pixels))
    assert (luma[0, 0], luma[0, -1]) == (16, 235)
    assert set(np.diff(luma[0])) == {0, 1}
    assert (blue == 128).all() and (red == 128).all()


def test_a_frame_that_is_still_read_is_not_drawn_into():
    frames, black = FramePlanes(), np.zeros((4, 6, 4), np.uint8)
    read_on = frames.filled(black + 255)
    frames.give_back(read_on)
    seen = np.frombuffer(memoryview(read_on.planes[0]), np.uint8)
    again = frames.filled(black)
    assert again is read_on, "its memory is used again"
    assert read(again)[0].max() == 16 and seen.size > 0
    other = frames.filled(black + 255)
    assert other is not again
    assert read(again)[0].max() == 16


@pytest.mark.parametrize("sizes", [((4, 6), (8, 2)), ((8, 2), (4, 6))])
def test_frames_of_another_size_are_not_mixed_up(sizes):
    frames = FramePlanes()
    for rows, columns in sizes:
        frame = frames.filled(np.full((rows, columns, 4), 255, np.uint8))
        assert (frame.height, frame.width) == (rows, columns)
        assert (frame.colorspace, frame.color_range) == (1, 1)
        assert (frame.color_primaries, frame.color_trc) == (1, 1)
        frames.give_back(frame)


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 30))
def test_a_frame_without_background_is_straight_and_rounded_once(seed, rows, columns):
    """Alpha of any size, and colour that is dimmed by it or, where light was added, is not."""
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (rows, columns, 4), np.uint8)
    pixels[: rows // 2, :, :3] = np.minimum(pixels, pixels[..., 3:])[: rows // 2, :, :3]
    pixels[0, 0] = 200, 100, 50, 0
    alpha = pixels[..., 3].astype(float)
    straight = np.minimum(pixels[..., :3] * 255.0 / np.maximum(alpha, 1)[..., None], 255) / 255
    red, green, blue = np.moveaxis(straight, -1, 0)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    exact = (
        64 + 876 * light,
        512 + 896 * (blue - light) / 1.8556,
        512 + 896 * (red - light) / 1.5748,
    )
    *found, seen = (
        plane[:, :columns] for plane in planes_of(FramePlanes(CLEAR).filled(pixels), np.uint16)
    )
    for level, wanted in zip(found, exact, strict=True):
        assert np.abs(level - wanted).max() < 0.501, "half a level, and what 32 bits leave"
    np.testing.assert_allclose(seen, alpha * 1023 / 255, atol=0.75)


def test_alpha_comes_back_from_prores_as_it_was():
    pixels = np.zeros((32, 256, 4), np.uint8)
    pixels[..., 3] = np.arange(256)
    codec = av.CodecContext.create("prores_ks", "w")
    codec.width, codec.height, codec.pix_fmt, codec.time_base = 256, 32, CLEAR, Fraction(1, 10)
    codec.options = _CODEC_OPTIONS["prores_ks"]
    packets = [*codec.encode(FramePlanes(CLEAR).filled(pixels)), *codec.encode()]
    decoder = av.CodecContext.create("prores", "r")
    (frame,) = [*decoder.decode(packets[0]), *decoder.decode()]
    np.testing.assert_array_equal(planes_of(frame, np.uint16)[3][:, :256] >> 2, pixels[..., 3])


def test_frames_without_background_rest_while_an_encoder_has_several():
    frames, pixels = FramePlanes(CLEAR), np.zeros((4, 6, 4), np.uint8)
    first = frames.filled(pixels)
    frames.give_back(first)
    given = [first]
    while (frame := frames.filled(pixels)) is not first:
        assert frame not in given
        given.append(frame)
        frames.give_back(frame)
        assert len(given) < 20
    assert len(given) > 2, "the oldest one of several is filled again"
