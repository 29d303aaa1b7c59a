"""The point loss in closed form: how every single weight is learned, and when.

In parts x = w/w* of what it is to become, and in the time τ = S w*ᵖ t, each weight obeys one
equation, dx/dτ = xᵖ(1 − x), so that B(x(τ)) − B(x(0)) = τ with B = ∫dx/(xᵖ(1 − x)).
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import pairwise

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, hyp2f1, psi, wrightomega

from fields.instants import instants
from fields.loss import Array, PointLoss
from fields.parameterization.power import NEAR_LOG, Power, anchored
from fields.solve.cache import Memory

_solutions = Memory(1 << 22)
"""Of single weights: a worker films a clip again for other plays of it, and for other shapes."""
_HALVINGS = 70  # of an interval of 800: to less than the last bit of any z there
_COARSE = 14  # to a twentieth: from there Newton's method squares the error
_STEPS = 5  # of it
_THERE = 36.0  # ln of the odds, beyond which a twentieth more moves a weight by less than a bit
_SURE = 1e-9  # the last step, for its square is below rounding
_NEAR = 40.0  # ln of the odds, beyond which a weight is its target


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


def learning_time(
    target: ArrayLike, start: ArrayLike, fraction: ArrayLike, parameterization: Power
) -> Array:
    """When a weight that starts at ``start`` is ``fraction`` · w*: (B(f) − B(w₀/w*))/w*ᵖ.

    For the rate 1 of ``GradientFlow``; divide by any other. Shapes broadcast. ∞ for a fraction of
    1, but 0 from there. NaN where it never gets there, being on the other side of the target or at
    it, for a target of 0, and for depths below some 0.002 also where a power is too large or too
    small for a number.
    """
    target, start = np.asarray(target, dtype=float), np.asarray(start, dtype=float)
    p, fraction = parameterization.exponent, np.asarray(fraction, dtype=float)
    with np.errstate(all="ignore"):  # a target of 0, of which all parts are 0
        half = target ** (p / 2)  # whose square may be no number
        time = _elapsed(start / target, fraction, p)
        time = np.where(_is_number(half * half), time / target**p, time / half / half)
    side = np.sign(target - start)
    time = np.where(np.sign(1 - fraction) == side, time, np.nan)
    return np.where(fraction == 1, np.where(side == 0, 0.0, np.inf), time)


def _is_number(size: ArrayLike) -> NDArray[np.bool_]:
    """Whether it is neither infinite nor so small that it has lost digits."""
    return np.asarray(np.isfinite(size) & (np.asarray(size) > np.finfo(float).tiny))


def _elapsed(x: Array, to: Array, p: float) -> Array:
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


def point_solution(
    loss: PointLoss,
    parameterization: Power,
    starts: ArrayLike,
    times: ArrayLike,
    *,
    rate: float = 1.0,
) -> Array:
    """Where gradient flow is after ``times`` (m,), from ``starts`` (..., 2): shape (..., m, 2).

    N = 1: w* + (w₀ − w*)e⁻ᵗ. N = 2: logistic. w = eᵘ: w*/(1 + ω(v + ln v − w*²t)), v = w*/w₀ − 1,
    with Wright's ω, that is Lambert's W. Every other N: the root of B(x) = B(x₀) + τ. Weights ≥ 0.
    Errors are some 1e-14 times the condition of the problem, (w*/w₀)^(p−1) during a take-off.
    """
    starts, times = np.asarray(starts, dtype=float), instants("point_solution", times)
    if not (starts >= 0).all():
        raise ValueError("point_solution: a start is below 0, or no number; give 0 or more.")
    w, t = np.broadcast_arrays(starts[..., None, :], rate * times[:, None])
    out = np.empty(w.shape)
    for i, target in enumerate(loss.target):
        source = target, w[..., i], t[..., i], parameterization.exponent
        out[..., i] = _solutions.recall(source, partial(_solve, *source))
    return out


def _solve(target: float, w: Array, t: Array, p: float) -> Array:
    if target == 0:
        return _vanish(w, t, p)
    if p == 0:
        return np.asarray(target + (w - target) * np.exp(-t))
    with np.errstate(over="ignore", invalid="ignore"):
        half = np.float64(target) ** (p / 2)  # whose square may be no number
        tau = np.where(t == 0, 0.0, half * t * half)
        tau = np.where(_is_number(half * half), np.float64(target) ** p * t, tau)
    x = w / target
    if p == 1:  # a weight at 0 stays there, however late
        return np.asarray(w / np.where(w == 0, 1.0, x - (x - 1) * np.exp(-tau)))
    with np.errstate(divide="ignore"):
        z = np.log(x) - np.log(np.abs(1 - x))
    low = np.clip(z, -760.0, _NEAR)
    found = target * _odds(_root(low, learned(x, p) + tau, x, p), x)
    rests = (x == 0) & (p >= 1) | (x == 1) | (tau == 0)
    if p == 2:
        v = np.where((x < 1) & (x > 0), 1 / np.where(x > 0, x, 1.0) - 1, 1.0)
        found = np.where(x < 1, target / (1 + wrightomega(v + np.log(v) - tau)), found)
    return np.asarray(np.where(rests, w, found))


def _root(low: Array, goal: Array, side: Array, p: float) -> Array:
    """The z, from ``low`` on, whose odds have B = ``goal``: by halves, then by Newton's method.

    B grows with z at the rate x^(1−p), on either side of x = 1.
    """
    high, coarse = np.full_like(low, _NEAR), _COARSE + int(np.ceil(np.log2(1 + abs(1 - p))))
    for _ in range(coarse):
        low, high = _half(low, high, goal, side, p)
    z, step = 0.5 * (low + high), np.zeros_like(low)
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            x = _odds(z, side)
            step = (learned(x, p) - goal) * x ** (p - 1)
            z = np.clip(z - step, low, high)
    # beside the target x has only so many digits of 1 − x, and B those digits
    unsure = ~((np.abs(step) <= _SURE + 1e-15 * np.exp(z)) | (z > _THERE))
    if unsure.any():
        few = [part[unsure] for part in (low, high, goal, side)]
        for _ in range(coarse, _HALVINGS):
            few[0], few[1] = _half(few[0], few[1], few[2], few[3], p)
        z[unsure] = 0.5 * (few[0] + few[1])
    return np.asarray(z)


def _half(low: Array, high: Array, goal: Array, side: Array, p: float) -> tuple[Array, Array]:
    middle = 0.5 * (low + high)
    early = learned(_odds(middle, side), p) < goal
    return np.where(early, middle, low), np.where(early, high, middle)


def _odds(z: Array, side: Array) -> Array:
    return np.where(side > 1, -1 / np.expm1(-np.maximum(z, 1e-300)), expit(z))


def _vanish(w: Array, t: Array, p: float) -> Array:
    """ẇ = −w^(p+1): w = (w₀^−p + p t)^(−1/p), which for p < 0 is 0 after a finite time.

    As w₀ (1 + p t w₀ᵖ)^(−1/p), for where p is nearly 0, or w₀^−p is no number.
    """
    if p == 0:
        return np.asarray(w * np.exp(-t))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        grown = np.maximum(p * t * w**p, -1.0)
        left = np.where(np.isfinite(grown), w * np.exp(-np.log1p(grown) / p), (p * t) ** (-1 / p))
        return np.asarray(np.where((t == 0) | (w == 0), w, left))


def point_invariant(loss: PointLoss, parameterization: Power, w: ArrayLike) -> Array:
    """B(w₁/w₁*)/w₁*ᵖ − B(w₂/w₂*)/w₂*ᵖ, constant along each curve of the flow, shape (...).

    NaN at w*, where all curves end.
    """
    w, target, p = np.asarray(w, dtype=float), np.array(loss.target), parameterization.exponent
    with np.errstate(divide="ignore", invalid="ignore"):
        clock = learned(w / target, p) / target**p
        clock = np.where(target == 0, -anchored(w, -p), clock)  # ẇ = −w^(p+1)
        return np.asarray(clock[..., 0] - clock[..., 1])
