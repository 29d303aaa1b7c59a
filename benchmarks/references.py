"""Our flows beside diffrax's solvers, and our modes beside a network trained in PyTorch.

    python benchmarks/references.py

It needs what nothing else here does: ``pip install diffrax torch``, in an environment of its own if
you like. The fields are written down anew in JAX, from their formulas; every solver is asked for
1e-12.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import torch

from fields import Deep, Difference, GradientFlow, LineLoss, PointLoss, Polar, TargetLoss, integrate
from fields.loss import Loss
from fields.parameterization.base import Parameterization
from fields.systems.modes import mode

jax.config.update("jax_enable_x64", True)

Field = Callable[[jax.Array], jax.Array]
TIMES = np.linspace(0.0, 3.0, 31)
MANY = tuple(np.linspace(6.0, 1.0, 10).tolist())


def point(target: tuple[float, ...]) -> Field:
    """−∇ℓ of ½‖w − w*‖²."""
    return lambda w: jnp.array(target) - w


def line(w: jax.Array) -> jax.Array:
    """−∇ℓ of (−w₁ − 2w₂ + 15)²/10."""
    normal = jnp.array([-1.0, -2.0])
    return -(normal @ w + 15.0) * normal / 5.0


def power(pull: Field, p: float) -> Field:
    """wᵖ(−∇ℓ)."""
    return lambda w: w**p * pull(w)


def polar(pull: Field) -> Field:
    """r̂(r̂·g) + r² (g − r̂(r̂·g))."""

    def field(w: jax.Array) -> jax.Array:
        g, r = pull(w), jnp.hypot(w[0], w[1])
        radial = w / r * jnp.dot(w / r, g)
        return radial + r * r * (g - radial)

    return field


def difference(pull: Field, scale: float) -> Field:
    """4√(w² + 4α⁴)(−∇ℓ)."""
    return lambda w: 4 * jnp.sqrt(w * w + 4 * scale**4) * pull(w)


CASES: dict[str, tuple[Loss, Parameterization, Field, tuple[float, ...]]] = {
    "point, identity": (PointLoss(), Deep(1), power(point((3, 6)), 0.0), (0.5, 0.2)),
    "point, N = 2": (PointLoss(), Deep(2), power(point((3, 6)), 1.0), (0.1, 0.1)),
    "point, N = 6": (PointLoss(), Deep(6), power(point((3, 6)), 5 / 3), (0.5, 0.3)),
    "point, exp": (PointLoss(), Deep(math.inf), power(point((3, 6)), 2.0), (0.5, 0.3)),
    "point, N = 1/2": (PointLoss(), Deep(0.5), power(point((3, 6)), -2.0), (1.0, 2.0)),
    "point, polar": (PointLoss(), Polar(), polar(point((3, 6))), (2.0, 0.5)),
    "line, N = 4": (LineLoss(-1, -2, 15), Deep(4), power(line, 1.5), (0.3, 0.2)),
    "line, u² − v²": (LineLoss(-1, -2, 15), Difference(0.3), difference(line, 0.3), (0.1, 0.05)),
    "ten weights, N = 2": (TargetLoss(MANY), Deep(2), power(point(MANY), 1.0), (0.1,) * 10),
}


def by_diffrax(
    field: Field, start: tuple[float, ...], solver: diffrax.AbstractSolver
) -> np.ndarray:
    """Weights at ``TIMES``, (m, d)."""
    found = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, w, args: field(w)),
        solver,
        0.0,
        float(TIMES[-1]),
        1e-3,
        jnp.array(start),
        # its interpolation is of a lower order than its steps: it is made to step on the times
        saveat=diffrax.SaveAt(ts=jnp.array(TIMES)),
        stepsize_controller=diffrax.ClipStepSizeController(
            diffrax.PIDController(rtol=1e-12, atol=1e-14), step_ts=jnp.array(TIMES)
        ),
        max_steps=1_000_000,
    )
    return np.asarray(found.ys)


def flows() -> None:
    """Print the largest relative difference of each flow from both solvers."""
    print(f"{'flow':22} {'Dopri8':>9} {'Tsit5':>9}")
    for name, (loss, parameterization, field, start) in CASES.items():
        ours = integrate(GradientFlow(loss, parameterization), start, TIMES, rtol=1e-12)
        apart = [
            np.max(np.abs(by_diffrax(field, start, solver) / ours - 1))
            for solver in (diffrax.Dopri8(), diffrax.Tsit5())
        ]
        print(f"{name:22} {apart[0]:9.1e} {apart[1]:9.1e}")


def trained(target: torch.Tensor, layers: list[torch.Tensor], step: float) -> np.ndarray:
    """Singular values at ``TIMES``/2 of W₂W₁, trained by ``torch.optim.SGD`` on ½‖W₂W₁ − M‖²."""
    first, second = (layer.clone().requires_grad_() for layer in layers)
    optimizer = torch.optim.SGD([first, second], step)
    every, seen = round(0.5 * (TIMES[1] - TIMES[0]) / step), []
    for k in range(every * (len(TIMES) - 1) + 1):
        if k % every == 0:
            seen.append(torch.linalg.svdvals((second @ first).detach()).numpy())
        optimizer.zero_grad()
        (0.5 * torch.sum((second @ first - target) ** 2)).backward()
        optimizer.step()
    return np.array(seen)


def modes() -> None:
    """Print how far modes are from a trained network whose steps go to 0 (Richardson)."""
    torch.manual_seed(0)
    size, start = 3, 1e-2
    left, right, middle = (
        torch.linalg.qr(torch.randn(size, size, dtype=torch.float64))[0] for _ in range(3)
    )
    strengths = torch.tensor([4.0, 2.0, 1.0], dtype=torch.float64)
    target = left @ torch.diag(strengths) @ right.T
    root = math.sqrt(start)
    layers = [root * middle @ right.T, root * left @ middle.T]
    began = time.perf_counter()
    coarse, fine, finest = (trained(target, layers, step) for step in (1e-3, 5e-4, 2.5e-4))
    limit = (8 * finest - 6 * fine + coarse) / 3
    exact = mode(strengths.numpy(), start, 0.5 * TIMES).T
    print("\na two-layer linear network, largest relative difference of its modes from the exact")
    for name, found in (("step 2.5e-4", finest), ("steps to 0", limit)):
        print(f"  {name:12} {np.max(np.abs(found / exact - 1)):9.1e}")
    print(f"  three trainings took {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    flows()
    modes()
