#!/bin/sh
# The rk4 of torchdyn has order 4 where the field does not depend on time, and order 1 where it does: its
# inner stages are evaluated at other times than those of Runge and Kutta. Then it is less exact than the
# midpoint rule at twice the cost, and half as wrong as Euler's method however small the steps.
# Seen on 2026-11-30 with torchdyn 1.0.6, torch 2.13.0, at time 1 with 40 steps and with 80: of y' = cos t the
# error is 2.9e-3 and 1.4e-3, by midpoint 2.2e-5 and 5.5e-6; of y' = -y it is 1.2e-9 and 7.6e-11.
# dopri5 and tsit5 are right for both.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 scipy==1.17.1 attrs==25.3.0 trampoline==0.1.2
venv/bin/pip install --no-compile --quiet --disable-pip-version-check --no-deps torchdyn==1.0.6 torchcde==0.2.5 torchdiffeq==0.2.5 torchsde==0.2.6
cat >order.py <<'PY'
import math

import torch
from torchdyn.numerics import odeint

torch.set_default_dtype(torch.float64)


def off(solver, field, start, end, steps, **options):
    times = torch.linspace(0, 1, steps + 1)
    places = odeint(field, torch.full((1, 1), start), times, solver=solver, **options)[1]
    return abs(float(places[-1]) - end)


def wave(time, y):
    return torch.cos(time) * torch.ones_like(y)


def decay(time, y):
    return -y


for solver in ("euler", "midpoint", "rk4"):
    for name, field, start, end in (("wave", wave, 0.0, math.sin(1)), ("decay", decay, 1.0, math.exp(-1))):
        some, more = (off(solver, field, start, end, steps) for steps in (40, 80))
        print(f"{solver} {name} {some:.1e} {more:.1e} order {math.log2(some / more):.1f}")
for solver in ("dopri5", "tsit5"):
    assert off(solver, wave, 0.0, math.sin(1), 40, atol=1e-9, rtol=1e-9) < 1e-8
PY
venv/bin/python -W ignore order.py | tee seen
cut -d " " -f 1,2,6 seen >orders
cat >expected <<'TXT'
euler wave 1.0
euler decay 1.0
midpoint wave 2.0
midpoint decay 2.0
rk4 wave 1.0
rk4 decay 4.0
TXT
cmp orders expected
