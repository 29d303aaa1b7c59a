"""Light, against arithmetic: how much there is, where, and what becomes of it on film."""

from __future__ import annotations

import numpy as np
import pytest

from fields.motion import straight_runs
from stage import painter

LIGHTS = [np.array(light) for light in ([0, 0, 1.0], [0, 1.0, 0], [1.0, 0, 0])]  # w₂, both, w₁
QUANTA = 512 * 255
ROWS, COLUMNS = 120, 160


def rays(angles: np.ndarray, length: float = 70.0, at: tuple[float, float] = (80.3, 60.7)):
    """Straight lives that end at a distance from a place, in pixels."""
    out = np.linspace(0.1, 1.0, 9)[:, None] * length
    ends = np.array(at) + np.stack([np.cos(angles), np.sin(angles)], -1)[:, None] * out
    return np.asarray(ends, np.float32)


def expose(
    lives, light=None, *, scale=1.0, shift=(0.0, 0.0), strength=1.0, width=1.0, lights=LIGHTS
):
    """Light (rows, columns, 3) of trails that are wholly there, eight samples long."""
    light = np.zeros((ROWS, COLUMNS), np.uint64) if light is None else light
    affine = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    trail = (8.0, width * scale, strength)
    endless = (1e-6, 1e-6)
    ages = np.full(len(lives), 7.99)
    far = (1e6, 2e6)
    runs = straight_runs(lives.astype(float), 1e-3)
    painter.expose(
        [light], lives, runs, ages, 1.0, affine, painter.palette(*lights), trail, endless, far
    )
    return unpack(light)


def unpack(light):
    return np.stack([(light >> np.uint64(21 * c)) & np.uint64(2**21 - 1) for c in range(3)], -1)


@pytest.mark.parametrize("degrees", [0, 7, 30, 45, 60, 90, 135, 200, 300])
def test_light_is_length_times_width_times_mean_weight(degrees):
    lives = rays(np.radians([degrees]), length=50)
    white = [np.ones(3)] * 3
    light = expose(lives, strength=0.5, lights=white)[..., 1].sum() / QUANTA
    assert light == pytest.approx(45 * 0.5 / 2, rel=0.02)


@pytest.mark.parametrize("degrees", [0, 7, 30, 45, 61, 90])
@pytest.mark.parametrize("width", [1.0, 1.15, 2.3])
def test_a_streak_has_no_beads_where_its_pieces_join(degrees, width):
    lives = rays(np.radians([degrees]), at=(40.3, 20.7))
    light = expose(lives, lights=[np.ones(3)] * 3, width=width)[..., 0] / QUANTA
    profile = light.sum(axis=0 if degrees <= 45 else 1)
    inner = profile[profile > 0][2:-2]
    straight = np.polyval(np.polyfit(np.arange(len(inner)), inner, 1), np.arange(len(inner)))
    assert len(inner) > 30
    assert np.abs(inner - straight).max() < 0.01 * width + 3 / 512


def test_the_sum_of_light_does_not_depend_on_order():
    lives = rays(np.linspace(0, 6.2, 400)) + np.random.default_rng(0).normal(0, 9, (400, 9, 2))
    lives = lives.astype(np.float32)
    whole = expose(lives)
    assert np.array_equal(whole, expose(lives[::-1].copy()))
    parts = np.zeros((ROWS, COLUMNS), np.uint64)
    expose(lives[250:].copy(), parts)
    assert np.array_equal(whole, expose(lives[:250].copy(), parts))


def test_any_number_of_hands_paints_the_same_picture(monkeypatch):
    """Faint, bright and beyond white, on plates that are dark again and in pixels alike."""
    monkeypatch.setattr(painter, "_WORTH", 50)
    rng = np.random.default_rng(3)
    lives = np.concatenate(
        [rays(rng.uniform(0, 6.3, 300), 60.0, at) for at in ((80.3, 60.7), (30.0, 20.0))]
    )
    affine, far = np.array([[1.0, 0, 0], [0, 1.0, 0]]), (1e6, 2e6)
    runs, ages = straight_runs(lives.astype(float), 1e-3), rng.uniform(1, 7.9, len(lives))
    colours = painter.palette(*LIGHTS)
    for strength in (0.02, 0.5, 3.0):
        trail, pictures = (8.0, 1.15, strength), []
        for hands in (1, 2, 3, 7):
            plates = [np.zeros((ROWS, COLUMNS), np.uint64) for _ in range(hands)]
            boxes = painter.expose(
                plates, lives, runs, ages, 1.0, affine, colours, trail, (1.0, 1.0), far
            )
            assert len(boxes) == hands
            pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
            painter.develop(plates, boxes, 1.15, pixels)
            assert not any(plate.any() for plate in plates)
            pictures.append(pixels)
        assert pictures[0].any()
        assert all(np.array_equal(pictures[0], other) for other in pictures[1:])
    assert pictures[0].max() == 255


def test_too_much_light_is_white_and_does_not_spill_into_other_colours():
    light = np.zeros((ROWS, COLUMNS), np.uint64)
    lives = np.repeat(rays(np.array([0.0])), 500, axis=0)
    many = expose(lives, light, lights=[np.array([1.0, 0, 0])] * 3)
    assert many[..., 0].max() == 2**20
    assert many[..., 1:].max() == 0
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    painter.develop([light], [(0, 0, COLUMNS, ROWS)], 1.0, pixels)
    assert pixels.max(axis=(0, 1)).tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize("scale", [1.0, 2.5])
