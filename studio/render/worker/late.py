"""Modules that are loaded when something is asked of them, and not where they are imported."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any


class Late(ModuleType):
    """Stands for a module until something is asked of it; then the module takes its place.

    Functions of some ``parts`` of it, which others take by name when they are imported, load it
    when they are called.
    """

    def __init__(self, spec: ModuleSpec, parts: tuple[str, ...] = ()) -> None:
        super().__init__(spec.name)
        self.__spec__, self.__file__ = spec, spec.origin  # who looks for files loads nothing
        for part in parts:
            setattr(self, part, _Functions(self, part))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loaded(), name)

    def _loaded(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return import_module(self.__name__)


class _Functions(SimpleNamespace):
    """Functions of a part of a module that is not loaded."""

    def __init__(self, module: Late, part: str) -> None:
        super().__init__()
        self._of = module, part

    def __getattr__(self, name: str) -> Any:
        module, part = vars(self)["_of"]

        def late(*arguments: Any, **named: Any) -> Any:
            return getattr(getattr(module._loaded(), part), name)(*arguments, **named)

        return late


def graphs_late() -> None:
    """Have Manim load NetworkX, a fifth of the time that it takes to load, for graphs alone."""
    if not {"networkx", "manim"} & sys.modules.keys() and (spec := find_spec("networkx")):
        sys.modules["networkx"] = Late(spec, ("layout",))
