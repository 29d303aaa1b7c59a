#!/bin/sh
# In compiled code, the sum and the mean of float32 are added up one by one in float32, where NumPy
# adds in pairs: from some hundred thousand numbers on, the same line gives another answer.
# Seen on 2026-11-30 with numba 0.68.1, numpy 2.4.6: the mean of a picture of 1920 x 1080 pixels that
# are all 0.7 is 0.707, of one of 3840 x 2160 in four channels 0.506; in NumPy both are 0.700. Taken of
# astype(np.float64), the compiled mean is right too.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet numba==0.68.1 numpy==2.4.6
cat >mean.py <<'PY'
import numba
import numpy as np


def mean(picture):
    return picture.mean()


def careful(picture):
    return picture.astype(np.float64).mean()


for shape in ((1080, 1920), (2160, 3840, 4)):
    picture = np.full(shape, 0.7, np.float32)
    found = numba.njit(mean)(picture), numba.njit(careful)(picture), mean(picture)
    print(*(f"{value:.3f}" for value in found), end="  ")
PY
seen=$(venv/bin/python mean.py)
echo "compiled, compiled in float64, and NumPy: $seen"
test "$seen" = "0.707 0.700 0.700  0.506 0.700 0.700  "
