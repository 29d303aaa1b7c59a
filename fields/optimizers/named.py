"""An optimizer from its name and settings, as one types them: "adam lr=0.01"."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches

from fields.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from fields.optimizers.base import Optimizer
from fields.optimizers.descent import GradientDescent, SignDescent

NAMES: dict[str, type[Optimizer]] = {
    "descent": GradientDescent,
    "momentum": GradientDescent,
    "sign": SignDescent,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}
"""What may be named; ``momentum`` is ``descent`` with momentum 0.9 unless another is given."""
SHORT = {
    "lr": "step_size",
    "eps": "epsilon",
    "wd": "weight_decay",
    "alpha": "decay",
    "lr_decay": "step_decay",
}
"""Short names of settings, and those that PyTorch has."""
SWITCHES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
"""What is read for a setting that is on or off."""


def optimizer(text: str) -> Optimizer:
    """Read a name and its settings, ``name setting=number …``.

    ``momentum lr=0.01 momentum=0.99``, ``rmsprop convention=optax``: settings are the fields of the
    class, or their short names; capitals do not count. Raises ValueError where there is no such
    name or setting.
    """
    name, *parts = text.split() or [""]
    name = name.lower()
    if name not in NAMES:
        raise ValueError(f"optimizer: there is no {name!r}; there are {', '.join(NAMES)}.")
    kind = NAMES[name]
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    settings: dict[str, object] = {"momentum": 0.9} if name == "momentum" else {}
    given: set[str] = set()
    for part in parts:
        told, equals, value = part.partition("=")
        key = SHORT.get(told.lower(), told.lower())
        if key in known and not (equals and value):
            raise ValueError(
                f"optimizer: {part!r} has no value; write {told}=… without spaces, as in lr=0.01."
            )
        if key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}."
            raise ValueError(f"optimizer: {part!r} is no setting of {name}; {meant}")
        if key in given:
            raise ValueError(f"optimizer: {text!r} has {told} twice; give it once.")
        given.add(key)
        settings[key] = _value(key, value)
    return kind(**settings)


def _value(key: str, text: str) -> object:
    if key == "convention":
        return text.lower()
    if key == "betas":
        try:
            first, second = map(float, text.split(","))
        except ValueError:
            raise ValueError(
                f"optimizer: betas is {text!r}; "
                "give two without spaces or brackets, such as betas=0.9,0.999."
            ) from None
        return first, second
    if key in ("nesterov", "amsgrad", "centered"):
        if text.lower() not in SWITCHES:
            raise ValueError(f"optimizer: {key} is {text!r}; give yes or no.")
        return SWITCHES[text.lower()]
    return _number(key, text)


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"optimizer: {key} is {text!r}; give a number, such as lr=0.01.") from None
