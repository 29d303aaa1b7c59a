"""What is to be translated, for Babel: extractors that ``assets/locale/babel.ini`` names.

A sentence is found where it is written: as the text of ``say``, ``prose``, ``next_section``,
``gettext`` and ``gettext_noop``, as the ``title`` of a figure, and in what a clip and its file say
of themselves. What is not a plain text there is put together, and stays unknown: give it to
``gettext`` with placeholders.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from stage.text.language import FACTS, SPOKEN, paragraphs
from studio.formulas.signs import messages
from studio.job.clips import SCENES, Clip, find_clips

Message = tuple[int, str, str | tuple[str, str], list[str]]
"""Line, gettext's function, text (with its context before it), and comments for translators."""

_CALLS = {"say": 0, "next_section": 0, "gettext": 0, "gettext_noop": 0, "prose": 1}
"""Which argument is a text."""
_KINDS = {"say": "caption", "next_section": "section", "prose": "words beside the picture"}
_CONTEXT = 1
"""Which argument of ``gettext`` is the context."""


def python(
    fileobj: BinaryIO, keywords: Mapping[str, Any], tags: Collection[str], options: Any
) -> Iterator[Message]:
    """The texts of a Python file, in its order."""
    tree = ast.parse(fileobj.read())
    path = Path(fileobj.name).resolve()
    if path.parent == SCENES:
        yield from _clips(path)
    if path.stem == "language":
        yield from ((1, "gettext", fact, [told]) for fact, told in FACTS.items())
    if path.stem == "signs":
        for text in messages():
            yield 1, "pgettext", (SPOKEN, text), ["read out: a sign of a formula in words"]
    for node, place in _walk(tree, ""):
        if isinstance(node, ast.Call):
            yield from _called(node, place)
        elif isinstance(node, ast.Assign) and path.parent == SCENES:
            yield from _titled(node, place)


def script(
    fileobj: BinaryIO, keywords: Mapping[str, Any], tags: Collection[str], options: Any
) -> Iterator[Message]:
    """The texts of the film's script, in its order."""
    told = tomllib.load(fileobj)
    texts = [(told["title"], "title of the film"), (told["subtitle"], "its subtitle")]
    texts += [(text, "its description") for text in paragraphs(told["description"])]
    for chapter in told["chapter"]:
        clip = chapter["clip"]
        texts.append((chapter["title"], f"{clip}, chapter of the film"))
        for section, lines in chapter["lines"].items():
            texts.append((section, f"{clip}, section"))
            texts += [(line, f"{clip}, {section}: spoken, for the ear") for line in lines]
    for line, (text, comment) in enumerate(texts, 1):
        yield line, "gettext", text, [comment]


@cache
def _all_clips() -> dict[str, Clip]:
    return find_clips()


def _clips(path: Path) -> Iterator[Message]:
    for clip in _all_clips().values():
        if clip.path == path:
            yield 1, "gettext", clip.chapter, ["what a file of scenes is about"]
            yield 1, "gettext", clip.title, [f"{clip.name}, its title"]
            yield 1, "gettext", clip.shows, [f"{clip.name}, what it shows: for who does not see it"]


def _walk(node: ast.AST, place: str) -> Iterator[tuple[ast.AST, str]]:
    """All that is below a node, in its order, with the name of the class that it is in."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else place
        yield child, inner
        yield from _walk(child, inner)


def _called(call: ast.Call, place: str) -> Iterator[Message]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    which = _CALLS.get(name)
    if which is None or len(call.args) <= which:
        return
    comment = ", ".join(filter(None, (place, _KINDS.get(name, ""))))
    context = call.args[_CONTEXT] if name == "gettext" and len(call.args) > _CONTEXT else None
    for text in _texts(call.args[which]):
        if isinstance(context, ast.Constant):
            yield call.lineno, "pgettext", (str(context.value), text), [comment] if comment else []
        elif text:
            yield call.lineno, "gettext", text, [comment] if comment else []


def _titled(assignment: ast.Assign, place: str) -> Iterator[Message]:
    for target in assignment.targets:
        pairs = [(target, assignment.value)]
        if isinstance(target, ast.Tuple) and isinstance(assignment.value, ast.Tuple):
            pairs = list(zip(target.elts, assignment.value.elts, strict=True))
        for name, value in pairs:
            if isinstance(name, ast.Name) and name.id == "title":
                for text in _texts(value):
                    yield assignment.lineno, "gettext", text, [f"{place}, on the screen"]


def _texts(argument: ast.expr) -> Iterator[str]:
    """The texts that an argument may be."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body)
        yield from _texts(argument.orelse)
