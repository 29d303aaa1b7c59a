"""What we touch of the inside of other libraries, name by name, is still there.

Nobody promises that it stays. When an upgrade removes a name, the test that fails is called by it.
That the list leaves nothing out is tested as well, as far as it can be read from the sources.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("fields", "stage", "scenes", "studio", "benchmarks")
DOCUMENTED = {"_exit", "_replace"}  # os._exit, and what named tuples have: documented, so public

TOUCHED = {
    "manim._config.output": ["OutputFormat"],
    "manim._config.render_session": ["RenderSessionSpec"],
    "manim._config.video_encoder": [
        "VideoEncoderSpec",
        "to_av_frame_rate",
        "video_encoder_fingerprint",
    ],
    "manim.mobject.text.typst_mobject.Typst": ["_svg_leaf_labels"],
    "manim.renderer.cairo_renderer.CairoRenderer": [
        "_file_writer_class",
        "_original_skipping_status",
    ],
    "manim.scene.scene_file_writer": ["_SceneFileWriterSettings"],
    "manim.scene.scene_file_writer.SceneFileWriter": [
        "_create_segment_encoder",
        "_current_encode_job",
    ],
    "manim.scene.scene_file_writer._PartialMovieEncodeJob": ["encoder", "queue"],
    "manim.scene.scene_file_writer._SceneFileWriterSettings": [
        "encoder_queue_size",
        "plan",
        "video_encoder",
    ],
    "manim.scene.video_segment_encoder.VideoSegmentEncoder": [
        "_closed",
        "_container",
        "_next_pts",
        "_operation_error",
        "_stream",
        "_validate_frame",
    ],
    "pptx.oxml.shapes.picture.CT_Picture": ["nvPicPr"],
    "pptx.shapes.base.BaseShape": ["_element"],
}


@pytest.mark.parametrize(
    ("place", "name"), [(place, name) for place, names in TOUCHED.items() for name in names]
)
def test_it_is_still_there(place: str, name: str) -> None:
    try:
        module, kind = importlib.import_module(place), None
    except ModuleNotFoundError:
        path, _, kind = place.rpartition(".")
        module = importlib.import_module(path)
    if kind is None:
        assert hasattr(module, name)
    else:
        bases = getattr(module, kind).__mro__
        assert any(name in vars(base) or name in attributes(base) for base in bases)


def test_all_that_is_touched_is_listed() -> None:
    listed = {name for names in TOUCHED.values() for name in names}
    found = {name: where for source in sources() for name, where in source.foreign()}
    assert not {name: where for name, where in found.items() if name not in listed}


def test_all_that_is_listed_is_touched() -> None:
    listed = {name for names in TOUCHED.values() for name in names}
    assert listed <= set.union(*(source.words() for source in sources()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from other._inside import Thing", {"Thing"}),
        ("from other import _thing", {"_thing"}),
        ("import other._inside", {"other._inside"}),
        ("import other\nother.Thing()._part", {"_part"}),
        ("def f(thing): getattr(thing, '_part', None)", {"_part"}),
        ("class A(Base):\n    def f(self): return self._of_base", {"_of_base"}),
        ("class A(Base):\n    def _f(self): return super()._f()", {"_f"}),
        (
            "class A:\n    def __init__(self): self._own = 1\n    def f(self): return self._own",
            set(),
        ),
        ("class A:\n    _own = 1\ndef f(a: A): return a._own", set()),
        ("class A:\n    _own: int\nclass B(A):\n    def f(self): return self._own", set()),
        ("class A:\n    _own = 1\nclass B(Base):\n    def f(self): return self._own", {"_own"}),
        ("from fields.flow import _ours", set()),
        ("import os\nos._exit(0)", set()),
        ("thing.__dict__", set()),
    ],
)
def test_the_list_is_held_against_what_the_sources_say(text: str, found: set[str]) -> None:
    assert {name for name, _ in Source(text, "here").foreign()} == found


def test_a_name_that_a_base_has_as_well_is_found() -> None:
    source = next(source for source in sources() if "class FilmWriter" in source.text)
    assert "_create_segment_encoder" in {name for name, _ in source.foreign()}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name not in DOCUMENTED | {"_"}


def is_foreign(module: str) -> bool:
    root = module.partition(".")[0]
    return root not in ROOMS and root not in sys.stdlib_module_names


def bound(kind: ast.ClassDef) -> set[str]:
    """Names that a class gives itself or its instances."""
    names = {node.name for node in kind.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(kind):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                names.add(name)
    for node in kind.body:
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            names |= {part.id for part in ast.walk(target or ast.Pass()) if hasattr(part, "id")}
    return names


@cache
def attributes(kind: type) -> frozenset[str]:
    """What a class of another library gives its instances, by its source."""
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    except (OSError, TypeError):  # compiled
        return frozenset()
    return frozenset(bound(node))


class Source:
    """One of our files."""

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where = text, where
        self.tree = ast.parse(text)
        kinds = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        self.bases = {
            kind.name: [base.id for base in kind.bases if isinstance(base, ast.Name)]
            for kind in kinds
        }
        self.bound = {kind.name: bound(kind) for kind in kinds}

    def words(self) -> set[str]:
        """All names of attributes, and of what is imported or told by its keyword."""
        found = set()
        for node in ast.walk(self.tree):
            match node:
                case ast.Attribute(attr=name) | ast.alias(name=name) | ast.keyword(arg=name):
                    found.add(name)
                case ast.FunctionDef(name=name):
                    found.add(name)
        return found

    def foreign(self) -> Iterator[tuple[str, str]]:
        """Private names that are not our own, and where they stand."""
        yield from self._of(self.tree, None)
        for kind, names in self.bound.items():
            yield from self._shared(kind, names)

    def _of(self, tree: ast.AST, kind: str | None) -> Iterator[tuple[str, str]]:
        for node in ast.iter_child_nodes(tree):
            for name in self._touched(node, kind):
                yield name, f"{self.where}:{getattr(node, 'lineno', 0)}"
            yield from self._of(node, node.name if isinstance(node, ast.ClassDef) else kind)

    def _touched(self, node: ast.AST, kind: str | None) -> list[str]:
        match node:
            case ast.ImportFrom(module=str(module), names=names) if is_foreign(module):
                inside = any(map(is_private, module.split(".")))
                return [alias.name for alias in names if inside or is_private(alias.name)]
            case ast.Import(names=names):
                paths = [alias.name for alias in names if is_foreign(alias.name)]
                return [path for path in paths if any(map(is_private, path.split(".")))]
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "hasattr" | "delattr"),
                args=[_, ast.Constant(value=str(name)), *_],
            ):
                return [name] if is_private(name) else []
            case ast.Attribute(value=owner, attr=name) if is_private(name):
                return [] if name in self._own(owner, kind) else [name]
        return []

    def _own(self, owner: ast.AST, kind: str | None) -> set[str]:
        """Names that are ours on such an owner, in such a class."""
        match owner:
            case ast.Name(id="self" | "cls") if kind:
                return self._inherited(kind) | self.bound[kind]
            case ast.Call(func=ast.Name(id="super")) if kind:
                return self._inherited(kind)
        return set().union(*self.bound.values())

    def _inherited(self, kind: str) -> set[str]:
        """What the bases of a class have that are ours, wherever they are."""
        found: set[str] = set()
        for base in self.bases[kind]:
            for source in (self, *sources()):
                if base in source.bound:
                    found |= source.bound[base] | source._inherited(base)
        return found

    def _shared(self, kind: str, names: set[str]) -> Iterator[tuple[str, str]]:
        """Names that a class has and a base of another library as well: hooks, or accidents."""
        module = sys.modules.get(self.where.replace("/", "."))
        for base in getattr(getattr(module, kind, None), "__mro__", ()):
            if is_foreign(base.__module__):
                for name in filter(is_private, names & (set(vars(base)) | attributes(base))):
                    yield name, f"{self.where}: {kind}"


def read(path: Path) -> Source:
    """A file of ours, imported as well, where that has no other effect."""
    where = path.relative_to(ROOT).with_suffix("").as_posix()
    if not where.startswith("benchmarks/") and path.name != "__main__.py":
        importlib.import_module(where.removesuffix("/__init__").replace("/", "."))
    return Source(path.read_text(encoding="utf-8"), where)


@cache
def sources() -> list[Source]:
    """All of our files; read when first asked for, and not by each process that collects tests."""
    return [read(path) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
