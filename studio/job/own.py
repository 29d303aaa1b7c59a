"""What a user brings to ``flowreel fly``, looked at before anything is rendered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fields import Own
from fields import formula as parameterization
from fields.data.named import loss_of
from fields.data.recorded import read_run
from fields.optimizers.named import optimizer
from fields.particles.starts import starts as places
from studio.job.clips import HOUSE, Clip
from studio.job.data import names_file

_BETWEEN = re.compile(r",(?![^\[]*\])")
"""Commas between names; those within brackets are of one name, ``layer.weight[2,0]``."""

AMONG_NAMES = "\x1f"
"""What parts names in a variable: no name has it."""

_TRIED = 200
"""Places of the plane at which it is looked for parameters."""

APART = 4
"""Optimizers whose beads are told apart."""
START = "0.1,0.1"
"""Where beads begin if no start is given."""

Told = tuple[tuple[str, str], ...]
"""Variables and values, which tell the clip."""


def check_flight(
    formula: str, loss: str, optimizers: Sequence[str], starts: Sequence[str]
) -> tuple[Clip, Told]:
    """The clip of a parameterization; ValueError says what cannot be read, and where."""
    if not formula.strip():
        raise ValueError("fly: which parameterization? Give a formula, such as 'u^3 + u'.")
    made = _check_reach(formula)
    if names_file(loss) and not Path(loss.strip()).is_file():
        raise ValueError(
            f"fly: --loss {loss!r}: there is no such file; give the way to it from here."
        )
    if loss:
        loss_of(loss)
    if len(optimizers) > APART:
        raise ValueError(
            f"fly: {len(optimizers)} optimizers; beads of {APART} are told apart by their colours, "
            f"so give {APART} at most."
        )
    for text in optimizers:
        optimizer(text)
    for text in starts:
        _check_start(text)
    if starts and not optimizers:
        raise ValueError(
            "fly: --start is where beads of an optimizer begin; "
            'give an --optimizer too, such as --optimizer "adam lr=0.01".'
        )
    for text in (starts or (START,)) if optimizers else ():
        place = [float(part) for part in text.split(",")]
        if not np.isfinite(made.parameters(place)).all():
            raise ValueError(
                f"fly: {formula!r} makes no w = ({text}), where beads would begin; "
                "give a --start W1,W2 that it makes."
            )
    told = {
        "REEL_FORMULA": formula,
        "REEL_LOSS": _placed(loss),
        "REEL_OPTIMIZERS": ";".join(optimizers),
        "REEL_STARTS": ";".join(starts),
    }
    path = HOUSE / "studio" / "job" / "fly.py"
    clip = Clip("Fly", path, "Your own", f"Training under w = {' '.join(formula.split())}.")
    return clip, tuple((name, value) for name, value in told.items() if value)


def check_run(path: Path, weights: str) -> tuple[Clip, Told]:
    """The clip of a training run; ValueError says what is wrong with its file."""
    run = read_run(path)
    named = _names(weights, (run.clock, *run.names))
    if named and len(named) != 2:
        raise ValueError(f"fly: --weights {weights!r} are not two; give two names, such as w1,w2.")
    if named:
        run = run.pair(*named)
    if len(run.weights) < 2 or not np.any(np.diff(run.weights, axis=0)):
        raise ValueError(
            f"{path}: the run does not move{' in these weights' * bool(named)}; "
            "record its steps, a row for each."
        )
    if run.weights.shape[1] == 1:
        over = f" over time, --weights {run.clock},{run.names[0]}" if run.clock else ""
        raise ValueError(
            f"{path}: it holds one weight, and a plane shows two; record another one"
            + (f", or show it{over}." if over else " beside it.")
        )
    if run.weights.shape[1] != 2:
        run.principal_plane()
    told = {
        "REEL_PATH": str(path.resolve()),
        "REEL_WEIGHTS": AMONG_NAMES.join(named),
    }
    clip = Clip("Run", HOUSE / "studio" / "job" / "run.py", "Your own", f"The run {path.name}.")
    return clip, tuple((name, value) for name, value in told.items() if value)


def _names(weights: str, known: Sequence[str]) -> list[str]:
    """The names that commas separate; where names have commas, by what is known."""
    told = [" ".join(name.split()) for name in _BETWEEN.split(weights)]
    told = [name for name in told if name]
    if len(told) == 2 and all(name in known for name in told):
        return told
    cuts = [k for k, sign in enumerate(weights) if sign == ","]
    halves = [[" ".join(part.split()) for part in (weights[:k], weights[k + 1 :])] for k in cuts]
    return next((pair for pair in halves if all(name in known for name in pair)), told)


def _placed(loss: str) -> str:
    """A file by its whole path, for workers run elsewhere; a formula as it is."""
    return str(Path(loss.strip()).resolve()) if names_file(loss) else loss


def _check_reach(formula: str) -> Own:
    made = parameterization(formula)
    w = places(np.arange(_TRIED), 0, 10.0, _TRIED)
    with np.errstate(all="ignore"):
        reached = np.isfinite(made.parameters(w)).all(axis=1)
    if not reached.any():
        raise ValueError(
            f"fly: {formula!r} makes no weights from 0 to 10.5, as far as Newton's method finds "
            f"from 1 at {_TRIED} places; give one that makes some of them, such as 'u^3 + u'."
        )
    return made


def _check_start(text: str) -> None:
    try:
        places = [float(part) for part in text.split(",")]
    except ValueError:
        places = []
    if len(places) != 2 or not all(0 <= place <= 10 for place in places):
        raise ValueError(
            f"fly: --start {text!r} is no place; give two weights from 0 to 10, such as 0.1,0.1."
        )
