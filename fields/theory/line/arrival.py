"""When training reaches the line, or leaves the quadrant: one quadrature along E.

The flow is dE/dt = e, with qᵢ = qᵢ(0) − nᵢE and the residual e(E) = Σ nᵢ q⁻¹(qᵢ) − d.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.power import Power, axis, unanchored
from fields.theory.curve import between, length
from fields.theory.line.invariant import conserved
from fields.theory.line.landing import landing


def arrival_time(
    loss: LineLoss, parameterization: Power, start: ArrayLike, fraction: float
) -> float:
    """When the distance to the line is ``fraction`` (below 1) of what it was at ``start`` (2,).

    t = ∫dE/e(E), for the rate 1; errors are some 1e-10 of it. 0 for a start on the line.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"arrival_time: the fraction is {fraction!r}; give one between 0 and 1.")
    loss, start = loss.evened, np.asarray(start, dtype=float)
    missed = loss.a * start[0] + loss.b * start[1] + loss.c
    if missed == 0:
        return 0.0
    nearer = LineLoss(loss.a, loss.b, float(loss.c - fraction * missed))
    return _time(loss, parameterization, start, landing(nearer, parameterization, start))


def exit_time(loss: LineLoss, parameterization: Power, start: ArrayLike) -> float:
    """When a flow from ``start`` (2,) first reaches an axis, or ∞: finite for N < 2 alone.

    Coordinate i gets there at E = qᵢ(0)/nᵢ, if the line is still beyond. From then on
    ``integrate`` follows ẇ = |w|ᵖ g through the axis.
    """
    loss, start = loss.evened, np.asarray(start, dtype=float)
    k = 1.0 - parameterization.exponent
    if k <= 0:
        return float("inf")
    n, e0 = np.array([loss.a, loss.b]), float(loss.residual(start))
    kept, times, edge = conserved(loss, parameterization, start), [float("inf")], axis(k)
    for i in range(2):
        if not n[i] * e0 > 0:  # it grows, or stays
            continue
        if start[i] == 0:
            return 0.0
        # where this one is 0, b q(w₁) − a q(w₂) tells the other one
        other = (kept + n[0] * edge) / n[1] if i else (n[1] * edge - kept) / n[0]
        beside = float(unanchored(other, k))
        end = np.array([beside, 0.0] if i else [0.0, beside])
        if float(loss.residual(end)) * e0 > 0:
            times.append(_time(loss, parameterization, start, end))
    return min(times)


def _time(loss: LineLoss, parameterization: Power, start: Array, end: Array) -> float:
    """∫dE/e(E) from start to end."""
    from scipy.integrate import quad  # only here: it is slow to import

    if not np.isfinite(end).all():
        return float("nan")
    E = length(loss, parameterization, start, end)

    # (3 − 2s) s² of the way: dense at both ends, where the residual has its roots and its kinks
    def integrand(s: float) -> float:
        r = 1.0 - s
        done, left = np.array([s * s * (1 + 2 * r)]), np.array([r * r * (1 + 2 * s)])
        here = between(loss, parameterization, start, end, done, left)[0]
        return float(6 * E * s * r / loss.residual(here))

    time, _ = quad(integrand, 0.0, 1.0, epsabs=0.0, epsrel=1e-11, limit=400)
    return float(time)
