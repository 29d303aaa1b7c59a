#!/bin/sh
# torchsde draws a straight line between the steps of a path: at times that are closer than its step dt there
# is no noise in between, although the Brownian motion that drives the path is known at every time.
# Seen on 2026-11-30 with torchsde 0.2.6, torch 2.13.0, for dy = dW at times 0.01 apart and a dt of 0.1:
# increments have a tenth of the variance that they should have, nine tenths of them equal the one before, and
# ten together are right, as all are with a dt of 0.01. The default dt is 1e-3, whatever the times are.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --no-compile --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 torchsde==0.2.6
cat >noise.py <<'PY'
import torch
import torchsde

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Noise(torch.nn.Module):
    noise_type, sde_type = "diagonal", "ito"

    def f(self, time, y):
        return torch.zeros_like(y)

    def g(self, time, y):
        return torch.ones_like(y)


def increments(dt):
    torch.manual_seed(0)
    times = torch.linspace(0, 1, 101)
    return torchsde.sdeint(Noise(), torch.zeros(2000, 1), times, dt=dt, method="euler").diff(dim=0)[..., 0]


def share(steps, apart):  # of the variance that they should have
    return f"{float(steps.square().mean()) / apart:.1f}"


coarse, fine = increments(0.1), increments(0.01)
tenfold = coarse.reshape(10, 10, -1)  # ten within each step
equal = [f"{float((steps.diff(dim=0).abs() < 1e-9).double().mean()):.1f}" for steps in (coarse, fine)]
print(share(coarse, 0.01), share(tenfold.sum(1), 0.1), share(fine, 0.01), *equal)
PY
seen=$(venv/bin/python -W ignore noise.py)
echo "variance for what it should be, of ten together, with dt as the times; equal to the one before, and so with that dt: $seen"
test "$seen" = "0.1 1.0 1.0 0.9 0.0"
