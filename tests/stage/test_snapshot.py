"""Light of one moment, against arithmetic and against the light that is kept: see ``painter``."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fields import Deep, EvenPace, GradientFlow, HeldStream, PointLoss, Stream
from stage.engine.compiled.tone_map import tone_map
from stage.engine.compiled.trail_light import COLOURS, FULL_LIGHT
from stage.engine.painter import AccumulationBuffer, Lens
from stage.engine.snapshot import Snapshot, snapshot_of
from tests.stage.seen_light import COLUMNS, ROWS, WHITE, Paths, lens, rays

SLICES = 45
LUMA = np.array([0.2126, 0.7152, 0.0722])


def shot(paths, seen: Lens, time: float = 0.9) -> Snapshot:
    snapshot = Snapshot()
    snapshot.seek(paths, seen, time)
    return snapshot


def kept(paths, seen: Lens, time: float = 0.9) -> AccumulationBuffer:
    buffer = AccumulationBuffer()
    buffer.seek(paths, seen, time)
    return buffer


def light(snapshot: Snapshot) -> np.ndarray:
    """The light in a snapshot, (rows, columns, 3)."""
    rows = snapshot.light.reshape(len(snapshot.light), -1, COLOURS)
    return rows[:, snapshot.margin : rows.shape[1] - snapshot.margin, :3] / FULL_LIGHT


def picture(seen: Snapshot | AccumulationBuffer, ground=(0, 0, 0, 255), **how) -> np.ndarray:
    pixels = np.full((*seen.lens.shape, 4), ground, np.uint8)
    tone_map(seen, pixels, **how)
    return pixels


def swarm(period: float | None = None) -> Stream:
    flow = EvenPace(GradientFlow(PointLoss((3.0, 6.0)), Deep(4.0)), 1.15)
    return Stream(flow, 900, 3.0, seed=1, period=period)


OF_SWARM = lens(
    scale=44.0, shift=(20, 3), width=1.3, fade=(0.24, 0.9), edge=(9.25, 10.3), shape=(470, 500)
)


@pytest.mark.parametrize("degrees", [0, 7, 30, 44, 46, 60, 90, 135, 200, 300])
@pytest.mark.parametrize("width", [1.0, 1.4, 4.6])
def test_light_is_length_times_width_times_mean_weight(degrees, width):
    seen = lens(WHITE, strength=0.5, width=width)
    snapshot = shot(rays(np.radians([degrees]), length=50), seen)
    mean = (SLICES + 1) / (2 * SLICES)
    expected = 45 * 0.75 * 0.5 * width * mean
    assert light(snapshot)[..., 1].sum() == pytest.approx(expected, rel=0.003)


@pytest.mark.parametrize("degrees", [0, 7, 30, 44, 46, 61, 90, 187])
@pytest.mark.parametrize("width", [1.0, 1.15, 2.3, 4.6])
def test_a_trail_dims_evenly_to_its_end_without_a_bead(degrees, width):
    snapshot = shot(rays(np.radians([degrees]), at=(80.3, 60.7)), lens(WHITE, width=width))
    is_steep = abs(math.sin(math.radians(degrees))) > abs(math.cos(math.radians(degrees)))
    profile = light(snapshot)[..., 0].sum(axis=1 if is_steep else 0)
    inner = profile[profile > 0][2:-2]
    straight = np.polyval(np.polyfit(np.arange(len(inner)), inner, 1), np.arange(len(inner)))
    assert len(inner) > 25
    assert np.abs(inner - straight).max() < width * 0.003, "no steps, as it is drawn in one"


@pytest.mark.parametrize("time", [3.4, 4.0, 4.0 + 1 / 24, 4.0 + 1 / 59.94, 0.3])
def test_a_moment_looks_as_light_that_is_kept(time):
    """Luma is off by four levels at most in 99 of 100 pixels: on the grid of slices and off it."""
    paths = swarm()
    pictures = [picture(made(paths, OF_SWARM, time))[..., :3] for made in (shot, kept)]
    one, other = (seen.astype(float) for seen in pictures)
    assert other.max() > 150
    assert abs((one - other).mean()) < 0.05
    assert np.quantile(np.abs((one - other) @ LUMA), 0.99) <= 4.0
    assert np.abs((one - other) @ LUMA).mean() < 0.3


def test_in_a_hold_too():
    paths = HeldStream(swarm(), since=4.0, period=2.0, trail=0.75)
    for time in (3.9, 4.2, 5.0, 6.5):
        one, other = (
            picture(made(paths, OF_SWARM, time))[..., :3].astype(float) @ LUMA
            for made in (shot, kept)
        )
        assert other.max() > 100
        assert abs((one - other).mean()) < 0.1
        assert np.abs(one - other).mean() < 0.5


def test_it_is_a_function_of_what_is_asked():
    """To the last bit: whatever was drawn before, by whomever, in a larger picture or a smaller."""
    paths, used = swarm(), Snapshot()
    near = OF_SWARM._replace(affine=((60.0, 2.0, -100.0), (0.0, 60.0, -80.0)), shape=(600, 700))
    for seen, time in ((OF_SWARM, 4.0), (near, 5.0), (OF_SWARM, 3.7), (near, 2.0)):
        used.seek(paths, seen, time)
        assert used.light.any()
        assert np.array_equal(used.light, shot(swarm(), seen, time).light)


def test_the_sum_of_light_does_not_depend_on_who_comes_first():
    rng = np.random.default_rng(0)
    samples = rays(np.linspace(0, 6.2, 400)).samples + rng.normal(0, 9, (400, 17, 2))
    whole = shot(Paths(samples), lens()).light
    assert np.array_equal(whole, shot(Paths(samples[::-1]), lens()).light)
    parts = [shot(Paths(some), lens()).light for some in (samples[:250], samples[250:])]
    assert np.array_equal(whole, parts[0] + parts[1])


@pytest.mark.parametrize("scale", [1.0, 2.5, 5.0])
@pytest.mark.parametrize("where", [(-50, 3), (75, -40), (60, 70), (100, 10), (300, 300)])
def test_the_edge_of_the_picture_only_cuts(where, scale):
    paths = Paths(rays(np.linspace(0, 6.2, 60)).samples / scale)
    wide, far = (ROWS + 400, COLUMNS + 400), (where[0] + 200, where[1] + 200)
    inside = picture(shot(paths, lens(scale=scale, shift=where)))
    larger = picture(shot(paths, lens(scale=scale, shift=far, shape=wide)))
    cut = larger[200 : 200 + ROWS, 200 : 200 + COLUMNS]
    assert np.abs(inside.astype(int) - cut).max() <= 1, "but for what rounding adds"
    assert (inside[..., :3].max() > 0) == (where != (300, 300))


def test_too_much_light_is_white_and_does_not_spill_into_other_colours():
    many = Paths(np.repeat(rays(np.array([0.0]), length=40).samples, 12_000, axis=0))
    for strength in (0.1, 1.0, 8.0):
        seen = lens([np.array([1.0, 0, 0])] * 3, strength=strength)
        pixels = picture(shot(many, seen))
        assert pixels.max(axis=(0, 1)).tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize("scale", [1.0, 4.0])
@pytest.mark.parametrize("seconds", [1.0, 0.3])
def test_a_curve_is_followed_at_every_size(scale, seconds):
    """A quarter of a circle and more: no light is further off than half a width and a pixel."""
    angles = np.linspace(0, 2.2, 17)
    arc = Paths(30 * np.stack([np.cos(angles), np.sin(angles)], -1)[None] + 40, seconds)
    snapshot = shot(arc, lens(scale=scale, shape=(400, 400)), seconds)
    left, top, *_ = snapshot.lens.frame
    rows, columns = np.nonzero(light(snapshot).sum(axis=-1) > 0.02)
    away = np.hypot(columns + 0.5 + left - 40 * scale, rows + 0.5 + top - 40 * scale) - 30 * scale
    assert len(away) > 20
    assert np.abs(away).max() < 0.8 * scale + 0.8


def test_paper_opacity_and_clear_ground_are_those_of_light_that_is_kept():
    paths = swarm()
    seen, other = shot(paths, OF_SWARM, 4.0), kept(paths, OF_SWARM, 4.0)
    for ground in ((20, 30, 60, 255), (0, 0, 0, 0), (235, 225, 195, 255)):
        for how in ({}, {"opacity": 0.4}, {"paper": True}):
            if how.get("paper") and ground[0] < 200:
                continue
            apart = picture(seen, ground, **how).astype(float) - picture(other, ground, **how)
            assert np.abs(apart).mean() < 0.5
            assert abs(apart.mean()) < 0.05


def test_what_is_not_drawn_yet_changes_nothing():
    pixels = np.full((10, 10, 4), 7, np.uint8)
    tone_map(Snapshot(), pixels)
    assert (pixels == 7).all()


def test_a_source_keeps_its_snapshot():
    paths = swarm()
    assert snapshot_of(paths) is snapshot_of(paths)
    assert snapshot_of(paths) is not snapshot_of(swarm())
