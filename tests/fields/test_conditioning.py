"""Closed forms where a difference of large numbers would lose its digits.

References are computed with mpmath at 120 digits from the same doubles, by bisection of the line's
conserved quantity, and from mpmath's own ₂F₁.
"""

import math

import numpy as np
import pytest

from fields import (
    Deep,
    GradientFlow,
    LineLoss,
    Polar,
    arrival_time,
    conserved_curve,
    divergence,
    exit_time,
    integrate,
    landing,
    landing_condition,
    landing_path,
    learned,
    learning_time,
)

EVEN, STEEP = LineLoss(-1, -1, 10), LineLoss(-1, -2, 15)


@pytest.mark.parametrize("depth", [0.1, 0.2, 0.25, 0.5, 1, 2, 4, math.inf])
@pytest.mark.parametrize("size", [1e-12, 0.1, 1000.0, 1e12])
def test_equal_starts_on_an_even_line_land_in_its_middle(depth, size):
    np.testing.assert_allclose(landing(EVEN, Deep(depth), (size, size)), (5.0, 5.0), rtol=1e-14)


@pytest.mark.parametrize(
    ("line", "depth", "start", "end"),
    [
        ((-1, -1, 10), 0.25, (1000, 1000.0001), (-113.9756453885921711, 123.9756453885921711)),
        ((-1, -2, 15), 0.25, (1000, 1000), (905.27491666591734922, -445.13745833295867461)),
        ((-1, -2, 15), 0.2, (1e-12, 1e12), (-925774302918.99839151, 462887151466.99919576)),
        ((-1, -2, 15), math.inf, (1e-12, 1.001e-12), (1.9980039920157017e-12, 7.499999999999001)),
        ((3, 1, -12), 2.1, (1e6, 1e6), (3.530848151917807611e-05, 11.999894074555442466)),
        ((1, -2, 3), 6, (1e-5, 40), (1.0002359466646971739e-05, 1.5000050011797333235)),
        ((-1, -1, 10), 0.1, (1e5, 1.0000000001e5), (-33502.59583380249086, 33512.59583380249086)),
    ],
)
def test_landings_far_from_their_start(line, depth, start, end):
    np.testing.assert_allclose(landing(LineLoss(*line), Deep(depth), start), end, rtol=1e-12)


def test_several_powers_are_each_as_alone():
    powers = [Deep(0.2), Deep(1), Deep(2), Deep(4), Deep(math.inf)]
    starts = np.array([(1000, 1000), (0.1, 0.3), (2, 1e-9), (7, 9), (1e-6, 1e-6)])
    together = landing(EVEN, powers, starts)
    for power, start, end in zip(powers, starts, together, strict=True):
        np.testing.assert_array_equal(landing(EVEN, power, start), end)


@pytest.mark.parametrize("depth", [2, 4, math.inf])
def test_a_weight_at_nought_stays_there_from_depth_two_on(depth):
    np.testing.assert_array_equal(landing(STEEP, Deep(depth), (0.0, 0.1)), (0.0, 7.5))
    np.testing.assert_array_equal(landing(STEEP, Deep(depth), (0.1, 0.0)), (15.0, 0.0))
    assert np.isnan(landing(STEEP, Deep(depth), (0.0, 0.0))).all()
    assert np.isnan(landing(LineLoss(1, 1, 3), Deep(depth), (1.0, 1.0))).all()


@pytest.mark.parametrize("depth", [0.25, 0.5, 1, 2, 4, math.inf])
@pytest.mark.parametrize("start", [(0.1, 0.3), (20.0, 3.0)])
def test_the_condition_is_how_far_the_end_moves_with_the_start(depth, start):
    ends = []
    for k in (0, 1):
        for sign in (1, -1):
            moved = np.array(start)
            moved[k] *= 1 + sign * 1e-6
            ends.append(landing(STEEP, Deep(depth), moved))
    change = np.abs(np.array(ends[::2]) - ends[1::2]) / (2e-6 * np.abs(ends[0]))
    condition = landing_condition(STEEP, Deep(depth), start)
    assert condition == pytest.approx(change.max(), rel=1e-4, abs=1e-9)
    assert landing_condition(EVEN, Deep(0.2), (1000, 1000)) > 1e18, "known to no digit, but exact"


def test_the_residual_is_nought_on_the_line():
    """A line through whole numbers has them on it, and the field rests there at any depth."""
    w = np.array([(9, 1), (3, 7), (10, 0), (0.5, 9.5)])
    np.testing.assert_array_equal(EVEN.residual(w), 0.0)
    np.testing.assert_array_equal(GradientFlow(EVEN, Deep(10)).velocity(w), 0.0)


def test_paths_from_far_away_are_right_at_both_ends():
    path = landing_path(EVEN, Deep(0.2), (1000.0, 1000.0))
    np.testing.assert_allclose(path[:, 0], path[:, 1], rtol=1e-9)
    np.testing.assert_array_equal(path[[0, -1]], [(1000, 1000), (5, 5)])
    assert np.all(np.diff(path[:, 0]) < 0)
    curve = conserved_curve(EVEN, Deep(0.2), (1000.0, 1000.0))
    np.testing.assert_allclose(curve[:, 0], curve[:, 1], rtol=1e-9)
    assert curve.max() == pytest.approx(10, abs=1e-9)


