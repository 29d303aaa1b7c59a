"""The two directions in which numbers vary most, also of very many numbers."""

from __future__ import annotations

import numpy as np

from fields.loss import Array

_FEW = 10**8
"""Numbers, times the shorter side, of which all singular values are found in a moment."""
_FAR_BELOW = 1e-4
"""Of two squares: the lower one has 12 digits yet."""


def largest_two(rows: Array) -> Array:
    """The two directions (2, d) in which ``rows`` (m, d) are largest, of length 1.

    Of very many numbers by squares of the shorter side, for all singular values would take minutes.
    Squares have few digits for a second direction that is far smaller, so it is then sought in what
    the first one leaves.
    """
    if rows.size * min(rows.shape) <= _FEW:
        return np.asarray(np.linalg.svd(rows, full_matrices=False)[2][:2])
    squares, found = _of_squares(rows, 2)
    if squares[1] < _FAR_BELOW * squares[0]:
        first = found[0]
        rest = rows - np.outer(rows @ first, first)
        # where nothing is left, as of one weight that moves alone, any other direction will do
        aside = np.eye(1, len(first), int(np.argmin(np.abs(first))))[0]
        second = _of_squares(rest, 1)[1][0] if rest.any() else aside
        second = second - (second @ first) * first
        found = np.stack([first, second / np.linalg.norm(second)])
    return found


def _of_squares(rows: Array, count: int) -> tuple[Array, Array]:
    """The largest eigenvalues (count,) of XᵀX for ``rows`` X, and their vectors (count, d)."""
    from scipy.linalg import eigh  # only here: few runs are as large

    steps, d = rows.shape
    gram = rows.T @ rows if d < steps else rows @ rows.T
    squares, vectors = eigh(gram, subset_by_index=(len(gram) - count, len(gram) - 1))
    found = vectors.T[::-1] if d < steps else vectors.T[::-1] @ rows
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return squares[::-1], np.asarray(found / np.where(length > 0, length, 1.0))
