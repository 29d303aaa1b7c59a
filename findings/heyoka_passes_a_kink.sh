#!/bin/sh
# heyoka offers relu, and Taylor's method goes on with the branch that it began on, as far as its step
# reaches: a kink within a step is not seen, whatever the tolerance, and the outcome is the usual one.
# Seen on 2026-11-30 with heyoka 7.13.2, on x' = 1 - relu(x - 0.5) from 0: at the time 3 it says 3.0, in
# one step, and x is 1.42. With steps of 0.01 at most it is right.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check heyoka==7.13.2 numpy==2.4.6
cat >kink.py <<'PY'
import math

import heyoka as hy

x = hy.make_vars("x")
law, KINK, END = [(x, 1.0 - hy.relu(x - 0.5))], 0.5, 3.0


def end(**settings):
    flow = hy.taylor_adaptive(law, [0.0])
    outcome, _, _, steps, *_ = flow.propagate_until(END, **settings)
    return f"{flow.state[0]:.3f} {outcome == hy.taylor_outcome.time_limit} {steps}"


exact = 0.5 + 1.0 - math.exp(-(END - KINK))
print(end(), "|", " ".join(end(max_delta_t=0.01).split()[:2]), "|", f"{exact:.3f}")
PY
seen=$(venv/bin/python kink.py)
echo "the end, whether the outcome is the usual one, and steps; with short steps; exact: $seen"
test "$seen" = "3.000 True 1 | 1.418 True | 1.418"
