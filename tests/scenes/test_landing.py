"""What the landing dial and the anti-deep one show, against the closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fields import Deep, LineLoss, PointLoss, landing, learning_time, point_solution
from scenes.antideep import AntiDeep
from scenes.landing import LandingDial
from stage.keyframes import eased_keyframes, interpolated
from stage.panel.dial import depth_in_words, dial_depth, dial_place
from tests.scenes.test_numbers import numbers

LINE = LineLoss(-1, -2, 15)


@pytest.fixture(scope="module")
def dial() -> LandingDial:
    """The clip's numbers without its picture."""
    scene = LandingDial.__new__(LandingDial)
    scene.integrate()
    return scene


def test_the_bead_on_the_line_fits_perfectly_and_stays_on_the_plane(dial):
    times = np.linspace(0, dial.slides[1] + 1, 101)
    places = np.array([dial.perfect_at(time) for time in times])
    np.testing.assert_allclose(LINE.value(places), 0.0, atol=1e-24)
    assert np.all((places > 0) & (places < 10))
    assert np.ptp(places[:, 0]) > 8


@pytest.mark.parametrize(
    ("time", "depth", "place"),
    [
        (10.0, 0.2, (4.75, 5.13)),
        (29.0, 1.0, (3.04, 5.98)),
        (35.0, 2.0, (0.84, 7.08)),
        (43.0, np.inf, (0.20, 7.40)),
        (60.0, 0.2, (4.75, 5.13)),
    ],
)
def test_it_lands_where_the_closed_form_says(dial, time, depth, place):
    end = landing(LINE, Deep(depth), (0.1, 0.1))
    np.testing.assert_allclose(dial.place_at(time), end, rtol=1e-12)
    np.testing.assert_allclose(dial.path_at(time)[-1], end, rtol=1e-12)
    np.testing.assert_allclose(np.round(end, 2), place)
    for order, norm_at in dial.norm_at.items():
        assert norm_at(time) == pytest.approx(np.linalg.norm(end, ord=order))


def test_between_the_stops_it_is_where_its_own_depth_lands(dial):
    for time in np.linspace(22, 41, 77):
        s = float(dial.depth(time))
        end = landing(LINE, Deep(1 / s if s else np.inf), (0.1, 0.1))
        np.testing.assert_allclose(dial.place_at(time), end, atol=0.006)


def test_from_a_smaller_start_it_is_nearly_sparse(dial):
    assert dial.place_at(47.0)[0] < 0.01
    assert dial.norm_at[1.0](47.0) == pytest.approx(7.5, abs=0.005)


def test_anti_depth_reads_true(tmp_path: Path):
    depth, power, *rest = numbers(AntiDeep, tmp_path)
    share, largest = sorted(rest, key=lambda number: number.text_at(0.0) == "1.60")
    loss = PointLoss((3.0, 6.0))
    for time, N in ((2.0, 1.0), (10.0, 0.5), (30.0, 0.2)):
        half = learning_time(6.0, 0.1, 0.5, Deep(N))
        exact = point_solution(loss, Deep(N), (0.1, 0.1), [half])[0, 0] / 3.0
        assert depth.text_at(time) == f"{N:.2f}"
        assert power.text_at(time) == f"{2 - 2 / N:.2f}".replace("-", "−")
        assert float(share.text_at(time)) == pytest.approx(exact, abs=0.006)
    begin, end = AntiDeep.grows
    assert [largest.text_at(time) for time in (begin, end)] == ["1.60", "6.00"]


def test_the_square_grows_only_when_the_smaller_weight_has_caught_up():
    scene = AntiDeep.__new__(AntiDeep)
    scene.speed = 1.0
    scene.integrate()
    times, way = scene.way
    begin = scene.grows[0]
    behind = way[:, 0] < way[0, 1]
    for time, w in zip(times[::50], way[::50], strict=True):
        assert scene.largest(begin + time) == pytest.approx(max(w))
    for time in times[behind]:
        # w₂ hardly moves while w₁, far behind, catches up
        assert scene.largest(begin + time) == pytest.approx(way[0, 1], rel=0.2)
    long = np.linalg.norm(np.diff(way, axis=0), axis=1)
    np.testing.assert_allclose(np.diff(times) / long, times[-1] / long.sum())


def test_the_dial_mirrors_depth_and_its_inverse():
    depths = np.array([0.2, 0.5, 1, 2, 4, np.inf])
    np.testing.assert_allclose(dial_place(1 / depths) + dial_place(depths), 1)
    np.testing.assert_allclose(dial_depth(dial_place(1 / depths)), 1 / depths)
    assert depth_in_words(float(dial_depth(1.0))) == "∞"


def test_what_moves_softly_meets_its_stops():
    times, values = eased_keyframes((0, 2, 3, 5), (1.0, 1.0, 4.0, 0.0))
    value_at = interpolated(times, values)
    assert [float(value_at(t)) for t in (0, 1, 2, 3, 5, 9)] == [1, 1, 1, 4, 0, 0]
    assert np.all(np.diff(times) > 0)
