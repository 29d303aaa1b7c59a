"""The same curves at another pace, or at one instant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.chart import Chart, DualChart, PlaneChart, spot
from fields.flow import Flow, GradientFlow, MorphingFlow, departure, hardly
from fields.loss import Array, Loss


@dataclass(frozen=True)
class EvenPace:
    """The same curves at nearly one speed: ẇ = speed · v/√(|v|² + softness²).

    Directions are exact; who waits for whom is no longer to be seen, and a film must say so. Below
    ``softness`` (weight per unit of flow time) things slow down, so that minimizers stay at rest.
    With ``loss`` they do so where its gradient is below ``softness``, however fast the flow is
    there: ẇ = speed · v/|v| · |∇ℓ|/√(|∇ℓ|² + softness²), which leaves N < 1 less stiff.
    """

    flow: Flow
    speed: float = 1.0
    softness: float = 0.05
    loss: Loss | None = None

    def __post_init__(self) -> None:
        if not (self.speed > 0 and self.softness > 0):
            raise ValueError(
                f"EvenPace: speed {self.speed!r} and softness {self.softness!r} must be above 0."
            )

    @property
    def dimension(self) -> int | None:
        """That of the flow."""
        return getattr(self.flow, "dimension", None)

    @property
    def chart(self) -> Chart:
        """That of the flow; w where the flow is infinite on the axes, for its curves are not."""
        chart = self.flow.chart
        return PlaneChart() if isinstance(chart, DualChart) and chart.exponent < 0 else chart

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the flow."""
        return tuple(getattr(self.flow, "breaks", ()))

    def depart(self, z: Array, time: ArrayLike) -> Array:
        """Where starts on an axis begin: that of the flow, or, where only its v is 0, beside it."""
        z, chart = departure(self.flow, z, time), self.chart
        if isinstance(chart, DualChart):  # 0 < p < 1: v is 0 on the axis, and q leaves it
            away = chart.enter(hardly(chart.exponent)) - chart.axis
            beside = chart.axis + away * np.sign(self.flow.drift(z, time))
            z = np.where((z == chart.axis) & (chart.exponent > 0), beside, z)
        return z

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ, shape (..., d); where v is infinite, the speed along its infinite part."""
        return self._paced(self.flow.velocity(w, time), w)

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """ż, shape (..., d)."""
        chart = self.chart
        if isinstance(chart, PlaneChart):
            return self.velocity(z, time)
        if isinstance(self.flow, GradientFlow | MorphingFlow):
            at = spot(chart, z)
            dz = self.flow.drift_at(at, time)
            return np.asarray(self._factor(at.push(dz), at.w) * dz)
        dz = self.flow.drift(z, time)
        w = z if self.loss is None else chart.leave(z)
        return np.asarray(self._factor(chart.push(z, dz), w) * dz)

    def delay(self, v: Array, w: Array) -> Array:
        """For how long a unit of the flow's time is seen where its velocity is v, (..., 1).

        Where only v is 0 it is 0, for there a particle never is; at minimizers it is infinite,
        or with no ``loss`` longest.
        """
        size = _square(v)
        if self.loss is None:
            return np.asarray(np.sqrt(size + self.softness**2) / self.speed)
        slope = _square(self.loss.gradient(w))
        with np.errstate(divide="ignore", invalid="ignore"):
            delay = np.sqrt(size * (1.0 + self.softness**2 / slope)) / self.speed
        return np.asarray(np.where(size == 0, 0.0, delay))

    def _paced(self, v: Array, w: ArrayLike) -> Array:
        if not (np.abs(v) <= _LARGE).all():
            v = _bounded(v)
        return np.asarray(self._factor(v, w) * v)

    def _factor(self, v: Array, w: ArrayLike) -> Array:
        size = _square(v)
        if self.loss is None:
            return np.asarray(self.speed / np.sqrt(size + self.softness**2))
        slope = _square(self.loss.gradient(w))
        return np.asarray(self.speed * np.sqrt(slope / (slope + self.softness**2) / (size + _TINY)))


_LARGE = 1e150
_TINY = 1e-300  # where the flow is at rest it has no direction


def _bounded(v: Array) -> Array:
    """Along v, and so short that its square is a number; along its infinite part, if it has one."""
    endless = np.isinf(v)
    if endless.any():
        v = np.where(endless.any(axis=-1, keepdims=True), np.where(endless, np.sign(v), 0), v)
        v = np.where(endless.any(axis=-1, keepdims=True), 1e150 * v, v)
    largest = np.max(np.abs(v), axis=-1, keepdims=True)
    return np.where(largest > _LARGE, v / largest * _LARGE, v)


def _square(v: Array) -> Array:
    """|v|², shape (..., 1)."""
    squares = v * v
    total = squares[..., :1]
    for k in range(1, v.shape[-1]):
        total = total + squares[..., k : k + 1]
    return np.asarray(total)


@dataclass(frozen=True)
class Frozen:
    """A changing flow held at one instant, or, for each place, at an instant of its own."""

    flow: Flow
    instant: float = 0.0

    @property
    def dimension(self) -> int | None:
        """That of the flow."""
        return getattr(self.flow, "dimension", None)

    @property
    def chart(self) -> Chart:
        """That of the flow."""
        return self.flow.chart

    def depart(self, z: Array, time: ArrayLike) -> Array:
        """Where starts on an axis begin: that of the flow at the instant."""
        return departure(self.flow, z, np.full(z.shape[:-1], self.instant))

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ at the instant, whatever the time."""
        return self.flow.velocity(w, self.instant)

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """ż at the instant."""
        return self.flow.drift(z, self.instant)


@dataclass(frozen=True)
class HeldFlow:
    """A changing flow that rests from an instant on, as it is then."""

    flow: Flow
    instant: float

    @property
    def chart(self) -> Chart:
        """That of the flow."""
        return self.flow.chart

    @property
    def breaks(self) -> tuple[float, ...]:
        """Those of the flow until then, and the instant."""
        before = (moment for moment in getattr(self.flow, "breaks", ()) if moment < self.instant)
        return (*before, self.instant)

    def depart(self, z: Array, time: ArrayLike) -> Array:
        """Where starts on an axis begin: that of the flow."""
        return departure(self.flow, z, np.minimum(time, self.instant))

    def velocity(self, w: ArrayLike, time: ArrayLike = 0.0) -> Array:
        """ẇ, shape (..., 2)."""
        return self.flow.velocity(w, np.minimum(time, self.instant))

    def drift(self, z: Array, time: ArrayLike = 0.0) -> Array:
        """ż, shape (..., 2)."""
        return self.flow.drift(z, np.minimum(time, self.instant))
