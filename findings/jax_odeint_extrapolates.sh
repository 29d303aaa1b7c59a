#!/bin/sh
# Where odeint of jax.experimental has taken as many steps as mxstep allows, it neither ends in an
# error nor says so: it goes on to every time that is left with the polynomial of its last step.
# Seen on 2026-11-30 with jax 0.10.2, on a circle about 0: with mxstep=20 it is 1.9e5 away
# from 0 at the time 50, where it is 1 away with the default, which is infinite.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jax==0.10.2 jaxlib==0.10.2
cat >circle.py <<'PY'
import warnings

import jax
import jax.numpy as jnp
from jax.experimental.ode import odeint

jax.config.update("jax_enable_x64", True)
start, times = jnp.array([1.0, 0.0]), jnp.array([0.0, 1.0, 50.0])


def radii(steps):
    ways = odeint(lambda y, t: jnp.array([y[1], -y[0]]), start, times, mxstep=steps)
    return [float(radius) for radius in jnp.hypot(ways[:, 0], ways[:, 1])]


with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    few, free = radii(20), radii(float("inf"))
print(len(said), "warnings; radius", *(f"{radius:.1f}" for radius in free), few[-1] > 1e5)
print(f"with 20 steps {few}")
PY
seen=$(JAX_PLATFORMS=cpu venv/bin/python circle.py)
echo "$seen"
test "$(echo "$seen" | head -n 1)" = "0 warnings; radius 1.0 1.0 1.0 True"
