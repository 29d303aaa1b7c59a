"""A loss of the user's own, from a function or a formula; its gradient by complex step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.parameterization.formula import expression

_HALVINGS = 36  # a piece is then 1e-11 of what it was
_POLE = 1e9
_TINY = 1e-30  # the complex step: nothing is subtracted, so nothing is lost


@dataclass(frozen=True)
class CustomLoss:
    """ℓ(w) = f(w), with ∇ℓ by complex steps, ∂f/∂wₖ = Im f(w + iεeₖ)/ε.

    ``function`` takes w (..., d) and returns (...), by NumPy, for complex w too; where it cannot
    (``abs``, comparisons), give the ``derivative``, which takes w and returns (..., d).
    """

    function: Callable[[Any], Any]
    dimension: int = 2
    derivative: Callable[[Any], Any] | None = None

    def value(self, w: ArrayLike) -> Array:
        """f(w), shape (...)."""
        return np.asarray(self.function(np.asarray(w, dtype=float)), dtype=float)

    def gradient(self, w: ArrayLike) -> Array:
        """∇f(w), shape (..., d)."""
        w = np.asarray(w, dtype=float)
        if self.derivative is not None:
            return np.asarray(self.derivative(w), dtype=float)
        return self._complex_step(w, _TINY)

    def minimizers(self, extent: float) -> Array:
        """None that is known: (0, d)."""
        return np.empty((0, self.dimension))

    def _complex_step(self, w: Array, size: float) -> Array:
        steps = size * 1j * np.eye(self.dimension)
        return np.stack([np.imag(self.function(w + step)) / size for step in steps], axis=-1)

    def check(self, places: ArrayLike) -> None:
        """Raise ValueError, with the place, where the loss is not finite, or not differentiable.

        Where it has no derivative, a complex step of another size gives another one.
        """
        w = np.asarray(places, dtype=float).reshape(-1, self.dimension)
        with np.errstate(all="ignore"):
            value, gradient = self.value(w), self.gradient(w)
            if self.derivative is None:
                other = self._complex_step(w, 1e3 * _TINY)
                same = np.abs(other - gradient) <= 1e-6 * (np.abs(gradient) + _TINY)
                gradient = np.where(same, gradient, np.nan)
        for what, numbers in (("loss", value[:, None]), ("gradient of the loss", gradient)):
            bad = ~np.isfinite(numbers).all(axis=-1)
            if bad.any():
                place = ", ".join(f"{x:g}" for x in w[int(np.argmax(bad))])
                raise ValueError(
                    f"CustomLoss: the {what} is no finite number at w = ({place}); "
                    "write it so that it is one wherever particles start."
                )

    def check_between(self, begin: ArrayLike, end: ArrayLike) -> None:
        """Raise ValueError, with the place, where ∇ℓ jumps, or has a pole, between places (n, d).

        Each piece is halved again and again, towards where ∇ℓ changes most: the change falls with
        the piece's length, but at a kink. And towards where ∇ℓ is largest: a pole grows by 10⁹.
        """
        a, b = (np.array(part, dtype=float) for part in (begin, end))

        def change(ends: Array, inner: Array) -> Array:
            return np.asarray(np.abs(ends[1] - ends[0]))

        def size(ends: Array, inner: Array) -> Array:
            return np.asarray(np.abs(inner))

        with np.errstate(all="ignore"):
            ends = np.stack([self.gradient(a), self.gradient(b)])
            first, largest = np.abs(ends[1] - ends[0]), np.abs(ends).max(axis=(0, 2))
            kinks, ends = self._halved(a, b, change)
            last = np.abs(ends[1] - ends[0])
            is_small = (last <= 1e-3 * first) | (last <= 1e-6 * np.abs(ends).max(axis=0))
            jumps = np.asarray(~is_small.all(axis=-1))
            poles, ends = self._halved(a, b, size)
            grows = ~(np.abs(ends).max(axis=(0, 2)) <= _POLE * (1 + largest))
        for bad, places in ((jumps, kinks), (grows, poles)):
            if bad.any():
                place = ", ".join(f"{x:.4g}" for x in places[int(np.argmax(bad))])
                raise ValueError(
                    f"CustomLoss: the loss has no gradient near w = ({place}), where it has a kink "
                    "or a pole; smooth it, as sqrt((w1 - 3)^2 + 0.01) is smooth."
                )

    def _halved(
        self, a: Array, b: Array, measure: Callable[[Array, Array], Array]
    ) -> tuple[Array, Array]:
        """Pieces halved towards where a measure is larger: ends, and ∇ℓ at both, (2, n, d)."""
        before, after = self.gradient(a), self.gradient(b)
        for _ in range(_HALVINGS):
            middle = (a + b) / 2
            g = self.gradient(middle)
            left = measure(np.stack([before, g]), self.gradient((a + middle) / 2))
            right = measure(np.stack([g, after]), self.gradient((middle + b) / 2))
            nearer = ~(right.max(axis=-1) > left.max(axis=-1))[:, None]
            a, before = np.where(nearer, a, middle), np.where(nearer, before, g)
            b, after = np.where(nearer, middle, b), np.where(nearer, g, after)
        return b, np.stack([before, after])


def loss_formula(text: str) -> CustomLoss:
    """A loss from its formula of w1, w2, …: "(w1 w2 - 4)^2 + w1^2/10".

    Raises ValueError where the text is no formula, with the place, or has other names.
    """
    read = expression(text)
    numbers = [name.removeprefix("w").removeprefix("_") for name in read.names]
    wrong = [
        name
        for name, number in zip(read.names, numbers, strict=True)
        if name[0] != "w" or not number.isdigit() or number.startswith("0")
    ]
    if wrong or not numbers:
        raise ValueError(
            f"loss: {text!r} speaks of {', '.join(wrong) or 'no weights'}; "
            "call the weights w1, w2, …, such as '(w1 w2 - 4)^2'."
        )
    dimension = max(2, *map(int, numbers))
    columns = tuple(int(number) - 1 for number in numbers)
    return CustomLoss(replace(read, columns=columns), dimension)
