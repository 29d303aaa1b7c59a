"""Flows: how fast weights move, and where to, at every place and time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from fields.chart import AXIS, Chart, GradientChart, LogChart, PlaneChart, chart_of, on_axis
from fields.exponential import exponential
from fields.loss import Array, Loss
from fields.parameterization.base import Parameterization, Spot
from fields.parameterization.power import power

_HARDLY = math.log(1e-16)
_SMALLEST = math.log(1e-300)


class Flow(Protocol):
    """A velocity field of d weights, and the chart in which it is best integrated.

    ``w`` is (..., d), ``z`` (..., k) in the chart; ``time`` is a number or (...), one each.
    """

    @property
    def chart(self) -> Chart:
        """The coordinates z in which ``drift`` is given."""
        ...

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ, shape (..., d), in weight per unit of flow time."""
        ...

    def drift(self, z: Array, time: ArrayLike) -> Array:
        """ż, the same velocity in the chart, shape (..., d)."""
        ...


def _finite(what: str, number: float) -> None:
    if not math.isfinite(number):
        raise ValueError(f"{what} is {number!r}; give a finite number.")


def departure(flow: Flow, z: Array, time: ArrayLike) -> Array:
    """Where starts z (..., d) begin, at their first ``time`` (...): at z but where a flow has said.

    A flow whose chart cannot leave an axis, as it should, has a ``depart`` for that.
    """
    depart = getattr(flow, "depart", None)
    return z if depart is None else np.asarray(depart(z, time))


