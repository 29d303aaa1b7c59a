"""Tables of numbers from a CSV file, with errors that name the row."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np

from fields.loss import Array

_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r"sep=([,;])\s*", re.IGNORECASE)
"""A first line by which Excel is told what separates numbers."""
_NUMBERS_ROWS = re.compile(r"(Unnamed: \d+)?")
"""What the column that numbers the rows is called by pandas, as it writes it and reads it again."""

Row = tuple[int, list[str]]
"""The number of a line in its file, and its cells."""

MOST = 10_000_000
"""Numbers that are read from one file: more would be hundreds of megabytes."""


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers (rows, columns), and the names of the columns where the file has them."""

    numbers: Array
    names: tuple[str, ...]


def read_table(path: Path) -> Table:
    """A CSV file of numbers, separated by commas or semicolons; a first row may have names.

    Rows that begin with # are comments, and the last one before the numbers may have the names, as
    NumPy's ``savetxt`` writes them. A first column that alone has no name, as of pandas'
    ``to_csv``, numbers the rows, and is left out; so is what stands behind a last comma in no row.
    Raises ValueError naming the file, the row and the cure: where a row has not as many
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
        reader = csv.reader(file, delimiter=_delimiter(file), skipinitialspace=True)
        rows = ((reader.line_num, row) for row in reader if any(map(str.strip, row)))
        names, numbered = _heading(path, rows)
        begin, first = next(numbered)
        is_ended = len(first) > 1 and not first[-1].strip() and not (names and names[-1])
        if names and is_ended:
            names = names[:-1]
        width = len(names) or len(first) - is_ended
        flat: list[float] = []
        for line, row in chain([(begin, first)], numbered):
            if is_ended and len(row) == width + 1:
                if row[-1].strip():
                    raise _no_number(path, begin, width + 1, "", _cure(""))
                row = row[:-1]
            if len(row) != width:
                raise ValueError(
                    f"{path}, line {line}: {len(row)} numbers where {width} are expected; "
                    "give every row as many."
                )
            for column, cell in enumerate(row, 1):
                if not _is_number(cell):
                    is_first = line == begin and not names
                    raise _no_number(path, line, column, cell, _cure(cell, is_first=is_first))
            flat.extend(float(cell) for cell in row)
            if len(flat) > MOST:
                raise too_much(path)
    numbers = np.array(flat).reshape(-1, width)
    while len(names) > 1 and _NUMBERS_ROWS.fullmatch(names[0]) and all(names[1:]):
        numbers, names = numbers[:, 1:], names[1:]
    return Table(numbers, names)


def _delimiter(file: TextIO) -> str:
    """What separates numbers, by the first line with signs that is no comment."""
    lines = (line for line in file if line.strip() and not line.startswith("#"))
    line = next(lines, "")
    file.seek(0)
    told = _SEPARATOR.fullmatch(line)
    return told[1] if told else ";" if ";" in _QUOTED.sub("", line) else ","


def _heading(path: Path, rows: Iterator[Row]) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Names, or none, and the rows of numbers, of which there is one at least."""
    noted: tuple[str, ...] = ()
    for line, row in rows:
        if row[0].lower() == "sep=" and not any(row[1:]):
            continue
        cells = tuple(cell.strip() for cell in row)
        if cells[0].startswith("#"):
            noted = (cells[0].lstrip("#").strip(), *cells[1:])
            continue
        counted = tuple(map(str, range(len(row))))  # as pandas calls columns without names
        if not any(map(_is_float, row)) or (
            len(row) > 1 and not _is_float(row[0]) and cells[1:] == counted[:-1]
        ):
            noted = cells
            break
        rows = chain([(line, row)], rows)
        if len(row) > 1 and cells == counted:
            rows = _are_numbers(path, rows)
        return (noted if len(noted) == len(row) else ()), rows
    first = next(rows, None)
    if first is None and not noted:
        raise ValueError(f"{path}: there is nothing in it; give a row of numbers for each step.")
    if first is None:
        raise ValueError(f"{path}: there are names, and no numbers below them.")
    return noted, chain([first], rows)


def _are_numbers(path: Path, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of which the first is 0, 1, 2, …: ValueError where programs would so number columns.

    Where all below is written with a point or a power, the first row would be so too.
    """
    kept = [next(rows)]
    for number, row in rows:
        kept.append((number, row))
        if any(cell.strip().lstrip("+-").isdigit() for cell in row):
            return chain(kept, rows)
    line, first = kept[0]
    if len(kept) == 1:
        return iter(kept)
    raise ValueError(
        f"{path}, line {line}: {', '.join(first)} may be numbers of the columns, as pandas writes "
        f"them, or weights; name the columns in words, such as w1,w2, or write {first[0]}.0."
    )


def _no_number(path: Path, line: int, column: int, cell: str, cure: str) -> ValueError:
    return ValueError(
        f"{path}, line {line}, column {column}: {cell.strip()!r} is no finite number; {cure}."
    )


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


def _cure(cell: str, *, is_first: bool = False) -> str:
    if _is_float(cell.replace(",", "")) and "," in cell:
        return "write decimals with a point, 1.5, and thousands without a comma"
    if len(parts := cell.split()) > 1 and all(map(_is_float, parts)):
        return "separate numbers by commas or semicolons"
    if is_first and cell.strip() and not _is_float(cell):
        return "name every column in words, or none"
    return "leave that row out, or end the run before it"
