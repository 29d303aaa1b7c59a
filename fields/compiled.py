"""Loops that numba compiles once, and that are loaded without it from then on, as a C library is.

numba and LLVM take 90 MB and half a second, also where everything has been compiled before. So the
code that they make of a loop is linked to a shared library, kept beside the loop's source, and
called by ``ctypes``. Where that cannot be done, numba is loaded, and keeps its code itself.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, wraps
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

_HOW = {"nogil": True, "error_model": "numpy"}
_KINDS: dict[type, str] = {bool: "b1", int: "i8", float: "f8"}
_KINDS |= {np.int32: "i4", np.int64: "i8", np.float32: "f4", np.float64: "f8"}
_IN_C = {"b1": ctypes.c_bool, "i4": ctypes.c_int32, "i8": ctypes.c_int64}
_IN_C |= {"f4": ctypes.c_float, "f8": ctypes.c_double}
_LEAF = re.compile(r"([a-z]\d)(?:\[(\d)\])?")  # of a kind: a number, or an array's dimensions
# What compiled code calls where it fails, or lets go of memory of its own: a kernel does neither.
_UNUSED = re.compile(r"^declare .*@(numba_(?!attempt)\w+|NRT_(?:Free|MemInfo_call_dtor))\(", re.M)
_MODEL = ("vendor_id", "cpu family", "model", "flags", "Features", "CPU implementer", "CPU part")


def inlined(function: F) -> F:
    """Mark a function that kernels call: it becomes a part of each that calls it."""
    vars(function)["is_inlined"] = True
    return function


def shared(function: F) -> F:
    """Mark a long function that kernels call: it is there once. It calls ``apart`` first."""
    vars(function)["is_inlined"] = False
    return function


def made_late(maker: Callable[[], object]) -> Any:
    """Mark what stands for something that only numba can make, when it compiles a kernel."""
    vars(maker)["is_made_late"] = True
    return maker


@made_late
def apart() -> Any:
    """Keep a function out of those that call it; the arrays that it is given do not overlap."""
    from numba import types
    from numba.extending import intrinsic

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.function.attributes.add("noinline")
        for argument in builder.function.args[2:]:  # beyond what it returns and how it fails
            if argument.type.is_pointer:
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return intrinsic(lambda typing: (types.void(), code))


def kernel(function: Callable[P, None]) -> Callable[P, None]:
    """Compile a function for the types of its arguments, when it is first called with them.

    It takes numbers, tuples of them, and arrays in C order, fills arrays that it is given, makes
    none, and does not fail. The interpreter's lock is released meanwhile. Compiled code is kept as
    long as what it is made of is the same: the files of the function and of those it calls, and
    the numbers that they read, wherever these come from.
    """
    own = cast(FunctionType, function)
    made: dict[tuple[object, ...], Callable[..., object] | None] = {}

    @wraps(function)
    def run(*arguments: P.args, **named: P.kwargs) -> None:
        values: list[object] = []
        kinds: list[object] = []
        _read(arguments, values, kinds)
        kind = tuple(kinds)
        if kind not in made:
            made[kind] = _library(own, "".join(map(_told, arguments)))
        if library := made[kind]:
            library(*values)
        else:
            _by_numba(own)(*arguments)

    return run


_address: Callable[[Any], object] = (ctypes.c_char * 0).from_buffer
"""Where an array's numbers begin, for C; of one that may be written, and sooner than NumPy says."""


