"""Where a loss of one's own is least: places and curves, against what is known of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fields.data.best import best
from fields.data.custom import loss_formula
from fields.data.examples import Examples
from fields.data.regression import SquaredLoss

ROOM = 10.0


@pytest.mark.parametrize(
    ("text", "zero", "ends", "length"),
    [
        ("(w1 w2 - 4)^2", lambda x, y: x * y - 4, [(0.4, 10.0), (10.0, 0.4)], None),
        ("1e6 (w1 w2 - 4)^2 + 7", lambda x, y: x * y - 4, [(0.4, 10.0), (10.0, 0.4)], None),
        ("(w1^2 + w2^2 - 25)^2", lambda x, y: np.hypot(x, y) - 5, [(0, 5), (5, 0)], 2.5 * np.pi),
        ("(w1^2 - w2)^2", lambda x, y: x * x - y, [(0, 0), (10**0.5, 10)], None),
        ("(w1 - 3)^2", lambda x, y: x - 3, [(3, 0), (3, 10)], 10.0),
        ("w2^2", lambda x, y: y, [(0, 0), (10, 0)], 10.0),
    ],
)
def test_a_curve_of_best_weights_is_followed_to_the_border(
    text: str,
    zero: Callable[[np.ndarray, np.ndarray], np.ndarray],
    ends: list[tuple[float, float]],
    length: float | None,
) -> None:
    found = best(loss_formula(text), ROOM)
    assert len(found.places) == 0
    (curve,) = found.curves
    assert np.abs(zero(*curve.T)).max() < 1e-6
    assert np.allclose(sorted(map(tuple, curve[[0, -1]])), sorted(ends), atol=3e-4)
    steps = np.hypot(*np.diff(curve, axis=0).T)
    assert steps.max() < 0.15, "neighbours are joined"
    if length:
        assert steps.sum() == pytest.approx(length, rel=1e-3)


def test_a_closed_curve_ends_where_it_began() -> None:
    (curve,) = best(loss_formula("((w1 - 5)^2 + (w2 - 4)^2 - 9)^2"), ROOM).curves
    assert np.allclose(np.hypot(*(curve - (5, 4)).T), 3.0, atol=1e-7)
    assert np.array_equal(curve[0], curve[-1])
    turned = np.unwrap(np.arctan2(curve[:, 1] - 4, curve[:, 0] - 5))
    assert abs(turned[-1] - turned[0]) == pytest.approx(2 * np.pi, abs=1e-9), "once"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("(w1 - 3)^2 + (w2 - 2)^2", [(3, 2)]),
        ("(3 - w1)^2 + (w2 - w1^2/2)^2", [(3, 4.5)]),
        ("((w1 - 2)^2 (w1 - 8)^2 + (w2 - 5)^2)", [(2, 5), (8, 5)]),
        ("(w1 - 2)^2 (w1 - 8)^2 + w1 + (w2 - 5)^2", [(1.98615, 5)]),
        ("exp(-w1)", []),
        ("w1 + w2", []),
        ("(w1 + 3)^2 + w2^2", []),
    ],
)
def test_only_the_least_of_all_counts(text: str, places: list[tuple[float, float]]) -> None:
    found = best(loss_formula(text), ROOM)
    assert found.curves == ()
    assert len(found.places) == len(places)
    assert np.allclose(sorted(map(tuple, found.places)), places, atol=1e-4)


def test_two_valleys_are_two_curves() -> None:
    found = best(loss_formula("(w1 - 2)^2 (w1 - 8)^2"), ROOM)
    assert sorted(round(float(np.ptp(curve[:, 1])), 3) for curve in found.curves) == [10, 10]
    assert sorted(round(float(curve[:, 0].mean()), 6) for curve in found.curves) == [2, 8]


def test_examples_that_leave_a_direction_open_have_their_line() -> None:
    rows = np.array([[1.0, 2.0], [2.0, 4.0]])
    (line,) = best(SquaredLoss(Examples(rows, np.array([15.0, 30.0]))), ROOM).curves
    assert np.allclose(line @ (1.0, 2.0), 15.0, atol=1e-9)
    assert np.allclose(sorted(map(tuple, line[[0, -1]])), [(0, 7.5), (10, 2.5)], atol=3e-4)
