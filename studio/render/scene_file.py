"""The scene file of a clip: its module, as the ``manim`` command loads it, and what it raises."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from studio.job.clips import HOUSE
from studio.job.sources import digest
from studio.job.tasks import RefusedError, SceneError

_ROOMS = ("fields", "stage", "scenes", "studio")


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


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Raise SceneError for what the scene of a file raises and would raise again.

    A film is a function of its sources, so all that a scene raises comes again, but for what a
    machine has to do with. That, and what says already that it comes again, stays what it is.
    """
    try:
        yield
    except RefusedError:
        raise
    except (Exception, SystemExit) as error:
        if _may_pass(error, path):
            raise
        raise SceneError(_told(error, path)) from error


def is_of_ours(error: BaseException) -> bool:
    """Whether a line of ours raised it: then its message tells all that the user needs."""
    file = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    return any(file.is_relative_to(HOUSE / room) for room in _ROOMS)


def _may_pass(error: BaseException, path: Path) -> bool:
    """Whether it is what a machine may raise at one time and not at another."""
    import av  # who only loads a module need not wait for it

    passing = (OSError, MemoryError, subprocess.SubprocessError, av.FFmpegError)
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, passing):
            return True
        cause = cause.__cause__
    # Encoders and threads that cannot be started say what is wrong in this way as well.
    last = traceback.extract_tb(error.__traceback__)[-1]
    return type(error) is RuntimeError and Path(last.filename).parent != path.parent


def _told(error: BaseException, path: Path) -> str:
    what = "".join(traceback.format_exception_only(error)).strip()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).parent == path.parent:
            return f"{frame.filename}, line {frame.lineno}, in {frame.name}: {what}"
    return what