def _read(arguments: tuple[Any, ...], values: list[object], kinds: list[object]) -> None:
    """Add what C is given for arguments to ``values``, and what kind they are of to ``kinds``."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            flags = argument.flags
            if not flags.c_contiguous:
                raise TypeError("A kernel takes arrays in C order: see numpy.ascontiguousarray.")
            values.append(_address(argument) if flags.writeable else argument.ctypes.data)
            values += argument.shape
            kinds.append(argument.dtype)
            kinds.append(argument.ndim)
        elif isinstance(argument, tuple):
            kinds.append("(")
            _read(argument, values, kinds)
            kinds.append(")")
        else:
            values.append(argument)
            kinds.append(type(argument))


def _told(argument: Any) -> str:
    """What kind of argument it is, in letters."""
    if isinstance(argument, tuple):
        return f"({''.join(map(_told, argument))}),"
    if isinstance(argument, np.ndarray):
        return f"{argument.dtype.str[1:]}[{argument.ndim}],"
    return f"{_KINDS[type(argument)]},"


def library_path(function: Callable[..., object], kind: str) -> Path:
    """Where the library of a function is kept: by its sources, who compiles it, and for whom."""
    own = cast(FunctionType, function)
    source = Path(own.__code__.co_filename)
    made_for = _digest(_processor(), kind.encode())
    name = f"{source.stem}.{own.__name__}-{_made_from(own)}-{made_for}"
    return source.parent / "__pycache__" / f"{name}.so"


def _made_from(function: FunctionType) -> str:
    """In few letters, what a function is made of, and by whom."""
    functions: dict[FunctionType, None] = {}
    numbers: list[object] = []
    _gather(function, functions, numbers)
    files = sorted({part.__code__.co_filename for part in functions})
    sources = [Path(file).read_bytes() for file in files]
    return _digest(*sources, repr(numbers).encode(), _own(), version("numba").encode())


def _gather(
    function: FunctionType, functions: dict[FunctionType, None], numbers: list[object]
) -> None:
    """Collect a function with all its parts, and the numbers that they read from their modules."""
    if function in functions:
        return
    functions[function] = None
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if _is_part(value) or getattr(value, "is_made_late", False):
            _gather(cast(FunctionType, value), functions, numbers)
        elif isinstance(value, np.ndarray):
            numbers.append((name, value.dtype.str, value.shape, value.tobytes()))
        elif isinstance(value, bool | int | float | str | tuple | np.generic):
            numbers.append((name, type(value).__name__, value))


def _is_part(value: object) -> bool:
    return hasattr(value, "is_inlined")


@cache
def _own() -> bytes:
    return Path(__file__).read_bytes()


@cache
def _processor() -> bytes:
    """What this machine's first processor is, and can do."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        lines = iter(file.readline, "\n")
        return "".join(line for line in lines if line.startswith(_MODEL)).encode()


def _digest(*parts: bytes) -> str:
    return blake2b(b"\0".join(parts), digest_size=6).hexdigest()


def _library(function: FunctionType, kind: str) -> Callable[..., object] | None:
    """The function from its library, which is made if it is not there; None if it cannot be."""
    if sys.platform != "linux":
        return None
    try:
        path = library_path(function, kind)
        if not path.exists():
            _link(function, kind, path)
        found = ctypes.CDLL(str(path)).kernel
    except (OSError, subprocess.CalledProcessError):  # nothing links here, or may be kept or run
        return None
    found.restype = None
    found.argtypes = [part for leaf in _LEAF.findall(kind) for part in _in_c(*leaf)]
    return cast(Callable[..., object], found)


def _in_c(kind: str, dimensions: str) -> list[type]:
    if dimensions:
        return [ctypes.c_void_p, *int(dimensions) * [ctypes.c_int64]]
    return [_IN_C[kind]]


def _link(function: FunctionType, kind: str, path: Path) -> None:
    """Compile a function for arguments of a kind, and link it; OSError if that cannot be."""
    linker = shlex.split(os.environ.get("CC", "cc"))
    path.parent.mkdir(exist_ok=True)
    if not shutil.which(linker[0]) or not os.access(path.parent, os.W_OK):
        raise OSError(f"{path} cannot be made.")
    with _alone(Path(function.__code__.co_filename)):
        if not path.exists():  # or another process has made it in the meantime
            _make(function, kind, path, linker)


@contextmanager
def _alone(source: Path) -> Iterator[None]:
    """Let one process compile what is in a file: at a first start of several, all would."""
    from fcntl import LOCK_EX, flock

    with source.open("rb") as held:
        with suppress(OSError):  # a network's file system may have no locks
            flock(held, LOCK_EX)
        yield


