"""How losses bend, and the steps of gradient descent that this admits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import ArrayLike

from fields import (
    Deep,
    Difference,
    LineLoss,
    Loss,
    MatrixProduct,
    PointLoss,
    Polar,
    TargetLoss,
    formula,
    stability_threshold,
)
from fields.data.classification import ExponentialLoss, LogisticLoss
from fields.data.custom import CustomLoss, loss_formula
from fields.data.examples import examples
from fields.data.regression import SquaredLoss
from fields.hessian import hessian
from fields.loss import Array
from fields.parameterization.base import Parameterization
from fields.parameterization.convolution import Convolutional

POINTS = examples([(1.0, 0.3), (0.4, 1.1), (1.0, 0.9), (0.2, 0.5)], [1.0, 1.0, -1.0, -1.0])
"""No line through 0 has each class on its own side."""
RIDGED = loss_formula("(w1 w2 - 4)^2 + (w1 - 1)^2/5 + exp(w1 - 1) - w1")


@dataclass(frozen=True)
class Plain:
    """A loss that does not know how it bends."""

    loss: Loss

    def value(self, w: ArrayLike) -> Array:
        return self.loss.value(w)

    def gradient(self, w: ArrayLike) -> Array:
        return self.loss.gradient(w)

    def minimizers(self, extent: float) -> Array:
        return self.loss.minimizers(extent)


def minimizer(loss: Loss, w: ArrayLike) -> Array:
    """By Newton's method."""
    w = np.asarray(w, dtype=float)
    for _ in range(60):
        if np.max(np.abs(slope := loss.gradient(w))) < 1e-13:
            return w
        w = w - np.linalg.pinv(hessian(loss, w)) @ slope
    assert np.max(np.abs(loss.gradient(w))) < 1e-11
    return w


LOSSES = [
    (PointLoss((3, 6)), (3.0, 6.0)),
    (TargetLoss((0.5, 4.0, 2.0)), (0.5, 4.0, 2.0)),
    (LineLoss(-1, -2, 15), (3.0, 6.0)),
    (SquaredLoss(examples([(1.0, 2.0), (3.0, 0.5), (1.0, 1.0)], [9.0, 8.0, 5.0])), (2.0, 3.0)),
    (SquaredLoss(examples([(3.0, 1.0), (6.0, 2.0)], [6.0, 12.0])), (1.0, 3.0)),
    (SquaredLoss(examples([(3.0, 1.0, 2.0), (1.0, 2.0, 0.5)], [9.0, 4.0])), (1.0, 1.0, 2.5)),
    (ExponentialLoss(POINTS), (0.5, 0.5)),
    (LogisticLoss(POINTS), (0.5, 0.5)),
    (RIDGED, (1.0, 4.0)),
    (CustomLoss(lambda w: np.cosh(5 * w[..., 0] - w[..., 1]) + w[..., 1] ** 2 / 8), (0.0, 0.0)),
]
named = pytest.mark.parametrize(
    ("loss", "near"), LOSSES, ids=lambda some: type(some).__name__ if hasattr(some, "value") else ""
)


@named
def test_a_loss_bends_as_its_gradient_says(loss: Loss, near: tuple[float, ...]) -> None:
    w = np.array([near, np.add(near, 0.37), np.multiply(near, 1.6) + 0.1])
    told, seen = hessian(loss, w), hessian(Plain(loss), w)
    assert told.shape == (3, len(near), len(near))
    np.testing.assert_allclose(told, seen, rtol=1e-9, atol=1e-9 * np.max(np.abs(seen)))
    np.testing.assert_array_equal(told[1], hessian(loss, w[1]))


def test_differences_find_the_scale_on_which_a_loss_bends() -> None:
    for size in (1e-3, 1.0, 1e4):
        loss = loss_formula(f"sqrt((w1 - w2)^2 + {size}^2)")
        w = np.array([2.0, 2.0])
        np.testing.assert_allclose(hessian(loss, w), np.array([[1, -1], [-1, 1]]) / size, rtol=1e-7)


MODELS = [
    *map(Deep, (1, 2, 4, math.inf, 0.5)),
    *(Difference(0.7), Polar(), Convolutional(2), formula("u^3 + u")),
]


def fits(best: Array, model: Parameterization) -> bool:
    """Whether a minimizer is in the domain of a model."""
    if isinstance(model, Deep):
        return best.min() > 0.01
    return isinstance(model, Difference) or len(best) == 2


@pytest.mark.parametrize(
    ("loss", "best", "model"),
    [
        (loss, best, model)
        for loss, near in LOSSES
        for best in [minimizer(loss, near)]
        for model in MODELS
        if fits(best, model)
    ],
    ids=lambda some: type(some).__name__,
)
def test_the_threshold_is_that_of_how_the_gradient_of_what_is_trained_changes(
    loss: Loss, best: Array, model: Parameterization
) -> None:
    u = model.parameters(best)
    by = 1e-5 * np.eye(len(u))
    ahead, back = (
        np.stack([model.pull(one, loss.gradient(model.weights(one))) for one in u + sign * by])
        for sign in (1, -1)
    )
    steepest = np.max(np.linalg.eigvals((ahead - back) / 2e-5).real)
    assert 2 / float(stability_threshold(loss, model, best)) == pytest.approx(steepest, rel=1e-6)


def test_examples_that_are_a_line_have_its_threshold_also_on_an_axis() -> None:
    line, same = LineLoss(1, 0, -4), SquaredLoss(examples([(1.0, 0.0)], [4.0]))
    w = [(4.0, 0.0), (4.0, 2.0)]
    expected = stability_threshold(line, Deep(0.5), w)
    np.testing.assert_allclose(stability_threshold(same, Deep(0.5), w), expected)
    np.testing.assert_allclose(expected, 32.0)
    slant = SquaredLoss(examples([(1.0, 1.0)], [4.0]))
    np.testing.assert_array_equal(stability_threshold(slant, Deep(0.5), w)[0], 0.0)


def test_no_step_is_short_enough_where_a_loss_goes_downhill() -> None:
    loss = loss_formula("(w1 w2 - 4)^2")
    limit = stability_threshold(loss, Deep(2), [(1.0, 4.0), (2.0, 2.0), (0.0, 0.0)])
    np.testing.assert_allclose(limit, [0.05, 0.0625, 0.0], rtol=1e-9)


def test_a_matrix_of_examples_has_its_threshold() -> None:
    """One layer is trained as it is, and two balanced ones of σ times a rotation have 2σ."""
    target = TargetLoss((0.0, 3.0, -3.0, 0.0))
    for widths, expected in (((2, 2), 2.0), ((2, 2, 2), 1 / 3)):
        limit = stability_threshold(target, MatrixProduct(widths), target.target)
        assert float(limit) == pytest.approx(expected)
