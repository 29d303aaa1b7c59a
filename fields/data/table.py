"""Tables of numbers from a CSV file, with errors that name the row."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from fields.loss import Array

_QUOTED = re.compile(r'"[^"]*"')

MOST = 10_000_000
"""Numbers that are read from one file: more would be hundreds of megabytes."""


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers (rows, columns), and the names of the columns where the file has them."""

    numbers: Array
    names: tuple[str, ...]


def read_table(path: Path) -> Table:
    """A CSV file of numbers, separated by commas or semicolons; a first row may have names.

    A first column that alone has no name, as of pandas' ``to_csv``, numbers the rows, and is left
    out. Raises ValueError naming the file, the row and the cure: where a row has not as many
    numbers as the first, where something is no finite number, where there are none, or more than
    10⁷.
    """
    try:
        return _read(path)
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(
            f"{path}: this is no text of numbers; save it as CSV in UTF-8, a row of numbers a line."
        ) from None


def _read(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = _QUOTED.sub("", file.readline())
        file.seek(0)
        rows = csv.reader(file, delimiter=";" if ";" in head else ",", skipinitialspace=True)
        numbered = ((rows.line_num, row) for row in rows if row and row != [""])
        first = next(numbered, None)
        if first is None:
            raise ValueError(
                f"{path}: there is nothing in it; give a row of numbers for each step."
            )
        names: tuple[str, ...] = ()
        if not any(_is_float(cell) for cell in first[1]):
            names = tuple(cell.strip() for cell in first[1])
            first = next(numbered, None)
            if first is None:
                raise ValueError(f"{path}: there are names, and no numbers below them.")
        width = len(names) or len(first[1])
        flat: list[float] = []
        for line, row in chain([first], numbered):
            if len(row) != width:
                raise ValueError(
                    f"{path}, line {line}: {len(row)} numbers where {width} are expected; "
                    "give every row as many."
                )
            for column, cell in enumerate(row, 1):
                if not _is_number(cell):
                    raise ValueError(
                        f"{path}, line {line}, column {column}: {cell.strip()!r} is no finite "
                        f"number; {_cure(cell)}."
                    )
            flat.extend(float(cell) for cell in row)
            if len(flat) > MOST:
                raise too_much(path)
    numbers = np.array(flat).reshape(-1, width)
    if width > 1 and names and not names[0] and all(names[1:]):
        return Table(numbers[:, 1:], names[1:])
    return Table(numbers, names)


def too_much(path: Path) -> ValueError:
    """The error for a file of more than 10⁷ numbers."""
    return ValueError(
        f"{path}: more than {MOST:,} numbers; keep every tenth step, "
        "or the two weights that are to be shown."
    )


def _is_number(cell: str) -> bool:
    return _is_float(cell) and math.isfinite(float(cell))


def _is_float(cell: str) -> bool:
    """Whether it is a number, or what programs write for none: nan and inf are no names."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _cure(cell: str) -> str:
    if _is_float(cell.replace(",", ".", 1)) and "," in cell:
        return "write decimals with a point, 1.5"
    if len(parts := cell.split()) > 1 and all(map(_is_float, parts)):
        return "separate numbers by commas or semicolons"
    return "leave that row out, or end the run before it"