@pytest.mark.parametrize("where", [(-50, 3), (75, -40), (60, 70), (300, 300)])
def test_the_edge_of_the_picture_only_cuts(where, scale):
    lives = rays(np.linspace(0, 6.2, 60)) / np.float32(scale)
    inside = expose(lives, scale=scale, shift=where)
    larger = np.zeros((ROWS + 400, COLUMNS + 400), np.uint64)
    larger = expose(lives, larger, scale=scale, shift=(where[0] + 200, where[1] + 200))
    off = inside.astype(int) - larger[200 : 200 + ROWS, 200 : 200 + COLUMNS].astype(int)
    assert np.abs(off).max() <= 3 * 255, "but for a quantum in what rounding adds"
    assert (inside.sum() > 0) == (where != (300, 300))


def test_a_curve_is_followed_at_every_size():
    angles = np.linspace(0, 2.2, 9)
    arc = (30 * np.stack([np.cos(angles), np.sin(angles)], -1) + 40).astype(np.float32)[None]
    for scale in (1.0, 4.0):
        light = np.zeros((400, 400), np.uint64)
        amount = expose(arc, light, scale=scale).sum(axis=-1)
        y, x = np.nonzero(amount > 0.2 * amount.max())
        radius = np.hypot(x + 0.5 - 40 * scale, y + 0.5 - 40 * scale)
        assert np.abs(radius - 30 * scale).max() < 1.2 * scale + 0.5


def test_a_smaller_picture_is_the_same_picture():
    lives = rays(np.linspace(0, 6.2, 40)) / 4
    small = expose(lives)[:64, :64].astype(float)
    large = expose(lives, np.zeros((480, 640), np.uint64), scale=4.0)[:256, :256]
    mean = large.reshape(64, 4, 64, 4, 3).mean(axis=(1, 3))

    def coarse(light):
        return light.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))

    assert coarse(small).max() > 0.02 * QUANTA
    # the light of a width of 4 pixels at four times the size is that of 1 pixel: the same mean
    assert np.abs(coarse(small) - coarse(mean)).max() < 0.02 * coarse(small).max() + 255


def test_colour_tells_which_weight_moves():
    for degrees, channel in ((0, 0), (180, 0), (90, 2), (270, 2), (45, 1), (135, 1)):
        lit = expose(rays(np.radians([degrees]))).sum(axis=(0, 1))
        assert lit.argmax() == channel
        assert lit[channel] > 0.99 * lit.sum()


def test_film_maps_light_by_the_exponential():
    amounts = np.linspace(0, 7.9, 200)
    light = (amounts[None] * QUANTA).astype(np.uint64)
    pixels = np.zeros((1, 200, 4), np.uint8)
    painter.develop([light], [(0, 0, 200, 1)], 1.0, pixels)
    assert np.abs(pixels[0, :, 0] - 255 * (1 - np.exp(-amounts))).max() <= 2
    assert (np.diff(pixels[0, :, 0].astype(int)) >= 0).all()
    assert np.array_equal(pixels[0, :, 3], pixels[0, :, 0]), "covered as far as it is lit"


def test_developing_adds_light_and_leaves_the_dark():
    light = np.zeros((ROWS, COLUMNS), np.uint64)
    lives = rays(np.linspace(0, 6.2, 60))
    expose(lives, light)
    pixels = np.full((ROWS, COLUMNS, 4), (40, 90, 200, 255), np.uint8)
    before = pixels.copy()
    amount = np.stack([(light >> np.uint64(21 * c)) & np.uint64(2**21 - 1) for c in range(3)], -1)
    painter.develop([light], [(0, 0, COLUMNS, ROWS)], 1.0, pixels, 0.5)
    assert light.max() == 0
    glow = 0.5 * (1 - np.exp(-amount.astype(float) / QUANTA))
    expected = before[..., :3] + (255.0 - before[..., :3]) * glow
    assert np.abs(pixels[..., :3] - expected).max() <= 1.0
    assert (pixels[..., 3] == 255).all()


def test_the_box_holds_all_light():
    light = np.zeros((ROWS, COLUMNS), np.uint64)
    angles = np.array([0.4, 1.9, 4.0])
    affine = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    colours = painter.palette(*LIGHTS)
    trail, fade, edge = (8.0, 3.0, 1.0), (1e-6, 1e-6), (1e6, 2e6)
    ages = np.full(3, 7.9)
    lives = rays(angles)
    runs = straight_runs(lives.astype(float), 1e-3)
    boxes = painter.expose([light], lives, runs, ages, 1.0, affine, colours, trail, fade, edge)
    pixels = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    painter.develop([light], boxes, 3.0, pixels)
    assert pixels.max() > 0
    assert light.max() == 0


def test_paper_is_the_negative():
    lives = rays(np.linspace(0, 6.2, 60))
    dark = np.full((ROWS, COLUMNS, 4), (20, 30, 60, 255), np.uint8)
    paper = dark ^ np.array([255, 255, 255, 0], np.uint8)
    for pixels, on_paper in ((dark, False), (paper, True)):
        light = np.zeros((ROWS, COLUMNS), np.uint64)
        expose(lives, light)
        painter.develop([light], [(0, 0, COLUMNS, ROWS)], 1.0, pixels, paper=on_paper)
    assert np.array_equal(255 - paper[..., :3], dark[..., :3])
    assert paper.min() < 90
