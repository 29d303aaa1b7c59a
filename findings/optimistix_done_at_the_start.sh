#!/bin/sh
# GradientDescent, and any rule of optax within OptaxMinimiser, stop where a step and what it gains are
# within the tolerances, which from a small start is at once: the result is called successful, and the
# loss is that of the start. BFGS of the same tolerances goes on to the minimum.
# Seen on 2026-11-30 with optimistix 0.1.0, optax 0.2.8, jax 0.10.2, at 1e-6 from u = 1e-6: two steps
# of descent, a loss of 22.5 of 22.5, "successful"; from u = 0.001 the loss is 0.0.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check optimistix==0.1.0 optax==0.2.8 jax==0.10.2 jaxlib==0.10.2
cat >descend.py <<'PY'
import jax
import jax.numpy as jnp
import optax
import optimistix as optx

jax.config.update("jax_enable_x64", True)
TIGHT = {"rtol": 1e-6, "atol": 1e-6}


def loss(u, _):  # of the line w1 + 2 w2 = 15, with w = u^2
    return (u[0] ** 2 + 2 * u[1] ** 2 - 15) ** 2 / 10


for start in (1e-3, 1e-6):
    for rule in (
        optx.GradientDescent(1e-3, **TIGHT),
        optx.OptaxMinimiser(optax.sgd(1e-2), **TIGHT),
        optx.BFGS(**TIGHT),
    ):
        found = optx.minimise(loss, rule, jnp.full(2, start), max_steps=100_000, throw=False)
        done = bool(found.result == optx.RESULTS.successful)
        print(f"{float(loss(found.value, None)):.1f} {done}", end="  ")
PY
seen=$(JAX_PLATFORMS=cpu venv/bin/python descend.py)
echo "loss and success, of descent, of SGD and of BFGS, from 0.001 and from 1e-6: $seen"
test "$seen" = "0.0 True  0.0 True  0.0 True  22.5 True  22.5 True  0.0 True  "
