"""Loss that falls for ever, watched in ln t: only then is the direction seen to turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.chart import GradientChart, PlaneChart, chart_of
from fields.data.classification import MarginLoss, is_separable
from fields.data.regression import product
from fields.loss import Array
from fields.parameterization.base import Parameterization
from fields.solve.integrate import integrate
from fields.systems.margin import max_margin

_MOST = 600.0
"""The largest power of e in a gradient: beyond, only its direction is kept."""
_BEGINNING = -40.0
"""The ln t before which nothing has moved, to the last digit."""


@dataclass(frozen=True, eq=False)
class LogTimeFlow:
    """dw/dτ = e^τ J Jᵀ(−∇ℓ(w)), τ = ln t: gradient flow whose clock is ln t.

    Plain weights, with no ``parameterization``, grow as ŵ τ + O(1), ŵ the max margin, and their
    direction turns as slowly as 1/τ; others go to max margins of other norms. The exponents of time
    and loss are joined, so τ may be 1000.

    Source: D. Soudry et al., "The Implicit Bias of Gradient Descent on Separable Data", 2018.
    """

    loss: MarginLoss
    parameterization: Parameterization | None = None
    rate: float = 1.0

    @property
    def chart(self) -> GradientChart:
        """The weights themselves, or the chart of the parameterization."""
        return PlaneChart() if self.parameterization is None else chart_of(self.parameterization)

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """dw/dτ at τ = ``time``, shape (..., d)."""
        g = -self.rate * self.loss.gradient(w, time)
        return g if self.parameterization is None else self.parameterization.precondition(w, g)

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same in the chart."""
        chart = self.chart
        return chart.pull(z, -self.rate * self.loss.gradient(chart.leave(z), time))


@dataclass(frozen=True, eq=False)
class MarginPlaneFlow:
    """The flow of y = w/τ, τ = ln t: dy/d ln τ = e^τ J Jᵀ(−∇ℓ(w)) − y, that it takes at each time.

    ``log_time`` maps film time to τ, so that at every instant this is the field then, as if ln t
    stood still. Where all margins yᵢ xᵢ·y are above 1, y shrinks to the origin; where one is below,
    it is thrown back. So y slides along the edge of what has all margins at 1 and more, to the
    point of the least norm, the max margin. Of a pull above e^600 only its
    direction counts.
    """

    loss: MarginLoss
    log_time: Callable[[ArrayLike], Array]
    parameterization: Parameterization | None = None
    rate: float = 1.0

    @property
    def chart(self) -> PlaneChart:
        """The plane of y itself."""
        return PlaneChart()

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the clock, if it says when it turns."""
        return tuple(getattr(self.log_time, "breaks", ()))

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """dy/d ln τ at y = ``w`` (..., d) and film ``time``, shape (..., d)."""
        y, tau = np.asarray(w, dtype=float), np.asarray(self.log_time(time))
        weights = tau[..., None] * y
        margins = self.loss.margins(weights)
        most = tau - np.min(margins, axis=-1)
        scale = tau - np.maximum(most - _MOST, 0.0)
        g = -self.rate * self.loss.gradient_by(margins, scale)
        if self.parameterization is not None:
            g = self.parameterization.precondition(weights, g)
        return np.asarray(g - y)

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same."""
        return self.velocity(z, time)


@dataclass(frozen=True, eq=False)
class RemainderFlow:
    """The flow of w − ŵτ, τ = ln t, for plain weights: it comes to rest, and keeps all its digits.

    Beside it each pull settles too, so that steps may grow with time.
    """

    loss: MarginLoss
    margin: Array
    """The max margin ŵ (d,), or 0 where there is none."""

    @property
    def chart(self) -> PlaneChart:
        """The remainder itself."""
        return PlaneChart()

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """d(w − ŵτ)/dτ at a remainder ``w`` (..., d) and τ = ``time``, shape (..., d)."""
        tau = np.asarray(time, dtype=float)[..., None]
        margins = self.loss.margins(w) + tau * (self.loss.points @ self.margin)
        scale = np.minimum(tau, margins.min(axis=-1, keepdims=True) + _MOST)
        return product(self.loss.pull(margins, scale), self.loss.points.T) - self.margin

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same."""
        return self.velocity(z, time)


def log_time_path(
    loss: MarginLoss, starts: ArrayLike, log_times: ArrayLike, *, rtol: float = 1e-9
) -> Array:
    """Plain weights (..., m, d) at rising ln t (m,), of flow from ``starts`` (..., d) at t = 0.

    Where a line separates the classes what is integrated is w − ŵ ln t, so that digits of the
    direction are left at ln t = 1000 too. Where none does, weights come to rest at the least loss.
    Raises ArithmeticError where a path takes too many steps, as with a margin that is very thin.
    """
    starts, tau = np.asarray(starts, dtype=float), np.asarray(log_times, dtype=float)
    separable = is_separable(loss.examples)
    margin = max_margin(loss.examples) if separable else np.zeros(starts.shape[-1])
    times = np.append(_BEGINNING, tau)
    flow = RemainderFlow(loss, margin)
    rest = integrate(flow, starts - _BEGINNING * margin, times, rtol=rtol)[..., 1:, :]
    return np.asarray(rest + tau[:, None] * margin)


def one_datum(point: ArrayLike, start: ArrayLike, log_times: ArrayLike) -> Array:
    """Weights (m, d) at τ = ln t (m,) of flow on e^(−x·w) from t = 0: x·w = ln(|x|²t + e^(x·w₀)).

    What is across the one datum x stays as it was. Raises ValueError where x is 0.
    """
    x, w0 = np.asarray(point, dtype=float), np.asarray(start, dtype=float)
    tau, size = np.asarray(log_times, dtype=float), float(x @ x)
    if not size > 0:
        raise ValueError(
            f"one_datum: the datum is {point!r}; give one with a number that is not 0."
        )
    margin = np.logaddexp(np.log(size) + tau, float(x @ w0))
    return np.asarray(w0 + ((margin - x @ w0) / size)[:, None] * x)
