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
SHORT = {"lr": "step_size", "eps": "epsilon", "wd": "weight_decay"}
"""Short names of settings, as PyTorch has them."""


def optimizer(text: str) -> Optimizer:
    """Read a name and its settings, ``name setting=number …``.

    ``momentum lr=0.01 momentum=0.99``, ``rmsprop convention=optax``: settings are the fields of the
    class, or their short names. Raises ValueError where there is no such name or setting.
    """
    name, *parts = text.split() or [""]
    if name not in NAMES:
        raise ValueError(f"optimizer: there is no {name!r}; there are {', '.join(NAMES)}.")
    kind = NAMES[name]
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    settings: dict[str, object] = {"momentum": 0.9} if name == "momentum" else {}
    for part in parts:
        key, equals, value = part.partition("=")
        key = SHORT.get(key, key)
        if not equals or key not in known:
            near = get_close_matches(key, known, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}."
            raise ValueError(f"optimizer: {part!r} is no setting of {name}; {meant}")
        settings[key] = _value(key, value)
    return kind(**settings)


def _value(key: str, text: str) -> object:
    if key == "convention":
        return text
    if key == "betas":
        first, _, second = text.partition(",")
        return (_number(key, first), _number(key, second))
    if key in ("nesterov", "amsgrad", "centered"):
        return text.lower() in ("yes", "true", "1")
    return _number(key, text)


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"optimizer: {key} is {text!r}; give a number, such as lr=0.01.") from None
