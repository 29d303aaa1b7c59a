"""Deep linear networks, mode by mode: how each singular value of the data is learned, and when."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from fields.instants import instants
from fields.loss import Array, PointLoss
from fields.parameterization.power import Deep
from fields.theory.point.learning import point_solution


def mode(strength: ArrayLike, start: ArrayLike, times: ArrayLike, *, depth: int = 2) -> Array:
    """The strength (..., m) at ``times`` (m,) of a mode that a balanced linear network learns.

    All ``depth`` = L layers share one strength at first, u = aᴸ, and follow
    u̇ = L u^(2 − 2/L)(s − u) for data of ``strength`` s (...) and ``start`` u₀ (...). For L = 2 that
    is u = s/(1 + (s/u₀ − 1)e^(−2st)), an S-curve that is half way at time ln(s/u₀ − 1)/(2s).

    Source: A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks", 2014.
    Raises ValueError where s or u₀ is not above 0, or the depth no whole number from 1 on.
    """
    s, u0 = np.broadcast_arrays(np.asarray(strength, float), np.asarray(start, float))
    times = instants("mode", times)
    if not ((s > 0).all() and (u0 > 0).all()):
        raise ValueError("mode: strengths and starts must be above 0; nothing at 0 is learned.")
    if not (isinstance(depth, int | np.integer) and depth >= 1):
        raise ValueError(f"mode: the depth is {depth!r}; give a whole number of layers from 1 on.")
    flat = [
        point_solution(PointLoss((one, one)), Deep(depth), (begin, begin), times, rate=depth)[:, 0]
        for one, begin in zip(s.ravel().tolist(), u0.ravel().tolist(), strict=True)
    ]
    return np.array(flat).reshape(*s.shape, len(times))


def unbalanced_mode(strength: float, layers: tuple[float, float], times: ArrayLike) -> Array:
    """The strength u = ab (m,) of a mode of two layers that begin at (a, b), not equal.

    a² − b² stays what it is. With c = |a² − b²|, y = tanh(θ/2), u = (c/2) sinh θ:
    ẏ = s − c y − s y², so (y − y₊)/(y − y₋) falls as e^(−√(c² + 4s²) t) with the two roots y±.

    Source: as ``mode``. Raises ValueError where |a| = |b|, for which ``mode`` is, for s ≤ 0, and
    where a number is not finite.
    """
    a, b = (float(layer) for layer in layers)
    s, t = float(strength), instants("unbalanced_mode", times)
    apart, joined = abs(a - b), abs(a + b)
    c = apart * joined
    if not (0 < c < math.inf and 0 < s < math.inf):
        raise ValueError(
            "unbalanced_mode: give two layers of different sizes, and a strength above 0; all are "
            "to be finite."
        )
    root = math.hypot(c, 2 * s)
    # 1 − y and 1 + y are made of what they are at the start and at the end, all of it positive, so
    # that no digit is lost where y is nearly ±1, as it is where layers are nearly balanced
    high, low = 2 * s / (c + root), -(c + root) / (2 * s)
    short = c / (c + root) * (1 + c / (root + 2 * s))  # 1 − y₊, and below −1 − y₋
    beyond = c / (2 * s) * (1 + c / (root + 2 * s))
    wide, begin = max(abs(a), abs(b)), math.copysign(min(abs(a), abs(b)), a) * math.copysign(1, b)
    late = -np.expm1(-root * t) * (joined / wide + beyond)
    early = np.exp(-root * t) * (high - low) / wide
    y, whole = high * late + begin * early, late + wide * early
    below, above = short * late + apart * early, (1 + high) * late + joined * early
    return np.asarray(c * y * whole / (below * above))


def staircase(strengths: ArrayLike, times: ArrayLike, *, delta: float = math.inf) -> Array:
    """Strengths (k, m) of the modes at times τ (m,), t = δτ, from layers that begin at e^(−δ).

    As δ grows, each mode of ``strengths`` σ (k,) jumps from 0 to σ at τ = 1/σ: the network goes
    through solutions of rank 1, 2, … one after the other. At δ = ∞ it is that staircase.

    Source: G. Gidel, F. Bach, S. Lacoste-Julien, "Implicit Regularization of Discrete Gradient
    Dynamics in Linear Neural Networks", 2019.
    Raises ValueError where a strength or δ is not above 0, or a time below 0.
    """
    s, tau = np.array(strengths, dtype=float, ndmin=1)[:, None], instants("staircase", times)
    if not ((s > 0).all() and delta > 0):
        raise ValueError("staircase: strengths and δ must be above 0; nothing at 0 is learned.")
    if math.isinf(delta):
        return np.where(tau * s > 1, s, np.where(tau * s == 1, 0.5 * s, 0.0))
    # u = s/(1 + (s e^(2δ) − 1) e^(−2sδτ)): the exponents are joined before they overflow
    with np.errstate(over="ignore"):
        late = np.exp(2 * delta * (1 - s * tau) + np.log(s)) - np.exp(-2 * s * delta * tau)
    return np.asarray(s / (1 + late))
