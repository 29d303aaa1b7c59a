"""Trajectories from outside: the weights of anybody's training run, looked up by time."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fields.data.table import MOST, read_table, too_much
from fields.data.variance import largest_two
from fields.loss import Array

_LARGEST = float(np.finfo(float).max)
"""As which some logs, such as MLflow's, keep what is infinite."""
STEPS = frozenset(
    ("step", "steps", "epoch", "epochs", "iteration", "iterations", "global_step", "_step")
)
"""Names of a column that is no weight, and tells when each row was."""
WHEN = STEPS | {"time", "times", "index"}
"""Such names of a first column."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """Weights (m, d) of one run at times (m,): 0, 1, 2, … steps unless others are given.

    Weights without a name are w1, w2, …; blanks in names are single ones, and none at their ends.

    Raises ValueError where shapes do not fit, times do not rise, a number is not finite or real, or
    two weights have one name.
    """

    weights: Array
    times: Array | None = None
    names: tuple[str, ...] = ()
    clock: str = ""
    """What the times are called, if they may be shown as weights are."""

    def __post_init__(self) -> None:
        w = _reals(self.weights, "the weights").copy()
        if w.ndim != 2 or 0 in w.shape:
            raise ValueError(f"Recorded: the weights have shape {w.shape}; give (steps, d).")
        bad = np.argwhere(~(np.abs(w) < _LARGEST))  # NaN too
        if len(bad):
            step, k = (int(i) for i in bad[0])
            raise ValueError(
                f"Recorded: weight {k + 1} is {w[step, k]} at step {step}; end the run before it."
            )
        times = _reals(np.arange(len(w)) if self.times is None else self.times, "the times").copy()
        _check_times(times, len(w))
        object.__setattr__(self, "weights", w)
        object.__setattr__(self, "times", times)
        names = tuple(self.names) or ("",) * w.shape[1]
        names = tuple(" ".join(name.split()) or f"w{k + 1}" for k, name in enumerate(names))
        if len(set(names)) != w.shape[1] or len(names) != w.shape[1]:
            raise ValueError(
                f"Recorded: {len(set(names))} different names for {w.shape[1]} weights; "
                "give each weight a name of its own."
            )
        object.__setattr__(self, "names", names)

    def at(self, time: float) -> Array:
        """Where the run is at ``time``, (1, d): linear between steps, at rest before and after."""
        w, times = self.weights, np.asarray(self.times)
        return np.array([[np.interp(time, times, w[:, k]) for k in range(w.shape[1])]])

    def age(self, time: float) -> Array:
        """For how long it has been moving, (1,)."""
        return np.array([max(time - float(np.asarray(self.times)[0]), 0.0)])

    def pair(self, first: str, second: str) -> Recorded:
        """The run as two of its weights show it, by their names.

        Raises ValueError where there is no weight of that name.
        """
        if first == second:
            raise ValueError(f"Recorded: {first!r} twice is no pair; give two weights.")
        known = (self.clock,) * bool(self.clock) + self.names
        for name in (first, second):
            if name not in known:
                shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
                raise ValueError(f"Recorded: there is no weight {name!r}; there are {shown}.")
        columns = [
            self.weights[:, self.names.index(name)]
            if name in self.names
            else np.asarray(self.times)
            for name in (first, second)
        ]
        return Recorded(np.column_stack(columns), self.times, (first, second))

    def save(self, path: Path) -> None:
        """Write the run to an ``.npz`` that ``read_run`` reads: weights, times and names."""
        times, names = np.asarray(self.times), np.array(self.names)
        np.savez_compressed(path, weights=self.weights, times=times, names=names)

    def principal_plane(self) -> tuple[Recorded, float]:
        """The run in the plane of its two directions of largest variance, and the plane's share.

        Coordinates (m, 2) are measured from the mean; the share is that of the variance within the
        plane, 0 to 1. The sign of each direction is such that the run ends at or above 0.
        Raises ValueError where there are fewer than two weights, or the run does not move.
        """
        if self.weights.shape[1] < 2 or not np.any(self.weights != self.weights[0]):
            raise ValueError("Recorded: a plane needs two weights or more, and a run that moves.")
        # in units of their size, powers of two: neither sums nor squares leave the numbers
        unit = _unit(self.weights)
        centred = self.weights / unit
        centred = centred - centred.mean(axis=0)
        finer = _unit(centred)
        centred = centred / finer
        if len(centred) < 2:
            raise ValueError("Recorded: a plane needs at least two steps; record more of the run.")
        flat = centred @ largest_two(centred).T
        share = min(float(np.sum(flat * flat) / np.sum(centred * centred)), 1.0)
        flat = flat * np.where(flat[-1] < 0, -1.0, 1.0) * finer * unit
        return Recorded(flat, self.times, ("first direction", "second direction")), share


def record(steps: Sequence[Mapping[str, ArrayLike]] | ArrayLike) -> Recorded:
    """A run from an array (steps, ...), a table, or from a mapping of arrays for each step.

    Columns of a table, as pandas has them, name the weights. The last is what checkpoints hold:
    ``record([{k: v.numpy() for k, v in torch.load(file).items()} for file in files])``. Its weights
    are named ``layer.weight[2,0]``. In a loop that trains, ``v.numpy().copy()``: PyTorch goes on
    writing into the array that ``numpy()`` gives.
    Raises ValueError where the steps do not fit each other, or hold what is no number.
    """
    if isinstance(steps, Mapping):
        raise ValueError(
            "record: one mapping is one step; give a list of them, or np.column_stack of histories."
        )
    if not (isinstance(steps, Sequence) and steps and isinstance(steps[0], Mapping)):
        array = np.atleast_1d(_reals(steps, "the array"))
        columns = tuple(getattr(steps, "columns", ()))  # of a table, as pandas has it
        named = columns if all(isinstance(name, str) for name in columns) else ()
        return Recorded(_flat(array), None, named)
    shapes: dict[object, tuple[int, ...]] = {}
    rows = []
    for number, step in enumerate(steps):
        if not isinstance(step, Mapping):
            raise ValueError(
                f"record: step {number} is no mapping as step 0 is, but {type(step).__name__}; "
                "give a mapping of arrays for each step."
            )
        arrays = {name: _reals(step[name], f"{name!r} of step {number}") for name in step}
        found = {name: array.shape for name, array in arrays.items()}
        shapes = shapes if number else found
        if found != shapes:
            raise ValueError(f"record: step {number} has other arrays, or shapes, than step 0.")
        rows.append(np.concatenate([*(np.ravel(arrays[name]) for name in shapes), np.empty(0)]))
    names = [
        f"{name}" + (f"[{','.join(map(str, index))}]" if shape else "")
        for name, shape in shapes.items()
        for index in np.ndindex(*shape)
    ]
    return Recorded(np.array(rows), None, tuple(names))


def _check_times(times: Array, steps: int) -> None:
    if times.shape != (steps,):
        told = f"there are times of shape {times.shape} for {steps} steps"
    elif not np.isfinite(times).all():
        told = f"the time of step {int(np.argmin(np.isfinite(times)))} is no finite number"
    elif np.any(np.diff(times) <= 0):
        k = int(np.argmax(np.diff(times) <= 0))
        told = f"the time is {times[k + 1]:g} at step {k + 1}, after {times[k]:g}"
    elif not math.isfinite(float(times[-1]) - float(times[0])):
        told = f"between {times[0]:g} and {times[-1]:g} is no finite number"
    else:
        return
    raise ValueError(f"Recorded: {told}; give as many times as steps, and times that rise.")


def _flat(array: Array) -> Array:
    """Rows (steps, d) of an array (steps, ...)."""
    return array.reshape(len(array), math.prod(array.shape[1:]))


def _reals(numbers: object, what: str) -> Array:
    """An array of real numbers; ValueError, with ``what`` it is, where it is none."""
    if np.ma.is_masked(numbers):
        raise ValueError(f"Recorded: {what} has masked places; leave those steps out.")
    try:
        array = np.asarray(numbers)
        if array.dtype.kind in "fiubO":
            with np.errstate(over="ignore"):  # of longer floats: it is then seen to be infinite
                return np.asarray(array, dtype=float)
        told = str(array.dtype)
    except (TypeError, ValueError):  # of objects, or rows of several lengths
        told = type(numbers).__name__
    raise ValueError(
        f"Recorded: {what} ({told}) is no array of real numbers; give floats, and of a checkpoint "
        "only what is trained, as model.state_dict() holds it."
    )


def _unit(numbers: Array) -> float:
    """The power of two next above the largest size."""
    return float(np.ldexp(1.0, min(int(np.frexp(np.max(np.abs(numbers)))[1]), 1023)))


def read_run(path: Path) -> Recorded:
    """A run from a file: ``.csv`` with a row a step, ``.npy`` or ``.npz`` of (steps, ...).

    In a CSV a column of steps (``STEPS``), or a first one of times (``WHEN``), tells the times; of
    several the first that rises. An ``.npz`` holds one array, or one called ``weights``, and beside
    it ``times``, also by such a name, and ``names`` if wanted, as ``Recorded.save`` writes them.
    Raises ValueError naming the file and the cure where it is not such a file.
    """
    kind = path.suffix.lower()
    if kind == ".csv":
        return _from_table(path)
    if kind not in (".npy", ".npz"):
        raise ValueError(f"{path}: a run is read from .csv, .npy or .npz, and not from {kind!r}.")
    arrays = _arrays(path)
    clocks = [name for name, array in arrays.items() if name.lower() in WHEN and array.ndim == 1]
    told = "times" if "times" in arrays else clocks[0] if clocks and len(arrays) > 1 else ""
    times, names = arrays.pop(told, None), arrays.pop("names", None)
    if "weights" not in arrays and len(arrays) != 1:
        raise ValueError(
            f"{path}: it holds {', '.join(arrays) or 'nothing'}; "
            "call the array of weights (steps, ...) 'weights'."
        )
    named = () if names is None else tuple(map(_text, np.ravel(names)))
    return _recorded(path, arrays.get("weights", next(iter(arrays.values()))), times, named)


def _text(name: object) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


def _arrays(path: Path) -> dict[str, Array]:
    """Arrays by their names, whichever of NumPy's two kinds of file it is."""
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":  # as an archive begins
                return {"weights": np.load(path, allow_pickle=False, mmap_mode="r")}
            file.seek(0)
            with np.load(file, allow_pickle=False) as loaded:
                arrays = {name: loaded[name] for name in loaded.files}
        if all(isinstance(array, np.ndarray) for array in arrays.values()):
            return arrays
    except FileNotFoundError:
        raise
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, EOFError):
        pass
    raise ValueError(
        f"{path}: NumPy finds no array of numbers in it; save it with numpy.save, of floats."
    )


