"""Compiled exponentials: right within a unit in the last place, anywhere, whoever stands beside."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest

from fields import exponential as module
from fields.compiled import kernel
from fields.exponential import all_exponentials, exponential, exponentials


@kernel
def of_all(values, four) -> None:
    all_exponentials(values, four)


@kernel
def of_near(values, n) -> None:
    exponentials(values, n)


def found(x) -> np.ndarray:
    values = np.array(x, dtype=float)
    of_all(values, np.zeros(4))
    return values


def test_it_is_off_by_little_more_than_half_a_unit_in_the_last_place():
    x = np.concatenate([np.linspace(-744.0, 709.7, 4001), np.linspace(-1.0, 1.0, 2001)])
    with localcontext() as context:
        context.prec = 40
        for here, value in zip(x, found(x), strict=True):
            exact = Decimal(float(here)).exp()
            unit = Decimal(math.ulp(float(exact)))
            assert abs(Decimal(float(value)) - exact) <= Decimal("0.52") * unit


def test_it_ends_as_the_mathematical_one_does():
    x = [np.inf, 1e300, 710.0, 709.0, 0.0, -0.0, 1e-320, -1e-17, -746.0, -1e300, -np.inf, np.nan]
    with np.errstate(over="ignore"):
        expected = np.exp(x)
    np.testing.assert_allclose(found(x), expected, rtol=3e-16)
    assert found([0.0]) == 1.0
    assert found([-745.0]) == math.ulp(0.0), "the smallest number that there is"


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 98])
def test_a_number_is_the_same_to_the_last_bit_whatever_stands_beside_it(n):
    x = np.random.default_rng(1).uniform(-40.0, 5.0, n)
    alone = np.array([found(one[None])[0] for one in x])
    assert np.array_equal(found(x), alone)
    assert np.array_equal(found(np.append(x, [np.nan, 1e9]))[:n], alone)
    near = np.append(x, np.full(4, np.nan))
    of_near(near, n)
    assert np.array_equal(near[:n], alone)


def test_it_grows():
    x = np.linspace(-30.0, 10.0, 100_001)
    assert np.all(np.diff(found(x)) >= 0)


@pytest.mark.parametrize("is_numpy", [True, False])
def test_python_has_the_same_whatever_numpy_has_on_this_processor(monkeypatch, is_numpy):
    """The order of an array does not matter, nor its shape."""
    x = np.random.default_rng(2).uniform(-30.0, 5.0, (2, 3001))
    if is_numpy:  # as on a processor on which it is
        monkeypatch.setattr(module.np, "exp", lambda x: found(x.ravel()).reshape(x.shape))
    else:
        monkeypatch.setattr(module.np, "exp", lambda x: np.nextafter(found(x), np.inf))
    module._numpy_agrees.cache_clear()
    expected = np.array([found(row) for row in x])
    try:
        assert module._numpy_agrees() == is_numpy
        assert np.array_equal(exponential(x), expected)
        assert np.array_equal(exponential(x.T), expected.T)
        assert exponential(np.array(0.0)) == 1.0
        assert exponential(np.empty((0, 2))).shape == (0, 2)
    finally:
        module._numpy_agrees.cache_clear()