def test_the_time_from_far_away_is_that_of_the_closed_form():
    """On the diagonal of an even line, one weight: dw/dt = −w⁻ᵖ'(w − 5), with equal parts."""
    line, depth = EVEN, 0.25
    time = arrival_time(line, Deep(depth), (1000.0, 1000.0), 1e-4)
    one = learning_time(5.0, 1000.0, (5 + 995e-4) / 5, Deep(depth))
    # e n = (w − 5)(1, 1) on the diagonal, so each weight moves as under a point loss at 5
    assert time == pytest.approx(float(one), rel=1e-9)


def test_a_weight_that_leaves_the_quadrant_does_so_at_the_time_told():
    start = np.array([2.0, 9.0])
    time, flow = exit_time(LineLoss(1, 3, -1), Deep(0.5), start), None
    flow = GradientFlow(LineLoss(1, 3, -1), Deep(0.5))
    before, after = integrate(flow, start, [0.0, time * (1 - 1e-6), time * (1 + 1e-6)])[1:]
    assert before.min() > 0 > after.min()


@pytest.mark.parametrize(
    ("exponent", "x", "value"),
    [
        (0.5, 1 - 1e-15, 35.9258703534607721),
        (1.5, np.nextafter(1, 0), 36.1230949307969919),
        (-8, 1 - 1e-13, 27.2154381692124209),
        (4 / 3, np.nextafter(1, 2), 35.5984715042364299),
        (0.5, 1 + 1e-12, 29.0172265804180204),
        (-2, 0.95, 1.59448227355399019),
        (3.0, 1.05, 1.6386267461134449),
        (1.9, 1e-9, -139880600.05153736),
        (-149.0, 0.95, 5.45201947179964550e-5),
        (-172.0, 0.999, 1.34505718642123474),
        (-999.0, 0.9995, 0.559925243217651549),
        (1000.0, 1.0002, 1.22314186669210263),
    ],
)
def test_the_learning_integral_up_to_the_last_number_before_one(exponent, x, value):
    assert learned(x, exponent) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("exponent", [-1e6, -math.inf, math.nan, 1e6])
def test_a_learning_integral_of_too_many_powers_is_refused(exponent):
    with pytest.raises(ValueError, match="exponent"):
        learned([0.5, 2.0], exponent)


@pytest.mark.parametrize(
    ("target", "start", "fraction", "depth", "time"),
    [
        (3.0, 0.1, 1 - 1e-15, 4, 8.56615225636503849),
        (1.0, 1 + 2e-6, 1 + 1e-6, math.inf, 0.693145180675467323),
    ],
)
def test_learning_times_close_to_the_target(target, start, fraction, depth, time):
    assert learning_time(target, start, fraction, Deep(depth)) == pytest.approx(time, rel=1e-12)


@pytest.mark.parametrize("depth", [0.2, 1.9999999, 2, 2.0000001, math.inf])
def test_a_short_time_is_a_short_way(depth):
    """dx/dτ = xᵖ(1 − x): over a way of 1e-9 the time is that way over the speed."""
    start, way = 0.5, 2.0**-30
    time = learning_time(1.0, start, start + way, Deep(depth))
    middle = start + way / 2
    assert time == pytest.approx(way / (middle ** Deep(depth).exponent * (1 - middle)), rel=1e-14)


@pytest.mark.parametrize("depth", [0.2, 0.5, 1.5, 2, 3, math.inf])
@pytest.mark.parametrize("part", [2.0**-40, -(2.0**-30), 0.49, -0.49, 0.51, -0.51])
def test_the_divergence_near_its_start_is_half_the_metric(depth, part):
    start = np.array([0.5, 5.0])
    w = start * (1 + part)
    s = (np.arange(200_000) + 0.5) / 200_000
    p = Deep(depth).exponent
    bend = (1 - s) * (start[:, None] * (1 + part * s)) ** -p
    expected = np.sum((w - start) ** 2 * bend.mean(axis=1))
    assert divergence(Deep(depth), w, start) == pytest.approx(expected, rel=1e-9)


def test_polar_landings_from_far_away():
    np.testing.assert_allclose(landing(EVEN, Polar(), (1000, 1000)), (5, 5), rtol=1e-12)
    w = landing(EVEN, Polar(), (1000.0, 900.0))
    assert np.hypot(*w) == pytest.approx(np.hypot(1000, 900), rel=1e-4), "at a constant radius"


@pytest.mark.parametrize("b", [15, 40, 99, 150])
def test_the_learning_integral_of_steep_powers_where_the_hypergeometric_has_few_digits(b):
    """∫ xᵇ⁻¹/(1 − x) dx beside x = 0.9, by Gauss's quadrature between two places."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    for low in np.linspace(0.845, 0.865, 81):
        x = low + 0.05 * (1 + nodes) / 2
        area = 0.025 * np.sum(weights * x ** (b - 1) / (1 - x))
        found = learned(low + 0.05, 1.0 - b) - learned(low, 1.0 - b)
        assert found == pytest.approx(area, rel=2e-13)
