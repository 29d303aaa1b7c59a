#!/bin/sh
# An array that is transposed, a column of another one, or in Fortran's order is saved in the order in
# which it lies in memory, with the shape that it is seen in: it is read back with its numbers in other
# places, silently. PyTorch's tensors are refused with an error instead.
# Seen on 2026-11-30 with safetensors 0.8.0, numpy 2.4.6: weights (steps, 2) made by .T come back with
# all of w1 first, and then all of w2. Through numpy.ascontiguousarray, and with 0.7.0, they are right.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6
cat >save.py <<'PY'
import numpy as np
from safetensors.numpy import load_file, save_file

run = np.array([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]).T  # w1 and w2, of three steps
plain = np.ascontiguousarray(run)


def back(array):
    save_file({"w": array}, "w")
    return load_file("w")["w"]


asked = {"transposed": run, "fortran": np.asfortranarray(plain), "strided": plain[:, 1], "plain": plain}
print(*(name for name, array in asked.items() if np.array_equal(back(array), array)), end="; ")
print(back(run).tolist())
PY
seen=$(venv/bin/python save.py)
venv/bin/pip install --quiet --disable-pip-version-check safetensors==0.7.0
seen="$seen $(venv/bin/python save.py)"
echo "what is read back right, and the transposed one, with 0.8.0 and with 0.7.0: $seen"
test "$seen" = "plain; [[0.0, 1.0], [2.0, 10.0], [11.0, 12.0]] transposed fortran strided plain; [[0.0, 10.0], [1.0, 11.0], [2.0, 12.0]]"
