"""Kernels: compiled once, then loaded without the compiler; and by numba where nothing links."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest

from fields import compiled
from fields.compiled import kernel

ROOT = Path(__file__).parents[2]

SUMS = """
import numpy as np

from fields.compiled import inlined, kernel

TIMES = 3


@inlined
def scaled(x, parts):
    return TIMES * x * parts[0] + parts[1][0]


@kernel
def sums(to, numbers, parts, negative):
    for i in range(numbers.shape[0]):
        for j in range(numbers.shape[1]):
            to[i] += scaled(numbers[i, j], parts)
        if negative:
            to[i] = -to[i]
"""

RUN = """
import sys
import numpy as np
from sums import sums

found, numbers = np.zeros(2), np.arange(6, dtype=np.float32).reshape(2, 3)
numbers.flags.writeable = False
sums(found, numbers, (2.0, (1, 5)), True)
sums(found[:0], numbers[:0], (2.0, (1, 5)), True)
print(found.tolist(), "numba" in sys.modules)
"""
EXPECTED = [-(3 * 2 * (0 + 1 + 2) + 3.0), -(3 * 2 * (3 + 4 + 5) + 3.0)]

# The same kernel's name, made of parts from other files.
PARTS = """
from fields.compiled import apart, inlined, shared

OFFSET = 1.0


@inlined
def doubled(x):
    return 2.0 * x


@shared
def add(numbers, to):
    apart()
    for k in range(numbers.shape[0]):
        to[0] += doubled(numbers[k]) + OFFSET
"""

CONSTANTS = """
import numpy as np

TABLE = np.array([0.25, 0.5])
TIMES = 3.0
"""

WHOLE = """
from constants import TABLE, TIMES
from fields.compiled import kernel
from parts import add


@kernel
def sums(to, numbers, parts, negative):
    for i in range(numbers.shape[0]):
        add(numbers[i], to[i:])
        to[i] = TIMES * to[i] + TABLE[i]
"""

# Runs RUN in processes of its own that begin with numba loaded, and warm from compiling.
READY = f"""
import json
import os
import sys

import numpy as np

from sums import sums

sums(np.zeros(1), np.zeros((1, 1), np.float32), (2.0, (1, 5)), True)
del sys.modules["sums"]
for line in sys.stdin:
    folder, linker = json.loads(line)
    child = os.fork()
    if not child:
        sys.path[:0] = [folder]
        os.environ["CC"] = linker
        try:
            exec({RUN!r})
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(child, 0)
    print("", flush=True)
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="libraries are made on Linux")


def run(folder: Path, **environment: str) -> str:
    paths = os.pathsep.join([str(ROOT), str(folder)])
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "", "as of a preference that this LLVM does not know"
    return done.stdout.strip()


Compiling = Callable[[Path, str], list[float]]


