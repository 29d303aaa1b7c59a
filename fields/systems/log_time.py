"""Loss that falls for ever, watched in ln t: only then is the direction seen to turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.chart import PlaneChart
from fields.data.classification import MarginLoss
from fields.loss import Array


@dataclass(frozen=True, eq=False)
class LogTimeFlow:
    """dw/dτ = e^τ(−∇ℓ(w)), τ = ln t: gradient flow of plain weights whose clock is ln t.

    The weights grow as ŵ τ + O(1), ŵ the max margin, and their direction turns as slowly as 1/τ.
    The exponents of time and loss are joined, so τ may be 1000.

    Source: D. Soudry et al., "The Implicit Bias of Gradient Descent on Separable Data", 2018.
    """

    loss: MarginLoss

    @property
    def chart(self) -> PlaneChart:
        """The weights themselves."""
        return PlaneChart()

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """dw/dτ at τ = ``time``, shape (..., d)."""
        return -self.loss.gradient(w, time)

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same."""
        return self.velocity(z, time)


def one_datum(point: ArrayLike, start: ArrayLike, log_times: ArrayLike) -> Array:
    """Weights (m, d) at τ = ln t (m,) of flow on e^(−x·w) from t = 0: x·w = ln(|x|²t + e^(x·w₀)).

    What is across the one datum x stays as it was.
    """
    x, w0 = np.asarray(point, dtype=float), np.asarray(start, dtype=float)
    tau, size = np.asarray(log_times, dtype=float), float(x @ x)
    margin = np.logaddexp(np.log(size) + tau, float(x @ w0))
    return np.asarray(w0 + ((margin - x @ w0) / size)[:, None] * x)
