#!/bin/sh
# What pyproximal gives as Huber's proximal operator takes the part by where x is, and not by where it goes:
# past alpha it falls, which no proximal operator of a convex function does, and it is no minimizer.
# HuberCircular, which is the same function where there is one number, is right.
# Seen on 2026-11-30 with pyproximal 0.13.0, at alpha 1 and tau 0.7: 0.99 goes to 0.582 and 1.01 to 0.310,
# where 0.594 is right; from there to 1.7 it is wrong. Proximal descent on the sum of Huber's function and
# (w - 1.5)^2/2 so ends at 0.5 in place of the minimum at 0.75.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyproximal==0.13.0 pylops==2.8.0 scipy==1.17.1 numpy==2.4.6
cat >huber.py <<'PY'
import numpy as np
import pyproximal
from scipy.optimize import minimize_scalar

TAU, huber, circular = 0.7, pyproximal.Huber(alpha=1.0), pyproximal.HuberCircular(alpha=1.0)


def least(x):
    def both(w):
        return TAU * huber(np.array([w])) + (w - x) ** 2 / 2

    return minimize_scalar(both, bounds=(0, 3), method="bounded", options={"xatol": 1e-9}).x


def descended(function):  # on Huber's function and |w - 1.5|^2/2, by steps of TAU
    w = np.array([3.0])
    for _ in range(200):
        w = function.prox(w - TAU * (w - 1.5), TAU)
    return w[0]


for x in (0.99, 1.01, 1.6, 1.8):
    print(*(f"{number:.3f}" for number in (huber.prox(np.array([x]), TAU)[0], circular.prox(np.array([x]), TAU)[0], least(x))), end="; ")
print(f"{descended(huber):.3f} {descended(circular):.3f}")
PY
seen=$(venv/bin/python huber.py)
echo "Huber, HuberCircular and the minimizer, from 0.99, 1.01, 1.6, 1.8; the end of descent by both: $seen"
test "$seen" = "0.582 0.582 0.582; 0.310 0.594 0.594; 0.900 0.941 0.941; 1.100 1.100 1.100; 0.500 0.750"
