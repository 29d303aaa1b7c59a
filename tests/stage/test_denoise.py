"""Faint colour of a WebM with alpha is smoothed, and nothing else changed."""

from __future__ import annotations

import numpy as np

from stage.film.convert.denoise import denoise


def calmed(deep: np.ndarray) -> list[np.ndarray]:
    """Planes of 4:2:0 from those of 4:4:4, (4, h, w), whose rows in memory are longer."""
    _, high, wide = deep.shape
    memory = np.full((4, high, wide + 3), 1023, np.uint16)
    memory[..., :wide] = deep
    planes = [np.full((high // k, wide // k + 5), 7, np.uint8) for k in (1, 2, 2, 1)]
    denoise(list(memory), planes, wide)
    assert all((plane[:, -5:] == 7).all() for plane in planes), "no more than the picture"
    return [plane[:, :-5] for plane in planes]


def test_only_what_hardly_shows_is_calmed() -> None:
    """Against the sum written out, for each pixel and each of its neighbours."""
    chance = np.random.default_rng(5)
    deep = chance.integers(64, 941, (4, 10, 14)).astype(np.uint16)
    alpha = chance.integers(0, 256, (10, 14)) // chance.choice([1, 4, 64, 255], (10, 14))
    alpha[:5, :5] = 0
    deep[3] = alpha << 2 | alpha >> 6
    black = np.array([64.0, 512, 512])
    colour = np.moveaxis(deep[:3], 0, -1) - black
    expected = np.empty((10, 14, 3))
    for y, x in np.ndindex(10, 14):
        near = np.s_[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
        mean = (colour[near] * alpha[near][..., None]).sum((0, 1)) / max(alpha[near].sum(), 1)
        shown = min(alpha[y, x] / 64, 1)
        expected[y, x] = (shown * colour[y, x] + (1 - shown) * mean + black) / 4
    halved = expected.reshape(5, 2, 7, 2, 3).mean((1, 3))
    luma, blue, red, seen = calmed(deep)
    np.testing.assert_allclose(luma, expected[..., 0], atol=0.501)
    np.testing.assert_allclose(blue, halved[..., 1], atol=0.501)
    np.testing.assert_allclose(red, halved[..., 2], atol=0.501)
    np.testing.assert_array_equal(seen, alpha)
    np.testing.assert_array_equal(luma[alpha >= 64], (deep[0][alpha >= 64] + 2) // 4)
    assert (luma[0, 0], blue[0, 0], red[0, 0]) == (16, 128, 128), "black where nothing is seen"


def test_the_widest_picture_is_calmed_to_its_end() -> None:
    """Sums over a row would come to be more than 31 bits hold."""
    deep = np.empty((4, 6, 8192), np.uint16)
    deep[:] = np.array([940, 512, 512, 1023])[:, None, None]
    deep[:, 2, ::2] = np.array([64, 512, 512, 0])[:, None]
    luma, blue, red, _ = calmed(deep)
    assert (luma == 235).all()
    assert (blue == 128).all()
    assert (red == 128).all()
