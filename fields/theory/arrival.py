"""When training reaches the line, or leaves the quadrant: one quadrature along E.

The flow is dE/dt = e, with qᵢ = qᵢ(0) − nᵢE and the residual e(E) = Σ nᵢ q⁻¹(qᵢ) − d.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.power import Power
from fields.theory.landing import root
from fields.theory.mirror import dual, primal


def arrival_time(
    loss: LineLoss, parameterization: Power, start: ArrayLike, fraction: float
) -> float:
    """When the distance to the line is ``fraction`` (below 1) of what it was at ``start`` (2,).

    t = ∫dE/e(E), for the rate 1; errors are some 1e-10 of it. 0 for a start on the line.
    """
    if not 0 < fraction < 1:
        raise ValueError(f"arrival_time: the fraction is {fraction!r}; give one between 0 and 1.")
    start = np.asarray(start, dtype=float)
    n, q0, e0 = loss.normal, dual(parameterization, start), float(loss.residual(start))
    if e0 == 0:
        return 0.0

    def missing(E: Array) -> Array:
        return _residual(loss, parameterization, q0, E) - fraction * e0

    low, high = np.array(-np.inf), np.array(np.inf)
    if parameterization.exponent > 1:
        barriers = [(q0[i] / n[i], n[i]) for i in range(2) if n[i] != 0]
        low = np.array(max([b for b, side in barriers if side > 0], default=-np.inf))
        high = np.array(min([b for b, side in barriers if side < 0], default=np.inf))
    return _time(loss, parameterization, q0, float(root(missing, low, high)))


def exit_time(loss: LineLoss, parameterization: Power, start: ArrayLike) -> float:
    """When a flow from ``start`` (2,) first reaches an axis, or ∞: finite for N < 2 alone.

    Coordinate i gets there at E = qᵢ(0)/nᵢ, if the line is still beyond. From then on
    ``integrate`` follows ẇ = |w|ᵖ g through the axis.
    """
    start = np.asarray(start, dtype=float)
    if parameterization.exponent >= 1:
        return float("inf")
    n, q0, e0 = loss.normal, dual(parameterization, start), float(loss.residual(start))
    reached = []
    for i in range(2):
        E = q0[i] / n[i] if n[i] != 0 else 0.0
        if E * e0 > 0 and _residual(loss, parameterization, q0, np.array(E)) * e0 > 0:
            reached.append(abs(E))
    return _time(loss, parameterization, q0, np.copysign(min(reached), e0)) if reached else np.inf


def _residual(loss: LineLoss, parameterization: Power, q0: Array, E: Array) -> Array:
    return loss.residual(primal(parameterization, q0 - loss.normal * E[..., None]))


def _time(loss: LineLoss, parameterization: Power, q0: Array, E: float) -> float:
    from scipy.integrate import quad  # only here: it is slow to import

    # E (3 − 2s) s²: dense at both ends, where the residual has its roots and its kinks
    def integrand(s: float) -> float:
        here = np.array(E * s * s * (3 - 2 * s))
        return float(6 * E * s * (1 - s) / _residual(loss, parameterization, q0, here))

    time, _ = quad(integrand, 0.0, 1.0, epsabs=0.0, epsrel=1e-11, limit=400)
    return float(time)
