#!/bin/sh
# Ftrl of Keras, whose manual begins it with n = 0, begins with an accumulator of 0.1, and then the first step
# throws away most of the weights: of a start w it leaves 1 - sqrt(0.1 / (0.1 + g^2)), however small the
# learning rate, and nothing where the gradient is 0. So training starts at another point, mostly near zero.
# With initial_accumulator_value=0 the weights stay where they were set, and one without a gradient is NaN.
# Seen on 2026-11-30 with keras 3.15.1 on jax 0.10.2, at a learning rate of 1e-9 from w = 1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check keras==3.15.1 jax==0.10.2 jaxlib==0.10.2
cat >ftrl.py <<'PY'
import keras
import numpy as np


def left(gradient, **options):  # of a weight of 1, after one step
    weight = keras.Variable(np.ones(1, np.float32))
    optimizer = keras.optimizers.Ftrl(1e-9, **options)
    optimizer.build([weight])
    optimizer.apply([np.full(1, gradient, np.float32)], [weight])
    return float(keras.ops.convert_to_numpy(weight.value)[0])


for gradient in (1.0, 0.1, 0.01, 0.0):
    expected = 1 - np.sqrt(0.1 / (0.1 + gradient**2))
    found = left(gradient)
    assert abs(found - expected) < 1e-5
    print(f"gradient {gradient:g}: {found:.4f}, with an accumulator of 0: {left(gradient, initial_accumulator_value=0.0):.4f}")
PY
KERAS_HOME=$there KERAS_BACKEND=jax JAX_PLATFORMS=cpu venv/bin/python -W ignore ftrl.py | tee seen
cat >expected <<'TXT'
gradient 1: 0.6985, with an accumulator of 0: 1.0000
gradient 0.1: 0.0465, with an accumulator of 0: 1.0000
gradient 0.01: 0.0005, with an accumulator of 0: 1.0000
gradient 0: 0.0000, with an accumulator of 0: nan
TXT
cmp seen expected
