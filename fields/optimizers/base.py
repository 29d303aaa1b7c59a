"""What an optimizer is: a rule that turns a gradient into a step, with a memory of its own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from fields.loss import Array


@dataclass
class Memory:
    """What a rule remembers from step to step: arrays (n, k) by name, made when first asked for."""

    steps: int = 0
    """Steps that were taken before."""
    arrays: dict[str, Array] = field(default_factory=dict)

    def like(self, name: str, parameters: Array, fill: float = 0.0) -> Array:
        """The array of that name, of the shape of the parameters; at first full of ``fill``."""
        if name not in self.arrays:
            self.arrays[name] = np.full_like(parameters, fill)
        return self.arrays[name]


class Optimizer(ABC):
    """A rule u ← u + Δ(g) for parameters u and their gradient g = ∇ᵤℓ.

    Parameters and gradients are (n, k): n particles that do not know of each other, k parameters
    each. A rule is a frozen value; what it remembers is handed to it.
    """

    step_size: float
    """The η (``lr`` in PyTorch); film time is the number of steps times it."""

    @abstractmethod
    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """Take one step: write the new parameters over ``u``, and into the memory what is needed.

        ``g`` may be overwritten.
        """


def positive(rule: object, **settings: float) -> None:
    """Raise ValueError where a setting is not a finite number above 0."""
    for name, number in settings.items():
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"{type(rule).__name__}: {name} is {number!r}; give a number above 0.")


def fractions(rule: object, **settings: float) -> None:
    """Raise ValueError where a setting is not in [0, 1)."""
    for name, number in settings.items():
        if not 0 <= number < 1:
            raise ValueError(
                f"{type(rule).__name__}: {name} is {number!r}; give a number from 0 to below 1."
            )


def not_negative(rule: object, **settings: float) -> None:
    """Raise ValueError where a setting is not a finite number of at least 0."""
    for name, number in settings.items():
        if not (math.isfinite(number) and number >= 0):
            raise ValueError(
                f"{type(rule).__name__}: {name} is {number!r}; give a number of at least 0."
            )
