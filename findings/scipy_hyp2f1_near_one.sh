#!/bin/sh
# hyp2f1(1, b; b + 1; x) is infinite for x within 1e-13 of 1, where its value is some twenty.
# Seen on 2026-11-27 with scipy 1.17.1: for b = 1/2 and 1 - x = 2.0e-13, 2.0e-14, 2.0e-15 it gives 15.3, inf, inf;
# the same function, artanh(sqrt(x))/sqrt(x), is 15.3, 16.5, 17.6.
# Flowreel has this function in the time of its flows: near 1 it takes the logarithmic series.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet scipy==1.17.1
cat >near.py <<'PY'
import numpy as np
from scipy.special import hyp2f1

x = 1 - np.array([2e-13, 2e-14, 2e-15])
root = np.sqrt(x)
print(*(f"{value:.1f}" for value in hyp2f1(1.0, 0.5, 1.5, x)), "for",
      *(f"{value:.1f}" for value in np.arctanh(root) / root))
PY
seen=$(venv/bin/python near.py)
echo "$seen"
test "$seen" = "15.3 inf inf for 15.3 16.5 17.6"
