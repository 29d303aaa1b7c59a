"""Light, against arithmetic: how much there is, where, and what becomes of it on film."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from fields import EvenPace, MorphingFlow, PointLoss, Slide, Stream
from stage.engine.compiled.light import add_light, dark, exchange_light, inks, sums
from stage.engine.compiled.tone_map import tone_map
from stage.engine.finder import Finder, Found, Look
from stage.engine.painter import AccumulationBuffer, Lens
from tests.stage.seen_light import COLUMNS, ROWS, SECONDS, WHITE, Paths, lens, rays

PIECES = 45
QUANTUM = 1 / (128 * 63)


def exposed(paths, seen: Lens, time: float = 0.9) -> AccumulationBuffer:
    buffer = AccumulationBuffer()
    buffer.seek(paths, seen, time)
    return buffer


def light(buffer: AccumulationBuffer) -> np.ndarray:
    """The light in a buffer of the whole picture, (rows, columns, 3), as the module counts it."""
    amounts, products = np.moveaxis(sums(buffer.light), 2, 0)
    weight = buffer.lens.slices + 1 - buffer.step
    now = weight * amounts + products - buffer.part * amounts
    return now * QUANTUM / buffer.lens.slices


def picture(buffer: AccumulationBuffer, ground=(0, 0, 0, 255), **how) -> np.ndarray:
    pixels = np.full((*buffer.lens.shape, 4), ground, np.uint8)
    tone_map(buffer, pixels, **how)
    return pixels


@pytest.mark.parametrize("degrees", [0, 7, 30, 45, 60, 90, 135, 200, 300])
def test_light_is_length_times_width_times_mean_weight(degrees):
    buffer = exposed(rays(np.radians([degrees]), length=50), lens(WHITE, strength=0.5))
    mean = (PIECES + 1) / (2 * PIECES)
    assert light(buffer)[..., 1].sum() == pytest.approx(45 * SECONDS * 0.5 * mean, rel=0.02)


@pytest.mark.parametrize("degrees", [0, 7, 30, 45, 61, 90])
@pytest.mark.parametrize("width", [1.0, 1.15, 2.3])
def test_a_streak_has_no_beads_where_its_pieces_join(degrees, width):
    paths = rays(np.radians([degrees]), at=(40.3, 20.7))
    seen = light(exposed(paths, lens(WHITE, width=width)))[..., 0]
    profile = seen.sum(axis=0 if degrees <= 45 else 1)
    inner = profile[profile > 0][2:-2]
    straight = np.polyval(np.polyfit(np.arange(len(inner)), inner, 1), np.arange(len(inner)))
    assert len(inner) > 25
    # it dims in steps, one to a piece of time
    assert np.abs(inner - straight).max() < width * (0.015 + 1 / PIECES)


def test_a_place_dims_evenly_once_it_was_passed_and_is_dark_in_the_end():
    paths, seen = rays(np.array([0.0]), at=(20.3, 60.5)), lens(WHITE)
    passed = 20.3 + 7 + 63 * 0.2 - 1.5  # a little behind where it is after 0.2 s
    times = np.arange(0.25, 1.2, 1 / 60)
    here = [light(exposed(paths, seen, t))[60, int(passed), 0] for t in times]
    expected = np.maximum(0, 1 + 1 / PIECES - (times - 0.18) / SECONDS)
    np.testing.assert_allclose(here, expected, atol=0.04)
    assert here[-1] == 0
    assert np.all(np.diff(here) <= 0)
    assert light(exposed(paths, seen, 1.0 + SECONDS + 1 / 60)).max() == 0


def test_the_light_in_all_goes_evenly_between_pieces_of_time():
    """At any moment, on the grid or off it, a steady streak has its steady light."""
    paths, seen = rays(np.array([0.4])), lens(WHITE)
    buffer, amounts = AccumulationBuffer(), []
    for time in np.linspace(0.8, 0.9, 43):
        buffer.seek(paths, seen, time)
        amounts.append(light(buffer)[..., 0].sum())
    np.testing.assert_allclose(amounts, np.mean(amounts), rtol=0.01)


def swarm() -> Stream:
    flow = EvenPace(MorphingFlow(PointLoss(), Slide(1.0, 0.0, 1.0, 3.0), 18**0.5))
    return Stream(flow, 300, 2.0, seed=1)


OF_SWARM = lens(
    scale=11.0, shift=(20, 3), width=1.2, fade=(0.2, 0.5), edge=(9.25, 10.3), shape=(118, 150)
)
OTHER = OF_SWARM._replace(width=2.0)


@pytest.mark.parametrize(
    "way",
    [
        [2.0 + k / 60 for k in range(60)],
        [2.0 + k / 24 for k in range(30)],
        [2.0 + k / 59.94 for k in range(30)],
        [2.9, 2.1, 7.3, 2.95, 2.949, 3.0],
        [3.5 - k / 60 for k in range(30)],
        [3.5 - k / 25 for k in range(12)],
    ],
    ids=["60 fps", "24 fps", "59.94 fps", "sought", "backwards", "backwards at 25 fps"],
)
def test_a_buffer_that_went_along_is_one_made_for_the_moment_to_the_last_bit(way):
    paths, along = swarm(), AccumulationBuffer()
    for time in way:
        along.seek(paths, OF_SWARM, time)
        assert np.array_equal(along.light, exposed(paths, OF_SWARM, time).light)
    along.seek(paths, OTHER, way[-1])
    assert np.array_equal(along.light, exposed(paths, OTHER, way[-1]).light)
    assert along.light.any()


@pytest.mark.parametrize("rate", [60.0, 24.0])
def test_light_is_taken_away_again_without_a_rest(rate):
    wild = rays(np.linspace(0, 6.2, 300)).samples
    wild = wild + np.random.default_rng(0).normal(0, 9, wild.shape)
    buffer = AccumulationBuffer()
    for time in np.arange(0.5, 1.0 + SECONDS + 2 / 60 + 1 / rate, 1 / rate):
        buffer.seek(Paths(wild), lens(), time)
        assert buffer.light.any() == (time < 1.0 + SECONDS - 1e-9)


def test_the_sum_of_light_does_not_depend_on_who_comes_first():
    rng = np.random.default_rng(0)
    samples = rays(np.linspace(0, 6.2, 400)).samples + rng.normal(0, 9, (400, 17, 2))
    whole = exposed(Paths(samples), lens()).light
    assert np.array_equal(whole, exposed(Paths(samples[::-1]), lens()).light)
    parts = [exposed(Paths(some), lens()).light for some in (samples[:250], samples[250:])]
    assert np.array_equal(whole, parts[0] + parts[1])


def wild_lines(slices: range, lives: slice = slice(None), finder: Finder | None = None) -> Finder:
    """Many lines of some slices, also above the picture and below its foot, and some long ones."""
    samples = np.random.default_rng(3).uniform(-40, 160, (9, 2, 700)).astype(np.float32)
    if finder is None:
        finder = Finder()
        finder.begin(slices, 120)
    look = Look(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), (1e-9, 1e-9), (1e4, 2e4), 100.0, False)
    # born together, and seen from then on in the slices that are asked for
    life, first = (0, 1e-300, 1.0, 1 / 8), slices.start
    finder.add(samples[..., lives], life, (0, len(slices), 1.0), first, look)
    return finder


@pytest.mark.parametrize("first", [-6, 300])
def test_in_the_order_of_rows_nothing_is_lost(first):
    finder = wild_lines(range(first, first + 4))
    found, batch = finder.found(), finder.batch()
    slots, bands = np.divmod(found.places, found.bands)

    def all_of(lines, hues):
        return sorted(map(tuple, np.column_stack([lines, hues]).tolist()))

    assert len(found.lines) > 4 * 700, "some bend"
    assert all_of(batch.lines, batch.hues) == all_of(found.lines, found.hues)
    for place, (begin, stop) in enumerate(pairwise(batch.begins)):
        slot, band = divmod(place, found.bands)
        here = (slots == slot) & (bands == band)
        assert all_of(batch.lines[begin:stop], batch.hues[begin:stop]) == all_of(
            found.lines[here], found.hues[here]
        )
        if 0 < band < found.bands - 1:
            rows = batch.lines[begin:stop, 1]
            assert ((rows >= 4 * (band - 1)) & (rows < 4 * band)).all(), "bands of four rows"


def test_lines_that_need_more_room_than_there_was_are_all_found():
    slices = range(4)
    finder = wild_lines(slices, slice(0, 50))
    few = finder.found()
    both = wild_lines(slices, slice(50, 700), finder).found()
    whole = wild_lines(slices).found()
    assert len(both.lines) > 10 * len(few.lines)
    for together, part, at_once in zip(both[1:4], few[1:4], whole[1:4], strict=True):
        assert np.array_equal(together[: len(part)], part)
        assert sorted(map(str, together)) == sorted(map(str, at_once))


def test_memory_of_light_that_is_gone_is_used_again():
    """Of 240 slices, four at a time, as many batches as 45 slices need; and again backwards."""
    paths, along, rooms = swarm(), AccumulationBuffer(), []
    for k in (*range(240), *range(239, 0, -1)):
        along.seek(paths, OF_SWARM, 2.0 + k / 60)
        rooms += [batch.lines.base for batch in along._batches]
    assert len(along._batches) <= 13
    assert 2 <= len({id(room) for room in rooms}) <= 16


def test_an_exchange_adds_one_slice_and_takes_another_away():
    colours = np.random.default_rng(4).integers(0, 64, (257, 3)).astype(np.int32)
    finder = wild_lines(range(-6, -2))
    found, batch = finder.found(), finder.batch()
    slots = found.places // found.bands - 6
    exchanged, expected = (dark(120 * 130).reshape(120, 130, -1) for _ in range(2))
    exchange_light(exchanged, (batch, -3), (batch, -5), colours, 1.3)
    for sign, some in ((1, slots == -3), (-1, slots == -5)):
        part = found._replace(
            lines=found.lines[some], hues=found.hues[some], places=found.places[some]
        )
        add_light(expected, part, colours, 1.3, sign)
    assert expected.any()
    assert np.array_equal(exchanged, expected)


def test_an_ink_is_a_colour_and_the_same_times_the_number_of_its_slice():
    colours = np.array([[1, 2, 3], [63, 0, 7]], np.int32)
    made = inks(colours, range(-2, 1))
    assert made[0].tolist() == [[1, 2, 3, 0, -2, -4, -6, 0], [63, 0, 7, 0, -126, 0, -14, 0]]
    assert made[2].tolist() == [[1, 2, 3, 0, 0, 0, 0, 0], [63, 0, 7, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize("width", [1.0, 1.3, 4.6])
def test_a_line_leaves_the_same_with_others_and_by_itself(width):
    """Of any length, in any direction, and over the border: one by one, mixed, and by length."""
    random = np.random.default_rng(5)
    begins, turns = random.uniform(-20, 100, (2000, 2)), random.uniform(0, 2 * np.pi, 2000)
    lengths = 10 ** random.uniform(-2, 1.7, 2000)[:, None]
    ends = begins + lengths * np.column_stack([np.cos(turns), np.sin(turns)])
    lights = random.uniform(0, 300, (2000, 1))
    lines = np.hstack([begins, ends, lights]).astype(np.float32)
    lines[::50, 2] = lines[::50, 0]  # some upright
    hues = random.integers(0, 257, 2000).astype(np.uint16)
    colours = random.integers(0, 64, (257, 3)).astype(np.int32)

    def left_by(order, light, sign=1):
        found = Found(range(-3, -2), lines[order], hues[order], np.zeros(len(order), np.int32), 1)
        add_light(light, found, colours, width, sign)

    mixed, one_by_one, by_length = (dark(80 * 90).reshape(80, 90, -1) for _ in range(3))
    left_by(np.arange(2000), mixed)
    for line in range(2000):
        left_by(np.array([line]), one_by_one)
    left_by(np.argsort(lengths[:, 0]), by_length)
    amounts, products = np.moveaxis(sums(mixed), 2, 0)
    assert np.array_equal(products, -3 * amounts)
    assert (amounts.sum(axis=-1) > 0).mean() > 0.8, "nearly everywhere"
    assert np.array_equal(mixed, one_by_one)
    assert np.array_equal(mixed, by_length)
    left_by(np.arange(2000)[::-1], mixed, -1)
    assert not mixed.any(), "taken away, nothing stays behind"


def test_too_much_light_is_white_and_does_not_spill_into_other_colours():
    many = Paths(np.repeat(rays(np.array([0.0]), length=40).samples, 12_000, axis=0))
    for strength in (0.1, 1.0, 8.0):
        seen = lens([np.array([1.0, 0, 0])] * 3, strength=strength)
        pixels = picture(exposed(many, seen))
        assert pixels.max(axis=(0, 1)).tolist() == [255, 0, 0, 255]
        bright = pixels[..., 0].max(axis=0)
        lit = np.flatnonzero(bright)
        assert (bright[lit[2] : lit[-2]] == 255).all(), "and nowhere does it run over into the dark"


@pytest.mark.parametrize("scale", [1.0, 2.5])
@pytest.mark.parametrize("where", [(-50, 3), (75, -40), (60, 70), (300, 300)])
def test_the_edge_of_the_picture_only_cuts(where, scale):
    paths = Paths(rays(np.linspace(0, 6.2, 60)).samples / scale)
    wide, far = (ROWS + 400, COLUMNS + 400), (where[0] + 200, where[1] + 200)
    inside = picture(exposed(paths, lens(scale=scale, shift=where)))
    larger = picture(exposed(paths, lens(scale=scale, shift=far, shape=wide)))
    cut = larger[200 : 200 + ROWS, 200 : 200 + COLUMNS]
    assert np.abs(inside.astype(int) - cut).max() <= 1, "but for what rounding adds"
    assert (inside[..., :3].max() > 0) == (where != (300, 300))


@pytest.mark.parametrize("turn", [0.0, 0.6])
def test_the_frame_holds_all_light(turn):
    """As far as the far edges, turned or not, and at whatever width."""
    c, s = 8 * math.cos(turn), 8 * math.sin(turn)
    begin, end = np.random.default_rng(5).uniform(0, 10.3, (2, 200, 1, 2))
    paths = Paths(begin + np.linspace(0, 1, 5)[:, None] * (end - begin))
    small = lens(affine=((c, -s, 40.0), (s, c, 10.0)), width=3.0, edge=(9.25, 10.3))
    left, top, right, bottom = small.frame
    seen = picture(exposed(paths, small))
    outside = np.ones((ROWS, COLUMNS), bool)
    outside[top:bottom, left:right] = False
    assert seen[~outside][:, :3].max() > 50
    assert seen[outside][:, :3].max(initial=0) == 0
    everywhere = picture(exposed(paths, small._replace(edge=(1e3, 2e3))))
    assert everywhere[outside][:, :3].max(initial=0) == 0


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_a_curve_is_followed_at_every_size(scale):
    """A quarter of a circle in a second, and one that is run through in a tenth of that."""
    for seconds in (1.0, 0.1):
        angles = np.linspace(0, 2.2, 17)
        arc = Paths(30 * np.stack([np.cos(angles), np.sin(angles)], -1)[None] + 40, seconds)
        buffer = exposed(arc, lens(scale=scale, shape=(400, 400)), seconds)
        amount = light(buffer).sum(axis=-1)
        y, x = np.nonzero(amount > 0.2 * amount.max())
        radius = np.hypot(x + 0.5 - 40 * scale, y + 0.5 - 40 * scale)
        assert np.abs(radius - 30 * scale).max() < 0.7 * scale + 0.8


def test_a_smaller_picture_is_the_same_picture():
    paths = Paths(rays(np.linspace(0, 6.2, 40)).samples / 4)
    small = light(exposed(paths, lens()))[:64, :64]
    large = light(exposed(paths, lens(scale=4.0, shape=(480, 640))))[:256, :256]
    mean = large.reshape(64, 4, 64, 4, 3).mean(axis=(1, 3))

    def coarse(seen):
        return seen.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))

    assert coarse(small).max() > 0.02
    # the light of a width of 4 pixels at four times the size is that of 1 pixel: the same mean
    assert np.abs(coarse(small) - coarse(mean)).max() < 0.02 * coarse(small).max() + 2e-3


def test_colour_tells_which_weight_moves():
    for degrees, channel in ((0, 0), (180, 0), (90, 2), (270, 2), (45, 1), (135, 1)):
        lit = light(exposed(rays(np.radians([degrees])), lens())).sum(axis=(0, 1))
        assert lit.argmax() == channel
        assert lit[channel] > 0.99 * lit.sum()


def test_film_maps_light_by_the_exponential():
    amounts = np.linspace(0, 7.9, COLUMNS)
    buffer = exposed(Paths(np.zeros((0, 9, 2))), lens(edge=(1.0, 200.0)))
    whole = np.rint(amounts / QUANTUM * PIECES).astype(np.int32)
    sums(buffer.light)[0, :, 1] = whole[:, None]
    pixels = picture(buffer, (0, 0, 0, 0))[0]
    for channel in range(3):
        assert np.abs(pixels[:, channel] - 255 * (1 - np.exp(-amounts))).max() <= 2
        assert (np.diff(pixels[:, channel].astype(int)) >= 0).all()
    assert np.array_equal(pixels[:, 3], pixels[:, 0]), "covered as far as it is lit"


def test_tone_mapping_adds_light_to_what_is_there():
    buffer = exposed(rays(np.linspace(0, 6.2, 60)), lens())
    ground = np.array([40, 90, 200])
    pixels = picture(buffer, (*ground, 255), opacity=0.5)
    glow = 0.5 * (1 - np.exp(-light(buffer)))
    full = np.broadcast_to(ground, pixels[..., :3].shape).astype(float)
    assert np.abs(pixels[..., :3] - (full + (255 - full) * glow)).max() <= 1.0
    assert (pixels[..., 3] == 255).all()
    assert np.array_equal(pixels, picture(buffer, (*ground, 255), opacity=0.5)), "and again"


def test_paper_is_the_negative():
    buffer = exposed(rays(np.linspace(0, 6.2, 60)), lens())
    dark = picture(buffer, (20, 30, 60, 255))
    paper = picture(buffer, (235, 225, 195, 255), paper=True)
    assert np.array_equal(255 - paper[..., :3], dark[..., :3])
    assert paper.min() < 90
