"""The name of a play in Manim's cache: a digest of all that its pictures depend on.

Manim's own writes the whole stage as JSON at each play, which takes longer than drawing a small
picture of it. Here attributes are gone through once, and numbers are read as they are in memory.
"""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache, partial
from hashlib import blake2b
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from manim import Animation, Camera, Mobject
from manim.utils.color import ManimColor
from manim.utils.hashing import KEYS_TO_FILTER_OUT

_ATOMS = frozenset({bool, int, float, complex, str, bytes, type(None)})
_PIXELS = "pixel_array"
"""What a camera draws into, and what an image shows."""
_UNSEEN = frozenset(KEYS_TO_FILTER_OUT) - {_PIXELS}
"""Names of what says nothing about a picture, or something else in each run."""
_DRAWN = frozenset({_PIXELS, "display_funcs"})
"""What a camera has from the pictures that it drew."""
_WHOLE = 2048
"""Bytes of an array above which its digest stands for it."""
_BY_VALUE = 2
"""The format of ``marshal`` that does not tell which equal values are one object."""


def play_key(
    scene: object,
    camera: Camera,
    animations: Iterable[Animation],
    mobjects: Iterable[Mobject],
    encoder: str,
) -> str:
    """The key of a play by what stands on the stage and what is to change, in hexadecimal digits.

    It changes with every attribute of the camera, of the animations and of the mobjects, and of
    whatever these hold: numbers, texts, arrays, functions by their compiled code and by what they
    refer to. It does not depend on the process, nor on what was drawn before. The scene itself is
    not gone into. ``encoder`` says how the pictures are encoded.
    """
    reader = _Reader(scene)
    reader.read(encoder)
    reader.read({name: value for name, value in vars(camera).items() if name not in _DRAWN})
    reader.read(tuple(sorted(animations, key=str)))
    reader.read(tuple(mobjects))
    return reader.digest()


class _Reader:
    """Writes down what it reads: of an object its number, and once, later on, what it holds.

    Later, since whatever holds something that holds something may go on for long.
    """

    def __init__(self, scene: object) -> None:
        self._written: list[object] = []
        self._numbers = {id(scene): 0}
        self._kept = [scene]  # an object that is made on the way keeps its id, too
        self._read_until = 1

    def digest(self) -> str:
        """Of all that was read."""
        while self._read_until < len(self._kept):  # which grows
            thing = self._kept[self._read_until]
            self._read_until += 1
            self._read_object(type(thing), thing)
        return blake2b(marshal.dumps(self._written, _BY_VALUE), digest_size=32).hexdigest()

    def read(self, thing: Any) -> None:
        """Write down a value, and all that it holds."""
        kind = type(thing)
        if kind in _ATOMS:
            self._written.append(thing)
        elif kind is np.ndarray:
            self._written.append(_in_memory(thing))
        elif kind is ManimColor:  # which mobjects share, or not
            self._written.append(thing.to_rgba().tobytes())
        elif kind is tuple:
            self._read_all("tuple", thing)
        elif (number := self._numbers.get(id(thing))) is not None:
            self._written.append((number,))
        elif kind is not ModuleType:
            self._numbers[id(thing)] = number = len(self._kept)
            self._written.append((number,))
            self._kept.append(thing)

    def _read_all(self, name: str, things: Any) -> None:
        self._written.append((name, len(things)))
        for thing in things:
            self.read(thing)

    def _read_named(self, name: str, values: Mapping[Any, Any]) -> None:
        """Names and values, in their order; most are numbers and texts."""
        self._written.append((name,))
        write, read = self._written.append, self.read
        for key, value in values.items():
            if type(key) is not str:
                read(key)
            elif key in _UNSEEN:
                continue
            else:
                write(key)
            if type(value) in _ATOMS:
                write(value)
            else:
                read(value)
        write(())

    def _read_object(self, kind: type, thing: Any) -> None:
        name = f"{kind.__module__}.{kind.__qualname__}"
        if isinstance(thing, dict):
            self._read_named(name, thing)
        elif isinstance(thing, (list, tuple)):
            self._read_all(name, thing)
        elif isinstance(thing, (set, frozenset)):
            self._read_all(name, sorted(map(_alone, thing)))
        elif isinstance(thing, FunctionType):
            self._read_function(thing)
        elif isinstance(thing, MethodType):
            self._written.append(name)
            self._read_all(name, (thing.__func__, thing.__self__))
        elif isinstance(thing, partial):
            self._read_all(name, (thing.func, thing.args, thing.keywords))
        elif (value := _by_value(thing)) is not None:
            self._written.append((name, value))
        elif hasattr(thing, "__dict__"):
            self._read_named(name, vars(thing))
        else:
            self._read_all(name, _reduced(thing))

    def _read_function(self, function: FunctionType) -> None:
        """What it does, and what it refers to: in the functions around it, and in its module."""
        code = function.__code__
        self._written.append(_compiled(code))
        for cell in function.__closure__ or ():
            try:
                self.read(cell.cell_contents)
            except ValueError:  # empty
                self._written.append(None)
        self.read((function.__defaults__, function.__kwdefaults__))
        known = function.__globals__
        self._read_named("globals", {name: known[name] for name in code.co_names if name in known})


def _by_value(thing: Any) -> object:
    """What stands for it, where that is a number, an array or a name."""
    if isinstance(thing, np.generic):
        return thing.tobytes()
    if isinstance(thing, np.ndarray):
        return _in_memory(thing)
    if isinstance(thing, Enum):
        return thing.name
    if isinstance(thing, (type, BuiltinFunctionType)):
        return f"{thing.__module__}.{thing.__qualname__}"
    return None


def _reduced(thing: Any) -> tuple[Any, ...]:
    """What ``pickle`` would make it of again, where it has no attributes: slots, ranges, paths."""
    try:
        parts = thing.__reduce_ex__(pickle.HIGHEST_PROTOCOL)
    except Exception:  # nothing that could be looked into: a lock, a generator
        return ()
    if isinstance(parts, str):
        return (parts,)
    return tuple(list(part) if isinstance(part, Iterator) else part for part in parts)


def _alone(thing: object) -> str:
    """What an element of a set is, without an order among them."""
    reader = _Reader(None)
    reader.read(thing)
    return reader.digest()


@lru_cache(maxsize=1024)
def _compiled(code: CodeType) -> tuple[object, ...]:
    """What a function does: its instructions, names and constants, wherever it is written."""
    constants = (
        _compiled(one)
        if isinstance(one, CodeType)
        else tuple(sorted(map(repr, one)))
        if isinstance(one, frozenset)
        else repr(one)
        for one in code.co_consts
    )
    return code.co_code, code.co_names, tuple(constants)


def _in_memory(array: np.ndarray) -> tuple[object, ...]:
    """What an array is made of, and its numbers."""
    if (kind := _numbers_of(array.dtype)) is None:
        return "array", repr(array)
    numbers = array.tobytes()
    if len(numbers) > _WHOLE:
        numbers = blake2b(numbers, digest_size=32).digest()
    return kind, array.shape, numbers


@lru_cache(maxsize=64)
def _numbers_of(kind: np.dtype[Any]) -> str | None:
    """What an array's numbers are, in letters; None of one that refers to objects."""
    if kind.hasobject:
        return None
    return kind.str if kind.names is None else repr(kind)
