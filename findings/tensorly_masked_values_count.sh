#!/bin/sh
# Values that a mask declares missing decide what tensorly's parafac and tucker find: they begin with them.
# With 0 there, a matrix of rank two is completed exactly; with another number, such as 1000 to mark what is
# missing, the fit ends elsewhere and is wrong also where values are known; with NaN, a random start ends in
# NaN and svd in an error of LAPACK. Nothing of this is in the manual of mask.
# Seen on 2026-11-30 with tensorly 0.10.0, numpy 2.4.6, three fifths of 12 x 10 values known, 2,000 steps.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check tensorly==0.10.0 numpy==2.4.6 scipy==1.17.1
cat >complete.py <<'PY'
import numpy as np
import tensorly as tl
from tensorly.decomposition import parafac, tucker

rng = np.random.default_rng(0)
whole = rng.normal(size=(12, 2)) @ rng.normal(size=(2, 10))
known = rng.random(whole.shape) < 0.6


def off(missing, fit, start):  # how far from the matrix, where it is known and where it is not
    given = np.where(known, whole, missing)
    try:
        if fit == "parafac":
            found = tl.cp_to_tensor(parafac(given, 2, mask=known, init=start, n_iter_max=2000, tol=1e-12, random_state=0))
        else:
            found = tl.tucker_to_tensor(tucker(given, [2, 2], mask=known, init=start, n_iter_max=2000, tol=1e-12, random_state=0))
    except np.linalg.LinAlgError:
        return "error"
    away = np.abs(found - whole)
    if np.isnan(away).any():
        return "nan"
    return "right" if away.max() < 1e-6 else "wrong" if away[known].max() > 1 and away[~known].max() > 100 else "near"


for fit, start in (("parafac", "random"), ("parafac", "svd"), ("tucker", "svd")):
    print(fit, start, *(off(missing, fit, start) for missing in (0.0, 1000.0, np.nan)))
PY
venv/bin/python -W ignore complete.py | tee seen
cat >expected <<'TXT'
parafac random right wrong nan
parafac svd right wrong error
tucker svd right wrong error
TXT
cmp seen expected