@pytest.fixture(scope="module")
def compiling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compiling]:
    """What a fresh process finds that runs ``sums`` of a folder with a linker: quicker than run."""
    folder = tmp_path_factory.mktemp("ready")
    (folder / "sums.py").write_text(SUMS)
    process = subprocess.Popen(
        [sys.executable, "-c", READY],
        # Python itself takes a source of the same second and size for what it was
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
        | {"PYTHONDONTWRITEBYTECODE": "yes", "CC": "no-such-linker"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin and process.stdout
        asked, told = process.stdin, process.stdout

        def found(place: Path, linker: str) -> list[float]:
            print(json.dumps([str(place), linker]), file=asked, flush=True)
            line = told.readline().rstrip("\n")  # empty where it failed
            assert not line or told.readline() == "\n"
            return list(json.loads(line.rpartition(" ")[0]))

        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sums.py").write_text(SUMS)
    return tmp_path


def libraries(folder: Path) -> list[Path]:
    return list((folder / "__pycache__").glob("*.so"))


@linux
def test_the_compiler_is_loaded_once_in_the_life_of_a_source(folder: Path) -> None:
    assert run(folder) == f"{EXPECTED} True"
    assert run(folder) == f"{EXPECTED} False"


def test_without_a_linker_numba_does_the_same(folder: Path) -> None:
    assert run(folder, CC="no-such-linker") == f"{EXPECTED} True"
    assert not libraries(folder)


@linux
def test_what_fails_to_link_is_left_to_numba(folder: Path) -> None:
    assert run(folder, CC="false") == f"{EXPECTED} True"
    assert not libraries(folder)


@linux
def test_a_library_that_cannot_be_loaded_is_left_to_numba(
    folder: Path, compiling: Compiling
) -> None:
    compiling(folder, "cc")
    (library,) = libraries(folder)
    library.write_bytes(b"not a library")
    assert run(folder) == f"{EXPECTED} True"


@linux
def test_another_source_gets_another_library_and_the_first_one_goes(
    folder: Path, compiling: Compiling
) -> None:
    assert compiling(folder, "cc") == EXPECTED
    (first,) = libraries(folder)
    (folder / "sums.py").write_text(SUMS.replace("TIMES = 3", "TIMES = 30"))
    assert compiling(folder, "cc")[0] == -183.0
    (second,) = libraries(folder)
    assert second.name != first.name


@pytest.mark.parametrize(
    ("linker", "file", "old", "new", "expected"),
    [
        ("cc", "parts", "2.0 * x", "4.0 * x", [45.25, 153.5]),
        ("cc", "constants", "TIMES = 3.0", "TIMES = 5.0", [45.25, 135.5]),
        ("cc", "constants", "[0.25, 0.5]", "[0.75, 0.5]", [27.75, 81.5]),
        ("no-such-linker", "parts", "OFFSET = 1.0", "OFFSET = 2.0", [36.25, 90.5]),
    ],
)
def test_what_a_kernel_is_made_of_in_other_files_is_not_taken_for_what_it_was(
    tmp_path: Path,
    compiling: Compiling,
    linker: str,
    file: str,
    old: str,
    new: str,
    expected: list[float],
) -> None:
    """A function that one it calls calls, and the numbers and arrays that any of them reads."""
    sources = {"parts": PARTS, "constants": CONSTANTS, "sums": WHOLE}
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source)
    assert compiling(tmp_path, linker) == [27.25, 81.5]
    (tmp_path / f"{file}.py").write_text(sources[file].replace(old, new))
    assert compiling(tmp_path, linker) == expected


@linux
def test_another_processor_gets_another_library(folder: Path, monkeypatch) -> None:
    def sums() -> None: ...

    here = compiled.library_path(sums, "f8,")
    monkeypatch.setattr(compiled, "_processor", lambda: b"another")
    assert compiled.library_path(sums, "f8,") != here


@linux
def test_a_kernel_that_is_being_compiled_is_waited_for(tmp_path, monkeypatch) -> None:
    """Of processes that begin together one compiles; threads stand for them here."""
    import fcntl

    source = tmp_path / "nothing.py"
    source.write_text("def kernel(number): ...")
    known: dict[str, FunctionType] = {}
    exec(compile(source.read_text(), source, "exec"), known)
    code = tmp_path / "kernel.c"
    code.write_text("void kernel(long number) {}")
    subprocess.run(["cc", "-c", "-fPIC", code.name], cwd=tmp_path, check=True)
    made: list[str] = []
    comes = threading.Event()

    def flock(*args: object) -> None:
        if made:
            comes.set()
        real_flock(*args)

    def found() -> None:
        assert compiled._library(known["kernel"], "i8,") is not None

    second = threading.Thread(target=found)

    def compile_it(function: FunctionType, kind: str) -> tuple[bytes, list[str]]:
        made.append(kind)
        if len(made) == 1:
            second.start()
            comes.wait()
        else:
            comes.set()
        return code.with_suffix(".o").read_bytes(), []

    real_flock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(compiled, "_compiled", compile_it)
    found()
    second.join()
    assert made == ["i8,"]


def test_an_array_with_gaps_is_refused() -> None:
    @kernel
    def nothing(to) -> None: ...

    with pytest.raises(TypeError, match="ascontiguousarray"):
        nothing(np.zeros((4, 4))[:, 1:])
