"""Lecture clips: some steps of a clip as a film of their own, and as a loop where they are one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

import numpy as np

from stage.film.atomic import atomic_path
from studio.film import encode
from studio.film.cut import Cut, cut
from studio.job import manifest
from studio.job.files import locked
from studio.job.request import RenderRequest
from studio.job.steps import WHOLE, StepFiles, slug
from studio.kit.clip import Kit, opened

_STRAY, _MANY = 32, 2e-3
"""Levels of light by which encoding may move a pixel; of all pixels, how many may stray further."""


def lecture_clip(
    out: Path, request: RenderRequest, first: str, last: str, *, loop: bool = False
) -> Path:
    """Cut the steps from ``first`` to ``last`` out of a film that is there; both may be empty.

    ValueError for a name that no step has, for steps the wrong way round, and where a ``loop`` is
    asked for and the film does not end where it began.
    """
    kit = opened(request, out / request.folder)
    titles = [files.title for files in kit.steps]
    begin, end = (
        found(titles, name, kit.title) if name else place
        for name, place in ((first, 0), (last, len(kit.steps) - 1))
    )
    if end < begin:
        raise ValueError(
            f"{kit.title}: the step {last!r} comes before {first!r}; give them the other way round."
        )
    steps = kit.steps[begin : end + 1]
    piece = Cut(kit.film, kit.at(steps[0].step.start), kit.at(steps[-1].step.end))
    if loop and not (kit.report.loops and len(steps) == len(kit.steps)):
        _check_loop(kit, piece, steps)
    names = names_in_files([title or kit.title for title in titles])
    ends = "-to-".join(names[place] for place in dict.fromkeys((begin, end)))
    name = f"cut-{ends}{'.loop' if loop else ''}.mp4"
    with locked(out, request.folder), atomic_path(kit.folder / name) as part:
        cut([piece], part)
    manifest.record(kit.folder, name, request.fingerprint)
    return kit.folder / name


def found(titles: Sequence[str], name: str, clip: str) -> int:
    """The place of the step that is called so, has that number, or alone is spelt alike.

    ValueError, with those that there are, where none is.
    """
    numbers = [str(number) for number in range(1, len(titles) + 1)]
    ways: list[Callable[[str], str]] = [str, letters_of]
    if slug(name) != WHOLE:  # as all names without a Latin letter
        ways.append(slug)
    for way in ways:
        alike = [place for place, title in enumerate(titles) if way(title) == way(name)]
        if len(alike) == 1:
            return alike[0]
        if name in numbers:
            return numbers.index(name)
    near = get_close_matches(name, titles, 1, 0.5)
    meant = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(titles) or 'none'}."
    raise ValueError(f"{clip} has no step {name!r}. {meant}")


def letters_of(title: str) -> str:
    """Letters and digits of a title, of any script, large ones as small ones."""
    return "".join(sign for sign in normalize("NFKD", title.casefold()) if sign.isalnum())


def names_in_files(titles: Sequence[str]) -> list[str]:
    """What each step is called in the name of a file: with its number, where two are alike."""
    slugs = [slug(title) for title in titles]
    return [
        name if slugs.count(name) == 1 else f"{number:02}-{name}"
        for number, name in enumerate(slugs, 1)
    ]


def _check_loop(kit: Kit, piece: Cut, steps: Sequence[StepFiles]) -> None:
    """Compare the first picture with the one that would come after the last."""
    begins = encode.picture(kit.film, piece.first)
    hold = steps[-1].hold
    if piece.stop is not None and piece.stop < kit.frames:
        comes = encode.picture(kit.film, piece.stop)
    elif hold:
        comes = encode.first_picture(kit.folder / hold)
    else:
        comes = encode.last_picture(kit.film)
    apart = np.abs(np.asarray(begins, int) - np.asarray(comes, int)).max(axis=-1) > _STRAY
    if (far := float(apart.mean())) > _MANY:
        raise ValueError(
            f"{kit.title}, {steps[0].title!r} to {steps[-1].title!r}: it does not end where it "
            f"began, {100 * far:.1f} % of the picture is another; cut it without --loop, or take a "
            "step's hold, which is a loop."
        )
