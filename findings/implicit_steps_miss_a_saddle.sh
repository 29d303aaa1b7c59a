#!/bin/sh
# From a start far below the absolute tolerance, as near a saddle, implicit methods step over the
# growth: Radau says that it succeeded and is still at the saddle, and Kvaerno5 ends in the minimum on
# the other side. Explicit ones of the same tolerances arrive.
# Seen on 2026-11-30 with scipy 1.17.1, diffrax 0.7.2, jax 0.10.2, at SciPy's default tolerances, on
# u' = u - u^3 from 1e-8: after a time of 60, where u is 1, Radau is at 4.5e-7 in 7 steps, Kvaerno5 at -1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6 diffrax==0.7.2 jax==0.10.2 jaxlib==0.10.2
cat >saddle.py <<'PY'
import diffrax
import jax
import jax.numpy as jnp
from scipy.integrate import solve_ivp

jax.config.update("jax_enable_x64", True)
START, END = 1e-8, 60.0


def scipy(method, **tolerance):
    found = solve_ivp(lambda t, u: u - u**3, (0.0, END), [START], method=method, **tolerance)
    return f"{found.y[0, -1]:.2f} {found.success}"


def diffrax_(solver, atol):
    found = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, u, args: u - u**3), solver, 0.0, END, None, jnp.array([START]),
        stepsize_controller=diffrax.PIDController(rtol=1e-3, atol=atol),
    )
    return f"{float(found.ys[-1, 0]):.2f} {found.result == diffrax.RESULTS.successful}"


print(
    "Radau", scipy("Radau"), scipy("Radau", atol=1e-12), "RK45", scipy("RK45"),
    "Kvaerno5", diffrax_(diffrax.Kvaerno5(), 1e-6), diffrax_(diffrax.Kvaerno5(), 1e-12),
    "Tsit5", diffrax_(diffrax.Tsit5(), 1e-6),
)
PY
seen=$(JAX_PLATFORMS=cpu venv/bin/python saddle.py)
echo "the end and success; implicit ones at an atol of 1e-6 and 1e-12: $seen"
test "$seen" = "Radau 0.00 True 1.00 True RK45 1.00 True Kvaerno5 -1.00 True 1.00 True Tsit5 1.00 True"
