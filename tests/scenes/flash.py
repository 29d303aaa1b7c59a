"""What flashes in a film, as WCAG 2.3.1 defines a general flash."""

from __future__ import annotations

import numpy as np

_LEVELS = np.arange(256) / 255.0
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
_RED, _GREEN, _BLUE = np.outer([0.2126, 0.7152, 0.0722], _LINEAR).astype(np.float32)

FLASHING = 0.02
"""Part of a picture that may flash: a quarter of 10° of the eye's field is 2.8 % of a screen."""


def coarse(picture: np.ndarray, size: int = 8) -> np.ndarray:
    """Means of blocks: another machine's fonts and rounding hardly change them."""
    rows, columns = (n // size * size for n in picture.shape[:2])
    blocks = picture[:rows, :columns].reshape(rows // size, size, columns // size, size, -1)
    return blocks.mean(axis=(1, 3))


def dimmed(pixels: np.ndarray) -> np.ndarray:
    """Relative luminance of blocks of 4 × 4 pixels of a picture, 0 to 1."""
    light = _RED[pixels[..., 0]] + _GREEN[pixels[..., 1]] + _BLUE[pixels[..., 2]]
    return coarse(light[..., None], 4)[..., 0]


def flashing(film: np.ndarray, fps: int) -> float:
    """Part of the picture that flashes more than three times in some second.

    A flash is a pair of opposing changes of a tenth of full luminance, the darker below 0.8: as
    WCAG 2.3.1 defines a general flash.
    """
    turns = np.zeros(film.shape, int)
    low, high = film[0].copy(), film[0].copy()
    rising = np.zeros(film.shape[1:], int)
    for k, now in enumerate(film):
        low, high = np.minimum(low, now), np.maximum(high, now)
        up = (now - low >= 0.1) & (low < 0.8) & (rising <= 0)
        down = (high - now >= 0.1) & (now < 0.8) & (rising >= 0)
        turns[k] = up | down
        rising = np.where(up, 1, np.where(down, -1, rising))
        low, high = np.where(up | down, now, low), np.where(up | down, now, high)
    in_a_second = np.cumsum(turns, axis=0)
    in_a_second[fps:] -= in_a_second[:-fps].copy()
    return float(np.mean(in_a_second.max(axis=0) > 6))
