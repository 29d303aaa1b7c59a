"""The point loss in closed form: how every single weight is learned, and when.

In parts x = w/w* of what it is to become, and in the time τ = S w*ᵖ t, each weight obeys one
equation, dx/dτ = xᵖ(1 − x), so that B(x(τ)) − B(x(0)) = τ with B = ∫dx/(xᵖ(1 − x)).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, wrightomega

from fields.instants import instants
from fields.loss import Array, PointLoss
from fields.parameterization.power import Power, anchored
from fields.solve.cache import Memory
from fields.theory.point.elapsed import elapsed, learned

_solutions = Memory(1 << 22)
"""Of single weights: a worker films a clip again for other plays of it, and for other shapes."""
_HALVINGS = 70  # of an interval of 800: to less than the last bit of any z there
_COARSE = 14  # to a twentieth: from there Newton's method squares the error
_STEPS = 5  # of it
_THERE = 36.0  # ln of the odds, beyond which a twentieth more moves a weight by less than a bit
_SURE = 1e-9  # the last step, for its square is below rounding
_NEAR = 40.0  # ln of the odds, beyond which a weight is its target


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
        time = elapsed(start / target, fraction, p)
        time = np.where(_is_number(half * half), time / target**p, time / half / half)
    side = np.sign(target - start)
    time = np.where(np.sign(1 - fraction) == side, time, np.nan)
    return np.where(fraction == 1, np.where(side == 0, 0.0, np.inf), time)


def _is_number(size: ArrayLike) -> NDArray[np.bool_]:
    """Whether it is neither infinite nor so small that it has lost digits."""
    return np.asarray(np.isfinite(size) & (np.asarray(size) > np.finfo(float).tiny))


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
