"""Where a function on a grid is above a level: closed loops, by marching squares."""

from __future__ import annotations

import numpy as np

# For each case of a cell, by its corners that are above (1 lower left, 2 lower right, 4 upper
# right, 8 upper left): from which side to which the loop goes, with what is above on its left.
# Sides are 0 below, 1 right, 2 above, 3 left; the two saddles part what is above.
_TURNS = {
    1: ((0, 3),), 2: ((1, 0),), 3: ((1, 3),), 4: ((2, 1),), 5: ((0, 3), (2, 1)), 6: ((2, 0),),
    7: ((2, 3),), 8: ((3, 2),), 9: ((0, 2),), 10: ((1, 0), (3, 2)), 11: ((1, 2),),
    12: ((3, 1),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip


def loops_above(values: np.ndarray, level: float) -> list[np.ndarray]:
    """Closed loops (k, 2) around where ``values`` (n, n) are above ``level``.

    Rows of ``values`` go along the second axis; places are in parts of the square, 0 to 1, linear
    between the grid's places. The square's own edge closes loops that reach it. Holes go around
    the other way.
    """
    n = len(values)
    above = np.zeros((n + 2, n + 2), dtype=bool)
    above[1:-1, 1:-1] = values > level
    case = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    # An edge of the grid is one number: 2 (row (n + 2) + column), and 1 more if it goes up.
    wide = 2 * (n + 2)
    sides = (0, 3, wide, 1)  # of a cell, from its lower edge
    rows, columns = np.nonzero((case > 0) & (case < 15))
    following: dict[int, int] = {}
    lower = (wide * rows + 2 * columns).tolist()
    for cell, turns in zip(lower, case[rows, columns].tolist(), strict=True):
        for leaves, enters in _TURNS[turns]:
            following[cell + sides[leaves]] = cell + sides[enters]
    loops, height = [], np.asarray(values, dtype=float) - level
    while following:
        edge, after = following.popitem()
        loop = [edge]
        while after != edge:
            loop.append(after)
            after = following.pop(after)
        loops.append(_places(np.array(loop), height))
    return loops


def _places(edges: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Where the level is on edges (k,) of the padded grid, in parts of the square."""
    n, up = len(height), edges % 2 == 1
    one = np.column_stack(np.divmod(edges // 2, n + 2)) - 1
    other = one + np.column_stack([up, ~up])
    first, second = (np.clip(ends, 0, n - 1) for ends in (one, other))
    a, b = height[first[:, 0], first[:, 1]], height[second[:, 0], second[:, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(a == b, 0.0, a / (a - b))[:, None]  # on the square's own edge both are one
    return np.asarray((first + part * (second - first)) / (n - 1))[:, ::-1]
