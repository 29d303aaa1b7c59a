#!/bin/sh
# The limit of Lasso's solutions, as alpha goes to 0, is the interpolation of least l1 norm. Solvers by
# coordinate descent are done when their duality gap is a small part of |y|^2, and any interpolation is, once
# alpha is small: what they return then, without a warning, is the first one that they came to.
# Seen on 2026-11-30 with skglm 0.5, scikit-learn 1.9.1 at their default tolerances: on the line
# w1 + 2 w2 = 3 both say (0, 1.5) at alpha = 1e-2, as is right, and (3, 0), of twice the norm, at 1e-6.
# Among 20 weights for 5 examples the norm is 8.66 and 10.83 for 2.81. LassoLars, which goes along the
# path of solutions, is right.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check skglm==0.5 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cat >least.py <<'PY'
import warnings

import numpy as np
import skglm
from scipy.optimize import linprog
from sklearn.linear_model import Lasso, LassoLars

line = np.array([[1.0, 2.0]]), np.array([3.0])
draw = np.random.default_rng(0).normal(size=(5, 20))
many = draw, draw[:, 3] - 2 * draw[:, 11]
least = linprog(np.ones(40), A_eq=np.hstack([draw, -draw]), b_eq=many[1]).fun
warnings.simplefilter("error", UserWarning)  # as a solver that did not converge gives
warnings.filterwarnings("ignore", ".*faster on contiguous.*")


def found(solver, examples, alpha):
    return solver(alpha=alpha, fit_intercept=False).fit(np.asfortranarray(examples[0]), examples[1]).coef_


for name, solver in {"skglm": skglm.Lasso, "sklearn": Lasso, "lars": LassoLars}.items():
    ends = [np.abs(found(solver, line, alpha)).round(2) for alpha in (1e-2, 1e-6)]
    assert np.abs(draw @ found(solver, many, 1e-6) - many[1]).max() < 1e-3  # it interpolates
    print(name, *(f"({a:g}, {b:g})" for a, b in ends), f"{np.abs(found(solver, many, 1e-6)).sum():.2f}", end="; ")
print(f"least {least:.2f}")
PY
seen=$(venv/bin/python least.py)
echo "on a line at 1e-2 and 1e-6, and the norm of many weights: $seen"
test "$seen" = "skglm (0, 1.5) (3, 0) 8.66; sklearn (0, 1.5) (3, 0) 10.83; lars (0, 1.5) (0, 1.5) 2.81; least 2.81"
