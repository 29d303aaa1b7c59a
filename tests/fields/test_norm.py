"""The least norms on a line, by an optimiser and as what training from nothing finds."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from fields import Deep, LineLoss, landing
from fields.theory.mirror import least_norm

LINE = LineLoss(-1, -2, 15)


@pytest.mark.parametrize("line", [LINE, LineLoss(2, 1, -7), LineLoss(1, -3, 4), LineLoss(0, 2, -9)])
@pytest.mark.parametrize("order", [1, 1.5, 2, 4, 10, math.inf])
def test_no_other_point_of_the_line_is_less(line, order):
    best = least_norm(line, order)
    assert line.residual(best) == pytest.approx(0, abs=1e-12)
    along = np.array([-line.normal[1], line.normal[0]])

    def norm(way):
        return np.linalg.norm(best + way * along, ord=order)

    found = minimize_scalar(norm, bounds=(-20, 20), options={"xatol": 1e-9})
    assert norm(0.0) <= found.fun + 1e-9


@pytest.mark.parametrize("order", [2, 4, 10])
def test_training_from_nearly_nothing_finds_it(order):
    found = landing(LINE, Deep(2 / order), (1e-9, 1e-9))
    np.testing.assert_allclose(found, least_norm(LINE, order), atol=1e-7)


def test_the_three_norms_of_the_post():
    np.testing.assert_allclose(least_norm(LINE, 1), (0, 7.5))
    np.testing.assert_allclose(least_norm(LINE, 2), (3, 6))
    np.testing.assert_allclose(least_norm(LINE, math.inf), (5, 5))


def test_what_is_no_norm_is_named():
    with pytest.raises(ValueError, match="order"):
        least_norm(LINE, 0.5)


@pytest.mark.parametrize("depth", [3e-3, 1e-3, 1e-4, 2e-6])
def test_landings_of_the_least_depths_are_those_of_the_largest_orders(depth):
    # w^k is no number there, k = 2/N − 1
    line, deep = LineLoss(-1, -2, 15), Deep(depth)
    k = 1.0 - deep.exponent
    from_nothing = landing(line, deep, [1e-12, 1e-12])
    np.testing.assert_allclose(from_nothing, least_norm(line, 2 / depth), rtol=1e-12)
    # of a weight that is larger than the line asks for, w₁ᵏ − w₂ᵏ/2 is what it was
    beyond = landing(line, deep, [9.0, 9.0])
    np.testing.assert_allclose(beyond, [9 * 0.5 ** (1 / k), 7.5 - 4.5 * 0.5 ** (1 / k)], rtol=1e-12)
    np.testing.assert_allclose(landing(line, deep, [1.0, 6.9]), [1.2, 6.9], rtol=1e-12)
    np.testing.assert_allclose(landing(line, deep, [20.0, 3.0]), [20.0, -2.5], rtol=1e-12)
