"""The family of powers: identity, deep, exponential, anti-deep and inverse; and the logarithm."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import boxcox, inv_boxcox

from fields.loss import Array
from fields.parameterization.base import Elementwise


def power(w: ArrayLike, p: ArrayLike) -> Array:
    """|w|ᵖ, with |w|⁰ = 1 everywhere, and w² the exact product: the limits are met to the bit."""
    size, p = np.abs(np.asarray(w, dtype=float)), np.asarray(p, dtype=float)
    if p.ndim == 0 and p == 2.0:
        return np.asarray(size * size)
    with np.errstate(divide="ignore", over="ignore"):  # infinite, as the field is on the axes
        raised = np.power(size, p)
    return np.asarray(raised if p.ndim == 0 else np.where(p == 2.0, size * size, raised))


NEAR_LOG = 0.01
"""The |k| below which wᵏ/k hardly differs from 1/k, and has no digits left for w."""


def anchored(w: ArrayLike, k: ArrayLike) -> Array:
    """The integral q of w^(k − 1): wᵏ/k, signed; near k = 0 from w = 1 on, (wᵏ − 1)/k, and ln w.

    The two differ by a constant, 1/k. Below 0 it goes on for k > 0; for k ≤ 0 it is −∞ from 0 on.
    """
    w, k = np.asarray(w, dtype=float), np.asarray(k, dtype=float)
    with np.errstate(all="ignore"):
        size, by, far = np.abs(w), np.where(k == 0, 1.0, k), np.abs(k) >= NEAR_LOG
        log = np.log(size)
        raised = np.power(size, k) / by
        near = np.where(k == 0, log, np.expm1(k * log) / by)
        there = np.where(far, raised, near)
        q = np.where(w < 0, np.where(far, -raised, -near - 2 / by), there)
    return np.asarray(np.where((k <= 0) & (w <= 0), -np.inf, q))


def unanchored(q: ArrayLike, k: ArrayLike) -> Array:
    """The w with ``anchored(w, k)`` = q; ∞ where there is none, for k < 0."""
    q, k = np.asarray(q, dtype=float), np.asarray(k, dtype=float)
    with np.errstate(all="ignore"):
        by, far = np.where(k == 0, 1.0, k), np.abs(k) >= NEAR_LOG
        part = np.where(far, k * q, 1.0 + k * q)  # wᵏ, signed
        part = np.where(k > 0, part, np.maximum(part, 0.0))
        log = np.where(far | (part <= 0), np.log(np.abs(part)), np.log1p(k * q)) / by
        w = np.where(far, np.power(np.abs(part), 1 / by), np.exp(np.where(k == 0, q, log)))
    return np.asarray(np.where(part < 0, -w, w))


def axis(k: float) -> float:
    """The q of w = 0 for k > 0."""
    return -1.0 / k if k < NEAR_LOG else 0.0


class Power(Elementwise):
    """wᵢ = (1 + s uᵢ)^(1/s), and eᵘ at s = 0: one family, J Jᵀ = wᵖ with p = 2 − 2s.

    Domain: the closed quadrant w ≥ 0. On its axes the field is 0 for p > 0 and infinite for p < 0;
    below zero, where ``precondition`` and ``slope`` are asked anyway, they take |w|ᵖ.
    """

    @property
    @abstractmethod
    def inverse_depth(self) -> float:
        """The family's s = 1/N: identity 1, exponential 0, anti-deep above 1, inverse below 0."""

    @property
    def exponent(self) -> float:
        """The p = 2 − 2s of J Jᵀ = wᵖ."""
        return 2.0 - 2.0 * self.inverse_depth

    def weights(self, u: ArrayLike) -> Array:
        """(1 + s u)^(1/s), or eᵘ; NaN where 1 + s u < 0, which no weight answers."""
        return np.asarray(inv_boxcox(np.asarray(u, dtype=float), self.inverse_depth))

    def parameters(self, w: ArrayLike) -> Array:
        """(wˢ − 1)/s, or ln w: the Box–Cox transform with λ = s."""
        return np.asarray(boxcox(np.asarray(w, dtype=float), self.inverse_depth))

    def slope(self, w: ArrayLike) -> Array:
        """dw/du = w^(1 − s)."""
        return power(w, 1.0 - self.inverse_depth)

    def precondition(self, w: ArrayLike, g: ArrayLike) -> Array:
        """w^(2 − 2s) g; 0 where g is, also on an axis for p < 0."""
        g = np.asarray(g, dtype=float)
        with np.errstate(invalid="ignore"):
            pulled = np.asarray(power(w, self.exponent) * g)
        return pulled if self.exponent >= 0 else np.where(g == 0, 0.0, pulled)


