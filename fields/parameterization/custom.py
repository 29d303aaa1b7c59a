"""A parameterization of your own, from a Python function w(u) and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fields.loss import Array
from fields.parameterization.base import Parameterization, Spot, apply

_TINY = 1e-30  # the complex step: nothing is subtracted, so nothing is lost
_TRIES = 200
_BESIDE = 0.0, 0.1, -0.1  # of the guess: where J is singular, no step leads away


@dataclass(frozen=True)
class Own(Parameterization):
    """w = f(u), with J by complex steps and u(w) by Newton's method from ``guess``.

    ``function`` takes u (..., k) and returns w (..., d), by NumPy, for complex u too; where it
    cannot (``abs``, ``arctan2``), give the ``derivative``, which takes u and returns J (..., d, k).
    Where many u make one w, u(w) is the one that Newton's method finds from ``guess``, k numbers
    or one for all, or from beside it where J is singular there; or give the ``inverse``. Domain:
    where there is one.
    """

    function: Callable[[Any], Any]
    guess: float | tuple[float, ...] = 1.0
    derivative: Callable[[Any], Any] | None = None
    inverse: Callable[[Any], Any] | None = None

    def weights(self, u: ArrayLike) -> Array:
        """f(u), shape (..., d)."""
        return np.asarray(self.function(np.asarray(u, dtype=float)), dtype=float)

    def parameters(self, w: ArrayLike) -> Array:
        """The u with f(u) = w, NaN where none is found."""
        w = np.asarray(w, dtype=float)
        if self.inverse is not None:
            return np.asarray(self.inverse(w), dtype=float)
        with np.errstate(all="ignore"):
            return self._newton(w)

    def jacobian(self, w: ArrayLike) -> Array:
        """J at u(w), shape (..., d, k)."""
        return self.jacobian_at(self.parameters(w))

    def jacobian_at(self, u: Array) -> Array:
        """∂f/∂u at u, shape (..., d, k), to the last bits."""
        if self.derivative is not None:
            return np.asarray(self.derivative(u), dtype=float)
        columns = [np.imag(self.function(u + step)) / _TINY for step in _steps(u.shape[-1])]
        return np.stack(columns, axis=-1)

    def pull(self, u: Array, g: Array) -> Array:
        """Jᵀ g at u."""
        return apply(np.swapaxes(self.jacobian_at(u), -1, -2), g)

    def _newton(self, w: Array) -> Array:
        """Each place by itself, and so to the same last bit in any company."""
        k = w.shape[-1] if np.ndim(self.guess) == 0 else len(np.ravel(self.guess))
        places = w.reshape(-1, w.shape[-1])
        u = np.broadcast_to(self.begin(k), (len(places), k)).copy()
        away = places - self.weights(u)
        off, left = _size(away), np.arange(len(places))
        for _ in range(_TRIES):
            u[left], away[left], settled = self._step(places[left], u[left], away[left], off[left])
            off[left] = _size(away[left])
            left = left[~settled]
            if not len(left):
                break
        for j in range(k):  # a double root, as of u² at 0, is come near to and not met
            nought = np.where(np.arange(k) == j, 0.0, u)
            missed = _size(places - self.weights(nought))
            exact = (np.abs(u[:, j]) < 1e-3) & (missed <= off)
            u, off = np.where(exact[:, None], nought, u), np.where(exact, missed, off)
        scale = np.maximum(_size(places), _size(apply(np.abs(self.jacobian_at(u)), np.abs(u))))
        found = np.isfinite(_size(u)) & (off <= 1e-9 * (1e-300 + scale))
        found &= np.isfinite(_size(places))
        return np.where(found[:, None], u, np.nan).reshape(*w.shape[:-1], k)

    def begin(self, k: int) -> Array:
        """Where Newton's method begins, (k,): the guess, or beside it where J is singular there."""
        guess = np.broadcast_to(np.asarray(self.guess, dtype=float), k)
        for away in _BESIDE:
            u = guess + away * np.arange(1, k + 1) / k
            J = self.jacobian_at(u)
            if np.isfinite(J).all() and np.linalg.matrix_rank(J) == min(J.shape):
                return np.asarray(u)
        return guess

    def _step(
        self, w: Array, u: Array, away: Array, off: Array
    ) -> tuple[Array, Array, NDArray[np.bool_]]:
        """A step of Newton's method from each u, what it still misses, and which have arrived."""
        step = _solve(self.jacobian_at(u), away)
        part = np.ones((len(u), 1))
        for _ in range(30):  # shorten what leads further away
            near = u + part * step
            missed = w - self.weights(near)
            better = _size(missed) <= off
            worse = ~better & (off > 0)
            if not worse.any():
                break
            part = np.where(worse[:, None], 0.5 * part, part)
        u = np.where(better[:, None], near, u)
        # what is left after so short a step of Newton's method is below rounding
        settled = ~(_size(step) > 1e-13 * (1e-300 + _size(u))) | ~better
        return u, np.where(better[:, None], missed, away), settled


@dataclass(frozen=True)
class OwnChart:
    """z = u: what is trained, and never u(w) on the way."""

    parameterization: Own

    def enter(self, w: Array) -> Array:
        """u(w)."""
        return self.parameterization.parameters(w)

    def leave(self, z: Array) -> Array:
        """w(u)."""
        return self.parameterization.weights(z)

    def push(self, z: Array, dz: Array) -> Array:
        """J du."""
        return apply(self.parameterization.jacobian_at(z), dz)

    def pull(self, z: Array, g: Array) -> Array:
        """Jᵀ g."""
        return apply(np.swapaxes(self.parameterization.jacobian_at(z), -1, -2), g)

    def at(self, z: Array) -> Spot:
        """With one J."""
        J = self.parameterization.jacobian_at(z)
        return Spot(z, self.leave(z), partial(apply, J), partial(apply, np.swapaxes(J, -1, -2)))

    def scale(self, z: Array) -> Array:
        """1 + |u|."""
        return np.asarray(1.0 + np.abs(z))


@lru_cache(maxsize=16)
def _steps(k: int) -> NDArray[np.complex128]:
    """A complex step along each of k parameters, (k, k)."""
    return np.asarray(1j * _TINY * np.eye(k), dtype=np.complex128)


def _size(v: NDArray[np.float64]) -> Array:
    return np.asarray(np.max(np.abs(v), axis=-1))


def _solve(J: Array, v: Array) -> Array:
    """The least x with J x = v, (..., k); NaN where J is no finite matrix."""
    if J.shape[-2:] != (2, 2):
        known = np.asarray(np.isfinite(J).all(axis=(-2, -1)))[..., None]
        inverse = np.linalg.pinv(np.where(known[..., None], J, 0.0))
        return np.where(known, apply(inverse, v), np.nan)
    (a, b), (c, d) = np.moveaxis(J, (-2, -1), (0, 1))
    x, y = v[..., 0], v[..., 1]
    return np.asarray(np.stack([d * x - b * y, a * y - c * x], -1) / (a * d - b * c)[..., None])
