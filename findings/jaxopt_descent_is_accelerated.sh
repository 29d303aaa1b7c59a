#!/bin/sh
# GradientDescent with a step size of one's own is no gradient descent: its default is Nesterov's
# acceleration, so a recorded run shoots through the minimum and ends elsewhere on a line of minima.
# Seen on 2026-11-30 with jaxopt 0.8.5, jax 0.10.2: under (3 - u1 u1 - 2 u2 u2)^2/2 from (0.6, 0.1) it
# passes the minimum and ends at u = (1.574, 0.511); with acceleration=False at (1.503, 0.608), without
# passing it, as do the steps u - rate * gradient written out.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet jaxopt==0.8.5 jax==0.10.2 jaxlib==0.10.2
cat >descend.py <<'PY'
import jax
import jax.numpy as jnp
import jaxopt

jax.config.update("jax_enable_x64", True)
RATE, STEPS, START = 0.01, 2000, jnp.array([0.6, 0.1])


def loss(u):
    return (3 - u[0] ** 2 - 2 * u[1] ** 2) ** 2 / 2


def off(u):
    return float(u[0] ** 2 + 2 * u[1] ** 2 - 3)


def solved(**settings):
    descent = jaxopt.GradientDescent(loss, stepsize=RATE, maxiter=STEPS, tol=0.0, **settings)
    u, state, most = START, descent.init_state(START), off(START)
    for _ in range(STEPS):
        u, state = descent.update(u, state)
        most = max(most, off(u))
    return u, most


def written_out():
    u, most, slope = START, off(START), jax.jit(jax.grad(loss))
    for _ in range(STEPS):
        u = u - RATE * slope(u)
        most = max(most, off(u))
    return u, most


for u, most in (solved(), solved(acceleration=False), written_out()):
    print(f"({u[0]:.3f}, {u[1]:.3f})", most > 0.01, end="  ")
PY
seen=$(JAX_PLATFORMS=cpu venv/bin/python descend.py 2>/dev/null)
echo "end, and whether it passes the minimum, by default, unaccelerated, written out: $seen"
test "$seen" = "(1.574, 0.511) True  (1.503, 0.608) False  (1.503, 0.608) False  "