@dataclass(frozen=True)
class Deep(Power):
    """wᵢ = (1 + uᵢ/N)ᴺ for N in (0, ∞]: J Jᵀ = w^(2 − 2/N), and at N = ∞ exactly w = eᵘ.

    N = 1 is the identity (shifted by one), N < 1 the anti-deep one. It is the post's wᵢ = uᵢᴺ with
    time N² longer, which is why its limit exists: the post's own field is N² times this one
    (``GradientFlow(…, rate=N**2)``). Domain: the closed quadrant w ≥ 0; on its axes the field is
    0 for N > 1 and infinite for N < 1.

    Raises ValueError where N is not above 0.
    """

    depth: float = 1.0

    def __post_init__(self) -> None:
        if not (isinstance(self.depth, int | float | np.number) and self.depth > 0):
            raise ValueError(
                f"Deep: the depth N is {self.depth!r}; give a number above 0, "
                "or math.inf for w = eᵘ."
            )

    @property
    def inverse_depth(self) -> float:
        """The inverse of the depth, 1/N."""
        return 1.0 / self.depth


@dataclass(frozen=True)
class InversePower(Power):
    """wᵢ = (1 − uᵢ/M)^(−M) for M in (0, ∞]: J Jᵀ = w^(2 + 2/M), beyond the exponential, M = ∞.

    It is wᵢ = uᵢ⁻ᴹ with time M² longer, so the field of that one has ``rate=M**2``. Not in the
    post. Domain: the closed quadrant; its axes are never left, nor reached.

    Raises ValueError where M is not above 0.
    """

    degree: float = 1.0

    def __post_init__(self) -> None:
        if not (isinstance(self.degree, int | float | np.number) and self.degree > 0):
            raise ValueError(f"InversePower: M is {self.degree!r}; give a number above 0.")

    @property
    def inverse_depth(self) -> float:
        """The depth is −M, its inverse −1/M."""
        return -1.0 / self.degree


@dataclass(frozen=True)
class Log(Elementwise):
    """wᵢ = ln uᵢ: J Jᵀ = e^(−2w), small weights run and large ones creep.

    The notebook's ``log_param_grad``, which the post leaves out. Domain: the whole plane.
    """

    def weights(self, u: ArrayLike) -> Array:
        """The logarithm ln u; −∞ at u = 0, NaN below."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(np.asarray(u, dtype=float)))

    def parameters(self, w: ArrayLike) -> Array:
        """The exponential eʷ."""
        return np.asarray(np.exp(np.asarray(w, dtype=float)))

    def slope(self, w: ArrayLike) -> Array:
        """dw/du = e^(−w)."""
        return np.asarray(np.exp(-np.asarray(w, dtype=float)))


@dataclass(frozen=True)
class Monomial(Elementwise):
    """wᵢ = uᵢᴺ for a whole N ≥ 1, as the post writes it: for training with real steps in u.

    Its field is N² times that of ``Deep(N)``, J Jᵀ = N² w^(2 − 2/N). A step in u may pass through
    0; for even N the weights never fall below it.

    Raises ValueError where N is no whole number from 1 on.
    """

    degree: int = 2

    def __post_init__(self) -> None:
        if not (isinstance(self.degree, int | np.integer) and self.degree >= 1):
            raise ValueError(
                f"Monomial: the degree N is {self.degree!r}; give a whole number from 1 on."
            )

    def weights(self, u: ArrayLike) -> Array:
        """uᴺ."""
        return whole_power(np.asarray(u, dtype=float), self.degree)

    def parameters(self, w: ArrayLike) -> Array:
        """The real root w^(1/N); NaN for w < 0 where N is even."""
        w = np.asarray(w, dtype=float)
        root = np.power(np.abs(w), 1.0 / self.degree)
        lost = (w < 0) & (self.degree % 2 == 0)
        return np.asarray(np.where(lost, np.nan, np.copysign(root, w)))

    def slope(self, w: ArrayLike) -> Array:
        """N |w|^(1 − 1/N)."""
        return np.asarray(self.degree * power(w, 1.0 - 1.0 / self.degree))

    def pull(self, u: Array, g: Array) -> Array:
        """N u^(N−1) g."""
        return np.asarray(self.degree * whole_power(u, self.degree - 1) * g)


def whole_power(u: Array, n: int) -> Array:
    """uⁿ for a whole n ≥ 0 by repeated squaring: exact signs, and much faster than ``pow``."""
    result: Array | None = None
    square = u
    while n:
        if n & 1:
            result = square if result is None else result * square
        n >>= 1
        if n:
            square = square * square
    return np.ones_like(u) if result is None else result.copy() if result is u else result