def _from_table(path: Path) -> Recorded:
    table = read_table(path)
    names, numbers = table.names, table.numbers
    clocks: list[int] = []
    for k, name in enumerate(names):
        if name.lower() in (WHEN if k == len(clocks) else STEPS):
            clocks.append(k)
    clocks = clocks[: len(names) - 1]  # a column is left
    weights = [k for k in range(numbers.shape[1]) if k not in clocks]
    named = [names[k] for k in weights] if names else []
    twice = [name for name in named if name and named.count(name) > 1]
    if twice:
        raise ValueError(
            f"{path}: {twice.count(twice[0])} columns are called {twice[0]!r}; "
            "give each weight a name of its own."
        )
    rising = [k for k in clocks if np.all(np.diff(numbers[:, k]) > 0)]
    if clocks and not rising:
        when = numbers[:, clocks[0]]
        row = int(np.argmax(np.diff(when) <= 0))
        raise ValueError(
            f"{path}: {names[clocks[0]]} is {when[row + 1]:g} in row {row + 2} of its numbers, "
            f"after {when[row]:g}; give times that rise, or leave that column out, or call it "
            "otherwise if it is a weight."
        )
    times = numbers[:, rising[0]] if rising else None
    clock = names[rising[0]] if rising else ""
    return Recorded(numbers[:, weights], times, tuple(named), clock)


def _recorded(path: Path, array: Array, times: Array | None, names: tuple[str, ...]) -> Recorded:
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{path}: it holds {array.dtype}, and no numbers; save weights as floats.")
    if array.size > MOST:
        raise too_much(path)
    if array.ndim == 0:
        raise ValueError(f"{path}: it holds one number, and no run; save an array (steps, ...).")
    flat = _flat(array)
    if names and len(names) != flat.shape[1]:
        raise ValueError(
            f"{path}: {len(names)} names for {flat.shape[1]} weights; give each a name."
        )
    try:
        return Recorded(flat, times, names)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from None
