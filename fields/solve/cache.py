"""What was computed before, found again by what it was computed from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import blake2b

import numpy as np

from fields.loss import Array

_HOUSE = frozenset((__name__.partition(".")[0], "builtins", "abc", "typing"))
_WRITTEN = frozenset(
    "__init__ __repr__ __eq__ __hash__ __setattr__ __delattr__ __lt__ __le__ __gt__ __ge__ "
    "__replace__ __dict__ __weakref__".split()
)
"""What ``dataclass`` writes, and Python."""


class Memory:
    """Arrays of at most so many bytes; those that were not asked for the longest go first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, Array] = OrderedDict()

    def recall(self, source: object, make: Callable[[], Array]) -> Array:
        """What ``make`` makes of the source, or a copy of what it made of an equal one.

        Both lie in memory row by row: the order decides sums to the last bit, and Manim's keys.
        """
        try:
            key = by_value(source)
        except TypeError:
            return make()
        if (kept := self._kept.pop(key, None)) is not None:
            self._kept[key] = kept
            return kept.copy()
        made = np.asarray(make(), order="C")
        if made.nbytes <= self.most:
            self._kept[key] = made.copy()
        while sum(array.nbytes for array in self._kept.values()) > self.most:
            self._kept.popitem(last=False)
        return made


def by_value(thing: object) -> Hashable:
    """A key that is equal for equal numbers, texts, arrays, tuples and frozen dataclasses of such.

    Raises TypeError for anything else: what may change, or cannot be looked into, as a function; so
    also for a dataclass of somebody else's methods, which may speak of numbers that are no fields.
    """
    if isinstance(thing, np.ndarray) and not thing.dtype.hasobject:
        return thing.shape, thing.dtype.str, blake2b(thing.tobytes(), digest_size=16).digest()
    if type(thing) in (bool, int, float, str, type(None)) or isinstance(thing, np.generic):
        return type(thing), repr(thing)  # as a number 0.0 is -0.0, and NaN not NaN
    if isinstance(thing, tuple):
        return type(thing), *map(by_value, thing)
    frozen = getattr(getattr(type(thing), "__dataclass_params__", None), "frozen", False)
    if frozen and not _has_foreign_methods(type(thing)):
        return type(thing), by_value(tuple(vars(thing).items()))
    raise TypeError(f"A {type(thing).__name__} is not known by its value.")


def _has_foreign_methods(kind: type) -> bool:
    """Whether a class does anything that is not written here."""
    return any(
        hasattr(type(part), "__get__") and name not in _WRITTEN
        for one in kind.__mro__
        if one.__module__.partition(".")[0] not in _HOUSE
        for name, part in vars(one).items()
    )
