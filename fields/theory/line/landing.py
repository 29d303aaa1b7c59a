"""Where training ends on the line of all best weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array, LineLoss
from fields.parameterization.polar import Polar
from fields.parameterization.power import Power, anchored
from fields.theory.line.invariant import conserved_exactly, conserved_log
from fields.theory.mirror import exponents
from fields.theory.root import bisected, root

_EPS = float(np.finfo(float).eps)
_GOOD = 1e-12
"""Relative error of a landing, by the rounding of what is conserved, that needs no more digits."""
_STEEP = 300.0
"""The k = 2/N − 1 from which on powers of weights may be no numbers."""


def landing(
    loss: LineLoss, parameterization: Power | Polar | Sequence[Power], starts: ArrayLike
) -> Array:
    """The point (..., 2) of the line at which gradient flow from ``starts`` (..., 2) ends.

    For powers it is where the line meets the curve b q(w₁) − a q(w₂) = const of the start, the
    argmin of D_Q(·, w₀) on the line; N < 2 is continued through the axes, as by ``integrate``, and
    for N ≥ 2 a weight that starts at 0 stays there. For polar it is the root of
    d² + y + ln(y/(d² + y)) = r₀² + 2 ln|sin α₀|, with y the square of the way along the line.

    Relative errors are some 1e-12: where the two terms of what is conserved cancel, they are taken
    with as many digits as that needs. NaN where the flow ends on an axis instead, for the line
    misses the quadrant, or 800 digits would not do. How far the end moves with the start:
    ``landing_condition``. Several powers, one for each of k starts (k, 2) or all for one (2,), are
    solved at once.
    """
    starts = np.asarray(starts, dtype=float)
    if isinstance(parameterization, Polar):
        return _polar(loss, starts)
    k = 1.0 - exponents(parameterization)
    shape = np.broadcast_shapes(starts.shape, k.shape)
    k = np.broadcast_to(k, (*shape[:-1], 1)).reshape(-1)
    w0 = np.broadcast_to(starts, shape).reshape(-1, 2)
    return _powers(loss.evened, k, w0).reshape(shape)


def landing_condition(loss: LineLoss, parameterization: Power, starts: ArrayLike) -> Array:
    """The condition number of ``landing``, (...): its relative change for one of a start's weights.

    It is maxᵢⱼ |w₀ⱼ/wᵢ · ∂wᵢ/∂w₀ⱼ|, from the conserved quantity's derivative: a start that is known
    to a part ε gives a landing to a part of condition · ε. NaN where there is no landing.
    """
    w0, w = np.asarray(starts, dtype=float), landing(loss, parameterization, starts)
    n, p = np.array([loss.evened.a, loss.evened.b]), parameterization.exponent
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        begin, end = (np.power(np.abs(x), -p) for x in (w0, w))
        pushed = np.abs(n[::-1] * begin * w0)  # of the conserved quantity, by each weight's part
        slope = np.sum(n[::-1] ** 2 * end, axis=-1, keepdims=True)
        moved = np.abs(n[::-1] / w) / slope  # of each weight, along the line
        return np.asarray(np.max(pushed, axis=-1) * np.max(moved, axis=-1))


@dataclass(frozen=True)
class _Curve:
    """Curves b q(w₁) − a q(w₂) = C, q ``anchored``, and a line; arrays (m,), one for each."""

    a: float
    b: float
    c: Array
    k: Array
    conserved: Array

    def pair(self, i: int, w: Array) -> tuple[Array, Array]:
        """The place of the line whose weight i is w, as (w₁, w₂)."""
        n, other = (self.a, self.b)[:: -1 if i else 1]
        beside = np.asarray(-(self.c + n * w) / other)
        return (beside, w) if i else (w, beside)

    def excess(self, i: int, w: Array) -> Array:
        """B q(w₁) − a q(w₂) − C there, with the sign with which it rises as w does."""
        first, second = self.pair(i, w)
        off = self.b * anchored(first, self.k) - self.a * anchored(second, self.k) - self.conserved
        return np.asarray((-np.sign(self.a) if i else np.sign(self.b)) * off)


@dataclass(frozen=True)
class _SteepCurve(_Curve):
    """The same for k at which wᵏ is no number: ``conserved`` is ln of k times its size."""

    sign: Array
    """That of what is conserved."""

    def excess(self, i: int, w: Array) -> Array:
        """The same in units of its largest term, of which only the sign is needed."""
        first, second = self.pair(i, w)
        signs = np.stack([np.sign(self.b * first), -np.sign(self.a * second), -self.sign])
        sizes = np.log(np.abs([self.b, self.a]))[:, None] + self.k * np.log(np.abs([first, second]))
        logs = np.where(signs == 0, -np.inf, np.stack([*sizes, self.conserved]))
        largest = np.max(logs, axis=0)
        off = np.where(np.isfinite(largest), np.sum(signs * np.exp(logs - largest), axis=0), 0.0)
        return np.asarray((-np.sign(self.a) if i else np.sign(self.b)) * off)


def _powers(loss: LineLoss, k: Array, w0: Array) -> Array:
    a, b = loss.a, loss.b
    # in a unit of the size of the numbers, a power of two: w^k then neither over- nor underflows
    size = np.maximum(np.max(np.abs(w0), axis=-1), abs(loss.c) / max(abs(a), abs(b)))
    unit = np.exp2(np.round(np.log2(np.where(size > 0, size, 1.0))))
    w0, c = w0 / unit[:, None], loss.c / unit
    out = np.full(w0.shape, np.nan)
    with np.errstate(all="ignore"):
        for i, (n, other) in enumerate(((a, b), (b, a))):
            # a weight that the loss does not know stays where it is, and one at 0 for N ≥ 2 too
            rests = (n == 0) | ((k <= 0) & (w0[:, i] == 0) & (other != 0))
            across = -(c + n * w0[:, i]) / other if other else np.full(len(c), np.nan)
            reached = (k > 0) | (across > 0) & (w0[:, 1 - i] > 0)
            out[rests & reached, i] = w0[rests & reached, i]
            out[rests & reached, 1 - i] = across[rests & reached]
        both = np.full(len(k), a != 0 and b != 0) & ((k > 0) | (w0 > 0).all(axis=-1))
        for which, meet in ((both & (k <= _STEEP), _meet), (both & (k > _STEEP), _meet_steep)):
            if which.any():
                out[which] = meet(a, b, c[which], k[which], w0[which])
    return np.asarray(out * unit[:, None])


def _meet(a: float, b: float, c: Array, k: Array, w0: Array) -> Array:
    terms = np.stack([b * anchored(w0[:, 0], k), a * anchored(w0[:, 1], k)])
    curve = _Curve(a, b, c, k, terms[0] - terms[1])
    w = _on_line(curve)
    # by how much the rounding of the two terms may move the end, in parts of it
    rounding = 4 * _EPS * np.sum(np.abs(terms), axis=0)
    slope = b * b * np.abs(w[:, 0]) ** (k - 1) + a * a * np.abs(w[:, 1]) ** (k - 1)
    moved = rounding * np.array([[abs(b)], [abs(a)]]) / slope
    least = np.where(k > 0, np.max(np.abs(w), axis=-1), np.abs(w.T))
    lost = np.max(moved / least, axis=0)
    unsure = np.flatnonzero(~(lost <= _GOOD) & (np.isfinite(w).all(axis=-1) | (k > 0)))
    if len(unsure):
        exact = curve.conserved.copy()
        for j in unsure:
            digits = 40 + max(0.0, np.log10(lost[j] / _EPS)) if np.isfinite(lost[j]) else np.inf
            exact[j] = conserved_exactly(a, b, float(k[j]), w0[j], digits)
        part = _Curve(a, b, c[unsure], k[unsure], exact[unsure])
        w[unsure] = _on_line(part)
    return w


def _meet_steep(a: float, b: float, c: Array, k: Array, w0: Array) -> Array:
    known = [conserved_log(a, b, float(one), start) for one, start in zip(k, w0, strict=True)]
    sign, log = np.array(known).reshape(-1, 2).T
    return _on_line(_SteepCurve(a, b, c, k, log, sign))


def _on_line(curve: _Curve) -> Array:
    """Where each curve meets the line a w₁ + b w₂ + c = 0, (m, 2); NaN where it does not.

    Each weight in turn is sought, to the last bit, with the other one on the line; kept is the pair
    whose sought one counts less on the line, for the line then tells the other one well.
    """
    pairs = []
    for i in (0, 1):
        edge = -curve.c / (curve.b if i else curve.a)
        low, high = np.zeros_like(edge), np.full_like(edge, np.inf)
        if curve.a * curve.b > 0:
            high = edge
        else:
            low = np.maximum(edge, 0.0)
        low, high = np.where(curve.k > 0, -np.inf, low), np.where(curve.k > 0, np.inf, high)
        w = bisected(partial(curve.excess, i), low, high)
        w = np.where((low < high) & np.isfinite(curve.conserved), w, np.nan)
        pairs.append(np.stack(curve.pair(i, w), axis=-1))
    first, second = pairs
    smaller = np.abs(curve.a * first[:, 0]) <= np.abs(curve.b * first[:, 1])
    w = np.where(smaller[:, None], first, second)
    outside = (curve.k <= 0) & ~(w > 0).all(axis=-1)
    w[outside] = np.nan
    return np.asarray(w)


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
