"""A loss of two weights from what a user types: a formula, or a file of examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fields.data.custom import CustomLoss, loss_formula
from fields.data.examples import read_examples
from fields.data.regression import SquaredLoss

_GRID = np.linspace(0.05, 10.0, 24)
_PLACES = np.stack(np.meshgrid(_GRID, _GRID), axis=-1)


def loss_of(text: str) -> CustomLoss | SquaredLoss:
    """A formula of w1 and w2, or the squared loss of a ``.csv`` of examples x1, x2, label.

    Raises ValueError where it is no such thing, has not two weights, or, for a formula, is not
    finite and differentiable all over the plane on which particles start, (0, 10]².
    """
    if text.strip().lower().endswith(".csv"):
        examples = read_examples(Path(text.strip()))
        if examples.inputs.shape[1] != 2:
            raise ValueError(
                f"{text}: an example has {examples.inputs.shape[1]} inputs; a plane shows two "
                "weights, so give rows of x1, x2, label."
            )
        squared = SquaredLoss(examples)
        with np.errstate(all="ignore"):
            finite = np.isfinite(squared.value(_PLACES)).all()
        if not finite:
            raise ValueError(
                f"{text}: its numbers are so large that the loss is no finite number; "
                "divide each column by its largest."
            )
        return squared
    loss = loss_formula(text)
    if loss.dimension != 2:
        raise ValueError(f"loss: {text!r} has {loss.dimension} weights; a plane shows w1 and w2.")
    loss.check(_PLACES)
    for grid in (_PLACES, _PLACES.swapaxes(0, 1)):
        loss.check_between(grid[:-1].reshape(-1, 2), grid[1:].reshape(-1, 2))
    return loss