@dataclass(frozen=True)
class GradientFlow:
    """ẇ = rate · J Jᵀ(−∇ℓ(w)): training without a step size.

    ``rate`` only divides time. Three are in use: 1, the normalised one, which has a limit as N → ∞;
    ``post_rate``, N², of the post's own wᵢ = uᵢᴺ; and ``even_rate``, w_ref⁻ᵖ, with which all depths
    move alike at w_ref.
    """

    loss: Loss
    parameterization: Parameterization
    rate: float = 1.0

    def __post_init__(self) -> None:
        _finite("GradientFlow: the rate", self.rate)

    @property
    def dimension(self) -> int | None:
        """The number of weights, if the loss tells it."""
        return getattr(self.loss, "dimension", None)

    @property
    def chart(self) -> GradientChart:
        """That of the parameterization: ln w for powers p ≥ 1, the dual q for p < 1, (r, θ), u."""
        return chart_of(self.parameterization)

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ = rate · J Jᵀ(−∇ℓ(w)), shape (..., d)."""
        return self.rate * self.parameterization.precondition(w, -self.loss.gradient(w))

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """ż in the chart: u̇ = −rate · Jᵀ∇ℓ, or what that is in ln w, q or (r, θ)."""
        chart = self.chart
        return chart.pull(z, self._force(chart.leave(z)))

    def drift_at(self, at: Spot, time: ArrayLike = 0.0) -> Array:
        """The same, for who asks more of these places."""
        assert at.pull is not None  # charts of parameterizations have it
        return at.pull(self._force(at.w))

    def _force(self, w: Array) -> Array:
        return -self.rate * self.loss.gradient(w)


@dataclass(frozen=True)
class ParameterFlow:
    """u̇ = rate · Jᵀ(u)(−∇ℓ(w(u))): the same training, of what is trained.

    Its places are parameters u (..., k), of which there may be more than weights, and which may
    start anywhere; ``parameterization.weights`` says what the model then is.
    """

    loss: Loss
    parameterization: Parameterization
    rate: float = 1.0

    def __post_init__(self) -> None:
        _finite("ParameterFlow: the rate", self.rate)

    @property
    def chart(self) -> Chart:
        """The parameters themselves."""
        return PlaneChart()

    def velocity(self, u: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """u̇, shape (..., k)."""
        u = np.asarray(u, dtype=float)
        g = -self.loss.gradient(self.parameterization.weights(u))
        return np.asarray(self.rate * self.parameterization.pull(u, g))

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """The same."""
        return self.velocity(z, time)


@dataclass(frozen=True)
class Slide:
    """A number that slides evenly from ``start`` to ``stop`` between two times, else rests."""

    start: float
    stop: float
    begin: float
    end: float

    def __post_init__(self) -> None:
        for name in ("start", "stop", "begin", "end"):
            _finite(f"Slide: {name}", getattr(self, name))
        if not self.begin < self.end:
            raise ValueError(f"Slide: it begins at {self.begin} and ends at {self.end}; end later.")

    @property
    def breaks(self) -> tuple[float, ...]:
        """When it begins and ends, for there it turns abruptly."""
        return (self.begin, self.end)

    def __call__(self, time: ArrayLike) -> Array:
        """The number at ``time``, of its shape; exactly ``stop`` from ``end`` on."""
        part = (np.asarray(time, dtype=float) - self.begin) / (self.end - self.begin)
        part = np.minimum(np.maximum(part, 0.0), 1.0)
        return np.asarray((1.0 - part) * self.start + part * self.stop)


@dataclass(frozen=True, eq=False)
class Turns:
    """A number that goes evenly from stop to stop, and rests before the first and after the last.

    ``values`` (k,) are reached at the rising ``times`` (k,), exactly.
    """

    times: Array
    values: Array

    def __post_init__(self) -> None:
        times, values = (np.asarray(x, dtype=float) for x in (self.times, self.values))
        if times.shape != values.shape or times.ndim != 1 or np.any(np.diff(times) <= 0):
            raise ValueError("Turns: give as many values as times, and times that rise.")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)

    @property
    def breaks(self) -> tuple[float, ...]:
        """The times, for there it turns abruptly."""
        return tuple(self.times.tolist())

    def __call__(self, time: ArrayLike) -> Array:
        """The number at ``time``, of its shape."""
        return np.asarray(np.interp(np.asarray(time, dtype=float), self.times, self.values))


@dataclass(frozen=True)
class MorphingFlow:
    """ẇ = (w/w_ref)^(2−2s)(−∇ℓ(w)) with s = 1/N given by time: depth that changes as time passes.

    At s = 1/N it equals ``GradientFlow(loss, Deep(N), rate=w_ref ** -p)`` with p = 2 − 2/N, and at
    s = 0, to the last bit, the field of w = eᵘ. ``w_ref = 1`` is the plain normalisation of
    ``Deep``. Domain: the closed quadrant; what reaches an axis rests there.
    """

    loss: Loss
    inverse_depth: Callable[[ArrayLike], Array]
    reference: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.reference) and self.reference > 0):
            raise ValueError(f"MorphingFlow: w_ref is {self.reference!r}; give a number above 0.")

    @property
    def dimension(self) -> int | None:
        """The number of weights, if the loss tells it."""
        return getattr(self.loss, "dimension", None)

    @property
    def chart(self) -> Chart:
        """The logarithm."""
        return LogChart()

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the depth, if it says when it turns: there the flow bends abruptly."""
        return tuple(getattr(self.inverse_depth, "breaks", ()))

    def exponent(self, time: ArrayLike) -> Array:
        """The p = 2 − 2s at ``time``, of its shape."""
        return np.asarray(2.0 - 2.0 * np.asarray(self.inverse_depth(time)))

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ, shape (..., d)."""
        p = self.exponent(time)
        rate = np.power(self.reference, -p)[..., None]
        return np.asarray(rate * (power(w, p[..., None]) * -self.loss.gradient(w)))

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """ż = ẇ/w; 0 on an axis."""
        return self._drift(z, exponential(z), time)

    def drift_at(self, at: Spot, time: ArrayLike = 0.0) -> Array:
        """The same, for who asks more of these places."""
        return self._drift(at.z, at.w, time)

    def _drift(self, z: Array, w: Array, time: ArrayLike) -> Array:
        p, axis = self.exponent(time)[..., None], on_axis(z)
        resting = axis.any()
        inside = np.where(axis, 0.0, z) if resting else z
        factor = exponential((p - 1.0) * inside - p * math.log(self.reference))
        dz = np.asarray(factor * -self.loss.gradient(w))
        return np.where(axis, 0.0, dz) if resting else dz

    def depart(self, z: Array, time: ArrayLike) -> Array:
        """Where starts z (..., d) on an axis begin, at their first ``time`` (...).

        For N < 2 they leave it at once, as in a ``GradientFlow``: here from ``hardly`` a weight.
        From N = 2 on they stay.
        """
        p = np.broadcast_to(self.exponent(time)[..., None], z.shape)
        return np.where(on_axis(z), np.where(p < 1, np.log(hardly(p)), AXIS), z)


def hardly(exponent: ArrayLike) -> Array:
    """A weight so small that J Jᵀ = wᵖ, p < 1, takes 1e-16 of the time to w = 1 to get there.

    But no less than 1e-300, and for p < 0 no smaller than leaves the square of wᵖ a number.
    """
    k = np.maximum(1.0 - np.asarray(exponent, dtype=float), 1e-9)
    small = np.maximum(_HARDLY / k, _SMALLEST)
    beyond = np.maximum(_HARDLY, -340.0 / np.maximum(k - 1.0, 1e-9))
    return np.asarray(np.exp(np.where(k > 1, beyond, small)))
