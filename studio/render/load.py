"""The module of a clip, as the ``manim`` command loads it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from studio.job.clips import HOUSE
from studio.job.sources import digest


def load_module(path: Path) -> ModuleType:
    """The module that a scene file is; one of the user's has a name that no other module has."""
    if path.is_relative_to(HOUSE):
        return importlib.import_module(".".join(path.relative_to(HOUSE).with_suffix("").parts))
    if str(path.parent) not in sys.path:  # as the manim command does for its file
        sys.path.insert(0, str(path.parent))
    name = f"flowreel_scenes_{digest({'path': str(path)})}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:  # for what does not end in .py, and no clip does
            raise ImportError(f"{path} is no file of Python.")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
