"""Optimizers that divide each gradient by its own past size: AdaGrad, RMSProp, Adam, AdamW.

Where ε sits differs between libraries of one name, and decides where training lands from small
starts (``convention``). PyTorch's is ours unless another is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from fields.loss import Array
from fields.optimizers.base import Memory, Optimizer, fractions, not_negative, positive

Convention = Literal["torch", "optax", "keras"]
"""Whose defaults, and whose place of ε."""


def _check_convention(rule: object, convention: str) -> None:
    if convention not in get_args(Convention):
        raise ValueError(
            f"{type(rule).__name__}: the convention is {convention!r}; "
            f"give one of {', '.join(get_args(Convention))}."
        )


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """s ← s + g², u ← u − η g/(√s + ε).

    ``convention``: torch has ε = 1e-10 outside of the root and s = 0 at first; optax ε = 1e-7 and
    keras ε = 1e-7 inside of the root, and s = 0.1 at first.

    Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization", 2011; ``torch.optim.Adagrad``.
    """

    step_size: float = 1e-2
    epsilon: float | None = None
    step_decay: float = 0.0
    """The η of step k is η/(1 + k · this), ``lr_decay`` in PyTorch."""
    weight_decay: float = 0.0
    convention: Convention = "torch"

    def __post_init__(self) -> None:
        _check_convention(self, self.convention)
        positive(self, step_size=self.step_size)
        not_negative(
            self,
            epsilon=self.epsilon or 0.0,
            step_decay=self.step_decay,
            weight_decay=self.weight_decay,
        )

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        outside = self.convention == "torch"
        epsilon = (1e-10 if outside else 1e-7) if self.epsilon is None else self.epsilon
        if self.weight_decay:
            g += self.weight_decay * u
        total = memory.like("sum of squares", u, 0.0 if outside else 0.1)
        total += g * g
        divisor = np.sqrt(total) + epsilon if outside else np.sqrt(total + epsilon)
        g /= divisor
        u -= self.step_size / (1.0 + memory.steps * self.step_decay) * g


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """s ← α s + (1 − α) g², u ← u − η g/(√s + ε).

    ``convention``: torch has α = 0.99 and ε = 1e-8 outside of the root; optax α = 0.9 and ε = 1e-8,
    keras α = 0.9 and ε = 1e-7, both inside of it: √(s + ε). It does not come to rest.

    Source: T. Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012;
    ``torch.optim.RMSprop``.
    """

    step_size: float = 1e-2
    decay: float | None = None
    """The α."""
    epsilon: float | None = None
    momentum: float = 0.0
    centered: bool = False
    """Divide by √(s − m²) with m ← α m + (1 − α) g: by the spread, not by the size."""
    weight_decay: float = 0.0
    convention: Convention = "torch"

    def __post_init__(self) -> None:
        _check_convention(self, self.convention)
        positive(self, step_size=self.step_size)
        fractions(self, decay=self.decay or 0.0, momentum=self.momentum)
        not_negative(self, epsilon=self.epsilon or 0.0, weight_decay=self.weight_decay)

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        outside = self.convention == "torch"
        decay = (0.99 if outside else 0.9) if self.decay is None else self.decay
        usual = {"torch": 1e-8, "optax": 1e-8, "keras": 1e-7}[self.convention]
        epsilon = usual if self.epsilon is None else self.epsilon
        if self.weight_decay:
            g += self.weight_decay * u
        square = memory.like("mean of squares", u)
        square *= decay
        square += (1.0 - decay) * (g * g)
        spread = square
        if self.centered:
            mean = memory.like("mean", u)
            mean += (1.0 - decay) * (g - mean)
            spread = square - mean * mean
        divisor = np.sqrt(spread) + epsilon if outside else np.sqrt(spread + epsilon)
        if self.momentum:
            velocity = memory.like("momentum", u)
            velocity *= self.momentum
            velocity += g / divisor
            u -= self.step_size * velocity
        else:
            g /= divisor
            u -= self.step_size * g


@dataclass(frozen=True)
class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², u ← u − η m̂/(√ŝ + ε).

    m̂ = m/(1 − β₁ᵏ) and ŝ = s/(1 − β₂ᵏ) at step k = 1, 2, … ``weight_decay`` λ adds λ u to the
    gradient (ℓ₂ penalty); for decay apart from it see ``AdamW``. With ``amsgrad`` the largest s so
    far divides. ``convention``: torch and optax add ε = 1e-8 after the correction of s, keras
    ε = 1e-7 before it. On the line, small steps of it keep u₁ − u₂, whatever the depth.

    Source: D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015;
    ``torch.optim.Adam``, in its order of operations.
    """

    step_size: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float | None = None
    weight_decay: float = 0.0
    amsgrad: bool = False
    convention: Convention = "torch"

    def __post_init__(self) -> None:
        _check_adam(self)

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        if self.weight_decay:
            g += self.weight_decay * u
        _adapt(self, u, g, memory)


@dataclass(frozen=True)
class AdamW(Optimizer):
    """Adam with decay apart from the gradient: u ← (1 − η λ) u, then a step of Adam.

    Source: I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019;
    ``torch.optim.AdamW`` (λ = 0.01).
    """

    step_size: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float | None = None
    weight_decay: float = 1e-2
    amsgrad: bool = False
    convention: Convention = "torch"

    def __post_init__(self) -> None:
        _check_adam(self)

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        u *= 1.0 - self.step_size * self.weight_decay
        _adapt(self, u, g, memory)


def _check_adam(rule: Adam | AdamW) -> None:
    _check_convention(rule, rule.convention)
    positive(rule, step_size=rule.step_size)
    fractions(rule, beta_1=rule.betas[0], beta_2=rule.betas[1])
    not_negative(rule, epsilon=rule.epsilon or 0.0, weight_decay=rule.weight_decay)


def _adapt(rule: Adam | AdamW, u: Array, g: Array, memory: Memory) -> None:
    """The step that Adam and AdamW share; ``g`` is overwritten."""
    first, second = rule.betas
    usual = 1e-7 if rule.convention == "keras" else 1e-8
    epsilon = usual if rule.epsilon is None else rule.epsilon
    mean, square = memory.like("mean", u), memory.like("mean of squares", u)
    work = memory.like("work", u)
    np.multiply(g, g, out=work)
    work *= 1.0 - second
    square *= second
    square += work
    g -= mean
    g *= 1.0 - first
    mean += g
    if rule.amsgrad:
        square = np.maximum(square, memory.like("largest", u), out=memory.arrays["largest"])
    rest_1, rest_2 = (1.0 - beta ** (memory.steps + 1) for beta in rule.betas)
    np.sqrt(square, out=work)
    if rule.convention == "keras":
        work += epsilon
        factor = rule.step_size * math.sqrt(rest_2) / rest_1
    else:
        work /= math.sqrt(rest_2)
        work += epsilon
        factor = rule.step_size / rest_1
    np.divide(mean, work, out=work)
    work *= factor
    u -= work
