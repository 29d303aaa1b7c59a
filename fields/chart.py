"""Charts: coordinates z in which a flow is tame, so that it can be followed without loss.

Close to an axis a flow in w is stiff, singular, or too small to resolve. It is none of these in
log w (N ≥ 2), in the dual coordinate q (N < 2), or in what is trained, u.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fields.exponential import exponential
from fields.loss import Array
from fields.parameterization.base import Parameterization, Spot, apply
from fields.parameterization.convolution import Convolutional
from fields.parameterization.custom import Own, OwnChart
from fields.parameterization.difference import Difference, HyperbolicChart
from fields.parameterization.polar import Polar, PolarChart
from fields.parameterization.power import NEAR_LOG, Log, Power, anchored, axis, power, unanchored

_LEAST = 745.0  # −ln of the least number above 0
_COARSE = 2e-5  # of z: a part 1e-10 of that is ten times its rounding

AXIS = -1e300
"""The z = ln w of w = 0 in a ``LogChart``: finite, so that arithmetic with it stays numbers."""


def on_axis(z: Array) -> NDArray[np.bool_]:
    """Which weights are 0, and stay so, by their z = ln w, (..., d)."""
    return np.asarray(z < 0.5 * AXIS)


class Chart(Protocol):
    """Coordinates z (..., k) of the weights w (..., d); in most charts k = d."""

    def enter(self, w: Array) -> Array:
        """z(w)."""
        ...

    def leave(self, z: Array) -> Array:
        """w(z)."""
        ...

    def push(self, z: Array, dz: Array) -> Array:
        """∂w/∂z dz: a velocity in z as a velocity of the weights."""
        ...

    def scale(self, z: Array) -> Array:
        """What an error in z is to be compared with, so that it is a relative error of w."""
        ...


class GradientChart(Chart, Protocol):
    """A chart that also knows how training moves it."""

    def pull(self, z: Array, g: Array) -> Array:
        """ż = ∂z/∂u Jᵀ g, for weights that are pulled along g = −∇ℓ."""
        ...


def spot(chart: Chart, z: Array) -> Spot:
    """Places z, with what they share found once, if the chart has an ``at`` for that."""
    at = getattr(chart, "at", None)
    if at is not None:
        found: Spot = at(z)
        return found
    pull = getattr(chart, "pull", None)  # a GradientChart has it
    return Spot(z, chart.leave(z), partial(chart.push, z), pull and partial(pull, z))


@singledispatch
def chart_of(parameterization: Parameterization) -> GradientChart:
    """The chart in which flows under a parameterization are tame; u, which is always right.

    A parameterization with a better one registers it: ``chart_of.register``.
    """
    return ParameterChart(parameterization)


@dataclass(frozen=True)
class LogChart:
    """z = ln w: small weights keep all their digits, and w = 0, ``AXIS``, stays 0."""

    exponent: float = 2.0
    """The p of J Jᵀ = wᵖ."""

    def enter(self, w: Array) -> Array:
        """The logarithm, and ``AXIS`` on the axes."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.where(w == 0, AXIS, np.log(w)))

    def leave(self, z: Array) -> Array:
        """eᶻ."""
        return exponential(z)

    def push(self, z: Array, dz: Array) -> Array:
        """The product w dz."""
        return np.asarray(exponential(z) * dz)

    def pull(self, z: Array, g: Array) -> Array:
        """w^(p−1) g for p ≥ 1; 0 on an axis."""
        return self._pull(z, exponential((self.exponent - 1.0) * z), g)

    def at(self, z: Array) -> Spot:
        """Exponentials are most of the work: one of z, and one for another power of w."""
        w = exponential(z)

        def pull(g: Array) -> Array:
            return self._pull(
                z, w if self.exponent == 2 else exponential((self.exponent - 1) * z), g
            )

        return Spot(z, w, partial(np.multiply, w), pull)

    @staticmethod
    def _pull(z: Array, raised: Array, g: Array) -> Array:
        dz, axis = np.asarray(raised * g), on_axis(z)
        return np.where(axis, 0.0, dz) if axis.any() else dz

    def scale(self, z: Array) -> Array:
        """One: an error of ln w is a relative error of w, until w is too small to be a number."""
        return np.asarray(np.maximum(-z / _LEAST, 1.0))


