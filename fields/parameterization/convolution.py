"""Linear convolutional networks: deep, but with a strength for each frequency, not each weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fields.loss import Array
from fields.parameterization.base import Parameterization


@dataclass(frozen=True)
class Convolutional(Parameterization):
    """w = u₁ ∗ … ∗ u_L, circular, L = ``layers``: with W = DFT(w), J Jᵀ is L |W|^(2 − 2/L).

    All L kernels have as many numbers as there are weights, and are trained, (u₁, …, u_L) as one
    row. In each frequency they share one strength, |U₁| = … = |U_L|, which the flow conserves, so
    that w alone tells how it moves. For two weights W = (w₁ + w₂, w₁ − w₂): this is the field of
    w = uᴸ, turned by 45°. Domain: all w; what has none of a frequency gets none of it.

    Source: S. Gunasekar et al., "Implicit Bias of Gradient Descent on Linear Convolutional
    Networks", 2018.
    Raises ValueError where the layers are no whole number from 1 on.
    """

    layers: int = 2

    def __post_init__(self) -> None:
        if not (isinstance(self.layers, int | np.integer) and self.layers >= 1):
            raise ValueError(
                f"Convolutional: the layers are {self.layers!r}; give a whole number from 1 on."
            )

    def weights(self, u: ArrayLike) -> Array:
        """The convolution of kernels (..., L d), shape (..., d)."""
        return _real(np.prod(self._spectra(u), axis=-2))

    def parameters(self, w: ArrayLike) -> Array:
        """Balanced kernels, (..., L d), of which all but the last are symmetric."""
        W = np.fft.fft(np.asarray(w, dtype=float))
        size = np.abs(W)
        each = size ** (1 / self.layers)
        with np.errstate(invalid="ignore", divide="ignore"):
            last = np.where(size > 0, each * W / size, 0.0)
        kernels = [_real(each)] * (self.layers - 1) + [_real(last)]
        return np.concatenate(kernels, axis=-1)

    def jacobian(self, w: ArrayLike) -> Array:
        """For each layer the circulant matrix of all others convolved, shape (..., d, L d)."""
        spectra = self._spectra(self.parameters(w))
        blocks = []
        for layer in range(self.layers):
            others = _real(np.prod(np.delete(spectra, layer, axis=-2), axis=-2))
            d = others.shape[-1]
            blocks.append(others[..., (np.arange(d)[:, None] - np.arange(d)) % d])
        return np.concatenate(blocks, axis=-1)

    def pull(self, u: Array, g: Array) -> Array:
        """Each kernel's gradient, (..., L d): g correlated with all other kernels."""
        spectra, G = self._spectra(u), np.fft.fft(g)
        parts = []
        for layer in range(self.layers):
            others = np.prod(np.delete(spectra, layer, axis=-2), axis=-2)
            parts.append(_real(np.conj(others) * G))
        return np.concatenate(parts, axis=-1)

    def precondition(self, w: ArrayLike, g: ArrayLike) -> Array:
        """In frequency L |W|^(2 − 2/L) G, shape (..., d)."""
        W, G = (np.fft.fft(np.asarray(part, dtype=float)) for part in (w, g))
        return _real(self.layers * np.abs(W) ** (2 - 2 / self.layers) * G)

    def _spectra(self, u: ArrayLike) -> np.ndarray:
        """The DFT of each kernel, (..., L, d)."""
        u = np.asarray(u, dtype=float)
        return np.fft.fft(u.reshape(*u.shape[:-1], self.layers, -1))


def _real(spectrum: np.ndarray) -> Array:
    return np.asarray(np.fft.ifft(spectrum).real)
