"""Examples (x, y) that a loss is made from, and their file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fields.data.table import read_table
from fields.loss import Array


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs X (n, d), a row each, and their labels y (n,).

    Raises ValueError where shapes do not fit, a number is not finite, or there is no example.
    """

    inputs: Array
    labels: Array

    def __post_init__(self) -> None:
        X, y = (np.array(part, dtype=float) for part in (self.inputs, self.labels))
        if X.ndim != 2 or y.shape != X.shape[:1] or 0 in X.shape:
            raise ValueError(
                f"Examples: inputs {X.shape} and labels {y.shape} do not fit; give X (n, d) with a "
                "row for each example, and y (n,)."
            )
        bad = np.argwhere(~np.isfinite(np.column_stack([X, y])))
        if len(bad):
            row, column = (int(k) for k in bad[0])
            what = "label" if column == X.shape[1] else f"input {column + 1}"
            raise ValueError(
                f"Examples: the {what} of example {row + 1} is no finite number; "
                "leave that example out, or put in what is missing."
            )
        for name, part in (("inputs", X), ("labels", y)):
            part.flags.writeable = False
            object.__setattr__(self, name, part)

    def signed(self, who: str) -> Array:
        """Inputs times labels of ±1, y X, shape (n, d): for a loss of margins.

        Raises ValueError, in the name of ``who``, where labels are not two classes, −1 and 1 or 0
        and 1.
        """
        found = sorted(set(self.labels.tolist()))
        if found == [0.0, 1.0]:
            return np.asarray((2.0 * self.labels - 1.0)[:, None] * self.inputs)
        if found != [-1.0, 1.0]:
            shown = ", ".join(f"{label:g}" for label in found[:4]) + (", …" if found[4:] else "")
            raise ValueError(
                f"{who}: the labels are {shown}; give examples of two classes, "
                "labelled −1 and 1 or 0 and 1."
            )
        return np.asarray(self.labels[:, None] * self.inputs)


def read_examples(path: Path) -> Examples:
    """Examples from a CSV file: a row each, the label last; a first row of names is passed over.

    Raises ValueError naming the file, the row and the cure where a row is ragged or no number, and
    where there are more than 10⁷ numbers.
    """
    table = read_table(path)
    if table.numbers.shape[1] < 2:
        raise ValueError(
            f"{path}: a row has one number; write the inputs and then the label, such as 1,2,1."
        )
    return Examples(table.numbers[:, :-1], table.numbers[:, -1])


def examples(inputs: ArrayLike, labels: ArrayLike) -> Examples:
    """``Examples`` from anything that NumPy takes."""
    return Examples(np.asarray(inputs, dtype=float), np.asarray(labels, dtype=float))
