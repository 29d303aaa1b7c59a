"""Gradient descent, with momentum and weight decay, by sign, and clipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fields.loss import Array
from fields.optimizers.base import Memory, Optimizer, fractions, not_negative, positive


@dataclass(frozen=True)
class GradientDescent(Optimizer):
    """u ← u − η b with b ← μ b + (1 − τ)(g + λ u), b = g + λ u at first.

    μ is ``momentum`` (heavy ball), τ ``dampening``, λ ``weight_decay``. With ``nesterov`` the step
    is along g + λ u + μ b instead. Without momentum it is plain gradient descent.

    Source: B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964;
    Y. Nesterov, 1983; in the form, and with the order of operations, of ``torch.optim.SGD``.
    Raises ValueError for settings out of range.
    """

    step_size: float = 1e-3
    momentum: float = 0.0
    nesterov: bool = False
    dampening: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        positive(self, step_size=self.step_size)
        fractions(self, momentum=self.momentum)
        not_negative(self, dampening=self.dampening, weight_decay=self.weight_decay)
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError(
                "GradientDescent: nesterov needs momentum above 0, and no dampening; "
                "give for example momentum=0.9."
            )

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        if self.weight_decay:
            g += self.weight_decay * u
        if self.momentum:
            if memory.steps == 0:
                memory.arrays["momentum"] = g.copy()
            velocity = memory.arrays["momentum"]
            if memory.steps > 0:
                velocity *= self.momentum
                velocity += g if self.dampening == 0 else (1.0 - self.dampening) * g
            g = g + self.momentum * velocity if self.nesterov else velocity
        u -= self.step_size * g


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """u ← u − η sign(g): each parameter at one speed, whatever the size of its gradient.

    The limit of Adam, RMSProp and AdaGrad without memory. On the line all wᵢ = uᵢᴺ keep u₁ − u₂ (if
    the signs of the normal agree), whatever the depth.

    Source: J. Bernstein et al., "signSGD: Compressed Optimisation for Non-Convex Problems", 2018.
    """

    step_size: float = 1e-3

    def __post_init__(self) -> None:
        positive(self, step_size=self.step_size)

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        u -= self.step_size * np.sign(g)


@dataclass(frozen=True)
class Clipped(Optimizer):
    """Another optimizer, whose gradient is clipped before it: by value, or by norm.

    By ``value`` c each gᵢ becomes min(max(gᵢ, −c), c); by ``norm`` c the whole gradient is
    multiplied by min(1, c/(‖g‖₂ + 1e-6)), as in ``torch.nn.utils.clip_grad_norm_``.
    Raises ValueError where not one of the two is given.
    """

    rule: Optimizer
    value: float | None = None
    norm: float | None = None

    def __post_init__(self) -> None:
        given = [limit for limit in (self.value, self.norm) if limit is not None]
        if len(given) != 1:
            raise ValueError("Clipped: give either value or norm, such as value=0.1.")
        positive(self, limit=given[0])

    @property
    def step_size(self) -> float:  # type: ignore[override]
        """That of the optimizer."""
        return self.rule.step_size

    def update(self, u: Array, g: Array, memory: Memory) -> None:
        """One step."""
        if self.value is not None:
            np.clip(g, -self.value, self.value, out=g)
        elif self.norm is not None:
            size = np.sqrt(np.sum(g * g, axis=-1, keepdims=True))
            g *= np.minimum(1.0, self.norm / (size + 1e-6))
        self.rule.update(u, g, memory)
