#!/bin/sh
# Adam with equal settings ends elsewhere from a small start: epsilon is added at another place.
# Seen on 2026-11-27 with keras 3.15.1 on jax, optax 0.2.8: w1 2.79 and 1.03 on the line w1 + 2 w2 = 15, w = u^4.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet keras==3.15.1 optax==0.2.8 jax
cat >adam.py <<'PY'
import os
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
import jax, jax.numpy as jnp, keras, numpy as np, optax

RATE, STEPS = 1e-3, 12000
def loss(u):
    return 0.5 * (u[0] ** 4 + 2 * u[1] ** 4 - 15) ** 2 / 5
slope = jax.grad(loss)
START = jnp.full(2, 1e-4)

rule = optax.adam(RATE, b1=0.9, b2=0.999, eps=1e-7)
def step(_, state):
    u, memory = state
    change, memory = rule.update(slope(u), memory)
    return u + change, memory
ends = [jax.lax.fori_loop(0, STEPS, step, (START, rule.init(START)))[0]]

adam = keras.optimizers.Adam(RATE, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
variable = keras.Variable(np.asarray(START), dtype="float64")
adam.build([variable])
def keras_step(_, state):
    u, memory = state
    (u,), memory = adam.stateless_apply(memory, [slope(u)], [u])
    return u, memory
state = (START, [jnp.asarray(v.value) for v in adam.variables])
ends.append(jax.lax.fori_loop(0, STEPS, keras_step, state)[0])
print(*(f"{float(u[0]) ** 4:.2f}" for u in ends))
PY
seen=$(venv/bin/python adam.py 2>/dev/null | tail -n 1)
echo "w1 by optax and by keras, both with epsilon 1e-7: $seen"
test "$seen" = "2.79 1.03"
