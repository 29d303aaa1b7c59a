"""How long ten thousand particles take over a film of a minute, and how wrong they are.

    OPENBLAS_NUM_THREADS=1 .venv/bin/python benchmarks/integrate.py [particles]

Beside ours stand SciPy's ``solve_ivp`` (DOP853), one particle at a time, and a plain vectorised
RK4 of fixed step; all follow w = eᵘ to (3, 6), in w, and are compared with the closed form.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp

from fields import (
    DRAWN,
    Deep,
    EvenPace,
    GradientFlow,
    MorphingFlow,
    PointLoss,
    Slide,
    Stream,
    TargetLoss,
    follow,
    integrate,
    point_solution,
    reference_weight,
)
from fields.solve.integrate import integrate_anew

SECONDS = 60.0
WEIGHTS = 100
LOSS = PointLoss()
RATE = reference_weight(LOSS) ** -2.0
FLOW = GradientFlow(LOSS, Deep(math.inf), rate=RATE)
TIMES = np.linspace(0.0, SECONDS, 61)


def rk4(starts: np.ndarray, steps_per_second: int = 20) -> np.ndarray:
    """Positions at ``TIMES`` by the classical method, all particles with one step."""
    w, h, out = starts.copy(), 1.0 / steps_per_second, [starts]
    for step in range(1, round(SECONDS * steps_per_second) + 1):
        a = FLOW.velocity(w)
        b = FLOW.velocity(w + h / 2 * a)
        c = FLOW.velocity(w + h / 2 * b)
        w = w + h / 6 * (a + 2 * b + 2 * c + FLOW.velocity(w + h * c))
        if step % steps_per_second == 0:
            out.append(w)
    return np.stack(out, axis=1)


def one_at_a_time(starts: np.ndarray) -> np.ndarray:
    """SciPy, a particle after the other."""
    return np.stack(
        [
            solve_ivp(
                lambda t, w: FLOW.velocity(w),
                (0, SECONDS),
                start,
                method="DOP853",
                t_eval=TIMES,
                rtol=1e-10,
                atol=1e-12,
            ).y.T
            for start in starts
        ]
    )


def report(name: str, n: int, run: Callable[[], np.ndarray], exact: np.ndarray | None) -> None:
    """Print the time, the error where there is a closed form, and the most memory so far."""
    before = time.process_time()  # of one core, whatever else the machine does
    with np.errstate(all="ignore"):
        w = run()
    took = time.process_time() - before
    error = "       " if exact is None else f"{np.nanmax(np.abs(w - exact) / exact):7.1e}"
    if exact is not None and not np.isfinite(w).all():
        error = "    nan"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{name:44} {n:6d} {took:8.2f} s {1e6 * took / n:10.1f} µs each  {error}  {memory:.2f} GiB"
    )


def main(count: int) -> None:
    """Print a line for each way."""
    starts = np.random.default_rng(0).uniform(0.05, 10, (count, 2))
    exact = point_solution(LOSS, Deep(math.inf), starts, TIMES, rate=RATE)
    print(f"{'':44} {'n':>6} {'time':>10} {'':>18}  error    memory")
    for n in (count // 10, count):
        part, truth = starts[:n], exact[:n]
        report("integrate, rtol 1e-10", n, lambda p=part: integrate(FLOW, p, TIMES), truth)
        report("integrate, 1e-6", n, lambda p=part: integrate(FLOW, p, TIMES, rtol=1e-6), truth)
    many = TargetLoss(tuple(np.linspace(6.0, 1.0, WEIGHTS)))
    wide = np.random.default_rng(0).uniform(0.05, 10, (count, WEIGHTS))
    for depth in (2, math.inf):
        flow = GradientFlow(many, Deep(depth), rate=RATE)
        name = f"100 weights, N = {depth}, as drawn, {DRAWN:g}"
        report(name, count, lambda f=flow: integrate_anew(f, wide, TIMES, DRAWN), None)
    report("follow, 1e-10, looked up at 61 times", count, lambda: looked_up(starts), exact)
    few = starts[: max(1, count // 100)]
    report("solve_ivp, one at a time", len(few), lambda: one_at_a_time(few), exact[: len(few)])
    report("RK4, 20 steps a second", count, lambda: rk4(starts), exact)
    morph = MorphingFlow(LOSS, Slide(1.0, 0.0, 0.0, SECONDS), reference_weight(LOSS))
    stream = Stream(EvenPace(morph), count, 4.0, seed=1)
    report("Stream, a film of 60 s at 10 looks a second", count, lambda: film(stream), None)
    roots = GradientFlow(LOSS, Deep(1 / 5))
    stiff = Stream(EvenPace(roots, 1.0, 0.3, LOSS), count, 4.0, seed=1)
    report("Stream, a stiff one, N = 1/5", count, lambda: film(stiff), None)


def looked_up(starts: np.ndarray) -> np.ndarray:
    """Positions at ``TIMES``, by a ``Trajectory``."""
    path = follow(FLOW, starts, SECONDS)
    return np.stack([path.at(time) for time in TIMES], axis=1)


def film(stream: Stream) -> np.ndarray:
    """Look at a stream all along."""
    for moment in np.linspace(0.0, SECONDS, 601):
        places = stream.at(moment)
    return places


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