def _make(function: FunctionType, kind: str, path: Path, linker: list[str]) -> None:
    code, unused = _compiled(function, kind)
    traps = "\n".join(f"void {name}(void) {{ __builtin_trap(); }}" for name in unused)
    with TemporaryDirectory(dir=path.parent) as folder:
        made, *parts = (Path(folder, name) for name in ("kernel.so", "kernel.o", "traps.c"))
        parts[0].write_bytes(code)
        parts[1].write_text(traps)
        command = [*linker, "-shared", "-fPIC", "-s", "-o", *map(str, (made, *parts)), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        made.replace(path)
    same = path.name.rsplit("-", 1)[0]
    for old in path.parent.glob(f"{same.rsplit('-', 1)[0]}-*.so"):
        if not old.name.startswith(same):  # of an earlier source
            old.unlink(missing_ok=True)


def _compiled(function: FunctionType, kind: str) -> tuple[bytes, list[str]]:
    """Object code of a function called ``kernel``, as C would call it, and what it never calls."""
    import llvmlite.binding as llvm

    numba, types = _numba(), import_module("numba.types")
    names: list[str] = []
    taken: list[object] = []

    def leaf(match: re.Match[str]) -> str:
        one, dimensions = numba.from_dtype(np.dtype(match[1])), int(match[2] or 0)
        first = len(names)
        names.extend(f"a{first + k}" for k in range(1 + dimensions))
        if not match[2]:
            taken.append(one)
            return names[first]
        taken.extend([types.CPointer(one), *dimensions * [types.int64]])
        return f"carray({names[first]}, ({', '.join(names[first + 1 :])},))"

    call = _LEAF.sub(leaf, kind)
    own = numba.njit(inline="always", **_HOW)(_with_parts(function))
    parts = {"carray": numba.carray, "own": own}
    entry = eval(f"lambda {', '.join(names)}: own({call})", parts)
    made = numba.cfunc(types.void(*taken), error_model="numpy")(entry)
    module = llvm.parse_assembly(made.inspect_llvm())
    module.get_function(made.native_name).name = "kernel"
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten() + _preferences(llvm.llvm_version_info),
        opt=3,
        reloc="pic",
        codemodel="default",
    )
    return target.emit_object(module), _UNUSED.findall(str(module))


def _preferences(llvm_version: tuple[int, ...]) -> str:
    """Beside what the processor can: numbers that lie apart are loaded one by one.

    Where it has AVX-512, LLVM gathers them: tone mapping takes 2.4 times as long (seen on Zen 4).
    """
    knows = platform.machine() in ("x86_64", "AMD64") and llvm_version >= (18,)
    return ",+prefer-no-gather,+prefer-no-scatter" if knows else ""


@lru_cache(maxsize=256)
def _made(part: FunctionType) -> Any:
    """What numba makes of a part of kernels."""
    bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # Python does not call it
    inline = vars(part)["is_inlined"]
    return _numba().njit(forceinline=inline, **bare, **_HOW)(_with_parts(part))


def _with_parts(function: FunctionType) -> FunctionType:
    """The function with all that numba has to make of what it calls."""
    seen = dict(function.__globals__)
    for name in function.__code__.co_names:
        part = seen.get(name)
        if _is_part(part):
            seen[name] = _made(cast(FunctionType, part))
        elif getattr(part, "is_made_late", False):
            seen[name] = cast(Callable[[], object], part)()
    whole = FunctionType(function.__code__, seen, function.__name__, function.__defaults__)
    whole.__qualname__, whole.__module__ = function.__qualname__, function.__module__
    return whole


def _numba() -> Any:
    """The compiler, which is loaded only where it has to compile, or no library can be."""
    return import_module("numba")


@lru_cache(maxsize=64)
def _by_numba(function: FunctionType) -> Callable[..., object]:
    whole = _with_parts(function)
    # numba keeps code by this name, and looks at no file but the function's own
    whole.__qualname__ += f"_{_made_from(function)}"
    return cast(Callable[..., object], _numba().njit(cache=True, **_HOW)(whole))
