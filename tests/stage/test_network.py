"""What networks are drawn by: loops around levels, and many figures as one outline."""

from __future__ import annotations

import numpy as np
import pytest

from stage.network.contour import loops_above
from stage.network.outline import arrows, discs, squares

ALONG = np.linspace(-1, 1, 81)
X, Y = np.meshgrid(ALONG, ALONG)


def area(loop: np.ndarray) -> float:
    """By the shoelace formula: above 0 for loops that go to the left."""
    x, y = loop.T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def test_a_loop_goes_around_what_is_above() -> None:
    (loop,) = loops_above(0.25 - X**2 - Y**2, 0.0)
    radii = np.linalg.norm(2 * loop - 1, axis=1)
    np.testing.assert_allclose(radii, 0.5, atol=1e-3)
    assert area(loop) == pytest.approx(np.pi * 0.25**2, rel=2e-3)


def test_a_line_is_met_exactly_and_closed_by_the_edge() -> None:
    (loop,) = loops_above(X - 0.3 + 0.5 * Y, 0.0)
    assert area(loop) == pytest.approx(0.35, rel=1e-9)
    assert loop.min() >= 0 and loop.max() <= 1


def test_a_hole_goes_the_other_way() -> None:
    r = np.hypot(X, Y)
    areas = sorted(area(loop) for loop in loops_above(0.2 - np.abs(r - 0.5), 0.0))
    np.testing.assert_allclose(areas, [-np.pi * 0.15**2, np.pi * 0.35**2], rtol=5e-3)


def test_all_above_is_the_square_and_none_is_nothing() -> None:
    (loop,) = loops_above(np.ones((5, 5)), 0.0)
    assert area(loop) == pytest.approx(1.0)
    assert loops_above(-np.ones((5, 5)), 0.0) == []


def test_levels_and_their_opposites_share_a_noisy_square() -> None:
    values = np.random.default_rng(3).normal(size=(40, 40))  # with saddles of either kind
    above = sum(area(loop) for loop in loops_above(values, 0.0))
    below = sum(area(loop) for loop in loops_above(-values, 0.0))
    assert 0.9 < above + below < 1.0, "saddles leave something between"
    smooth = np.sin(3 * X) + np.cos(4 * Y - X)
    parts = [sum(area(loop) for loop in loops_above(s * smooth, 0.0)) for s in (1, -1)]
    assert sum(parts) == pytest.approx(1.0, rel=1e-9)
    assert parts[0] == pytest.approx(np.mean(smooth > 0), abs=0.01)


def test_figures_have_the_size_that_is_asked_for() -> None:
    middles = np.array([[0.0, 0.0, 0.0], [3.0, 1.0, 0.0]])
    round_ones = discs(middles, [0.5, 0.2]).reshape(2, 16, 3) - middles[:, None]
    np.testing.assert_allclose(round_ones[..., :2].max(axis=1), [[0.5, 0.5], [0.2, 0.2]])
    on_rim = np.linalg.norm(round_ones[:, ::4], axis=-1)
    np.testing.assert_allclose(on_rim, [[0.5] * 4, [0.2] * 4])
    straight = squares(middles, 0.3).reshape(2, 16, 3) - middles[:, None]
    np.testing.assert_allclose(np.abs(straight[..., :2]).max(axis=1), 0.3)


def test_an_arrow_ends_at_its_tip() -> None:
    tips = np.array([[1.0, 0.0, 0.0], [0.0, -2.0, 0.0]])
    points = arrows(np.zeros(3), tips, width=0.1, head=0.3).reshape(2, -1, 3)
    reach = np.einsum("kpi,ki->kp", points, tips / np.linalg.norm(tips, axis=1, keepdims=True))
    np.testing.assert_allclose(reach.max(axis=1), [1.0, 2.0])
    assert np.isfinite(arrows(np.zeros(3), np.zeros((1, 3)), width=0.1, head=0.3)).all()
