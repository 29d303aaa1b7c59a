#!/bin/sh
# ConstantStepSize, which its manual says is "equal to the dt0 argument", takes a first step of dt0 and then
# goes on at the times of an even division of the whole into ceil(T / dt0): where dt0 does not divide T, the
# second step is shorter than all others, and no further one is dt0. So Euler's method, which is descent
# with that learning rate, is another descent: at the edge of stability it calms down, where descent with
# this rate goes to and fro for ever.
# Seen on 2026-11-30 with diffrax 0.7.2, jax 0.10.2: for dt0 = 0.3 and T = 1 the steps are 0.3, 0.2, 0.25 and
# 0.25, and on w^2/0.3, where a step of 0.3 turns w into -w, it ends at 0.15 for 1. T = 1.2 has 0.3 four times.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check diffrax==0.7.2 jax==0.10.2 jaxlib==0.10.2
cat >steps.py <<'PY'
import diffrax
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def descent(end, rate=0.3, curvature=2 / 0.3):
    found = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, w, args: -curvature * w),
        diffrax.Euler(), 0.0, end, rate, 1.0,
        stepsize_controller=diffrax.ConstantStepSize(), saveat=diffrax.SaveAt(t0=True, steps=True), max_steps=8,
    )
    count = int(found.stats["num_steps"])
    steps = [round(float(step), 4) for step in jnp.diff(found.ts[: count + 1])]
    return *steps, "ends at", round(abs(float(found.ys[count])), 2)


for end in (1.2, 1.0):
    print("T =", end, "steps", *descent(end))
PY
JAX_PLATFORMS=cpu venv/bin/python steps.py | tee seen
cat >expected <<'TXT'
T = 1.2 steps 0.3 0.3 0.3 0.3 ends at 1.0
T = 1.0 steps 0.3 0.2 0.25 0.25 ends at 0.15
TXT
cmp seen expected
