"""Our optimizers beside PyTorch's: are the steps equal, and what do they cost?

    python benchmarks/optimizers.py                  both, for 10,000 particles and 10,000 steps
    python benchmarks/optimizers.py --steps 1000     a shorter run
    python benchmarks/optimizers.py --write          renews tests/fields/optimizer_steps.json

It needs PyTorch (and takes optax and keras along where they are installed), which nothing else
here does: ``pip install torch``, in an environment of its own if you like.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from fields import LineLoss, Monomial, Optimizer, train
from fields.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from fields.optimizers.base import Memory
from fields.optimizers.descent import GradientDescent

KEPT = Path(__file__).parents[1] / "tests" / "fields" / "optimizer_steps.json"
LOSS, MODEL = LineLoss(-1, -2, 15), Monomial(4)
STARTS = np.array([[0.1, 0.3], [2.0, 1.0], [7.0, 4.0]])
STEPS = 500

T = torch.optim
Make = Callable[[Sequence[torch.Tensor]], torch.optim.Optimizer]
PAIRS: dict[str, tuple[Optimizer, Make]] = {
    "descent": (GradientDescent(1e-3), lambda p: T.SGD(p, 1e-3)),
    "momentum": (GradientDescent(1e-3, momentum=0.9), lambda p: T.SGD(p, 1e-3, momentum=0.9)),
    "dampening": (
        GradientDescent(1e-3, momentum=0.8, dampening=0.5),
        lambda p: T.SGD(p, 1e-3, momentum=0.8, dampening=0.5),
    ),
    "nesterov": (
        GradientDescent(1e-3, momentum=0.9, nesterov=True),
        lambda p: T.SGD(p, 1e-3, momentum=0.9, nesterov=True),
    ),
    "weight decay": (
        GradientDescent(1e-3, momentum=0.9, weight_decay=0.05),
        lambda p: T.SGD(p, 1e-3, momentum=0.9, weight_decay=0.05),
    ),
    "adagrad": (AdaGrad(0.01), lambda p: T.Adagrad(p, 0.01)),
    "adagrad decay": (
        AdaGrad(0.01, step_decay=0.01, weight_decay=0.1),
        lambda p: T.Adagrad(p, 0.01, lr_decay=0.01, weight_decay=0.1),
    ),
    "rmsprop": (RMSProp(1e-3), lambda p: T.RMSprop(p, 1e-3)),
    "rmsprop centered": (
        RMSProp(1e-3, momentum=0.5, centered=True, weight_decay=0.1),
        lambda p: T.RMSprop(p, 1e-3, momentum=0.5, centered=True, weight_decay=0.1),
    ),
    "adam": (Adam(1e-3), lambda p: T.Adam(p, 1e-3)),
    "adam penalty": (Adam(1e-3, weight_decay=0.1), lambda p: T.Adam(p, 1e-3, weight_decay=0.1)),
    "amsgrad": (Adam(1e-2, amsgrad=True), lambda p: T.Adam(p, 1e-2, amsgrad=True)),
    "adamw": (AdamW(1e-3), lambda p: T.AdamW(p, 1e-3)),
    "adamw strong": (
        AdamW(1e-2, betas=(0.8, 0.99), weight_decay=0.3),
        lambda p: T.AdamW(p, 1e-2, betas=(0.8, 0.99), weight_decay=0.3),
    ),
}
"""Ours, and what it has to equal."""


def given_gradients(steps: int) -> np.ndarray:
    """Gradients (steps, 3, 2) of very different sizes, known beforehand: nothing is fed back.

    On a loss, steps that overshoot multiply a difference in the last bit without end.
    """
    k, j = np.ogrid[:steps, :6]
    waves = np.sin(0.7 * k + j) + 0.3 * np.cos(0.11 * k * (j + 1))
    return (waves * 10.0 ** (j - 3.0)).reshape(steps, 3, 2)


def our_steps(rule: Optimizer, steps: int) -> np.ndarray:
    """Parameters after each step along the given gradients, (steps, 3, 2)."""
    u, memory, out = STARTS.copy(), Memory(), []
    for g in given_gradients(steps):
        rule.update(u, g.copy(), memory)
        memory.steps += 1
        out.append(u.copy())
    return np.stack(out)


def torch_steps(make: Make, steps: int) -> np.ndarray:
    """The same by PyTorch."""
    u, out = torch.tensor(STARTS), []
    optimizer = make([u])
    for g in given_gradients(steps):
        u.grad = torch.tensor(g)
        optimizer.step()
        out.append(u.numpy().copy())
    return np.stack(out)


def torch_by_hand(make: Make, starts: np.ndarray, steps: int) -> None:
    """The same with the gradient written out, which is quicker than autograd: for the clock."""
    u = torch.tensor(MODEL.parameters(starts), dtype=torch.float64)
    normal = torch.tensor(np.array(LOSS.normal))
    optimizer = make([u])
    with torch.no_grad():
        for _ in range(steps):
            cube = u * u * u
            residual = (cube * u) @ normal - LOSS.distance
            u.grad = 4 * cube * residual[:, None] * normal
            optimizer.step()


def main() -> None:
    """Compare, or renew what the tests compare with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--particles", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=10_000)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}; largest relative difference in {STEPS} steps")
    runs = {name: torch_steps(make, STEPS) for name, (_, make) in PAIRS.items()}
    for name, (ours, _) in PAIRS.items():
        print(f"{name:18} {np.max(np.abs(our_steps(ours, STEPS) / runs[name] - 1)):.1e}")
    if chosen.write:
        text = {name: run[[0, 1, 9, -1]].tolist() for name, run in runs.items()}
        made = {"made by": f"torch {torch.__version__}, benchmarks/optimizers.py --write"}
        KEPT.write_text(json.dumps(made | text) + "\n", encoding="utf-8")
        return
    starts = np.random.default_rng(1).uniform(0.1, 10.0, (chosen.particles, 2))
    print(f"\n{chosen.particles} particles, {chosen.steps} steps, one core, seconds (processor)")
    print("optimizer          ours   torch (fused form)   ratio")
    for name in ("descent", "momentum", "rmsprop", "adagrad", "adam", "adamw"):
        ours, make = PAIRS[name]
        begin = time.process_time()
        train(LOSS, MODEL, ours, starts, steps=chosen.steps, every=chosen.steps)
        middle = time.process_time()
        torch_by_hand(make, starts, chosen.steps)
        end = time.process_time()
        a, b = middle - begin, end - middle
        print(f"{name:15} {a:7.2f} {b:7.2f} {a / b:20.2f}")


if __name__ == "__main__":
    main()
