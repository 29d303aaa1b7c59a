#!/bin/sh
# Values that Dopri8 saves between its steps are hundreds of times less exact than the tolerance it
# steps by, and than those of Tsit5, a method of lower order; those at the ends of steps are exact.
# Seen on 2026-11-29 with diffrax 0.7.2, jax 0.10.2, on the circle y'' = -y at a tolerance of 1e-12:
# off by 3.4e-10 between steps, by 8.3e-16 on them; Tsit5 by 4.4e-13 and 3.4e-13.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet diffrax==0.7.2 jax==0.10.2 jaxlib==0.10.2
cat >circle.py <<'PY'
import diffrax
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
TIMES = jnp.linspace(0.0, 3.0, 31)
exact = diffrax.PIDController(rtol=1e-12, atol=1e-12)
on_times = diffrax.ClipStepSizeController(exact, step_ts=TIMES)


def off(solver, control):
    found = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, y, args: jnp.array([y[1], -y[0]])),
        solver, 0.0, 3.0, 1e-3, jnp.array([1.0, 0.0]),
        saveat=diffrax.SaveAt(ts=TIMES), stepsize_controller=control,
    )
    return float(jnp.max(jnp.abs(found.ys[:, 0] - jnp.cos(TIMES))))


eight, five = diffrax.Dopri8(), diffrax.Tsit5()
seen = off(eight, exact), off(eight, on_times), off(five, exact), off(five, on_times)
print("Dopri8 between steps %.1e, on steps %.1e; Tsit5 %.1e, %.1e" % seen)
between, on, tsit, _ = seen
assert between > 100e-12 and on < 1e-14 and tsit < 1e-12
PY
JAX_PLATFORMS=cpu venv/bin/python circle.py
