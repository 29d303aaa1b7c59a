"""The post's figures, by the formulas that its notebook writes."""

import numpy as np
import pytest

from fields.post_figures import FIGURES, field, grid

Y, X = np.mgrid[0:10:100j, 0:10:100j]


def point(w1, w2):
    return 3 - w1, 6 - w2


def line(w1, w2, a=-1, b=-2, c=15):
    away = (a * w1 + b * w2 + c) / (a**2 + b**2)
    return -a * away, -b * away


def deep(g, N):
    with np.errstate(divide="ignore"):
        return tuple(N**2 * W ** (2 - 2 / N) * part for W, part in zip((X, Y), g, strict=True))


def polar(g, guard):
    r, theta = np.sqrt(X**2 + Y**2), np.arctan(Y / (X + guard))
    cos, sin = np.cos(theta), np.sin(theta)
    mixed = (1 - r**2) * sin * cos
    return (
        (cos**2 + r**2 * sin**2) * g[0] + mixed * g[1],
        mixed * g[0] + (sin**2 + r**2 * cos**2) * g[1],
    )


def exact(name):
    loss, kind, *depth = name.split("_")
    g = point(X, Y) if loss == "point" else line(X, Y)
    if kind == "deep":
        return deep(g, float(depth[0]))
    if kind == "exp":
        return X**2 * g[0], Y**2 * g[1]
    return g if kind == "identity" else polar(g, 1e-10)


@pytest.mark.parametrize("name", FIGURES)
def test_directions_are_those_of_the_notebook(name):
    """To 1e-12, but for what its guard 1e-10 does to the polar angle: some 1e-10/w₁ of a radian."""
    ours, theirs = field(name), np.stack(exact(name), axis=-1)
    finite = np.isfinite(theirs).all(axis=-1)
    np.testing.assert_array_equal(finite, np.isfinite(ours).all(axis=-1))
    if "0." in name:
        assert np.count_nonzero(~finite) == 199  # the axes
    size = np.linalg.norm(theirs, axis=-1)
    moving = finite & (size > 1e-12 * size[finite].max())
    mine = ours[moving] / np.linalg.norm(ours[moving], axis=-1)[:, None]
    if "polar" not in name:
        np.testing.assert_allclose(mine, theirs[moving] / size[moving][:, None], atol=1e-12)
        return
    # the guard turns the angle by 1e-10 sin θ / r; the field turns up to r² times as much
    np.testing.assert_allclose(mine, theirs[moving] / size[moving][:, None], atol=3e-8)
    g = point(X, Y) if "point" in name else line(X, Y)
    with np.errstate(divide="ignore", invalid="ignore"):
        unguarded = np.stack(polar(g, 0.0), axis=-1)
    away = moving & (X > 0)
    true = unguarded[away] / np.linalg.norm(unguarded[away], axis=-1)[:, None]
    ours_away = ours[away] / np.linalg.norm(ours[away], axis=-1)[:, None]
    np.testing.assert_allclose(ours_away, true, atol=1e-12)


def test_there_are_twelve_on_the_notebooks_grid():
    assert len(FIGURES) == 12
    np.testing.assert_allclose(grid(), np.stack([X, Y], axis=-1), atol=2e-15)
    with pytest.raises(KeyError, match="choose of point_identity"):
        field("point_deep_3")
