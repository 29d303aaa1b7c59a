"""Where training ends on the line of all best weights, and what stays constant on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.polar import Polar
from fields.parameterization.power import Power, power
from fields.theory.mirror import dual, exponents, primal


def landing(
    loss: LineLoss, parameterization: Power | Polar | Sequence[Power], starts: ArrayLike
) -> Array:
    """The point (..., 2) of the line at which gradient flow from ``starts`` (..., 2) ends.

    For powers it is the root E of Σ nᵢ q⁻¹(q(w₀ᵢ) − nᵢE) = d, the argmin of D_Q(·, w₀) on the line;
    N < 2 is continued through the axes, as by ``integrate``. For polar the root of
    d² + y + ln(y/(d² + y)) = r₀² + 2 ln|sin α₀|, with y the square of the way along the line.
    NaN where the flow ends on an axis instead, for the line misses the quadrant. Several powers,
    one for each of k starts (k, 2) or all for one (2,), are solved at once.
    """
    starts = np.asarray(starts, dtype=float)
    if isinstance(parameterization, Polar):
        return _polar(loss, starts)
    n, p, q0 = loss.normal, exponents(parameterization), dual(parameterization, starts)

    def residual(E: Array) -> Array:
        w = primal(parameterization, q0 - n * E[..., None])
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sum(np.where(n == 0, 0.0, n * w), axis=-1) - loss.distance)

    # q < 0 for p > 1: E is kept between barriers
    with np.errstate(divide="ignore", invalid="ignore"):
        barrier = q0 / n
    low = np.max(np.where((p > 1) & (n > 0), barrier, -np.inf), axis=-1)
    high = np.min(np.where((p > 1) & (n < 0), barrier, np.inf), axis=-1)
    E = root(residual, low, high)
    w = primal(parameterization, q0 - n * E[..., None])
    on_line = np.abs(loss.residual(w)) <= 1e-6 * (1 + np.max(np.abs(w), axis=-1))
    on_line = on_line[..., None] | (p < 1)  # a line always has a root there, if a steep one
    # what E tells worst, the line tells best
    worst = np.argmax(np.abs(n) * (power(w, p) * np.abs(n)), axis=-1)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        other = (loss.distance - (n * w)[..., ::-1]) / n
    w = np.where(np.arange(2) == worst, other, w)
    return np.asarray(np.where(on_line, w, np.nan))


def root(function: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """The root of a falling function between two barriers, by bisection to the last bit."""
    reach = np.ones_like(low)
    near = np.where(function(np.zeros_like(low)) > 0, 1.0, -1.0)
    inner = np.zeros_like(low)
    outer = np.where(near > 0, high, low)
    for _ in range(1100):  # double until the root lies between; 2¹⁰²³ is the end of numbers
        probe = np.where(np.isfinite(outer), outer, near * reach)
        with np.errstate(invalid="ignore"):
            short = ~np.isfinite(outer) & (near * function(probe) > 0) & (reach < 1e300)
        if not short.any():
            break
        inner, reach = np.where(short, probe, inner), np.where(short, 2 * reach, reach)
    outer = np.where(np.isfinite(outer), outer, near * reach)
    for _ in range(200):
        middle = 0.5 * (inner + outer)
        with np.errstate(invalid="ignore", over="ignore"):
            before = near * function(middle) > 0
        done = (middle == inner) | (middle == outer)  # there is no number between them
        inner, outer = np.where(before, middle, inner), np.where(before, outer, middle)
        if done.all():
            break
    return inner


def _polar(loss: LineLoss, starts: Array) -> Array:
    n, d = loss.normal, loss.distance
    if d < 0:
        n, d = -n, -d
    across = np.array([-n[1], n[0]])
    along = starts[..., 0] * n[0] + starts[..., 1] * n[1]
    aside = starts[..., 0] * across[0] + starts[..., 1] * across[1]
    r = np.hypot(along, aside)
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = r**2 + 2 * (np.log(np.abs(aside)) - np.log(r))

        def missing(log_y: Array) -> Array:
            y = np.exp(log_y)
            return np.asarray(constant - (d * d + y + log_y - np.log(d * d + y)))

        if d == 0:
            y = np.maximum(constant, 0.0)
        else:
            y = np.exp(root(missing, np.full(r.shape, -np.inf), np.full(r.shape, 700.0)))
    turned = (along < 0) & (constant < 0) & (d > 0)
    way = np.where(aside == 0, 0.0, np.sign(aside) * np.where(turned, -1, 1) * np.sqrt(y))
    return np.asarray(d * n + way[..., None] * across)


def line_invariant(loss: LineLoss, parameterization: Power | Polar, w: ArrayLike) -> Array:
    """What is constant along the flow, shape (...).

    Powers: n₂ q(w₁) − n₁ q(w₂). Polar: r² + 2 ln|sin α|, α being the angle from the normal.
    """
    w, n = np.asarray(w, dtype=float), loss.normal
    if isinstance(parameterization, Polar):
        r = np.hypot(w[..., 0], w[..., 1])
        aside = n[0] * w[..., 1] - n[1] * w[..., 0]
        with np.errstate(divide="ignore"):
            return np.asarray(r**2 + 2 * (np.log(np.abs(aside)) - np.log(r)))
    q = dual(parameterization, w)
    return np.asarray(n[1] * q[..., 0] - n[0] * q[..., 1])
