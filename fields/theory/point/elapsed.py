"""The time that a weight takes: the integral B(x) = ∫dx/(xᵖ(1 − x)), and differences of it.

A weight of the point loss obeys dx/dτ = xᵖ(1 − x) with x = w/w*, and so B(x(τ)) − B(x(0)) = τ.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike
from scipy.special import hyp2f1, psi

from fields.loss import Array
from fields.parameterization.power import NEAR_LOG, anchored

_MOST = 1e5  # of the exponent: as many powers are summed


def learned(x: ArrayLike, exponent: float) -> Array:
    """B(x) = ∫dx/(xᵖ(1 − x)), of the shape of x: what time it takes is a difference of two.

    Below x = 1 it is x^(1−p)/(1−p) ₂F₁(1, 1−p; 2−p; x) for p < 1, ln(x/(1−x)) for p = 1, and
    B_p = x^(1−p)/(1−p) + B_(p−1) beyond. Above, y^p/p ₂F₁(1, p; 1+p; y), y = 1/x, for p > 0.
    Wherever y^q/q is to be added and q is nearly 0, it is (y^q − 1)/q, which has digits left.
    The two sides have constants of their own, and so have such p; at x = 1 it is ∞, and to both
    sides of it right to the last numbers before. ValueError for |p| above 100,000, of which it
    would be a sum.
    """
    if not abs(exponent) <= _MOST:
        raise ValueError(
            f"learned: an exponent of {exponent:g} (2 − 2/N for depth N) is not within "
            f"±{_MOST:,.0f}; take a depth of 0.00002 or more."
        )
    x = np.asarray(x, dtype=float)
    below, above = x < 1, x > 1
    out = np.full(x.shape, np.inf)
    with np.errstate(divide="ignore", over="ignore"):
        for side, found in ((below, _below), (above, _above)):
            if side.any():  # of none, too, as many powers would be summed
                out[side] = found(x[side], exponent)
    return out


def _below(x: Array, p: float) -> Array:
    if p == 1:
        return np.asarray(np.log(x) - np.log1p(-x))
    if p < 1:
        return _sum(x, 1.0 - x, 1 - p)
    ahead = _down(p, 1.0)
    total = _below(x, ahead[-1] - 1)
    for q in reversed(ahead):
        total = _anchored(x, 1 - q) + total
    return np.asarray(total)


def _anchored(x: Array, k: float) -> Array:
    """The same as ``anchored`` for x above 0, sooner, for there are many k."""
    return np.asarray(anchored(x, k) if abs(k) < NEAR_LOG else np.power(x, k) / k)


def _down(p: float, least: float) -> list[float]:
    """From p on down by ones, as long as it is above ``least``."""
    found = []
    while p > least:
        found.append(p)
        p -= 1
    return found


def _above(x: Array, p: float) -> Array:
    if p == 0:
        return np.asarray(-np.log(x - 1))
    if p == 1:
        return np.asarray(np.log(x) - np.log(x - 1))
    if p > 0:
        return _sum(1 / x, (x - 1) / x, p)
    ahead = _down(-p, 0.0)
    total = _above(x, 1 - ahead[-1])
    for q in reversed(ahead):
        total = total - _anchored(x, q)
    return np.asarray(total)


_NEAR_ONE = 0.1
_AT_ONCE = 1 << 12
"""Places, at most, whose terms are in memory together: 0.8 MB."""
_LARGE = 20.0  # of b: SciPy's ₂F₁ is off by 2e-14 there near x = 0.9, by 1e-10 at 100, 2e-8 at 150
_PANELS = 0.0, 0.3, 1.2, 5.0, 15.0, 42.0  # of u: beyond, e⁻ᵘ is below rounding
_GAUSS = leggauss(20)
_CLOSE = leggauss(32)  # between two places; to find them takes longer than to sum over them
_TERMS = 24
"""Of the series near one: 0.1²⁴ is far below rounding, and b is small where it is used."""


def _sum(x: Array, rest: Array, b: float) -> Array:
    """Σₖ x^(b+k)/(b + k) = x^b/b ₂F₁(1, b; 1+b; x) for 0 < b, 0 ≤ x < 1, with ``rest`` = 1 − x.

    Where b is nearly 0, the first term is (x^b − 1)/b.
    Near x = 1 SciPy's ₂F₁ has few digits, and below some 1e-13 of 1 − x none: it gives ∞ (seen with
    1.17.1 and 1.18.1); there it is Σₙ (b)ₙ/n! (1 − x)ⁿ (ψ(n + 1) − ψ(b + n) − ln(1 − x)).
    Source: DLMF 15.8.10. Where b is large SciPy has fewer digits as well, and from 172 on NaN for x
    above 0.9; there it is (xᵇ/b) ∫₀^∞ e⁻ᵘ/(1 − x e^(−u/b)) du.
    """
    if x.size == 0:
        return np.empty(x.shape)
    if b < NEAR_LOG:
        return anchored(x, b) + _sum(x, rest, 1.0 + b)
    out, near = np.empty(x.shape), rest < _NEAR_ONE / (1.0 + b)
    if b < _LARGE:
        out[~near] = hyp2f1(1.0, b, 1 + b, x[~near]) / b
    else:
        out[~near] = _by_quadrature(x[~near], rest[~near], b)
    few = np.array_split(rest[near], 1 + np.count_nonzero(near) // _AT_ONCE)
    out[near] = np.concatenate([_near_one(some, b) for some in few])
    return np.asarray(x**b * out)


def _by_quadrature(x: Array, rest: Array, b: float) -> Array:
    """That integral, over b: its pole is at u = −b(1 − x), below −0.09, so panels grow with u."""
    total = np.zeros(x.shape)
    for begin, end in pairwise(_PANELS):
        for node, weight in zip(*_GAUSS, strict=True):
            u = 0.5 * (begin + end + (end - begin) * node)
            part = 0.5 * (end - begin) * weight * np.exp(-u)
            total += part / (rest - x * np.expm1(-u / b))
    return np.asarray(total / b)


def _near_one(rest: Array, b: float) -> Array:
    """That series for ``rest`` (n,), all its terms at once."""
    factors, differences = _terms(b)
    terms = np.empty((_TERMS, len(rest)))
    terms[0], terms[1:] = 1.0, rest
    np.multiply.accumulate(terms, out=terms)
    terms *= factors
    terms *= differences - np.log(rest)
    return np.asarray(np.add.accumulate(terms, out=terms)[-1])  # in one order, however many


@lru_cache(maxsize=64)
def _terms(b: float) -> tuple[Array, Array]:
    """(b)ₙ/n! and ψ(n + 1) − ψ(b + n), (terms, 1): the same at every place."""
    n = np.arange(_TERMS)[:, None]
    ratios = np.concatenate([[[1.0]], (b + n[:-1]) / (n[:-1] + 1)])
    return np.cumprod(ratios, axis=0), psi(n + 1) - psi(b + n)


def elapsed(x: Array, to: Array, p: float) -> Array:
    """B(to) − B(x), without cancellation where the two are near each other, or p near 1.

    Between places on one side of 1 and within a factor 2 of each other, in x and in 1 − x, it is
    Gauss's quadrature; otherwise a difference, whose power terms are taken together.
    """
    x, to = np.broadcast_arrays(x, to)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio, q, powers = np.log(to / x), p, np.zeros(x.shape)
        while q > -1:  # B_q = x^(1−q)/(1−q) + B_(q−1): both powers in one
            powers += ratio if q == 1 else x ** (1 - q) * np.expm1((1 - q) * ratio) / (1 - q)
            q -= 1
        below = powers + (learned(to, q) - learned(x, q))
        whole = np.where((x > 0) & (x < 1) & (to < 1), below, learned(to, p) - learned(x, p))
        middle, half = 0.5 * (x + to), 0.5 * (to - x)
        close = (np.abs(half) < 0.3 * middle) & (np.abs(half) < 0.3 * np.abs(1 - middle))
        nodes, weights = _CLOSE
        steps = half[..., None] * nodes
        rest = (0.5 * ((1 - x) + (1 - to)))[..., None] - steps  # 1 − x, with all its digits
        near = half * np.sum(weights / ((middle[..., None] + steps) ** p * rest), axis=-1)
        return np.asarray(np.where(close, near, whole))