@dataclass(frozen=True)
class DualChart:
    """z = w^(1−p)/(1−p) for p < 1, the dual of mirror flow: ż = −∇ℓ, regular even on the axes.

    Where p is nearly 1 it is (w^(1−p) − 1)/(1−p), which is nearly ln w.
    """

    exponent: float

    @property
    def axis(self) -> float:
        """The z of w = 0."""
        return axis(1.0 - self.exponent)

    def enter(self, w: Array) -> Array:
        """w^(1−p)/(1−p), signed."""
        k = 1.0 - self.exponent
        if k < NEAR_LOG:  # elsewhere sooner by its power alone
            return anchored(w, k)
        return np.asarray(np.sign(w) * power(w, k) / k)

    def leave(self, z: Array) -> Array:
        """((1−p) z)^(1/(1−p)), signed."""
        k = 1.0 - self.exponent
        if k < NEAR_LOG:
            return unanchored(z, k)
        return np.asarray(np.sign(z) * power(k * z, 1.0 / k))

    def push(self, z: Array, dz: Array) -> Array:
        """|w|ᵖ dz, infinite on the axes for p < 0."""
        return np.asarray(power(self.leave(z), self.exponent) * dz)

    def at(self, z: Array) -> Spot:
        """With the powers of w from one w."""
        w = self.leave(z)
        return Spot(z, w, lambda dz: np.asarray(power(w, self.exponent) * dz), lambda g: g)

    def pull(self, z: Array, g: Array) -> Array:
        """The same g: q̇ = −∇ℓ is a mirror flow."""
        return g

    def scale(self, z: Array) -> Array:
        """(1−p)|z|, from the axis: an error in parts of that is a relative error of w."""
        # not 0, so that a start on the axis has a scale
        k = 1.0 - self.exponent
        if k < NEAR_LOG:  # the axis is as far off as 1/k: beside it z has only so many digits
            return np.asarray(np.abs(1.0 + k * z) + _COARSE * np.abs(z))
        return np.asarray(k * np.abs(z) + 1e-300)


@dataclass(frozen=True)
class ParameterChart:
    """z = u, what is trained: always right, u̇ = −Jᵀ∇ℓ."""

    parameterization: Parameterization

    def enter(self, w: Array) -> Array:
        """u(w)."""
        return self.parameterization.parameters(w)

    def leave(self, z: Array) -> Array:
        """w(u)."""
        return self.parameterization.weights(z)

    def push(self, z: Array, dz: Array) -> Array:
        """J du."""
        return apply(self.parameterization.jacobian(self.leave(z)), dz)

    def pull(self, z: Array, g: Array) -> Array:
        """Jᵀ g."""
        return apply(np.swapaxes(self.parameterization.jacobian(self.leave(z)), -1, -2), g)

    def scale(self, z: Array) -> Array:
        """1 + |u|."""
        return np.asarray(1.0 + np.abs(z))


@dataclass(frozen=True)
class PlaneChart:
    """z = w, the weights themselves."""

    parameterization: Parameterization | None = None

    def enter(self, w: Array) -> Array:
        """The same w."""
        return w

    def leave(self, z: Array) -> Array:
        """The same w."""
        return z

    def push(self, z: Array, dz: Array) -> Array:
        """The same dz."""
        return dz

    def pull(self, z: Array, g: Array) -> Array:
        """J Jᵀ g."""
        return g if self.parameterization is None else self.parameterization.precondition(z, g)

    def scale(self, z: Array) -> Array:
        """1 + |w|."""
        return np.asarray(1.0 + np.abs(z))


@chart_of.register
def _(family: Power) -> GradientChart:
    """The logarithm for powers p ≥ 1, the dual for p < 1."""
    p = family.exponent
    return LogChart(p) if p >= 1 else DualChart(p)


@chart_of.register
def _(log: Log) -> GradientChart:
    """The weights."""
    return PlaneChart(log)


@chart_of.register
def _(polar: Polar) -> GradientChart:
    """(r, θ)."""
    return PolarChart()


@chart_of.register
def _(own: Own) -> GradientChart:
    """u, and never u(w) on the way."""
    return OwnChart(own)


@chart_of.register
def _(difference: Difference) -> GradientChart:
    """The dual, an inverse hyperbolic sine."""
    return HyperbolicChart(difference.scale)


@chart_of.register
def _(convolutional: Convolutional) -> GradientChart:
    """The weights: of either sign in each frequency."""
    return PlaneChart(convolutional)
